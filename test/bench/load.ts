/** Says requests over many connections at once and tells how it went. */
import type { Connection } from "./connection.ts";
import type { Reply } from "./reply.ts";
import { cpuSeconds } from "./process.ts";

export interface Measured {
  readonly requests: number;
  readonly perSecond: number;
  /** ms */
  readonly p50: number;
  readonly p99: number;
  /** Server CPU for one request, µs; NaN where no process was named. */
  readonly cpu: number;
  readonly failed: number;
}

export interface Taken {
  readonly times: readonly number[];
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly failed: number;
}

/** Several takes as one. */
export function together(takes: readonly Taken[]): Measured {
  const sorted = takes.flatMap(({ times }) => times).toSorted((a, b) => a - b);
  const sum = (what: (taken: Taken) => number): number => takes.reduce((all, taken) => all + what(taken), 0);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
  return {
    requests: sorted.length,
    perSecond: sorted.length / sum(({ seconds }) => seconds),
    p50: at(0.5),
    p99: at(0.99),
    cpu: (sum((taken) => taken.cpuSeconds) * 1e6) / sorted.length,
    failed: sum(({ failed }) => failed),
  };
}

/** `next` gives what connection n says next, after the reply to what it said last; undefined: it has said all. */
export async function take(
  connections: readonly Connection[],
  pid: number | readonly number[] | undefined,
  next: (n: number, last?: Reply) => Buffer | undefined,
): Promise<Taken> {
  const times: number[] = [];
  let failed = 0;
  const cpuBefore = cpuSeconds(pid);
  const began = performance.now();
  await Promise.all(
    connections.map(async (connection, n) => {
      for (let request = next(n); request !== undefined; ) {
        const at = performance.now();
        const reply = await connection.send(request);
        times.push(performance.now() - at);
        if (reply.status !== 200) failed += 1;
        request = next(n, reply);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  return { times, seconds, cpuSeconds: cpuSeconds(pid) - cpuBefore, failed };
}
