/** A decision becomes a job, in one small transaction, so that polls never wait for a big plan. */
import { type Days, hasBegun, isFinal, type JobSeed, type JobTarget, type Over } from "../../plans/index.ts";
import type { HaltRow, JobRow, Json, PlanDeviceRow, PlanRow, Write } from "../../store/index.ts";
import { wantedText } from "../../catalog/index.ts";
import { isTo } from "../catalog/block.ts";
import { haltLookup } from "../enrollment/rows.ts";
import { isOf } from "./blackout.ts";
import { isOver, keyOf } from "./blackouts-in-force.ts";
import { forEnrollment } from "../enrollment/transaction.ts";
import type { UnitOfWork } from "../enrollment/unit-of-work.ts";
import { NO_RING, type Taken, takeJob } from "./take-job.ts";

export interface MakeJobInput {
  readonly planId: string;
  readonly enrollmentId: string;
  /** Id of the job, should one be made. */
  readonly jobId: string;
  readonly firstId: string;
  /** The blocks of which it was asked whether they cover the device. */
  readonly blocks: readonly string[];
  /** Those of them that do. */
  readonly blockedBy: readonly string[];
  /** The blackouts of which it was asked whether they cover the device, by `keyOf`, and those that do; absent: there were none. */
  readonly blackouts?: { readonly known: readonly string[]; readonly covering: readonly Days[] };
  readonly now: number;
}

const carriedOut = forEnrollment({
  name: "makeJob",
  patient: true,
  reads: (input: MakeJobInput) => ({
    enrollment: { from: "enrollment", where: { id: input.enrollmentId } },
    decision: { from: "planDevice", where: { planId: input.planId, enrollmentId: input.enrollmentId } },
    own: { from: "plan", where: { id: input.planId } },
    halted: haltLookup,
    past: { from: "job", where: { enrollmentId: input.enrollmentId, live: 0 } },
    blocks: { from: "block", where: { live: 1 } },
    blackouts: { from: "blackout", where: { live: 1 } },
  }),
  none: null,
  apply(unit, input, rows) {
    const [decision] = rows.decision;
    const [plan] = rows.own;
    if (decision === undefined || plan === undefined || !isOpen(decision, plan, rows.halted)) return null;
    if (decision.kind === "compliant") isThere(unit, input, decision);
    else if (unit.enrollment.state !== "enrolled") refuse(unit, input, "not-enrolled", {});
    else {
      const seed = decision.seed as unknown as JobSeed;
      const banned = rows.blocks.filter((block) => block.platform === seed.platform && isTo(seed.target, block));
      // Made since the decision was looked at: the decision stays open, and is looked at with it.
      if (banned.some(({ id }) => !input.blocks.includes(id))) return null;
      const { known, covering } = input.blackouts ?? NONE_KNOWN;
      if (rows.blackouts.some((row) => !isOver(row, input.now) && !known.includes(keyOf(row)))) return null;
      if (banned.some(({ id }) => input.blockedBy.includes(id)))
        refuse(unit, input, "release-blocked", { version: wantedText(seed.target) });
      else
        take(unit, input, seed, {
          replace: (plan.spec as { replace?: boolean }).replace === true,
          past: rows.past,
          covering: covering.filter((days) => rows.blackouts.some((row) => isOf(row, days))),
          blackouts: rows.blackouts,
        });
    }
    return null;
  },
});

/**
 * Carries out one decision. Coming twice (the process died between two asks) makes one job: the decision's row says that it is
 * done. A device that has left since, or got a live job which the plan does not replace, is refused instead.
 */
export const makeJob: typeof carriedOut = {
  ...carriedOut,
  decide(input, seen) {
    const [decision] = seen.decision;
    const forgotten =
      seen.enrollment.length === 0 && decision !== undefined && isOpen(decision, seen.own[0], seen.halted);
    // It was removed since the plan was decided, and there is no timeline that could say so.
    return forgotten ? { writes: [refusal(input, "not-enrolled", {})], result: null } : carriedOut.decide(input, seen);
  },
};

const isOpen = ({ doneAt, kind }: PlanDeviceRow, plan: PlanRow | undefined, [halt]: readonly HaltRow[]): boolean =>
  doneAt === null && kind !== "refused" && plan?.state === "active" && halt?.active !== 1;

/** The decision is carried out: what the job was made from is in the job. */
const made = ({ planId, enrollmentId, jobId, now }: MakeJobInput): Write => ({
  patch: "planDevice",
  where: { planId, enrollmentId },
  set: { jobId, seed: null, doneAt: now },
});

const refusal = (
  { planId, enrollmentId, now }: MakeJobInput,
  reason: string,
  params: PlanDeviceRow["params"],
): Write => ({
  patch: "planDevice",
  where: { planId, enrollmentId },
  set: { kind: "refused", reason, params, seed: null, decidedAt: now, doneAt: now },
});

function refuse(unit: UnitOfWork, input: MakeJobInput, reason: string, params: PlanDeviceRow["params"]): void {
  unit.also(refusal(input, reason, params));
  unit.makeClassDue();
  unit.note("job-refused", { planId: input.planId, reason, params });
}

const NONE_KNOWN: NonNullable<MakeJobInput["blackouts"]> = { known: [], covering: [] };

/**
 * The device gets the job, instead of the one it has where the plan replaces that. The job of a standing plan gives way unless its
 * install has begun (targets G2).
 */
function take(
  unit: UnitOfWork,
  input: MakeJobInput,
  seed: JobSeed,
  how: Pick<Taken, "replace" | "past" | "covering" | "blackouts">,
): void {
  const { planId, jobId, now } = input;
  const { job, jobRow } = unit;
  const givesWay = job !== undefined && !isFinal(job.state) && (jobRow?.rolloutId ?? null) !== null && !hasBegun(job);
  const replace = how.replace || givesWay;
  const belongs = { planId, rolloutId: null, ring: null, urgent: 0 } as const;
  const busyWith = takeJob(unit, { jobId, belongs, seed, ...how, replace, now });
  if (busyWith === undefined) unit.also(made(input));
  else refuse(unit, input, "busy", { plan: busyWith });
}

/** A device that is there already has a job that is over before it begins: later sightings still say whether it is. */
function isThere(unit: UnitOfWork, input: MakeJobInput, decision: PlanDeviceRow): void {
  const { planId, enrollmentId, jobId: id, now } = input;
  const { params } = decision;
  const reason = decision.reason ?? "";
  const wanted = decision.seed as unknown as JobTarget | null;
  const doc: Over & Record<string, unknown> = {
    id,
    planId,
    enrollmentId,
    state: "done",
    reason,
    params,
    since: now,
    next: null,
    createdAt: now,
    finishedAt: now,
    // What it must not be seen below. Older decisions do not have it.
    ...(wanted === null ? {} : { wanted }),
  };
  const row: JobRow = {
    id,
    planId,
    enrollmentId,
    live: 0,
    begun: 0,
    state: "done",
    reason,
    dueAt: null,
    doc: doc as unknown as Json,
    createdAt: now,
    finishedAt: now,
    leaseUntil: 0,
    ...NO_RING,
  };
  // No job of the unit: nothing follows from it but the class of its device.
  unit.makeClassDue();
  unit.also({ insert: "job", row }, made(input));
  unit.note("job-compliant", { planId, reason, params });
}
