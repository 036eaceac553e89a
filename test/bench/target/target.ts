/** `npm run bench -- --target URL`: the bench's load on any MDM server of this machine that believes a proxy's header. */
import { cpus } from "node:os";
import { type Measured, take, type Taken, together } from "../load.ts";
import { memoryMib } from "../process.ts";
import type { Reply } from "../reply.ts";
import { commandIn, type Fleet, openFleet, type TargetDevice } from "./fleet.ts";
import { makeIdentities, readIdentities } from "./identities.ts";
import { Refused, type TargetOptions } from "./options.ts";

/** As in the bench of our own server. */
const WARM_IDLES = 40;
const WARM_ROUNDS = 3;
const COMMANDS = 2;
/** Commands of the server's own that a round may meet beside those that were put into the queue. */
const MOST_OTHERS = 20;

export async function benchTarget(options: TargetOptions, say: (line: string) => void): Promise<void> {
  const { pid, connections, idles, rounds, identities } = options;
  if (pid !== undefined) memoryOf(pid);
  const most = Math.max(...connections);
  const certificates =
    identities === undefined ? (await makeIdentities(most)).certificates : readIdentities(identities, most);
  const until = performance.now() + options.limit;
  const fleet = await openFleet(options, certificates);
  try {
    say(`${cpus().length} × ${cpus()[0]?.model ?? "?"}; client and server share the machine.`);
    say(`${most} devices enrolled at ${options.target.host}${options.mdmPath}.`);
    say("");
    say(
      `${"".padEnd(24)}${["requests", "req/s", "p50 ms", "p99 ms", "CPU µs"].map((text) => text.padStart(9)).join("")}`,
    );
    for (const count of connections) {
      const devices = fleet.devices.slice(0, count);
      await sayIdles(devices, WARM_IDLES, pid, until);
      say(lineOf(`Idle, ${count}`, together([await sayIdles(devices, idles, pid, until)])));
      if (options.enqueue === undefined) continue;
      for (let n = 0; n < WARM_ROUNDS; n += 1) await sayRound(fleet, devices, pid, until);
      const takes: Round[] = [];
      for (let n = 0; n < rounds; n += 1) takes.push(await sayRound(fleet, devices, pid, until));
      const missing = takes.reduce((sum, round) => sum + round.missing, 0);
      say(`${lineOf(`rounds, ${count}`, together(takes))}${missing > 0 ? `  ${missing} commands NEVER CAME` : ""}`);
    }
    if (options.enqueue === undefined) say("Without --enqueue there are no rounds.");
    if (pid !== undefined) {
      const { now, peak } = memoryOf(pid);
      say(`memory of the server: ${now} MiB, at its highest ${peak} MiB`);
    }
  } finally {
    fleet.close();
  }
}

/** Each device says Idle `each` times; a command in the reply stays where it is. */
function sayIdles(
  devices: readonly TargetDevice[],
  each: number,
  pid: number | undefined,
  until: number,
): Promise<Taken> {
  const left = devices.map(() => each);
  return take(
    devices.map(({ connection }) => connection),
    pid,
    (n) => {
      inTime(until);
      left[n] = (left[n] ?? 0) - 1;
      return (left[n] ?? 0) < 0 ? undefined : devices[n]?.idle;
    },
  );
}

interface Round extends Taken {
  /** Commands that were put into a queue and not handed out. */
  readonly missing: number;
}

/** Idle, then an answer with results to each command until there is none. */
async function sayRound(
  fleet: Fleet,
  devices: readonly TargetDevice[],
  pid: number | undefined,
  until: number,
): Promise<Round> {
  const missing = await fleet.enqueue(devices, COMMANDS);
  const left = devices.map(() => COMMANDS + MOST_OTHERS);
  const next = (n: number, last?: Reply): Buffer | undefined => {
    inTime(until);
    if (last === undefined) return devices[n]?.idle;
    const uuid = commandIn(last);
    if (uuid === undefined) return undefined;
    missing.delete(uuid);
    left[n] = (left[n] ?? 0) - 1;
    return (left[n] ?? 0) < 0 ? undefined : devices[n]?.answer(uuid);
  };
  const taken = await take(
    devices.map(({ connection }) => connection),
    pid,
    next,
  );
  return { ...taken, missing: missing.size };
}

function inTime(until: number): void {
  if (performance.now() > until) throw new Refused("The time of --minutes is over; nothing more was said.");
}

function memoryOf(pid: number): { readonly now: number; readonly peak: number } {
  try {
    return memoryMib(pid);
  } catch (cause) {
    throw new Refused(`There is no process ${pid} whose use of CPU and memory can be read (/proc).`, { cause });
  }
}

function lineOf(what: string, { requests, perSecond, p50, p99, cpu, failed }: Measured): string {
  const cpuText = Number.isNaN(cpu) ? "–" : cpu.toFixed(0);
  const numbers = [String(requests), perSecond.toFixed(0), p50.toFixed(1), p99.toFixed(1), cpuText];
  const columns = numbers.map((text) => text.padStart(9)).join("");
  return `${what.padEnd(24)}${columns}${failed > 0 ? `  ${failed} FAILED` : ""}`;
}
