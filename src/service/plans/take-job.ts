/** A device gets a job; where it replaces the one that the device has, it takes over what the device has of that. */
import {
  type Days,
  dueAtOf,
  inLine,
  knows,
  isFinal,
  type Job,
  type JobSeed,
  knownBy,
  newJob,
  readJob,
  shownState,
  stillOrdered,
  takeOver,
} from "../../plans/index.ts";
import type { BlackoutRow, JobRow, Json } from "../../store/index.ts";
import { begin, step } from "../enrollment/job.ts";
import { noteMoved } from "./blackout.ts";
import type { UnitOfWork } from "../enrollment/unit-of-work.ts";

/** Where a job belongs: its plan, and the ring of a standing one. */
export type Belongs = Pick<JobRow, "planId" | "rolloutId" | "ring" | "urgent">;

export interface Taken {
  readonly jobId: string;
  readonly belongs: Belongs;
  readonly seed: JobSeed;
  readonly replace: boolean;
  /** The blackouts that cover the device now, and the rows of all: of a plan that knew them when it decided. */
  readonly covering?: readonly Days[];
  readonly blackouts?: readonly BlackoutRow[];
  /** The device's jobs that have ended, by age. */
  readonly past: readonly Pick<JobRow, "doc">[];
  readonly now: number;
}

/** The plan has no rings. */
export const NO_RING = { rolloutId: null, ring: null, urgent: 0, startedAt: null, member: null } as const;

/** The plan of the job that is in the way; undefined: the device has the new one. */
export function takeJob(
  unit: UnitOfWork,
  { jobId, belongs, seed, replace, past, covering = [], blackouts = [], now }: Taken,
): string | undefined {
  const before = replace ? unit.job : undefined;
  if (replace) step(unit, { kind: "withdraw", cause: "replaced" });
  const left = unit.job;
  if (left !== undefined && !isFinal(left.state)) return left.planId;
  const heard = Math.min(now, unit.enrollment.lastSeenAt ?? now);
  const ended = past.map(({ doc }) => readJob(doc));
  const earlier = stillOrdered([...ended, ...(left === undefined ? [] : [left])], seed.target);
  const ids = { id: jobId, planId: belongs.planId, ...(earlier === undefined ? {} : { earlier }) };
  const decided = newJob(seed, ids, now, heard);
  // A blackout may have come, or gone, since it was decided.
  const fresh = knows(decided, covering) ? decided : inLine(decided, covering, now).job;
  const job = before === undefined ? fresh : takeOver(before, fresh);
  begin(unit, rowOf(job, belongs, now));
  if (before !== undefined) step(unit, { kind: "known", events: knownBy(before, job) });
  noteMoved(unit, decided, job, blackouts);
  return undefined;
}

function rowOf(job: Job, belongs: Belongs, now: number): JobRow {
  return {
    id: job.id,
    enrollmentId: job.enrollmentId,
    live: 1,
    begun: 1,
    state: shownState(job),
    reason: job.reason,
    dueAt: dueAtOf(job),
    doc: job as unknown as Json,
    createdAt: now,
    finishedAt: null,
    leaseUntil: 0,
    startedAt: null,
    member: null,
    ...belongs,
  };
}
