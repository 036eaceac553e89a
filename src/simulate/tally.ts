/** What happened in a simulation, counted while it happens: nothing is kept for each request. */
import { createHistogram } from "node:perf_hooks";
import type { RequestSeen, SimLog } from "../../simulator/index.ts";

export interface Totals {
  /** Devices that enrolled, whose enrollment was refused, and that the server unenrolled. */
  readonly enrolled: number;
  readonly refused: number;
  readonly unenrolled: number;
  /** Idle reports that were answered. */
  readonly polls: number;
  /** Answered requests by what they were: a check-in's MessageType, a report's Status, a SCEP operation. */
  readonly requests: Readonly<Record<string, number>>;
  /** Failed requests: `what: why`, where why is the HTTP status or the connection's error. */
  readonly errors: Readonly<Record<string, number>>;
  /** Why enrollments were refused, and how often. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Replies' times in real ms; null before the first. */
  readonly replies: { readonly count: number; readonly p50: number | null; readonly p99: number | null };
}

export interface Tally {
  readonly watch: (seen: RequestSeen) => void;
  readonly log: SimLog;
  totals(): Totals;
}

export function createTally(): Tally {
  // Microseconds: a histogram counts whole numbers.
  const times = createHistogram({ highest: 3_600_000_000, figures: 3 });
  const [requests, errors, refusals] = [
    new Map<string, number>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ];
  let [enrolled, unenrolled] = [0, 0];
  const add = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
  const percentile = (share: number): number | null =>
    times.count === 0 ? null : Math.round(times.percentile(share) / 100) / 10;
  return {
    watch({ what, ms, status, error }) {
      if (status !== undefined) times.record(Math.max(1, Math.round(ms * 1000)));
      if (status !== undefined && status >= 200 && status <= 299) add(requests, what);
      else add(errors, `${what}: ${status ?? error ?? "no reply"}`);
    },
    log(event) {
      if (event.what === "enrolled") enrolled += 1;
      if (event.what === "unenrolled-by-server") unenrolled += 1;
      if (event.what === "enrollment-failed") add(refusals, String(event["why"]));
    },
    totals: () => ({
      enrolled,
      unenrolled,
      refused: [...refusals.values()].reduce((sum, count) => sum + count, 0),
      polls: requests.get("Idle") ?? 0,
      requests: Object.fromEntries(requests),
      errors: Object.fromEntries(errors),
      refusals: Object.fromEntries(refusals),
      replies: { count: times.count, p50: percentile(50), p99: percentile(99) },
    }),
  };
}
