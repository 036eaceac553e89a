/** `npm run bench -- --target URL`: the bench's load on MDM servers of this machine that believe a proxy's header. */
import type { X509Certificate } from "node:crypto";
import { cpus } from "node:os";
import { together } from "../load.ts";
import { foreignCpu, memoryMib } from "../process.ts";
import { type Fleet, type Line, openFleet } from "./fleet.ts";
import { makeIdentities, readIdentities } from "./identities.ts";
import { COMMANDS, idleLap, type Lap, roundLap, wrongIn } from "./laps.ts";
import { Refused, type Side, type TargetOptions } from "./options.ts";

/** A server with its devices, and what was measured of it with the connections of now. */
interface Driven {
  readonly side: Side;
  readonly fleet: Fleet;
  lines: readonly Line[];
  idles: Lap[];
  rounds: Lap[];
}

export async function benchTarget(options: TargetOptions, say: (line: string) => void): Promise<void> {
  const { sides, connections, devices, facts, laps } = options;
  for (const { pids } of sides) memoryOf(pids ?? []);
  const certificates = await identitiesOf(options);
  const until = performance.now() + options.limit;
  const inTime = (): void => {
    if (performance.now() > until) throw new Refused("The time of --minutes is over; nothing more was said.");
  };
  const driven: Driven[] = [];
  try {
    for (const side of sides) {
      driven.push({ side, fleet: await openFleet(side, certificates, facts), lines: [], idles: [], rounds: [] });
      say(`${devices} devices enrolled at ${side.target.host}${side.mdmPath}.`);
    }
    say(`${cpus().length} × ${cpus()[0]?.model ?? "?"}; client and server share the machine.`);
    const foreign = foreignCpu(() => [process.pid, ...new Set(sides.flatMap(({ pids }) => pids ?? []))]);
    const columns = ["requests", "req/s", "p50 ms", "p99 ms", "CPU µs"];
    say(`\n${"".padEnd(WIDE)}${columns.map((text) => text.padStart(NUMBER)).join("")}`);
    for (const count of connections) {
      for (const one of driven) one.lines = await one.fleet.lines(count);
      for (let lap = -1; lap < laps; lap += 1) {
        // The lap before the first is for warming up: a server that has just started is still being compiled.
        if (lap === 0) for (const one of driven) Object.assign(one, { idles: [], rounds: [] });
        for (let n = 0; n < driven.length; n += 1)
          await oneLap(driven[(lap + 1 + n) % driven.length] as Driven, options, inTime);
      }
      for (const { side, fleet, idles, rounds } of driven) {
        fleet.close();
        say(lineOf("Idle", side, count, idles));
        if (side.enqueue !== undefined) say(lineOf("rounds", side, count, rounds));
      }
    }
    if (sides.some(({ enqueue }) => enqueue === undefined)) say("Without --enqueue there are no rounds.");
    for (const { side } of driven) if (side.pids !== undefined) say(memoryLine(side, side.pids));
    const all = sides.every(({ pids }) => pids !== undefined);
    say(`${foreign()}${all ? "" : " A server without --pid counts as one of them."}`);
  } finally {
    for (const { fleet } of driven) fleet.close();
  }
}

async function oneLap(one: Driven, { idles, rounds }: TargetOptions, inTime: () => void): Promise<void> {
  const { fleet, lines, side } = one;
  // Connections that have been left alone too long are opened again before anything is measured.
  await idleLap(lines, 1, undefined, inTime);
  one.idles.push(await idleLap(lines, idles, side.pids, inTime));
  for (let n = 0; side.enqueue !== undefined && n < rounds; n += 1) {
    const queued = await fleet.enqueue(COMMANDS);
    one.rounds.push(await roundLap(lines, queued, side.pids, inTime));
  }
}

async function identitiesOf({ identities, devices }: TargetOptions): Promise<readonly X509Certificate[]> {
  return identities === undefined ? (await makeIdentities(devices)).certificates : readIdentities(identities, devices);
}

function memoryOf(pids: readonly number[]): { readonly now: number; readonly peak: number } {
  const each = pids.map((pid) => {
    try {
      return memoryMib(pid);
    } catch (cause) {
      throw new Refused(`There is no process ${pid} whose use of CPU and memory can be read (/proc).`, { cause });
    }
  });
  return {
    now: each.reduce((sum, { now }) => sum + now, 0),
    peak: each.reduce((sum, { peak }) => sum + peak, 0),
  };
}

function memoryLine({ target }: Side, pids: readonly number[]): string {
  const { now, peak } = memoryOf(pids);
  return `memory of ${target.host}: ${now} MiB, at its highest ${peak} MiB${pids.length > 1 ? `, ${pids.length} processes summed up` : ""}`;
}

const WIDE = 36;
const NUMBER = 9;

function lineOf(what: string, { target }: Side, count: number, laps: readonly Lap[]): string {
  const { requests, perSecond, p50, p99, cpu } = together(laps);
  const cpuText = Number.isNaN(cpu) ? "–" : cpu.toFixed(0);
  const numbers = [String(requests), perSecond.toFixed(0), p50.toFixed(1), p99.toFixed(1), cpuText];
  const wrong = wrongIn(laps);
  const name = `${what}, ${count}, ${target.host}`.padEnd(WIDE);
  return `${name}${numbers.map((text) => text.padStart(NUMBER)).join("")}${wrong === "" ? "" : `  WRONG: ${wrong}`}`;
}
