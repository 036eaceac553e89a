/** `uptick simulate`: simulated devices that enroll with a profile at any MDM server and live there until they are told to end. */
import { writeFileSync } from "node:fs";
import { deafness, type FakeApns, runFleet, scaledClock, startFakeApns } from "../../simulator/index.ts";
import { type Breakable, listenForInterrupt, mustBeWritable } from "../cli/index.ts";
import { UptickError } from "../errors/index.ts";
import { type SimulateArguments, simulateArguments } from "./arguments.ts";
import { preflight } from "./preflight.ts";
import { createTally } from "./tally.ts";
import { commandsOf, progressLine, type SimulationReport, summaryOf } from "./words.ts";

/** So many devices make keys and enroll at once: enough to keep a server busy, few enough not to drown it. */
const ENROL_AT_ONCE = 8;
/** Real ms: a device that polls less often than this closes its connection in between, as real ones do. */
const IDLE = 5000;
const PROGRESS_EVERY = 10_000;
/** Log lines of the push service; nobody reads them here. */
const PUSHES_KEPT = 1000;

/**
 * Gives the exit code: 0 when it ran its time, or was ended by hand where it had no time to run. Throws what the arguments
 * and the first contact throw, and `enrolment-refused` at the end when devices were not let in.
 */
export async function simulate(
  argv: readonly string[],
  io: { readonly stdout: { write(text: string): unknown } & Breakable },
): Promise<number> {
  const asked = simulateArguments(argv);
  for (const file of [asked.report, asked.apnsCaOut]) if (file !== undefined) mustBeWritable(file);
  const interrupt = listenForInterrupt(io.stdout);
  try {
    await preflight(asked.profile, asked.trust, interrupt.signal);
    const apns = await openApns(asked);
    if (apns !== undefined) io.stdout.write(`The fake push service listens at ${apns.url}\n`);
    let report: SimulationReport;
    try {
      report = await live(asked, apns, interrupt.signal, (text) => void io.stdout.write(text));
    } finally {
      await apns?.close();
    }
    io.stdout.write(summaryOf(report));
    if (asked.report !== undefined) writeReport(asked.report, report);
    if (report.refused > 0) throw refused(report);
    return interrupt.signal.aborted && asked.duration !== undefined ? interrupt.exitCode() : 0;
  } finally {
    interrupt.stop();
  }
}

async function live(
  asked: SimulateArguments,
  apns: FakeApns | undefined,
  interrupted: AbortSignal,
  say: (text: string) => void,
): Promise<SimulationReport> {
  const { profile, count, seed, pollEvery, clockSpeed, duration } = asked;
  const started = Date.now();
  const tally = createTally();
  const time = duration === undefined ? [] : [AbortSignal.timeout(duration)];
  const ending = AbortSignal.any([interrupted, ...time]);
  say(
    `${count} simulated devices, seed ${seed}, against ${new URL(profile.mdm.serverUrl).origin}; Ctrl-C ends them.\n`,
  );
  const fleet = runFleet({
    profile,
    count,
    seed,
    clock: scaledClock({ start: started, factor: clockSpeed }),
    apns: apns ?? deafness,
    signal: ending,
    trust: asked.trust,
    // A refusal does not turn into a yes without a change: the profile or the server has to change.
    enrolAttempts: 1,
    pace: { pollEvery: pollEvery * clockSpeed, enrolAtOnce: ENROL_AT_ONCE },
    connections: { idleMs: IDLE, watch: tally.watch },
    log: tally.log,
    ...(asked.kinds && { kinds: asked.kinds }),
  });
  const seconds = (): number => (Date.now() - started) / 1000;
  const progress = setInterval(() => say(progressLine(tally.totals(), count, seconds())), PROGRESS_EVERY);
  try {
    await fleet.done;
  } finally {
    clearInterval(progress);
  }
  const devices = fleet.records();
  return {
    serverUrl: profile.mdm.serverUrl,
    count,
    seed,
    pollEverySeconds: pollEvery / 1000,
    startedAt: new Date(started).toISOString(),
    seconds: seconds(),
    ...tally.totals(),
    commands: commandsOf(devices),
    devices,
  };
}

async function openApns({ apns, apnsCaOut }: SimulateArguments): Promise<FakeApns | undefined> {
  if (apns === undefined) return undefined;
  let service: FakeApns;
  try {
    service = await startFakeApns({ listen: apns, keep: PUSHES_KEPT });
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new UptickError(
      "listen-failed",
      `The fake push service can't listen at ${apns.host}:${apns.port} (${why}).`,
      {
        cause,
        remedy: "Choose another address with --apns-listen, or end the program that uses the port.",
      },
    );
  }
  if (apnsCaOut !== undefined) writeFileSync(apnsCaOut, service.caPem);
  return service;
}

function writeReport(file: string, report: SimulationReport): void {
  try {
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  } catch (cause) {
    throw new UptickError("file-unreadable", `The report can't be written: ${(cause as Error).message}.`, { cause });
  }
}

function refused({ refused: times, count, refusals }: SimulationReport): UptickError {
  const [why = ""] = Object.keys(refusals);
  return new UptickError("enrolment-refused", `The server refused ${times} of ${count} devices: ${why}`);
}
