/**
 * `uptick serve --rehearsal`: the real server with its sockets, TLS, SCEP and threads, and simulated devices that enroll at it, so
 * that all commands can be tried without Apple's push certificate. Its data is deleted at the end.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  allKindNames,
  type FakeApns,
  type Fleet,
  pushCertificate,
  readProfile,
  runFleet,
  startFakeApns,
} from "../../simulator/index.ts";
import { sampleLookupService } from "../catalog/index.ts";
import { type Breakable, listenForInterrupt } from "../cli/index.ts";
import { createLogger, loadConfig, type RunningServer, startServer } from "../main/index.ts";
import { type FastClock, fastClock } from "./fast-clock.ts";
import { rehearsalFlags } from "./settings.ts";
import { banner, instructions, progress } from "./words.ts";

interface Io {
  readonly stdout: { write(text: string): unknown } & Breakable;
  readonly stderr: { write(text: string): unknown };
}

/** Devices that make keys and enroll at once. */
const ENROL_AT_ONCE = 4;
/** Between two polls of a device that is not pushed (ms of the rehearsal). */
const POLL_EVERY = 4 * 3_600_000;
/** Real ms between two lines about the enrollment. */
const BETWEEN_LINES = 2000;

/** Gives the exit code: 0 after Ctrl-C. Throws `usage-invalid`, and what a start throws. */
export async function tryout(argv: readonly string[], io: Io): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "uptick-rehearsal-"));
  const interrupt = listenForInterrupt(io.stdout);
  const say = (...lines: readonly string[]): void => void io.stderr.write(lines.map((line) => `${line}\n`).join(""));
  const clock = fastClock();
  const ends: (() => Promise<unknown>)[] = [];
  /** Ends the devices: with the interrupt, and where the server has ended. */
  const over = new AbortController();
  let hasBegun = false;
  try {
    const apns = await startFakeApns({ keep: 1 });
    ends.unshift(() => apns.close());
    const flags = rehearsalFlags(argv, directory, apns);
    say(...banner(allKindNames.length));
    hasBegun = true;
    const died = Promise.withResolvers<number>();
    const server = await start(directory, flags, apns, clock, (error) => {
      say(`The server has ended: ${String(error)}`);
      died.resolve(1);
    });
    ends.unshift(() => server.stop());
    say(...instructions(`http://${server.web.host}:${server.web.port}`, server.firstToken ?? ""));
    const fleet = await enroll(server, apns, clock, AbortSignal.any([interrupt.signal, over.signal]));
    ends.unshift(() => fleet.done);
    await tell(server, interrupt.signal, say);
    const asked = new Promise<number>((resolve) => {
      if (interrupt.signal.aborted) return resolve(0);
      interrupt.signal.addEventListener("abort", () => resolve(0), { once: true });
    });
    return await Promise.race([asked, died.promise]);
  } finally {
    interrupt.stop();
    over.abort();
    for (const end of ends) await end();
    rmSync(directory, { recursive: true, force: true });
    // A command line that was refused has begun nothing.
    if (hasBegun) say("The rehearsal has ended, and its data is deleted.");
  }
}

async function start(
  directory: string,
  flags: readonly string[],
  apns: FakeApns,
  clock: FastClock,
  onFatal: (error: unknown) => void,
): Promise<RunningServer> {
  writeFileSync(join(directory, "push-service.pem"), apns.caPem);
  const config = loadConfig({ argv: flags, env: {}, readFile: () => "" });
  const log = createLogger({ level: config.logLevel, format: config.logFormat });
  return startServer({ config, env: {}, log, onFatal, clock: () => clock.server, rehearsal: true });
}

async function enroll(server: RunningServer, apns: FakeApns, clock: FastClock, signal: AbortSignal): Promise<Fleet> {
  const { admin, system } = server;
  await admin.server.importPush(system, pushCertificate("com.apple.mgmt.External.rehearsal").pem);
  await admin.server.importCatalog(system, sampleLookupService(), { modifiedAt: clock.server.now() });
  const { profile } = await admin.enrollment.enroll(system, { uses: allKindNames.length });
  return runFleet({
    profile: readProfile(profile),
    count: allKindNames.length,
    seed: "rehearsal",
    kinds: allKindNames,
    clock: clock.devices,
    apns,
    signal,
    pace: { pollEvery: POLL_EVERY, enrolAtOnce: ENROL_AT_ONCE },
  });
}

/** Says how many devices are enrolled, until all are. */
async function tell(server: RunningServer, signal: AbortSignal, say: (line: string) => void): Promise<void> {
  const all = allKindNames.length;
  for (let last = -1; last < all && !signal.aborted; ) {
    const { devices } = await server.admin.server.status();
    if (devices !== last) say(progress(devices, all));
    last = devices;
    if (devices < all) await pause(BETWEEN_LINES, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms);
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    }
    signal.addEventListener("abort", end, { once: true });
  });
}
