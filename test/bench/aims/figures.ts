/** What was measured, as lines, and held to the aims. */
import { together } from "../load.ts";
import { COMMANDS, wrongIn } from "../target/laps.ts";
import { ROUNDS } from "./recorded.ts";
import type { LoopLap } from "./loop.ts";
import type { Taken } from "./sides.ts";
import { type Spent, sum } from "./threads.ts";

export interface Figures {
  readonly connections: number;
  /** Server CPU of a round request ÷ (that of bare https and of the loop). */
  readonly cpu: number;
  /** Rounds/s ÷ the loop's. */
  readonly rate: number;
  /** µs of its CPU for a round request. */
  readonly writer: number;
  /** CPU of an Idle ÷ bare https. */
  readonly idle: number;
  readonly lines: readonly string[];
}

const THREADS = [
  ["main", "main thread"],
  ["writer", "writer"],
  ["v8", "V8"],
  ["other", "others"],
] as const;

export function figuresOf(taken: Taken, connections: number, devices: number): Figures {
  const [idle, rounds] = [together(taken.idle), together(taken.rounds)];
  const [bareIdle, bareRounds] = [together(taken.bareIdle), together(taken.bareRounds)];
  const [loop, writes] = [ofLoop(taken.loop, devices), ofLoop(taken.writes, devices)];
  const line = (what: string, rate: number, cpu: number, more = ""): string =>
    `${`${what}, ${connections}`.padEnd(32)}${rate.toFixed(0).padStart(8)}${cpu.toFixed(1).padStart(9)}  ${more}`.trimEnd();
  const wrong = wrongIn([...taken.idle, ...taken.rounds, ...taken.bareIdle]);
  return {
    connections,
    cpu: rounds.cpu / (bareRounds.cpu + loop.cpu),
    rate: rounds.perSecond / loop.rate,
    writer: perRequest(taken.roundThreads, "writer", rounds.requests),
    idle: idle.cpu / bareIdle.cpu,
    lines: [
      line("Idle", idle.perSecond, idle.cpu, threadsIn(taken.idleThreads, idle.requests)),
      line("rounds", rounds.perSecond, rounds.cpu, threadsIn(taken.roundThreads, rounds.requests)),
      line("bare https, Idle", bareIdle.perSecond, bareIdle.cpu),
      line("bare https, rounds", bareRounds.perSecond, bareRounds.cpu),
      line("bare loop", loop.rate, loop.cpu, `in batches of ${loop.batch.toFixed(0)}, as the server made them`),
      line("bare loop, writes alone", writes.rate, writes.cpu, `${(loop.rate / writes.rate).toFixed(2)} with the rest`),
      ...(wrong === "" ? [] : [`WRONG: ${wrong}`]),
    ],
  };
}

/** µs */
const perRequest = (spent: readonly Spent[], name: keyof Spent, requests: number): number =>
  (sum(spent.map((one) => one[name])) * 1e6) / requests;

const threadsIn = (spent: readonly Spent[], requests: number): string =>
  THREADS.map(([name, word]) => `${word} ${perRequest(spent, name, requests).toFixed(0)}`).join(", ");

function ofLoop(laps: readonly LoopLap[], devices: number) {
  const requests = laps.length * devices * (COMMANDS + 1) * ROUNDS;
  return {
    rate: requests / sum(laps.map(({ seconds }) => seconds)),
    cpu: (sum(laps.map(({ cpuSeconds }) => cpuSeconds)) * 1e6) / requests,
    batch: requests / sum(laps.map(({ batches }) => batches)),
  };
}

/** "name  reached  aim  yes" */
export function aimLine(name: string, reached: number, aim: readonly ["≤" | "≥", number], digits: number): string {
  const [relation, bound] = aim;
  const isReached = relation === "≤" ? reached <= bound : reached >= bound;
  const numbers = `${reached.toFixed(digits).padStart(9)}   ${relation} ${String(bound).padEnd(7)}`;
  return `${name.padEnd(64)}${numbers}${isReached ? "yes" : "no"}`;
}
