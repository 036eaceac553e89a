/** Says requests over many connections at once and tells how it went. */
import type { Connection } from "./connection.ts";
import { cpuSeconds } from "./process.ts";

export interface Measured {
  readonly perSecond: number;
  /** ms */
  readonly p50: number;
  readonly p99: number;
  /** Server CPU for one request, µs. */
  readonly cpu: number;
  readonly failed: number;
}

interface Taken {
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
    perSecond: sorted.length / sum(({ seconds }) => seconds),
    p50: at(0.5),
    p99: at(0.99),
    cpu: (sum((taken) => taken.cpuSeconds) * 1e6) / sorted.length,
    failed: sum(({ failed }) => failed),
  };
}

/** `next(n)` gives what connection n says next; undefined: it has said all. */
export async function take(
  connections: readonly Connection[],
  pid: number,
  next: (n: number) => Buffer | undefined,
): Promise<Taken> {
  const times: number[] = [];
  let failed = 0;
  const cpuBefore = cpuSeconds(pid);
  const began = performance.now();
  await Promise.all(
    connections.map(async (connection, n) => {
      for (let request = next(n); request !== undefined; request = next(n)) {
        const at = performance.now();
        const { status } = await connection.send(request);
        times.push(performance.now() - at);
        if (status !== 200) failed += 1;
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  return { times, seconds, cpuSeconds: cpuSeconds(pid) - cpuBefore, failed };
}
