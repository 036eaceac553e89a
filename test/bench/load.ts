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

/** `next(n)` gives what connection n says next; undefined: it has said all. */
export async function measure(
  connections: readonly Connection[],
  pid: number,
  next: (n: number) => Buffer | undefined,
): Promise<Measured> {
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
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
  const cpu = ((cpuSeconds(pid) - cpuBefore) * 1e6) / times.length;
  return { perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99), cpu, failed };
}
