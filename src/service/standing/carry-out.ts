/** A resolution becomes rows of its device, in the transaction that works out its class (targets W4, H1). */
import type {
  GivenRow,
  HaltRow,
  JobRow,
  PlanDeviceRow,
  PlanRow,
  RolloutRow,
  BlackoutRow,
  BlockRow,
  SweepRow,
  Write,
} from "../../store/index.ts";
import {
  type Act,
  type Governing,
  isFree,
  type JobSeed,
  type Params,
  readLiveJob,
  type Resolution,
} from "../../plans/index.ts";
import { isTo } from "../catalog/block.ts";
import { isOver, keyOf } from "../plans/blackouts-in-force.ts";
import { step } from "../enrollment/job.ts";
import type { StoredTarget } from "../enrollment/stored-class.ts";
import type { UnitOfWork } from "../enrollment/unit-of-work.ts";
import { takeJob } from "../plans/take-job.ts";
import { formerText, givenFacts, jobFacts, standingFacts } from "./facts.ts";
import { type Move, movesOf, withAuthor } from "./moves.ts";
import type { ResolvedRow } from "./resolver.ts";

/** A resolution as it travels to the store. */
export interface StandingInput {
  /** Null: no standing plan governs the device. */
  readonly plan: Under | null;
  /** `standingFacts` of the row that was resolved. */
  readonly facts: string;
  /** The standing plan that governed it before. */
  readonly leaves: string | null;
  /** Its live job then; null: it had none. */
  readonly liveId: string | null;
  /** `jobFacts` of that, and `givenFacts`: what makes, withdraws or gives rests on them. */
  readonly jobFacts: string;
  readonly givenFacts: string;
  readonly act:
    | { readonly kind: "keep" | "withdraw" }
    | {
        readonly kind: "make";
        readonly jobId: string;
        readonly seed: JobSeed;
        readonly rolloutId: string;
        readonly ring: number;
        readonly urgent: boolean;
      };
  readonly blocks: readonly string[];
  readonly blockedBy: readonly string[];
  /** The blackouts of which it was asked whether they cover the device, by `keyOf`. */
  readonly blackouts: readonly string[];
  /** The cause of the newest look through all devices when this was read: whatever concerns all of them begins another. */
  readonly cause: number;
}

export interface Under {
  readonly id: string;
  readonly revision: number;
  readonly ring: number | null;
  readonly aim: string | null;
  readonly joinedAt: number;
  /** `formerText` of the device, or what stood there before: its deadlines are not settled under this plan yet. */
  readonly joinedAs: string | null;
  readonly deadlineLocal: string | null;
  readonly given: readonly Omit<GivenRow, "enrollmentId">[];
  readonly moved: readonly Move[];
  /** Why it refuses the device; null: it does not. */
  readonly refused: { readonly reason: string; readonly params: Params } | null;
  /** What the device's class follows from; `progress`: where it has no live job. */
  readonly governing: Governing;
}

/** `newId`: for a job that is made. */
export function standingInput(
  { row, resolution, live, leaves, blocks, blockedBy, blackouts, cause, authors, givenFacts: given }: ResolvedRow,
  newId: () => string,
): StandingInput {
  const base = {
    facts: standingFacts(row),
    leaves,
    liveId: live?.id ?? null,
    jobFacts: jobFacts(live?.job),
    givenFacts: given,
    ...{ blocks, blockedBy, blackouts, cause },
  };
  if (resolution === undefined) return { ...base, plan: null, act: { kind: isLeft(live) ? "withdraw" : "keep" } };
  const { act } = resolution;
  return {
    ...base,
    // A once plan's job governs; its device stays in its ring.
    plan: underOf(resolution, { row, authors }),
    act: act.kind === "make" ? madeBy(act, newId()) : act,
  };
}

const madeBy = ({ kind, seed, rolloutId, ring, urgent }: Extract<Act, { kind: "make" }>, jobId: string) => ({
  ...{ kind, jobId, seed, rolloutId, ring, urgent },
});

/** It has left the scope of its plan, and nothing has begun (targets G5). */
const isLeft = (live: ResolvedRow["live"]): boolean => live !== null && live.kind === "standing" && isFree(live.job);

const NO_PLAN = { ring: null, aim: null, joinedAt: null, joinedPlan: null, deadlineLocal: null } as const;

function underOf(found: Resolution, { row, authors }: Pick<ResolvedRow, "row" | "authors">): Under {
  const { plan, ring, aim, joinedAt, deadline, outcome } = found;
  return {
    id: plan.id,
    revision: plan.revision,
    ring: ring ?? null,
    aim: aim === undefined ? null : aim.version,
    joinedAt,
    joinedAs: found.isSettled ? formerText(row) : row.joinedAs,
    deadlineLocal: deadline ?? null,
    given: found.given.map((one) => ({
      ...one,
      extra: one.extra ?? "",
      revision: one.revision ?? null,
      cause: one.cause ?? null,
    })),
    moved: movesOf(found, row, authors),
    refused: outcome.kind === "refused" ? { reason: outcome.reason, params: outcome.params } : null,
    governing: governingOf(found),
  };
}

function governingOf({ plan, wanted, word, belowFloor, deadlineAt, overdueAt, aim, progress }: Resolution): Governing {
  return {
    planId: plan.id,
    ...{ wanted, word, deadlineAt, progress },
    ...(belowFloor ? { belowFloor } : {}),
    ...(aim === undefined ? {} : { late: { after: overdueAt, below: { version: aim.version } } }),
  };
}

/** What the transaction looked up. */
export interface StandingRows {
  readonly standing: readonly PlanRow[];
  readonly rollout: readonly RolloutRow[];
  readonly halted: readonly HaltRow[];
  readonly live: readonly JobRow[];
  readonly past: readonly JobRow[];
  readonly blocks: readonly BlockRow[];
  readonly blackouts: readonly BlackoutRow[];
  readonly sweep: readonly SweepRow[];
  readonly given: readonly GivenRow[];
  readonly refused: readonly PlanDeviceRow[];
}

/**
 * False: something that the resolution rests on is another by now, and the device is resolved again. Nothing has been done then.
 */
export function carryOut(unit: UnitOfWork, input: StandingInput, rows: StandingRows): boolean {
  const { plan, act } = input;
  if (!holds(unit, input, rows)) return false;
  const { enrollment } = unit;
  if (input.leaves !== null) unit.also(forget(input.leaves, enrollment.id));
  if (plan === null) {
    if (enrollment.joinedAt !== null) unit.patch({ ...NO_PLAN });
  } else {
    const { ring, aim, joinedAt, joinedAs, deadlineLocal } = plan;
    unit.patch({ ring, aim, joinedAt, joinedPlan: plan.id, joinedAs, deadlineLocal });
    unit.also(...plan.given.map((row): Write => ({ put: "given", row: { ...row, enrollmentId: enrollment.id } })));
    for (const one of plan.moved)
      unit.note("deadline-moved", { planId: plan.id, ...withAuthor(one, enrollment, rows.standing[0]) });
    noteRefusal(unit, plan, rows.refused[0]);
  }
  if (act.kind === "withdraw") {
    step(unit, { kind: "withdraw", cause: "plan-left" });
    unit.push();
  } else if (act.kind === "make" && plan !== null) {
    const belongs = { planId: plan.id, rolloutId: act.rolloutId, ring: act.ring, urgent: act.urgent ? 1 : 0 } as const;
    const { jobId, seed } = act;
    const covering = seed.blackouts ?? [];
    takeJob(unit, { jobId, belongs, seed, replace: true, covering, past: rows.past, now: unit.now });
  }
  return true;
}

function holds(unit: UnitOfWork, input: StandingInput, rows: StandingRows): boolean {
  const { plan, facts, liveId, act, blocks, blockedBy, blackouts, cause } = input;
  // Nothing rests on anything: what has changed since has made the device due again.
  if (plan === null && act.kind === "keep") return true;
  if (standingFacts(unit.enrollment) !== facts || (rows.live[0]?.id ?? null) !== liveId) return false;
  const [row] = rows.standing;
  if (plan !== null && (row === undefined || row.state === "stopped" || row.revision !== plan.revision)) return false;
  if (isMuch(input) && !isAsRead(input, rows)) return false;
  // An order of plans, a group, a rule for zones, a ring: what is said of all devices is looked at again in all of them.
  if (isMuch(input) && (rows.sweep[0]?.cause ?? 0) !== cause) return false;
  if (act.kind !== "make") return true;
  const rollout = rows.rollout[0]?.state;
  if (row?.state !== "active" || rows.halted[0]?.active === 1 || rollout === "paused" || rollout === "aborted")
    return false;
  if (rows.blackouts.some((one) => !isOver(one, unit.now) && !blackouts.includes(keyOf(one)))) return false;
  const banned = rows.blocks.filter((one) => one.platform === act.seed.platform && isTo(act.seed.target, one));
  return banned.every(({ id }) => blocks.includes(id) && !blockedBy.includes(id));
}

/** Of what only a resolution that makes, withdraws or gives rests on. */
const isAsRead = (input: StandingInput, { live: [job], given }: StandingRows): boolean =>
  jobFacts(job && readLiveJob(job.doc)) === input.jobFacts && givenFacts(given) === input.givenFacts;

/** More than what is said of the device: a look through all devices corrects that. */
const isMuch = ({ act, plan, leaves }: StandingInput): boolean =>
  act.kind !== "keep" || leaves !== null || (plan?.given.length ?? 0) > 0;

const forget = (planId: string, enrollmentId: string): Write => ({
  drop: "planDevice",
  where: { planId, enrollmentId },
});

/** A refusal is a row, by which the plan's list shows it as it was decided last, and one entry of the timeline for each reason. */
function noteRefusal(unit: UnitOfWork, { id: planId, refused }: Under, before: PlanDeviceRow | undefined): void {
  const { now, enrollment } = unit;
  if (refused === null) {
    if (before !== undefined) unit.also(forget(planId, enrollment.id));
    return;
  }
  const { reason, params } = refused;
  const same = before?.reason === reason;
  if (same && JSON.stringify(before.params) === JSON.stringify(params)) return;
  const row: PlanDeviceRow = {
    ...{ planId, enrollmentId: enrollment.id, kind: "refused", reason, params },
    ...{ seed: null, jobId: null, decidedAt: now, doneAt: now },
  };
  unit.also({ put: "planDevice", row });
  if (!same) unit.note("job-refused", { planId, reason, params });
}

/** Whether carrying it out would change anything of the device. */
export function changes({ row, resolution, live, authors, fault }: ResolvedRow): boolean {
  if (fault !== undefined) return true;
  if (resolution === undefined) return row.joinedAt !== null || isLeft(live);
  const under = underOf(resolution, { row, authors });
  const same =
    row.joinedPlan === under.id &&
    row.joinedAt === under.joinedAt &&
    row.joinedAs === under.joinedAs &&
    row.ring === under.ring &&
    row.aim === under.aim &&
    row.deadlineLocal === under.deadlineLocal &&
    // A once plan's job says by when, and what: its own decision counts (targets G1).
    (live?.kind === "once" || (row.governedBy === under.id && row.deadlineAt === under.governing.deadlineAt));
  return !same || under.given.length > 0 || resolution.act.kind !== "keep" || saysOther(row, resolution, live);
}

/** What is said of a device without a live job is another thing than before. */
function saysOther(
  row: ResolvedRow["row"],
  { wanted, progress, belowFloor, word, overdueAt, aim }: Resolution,
  live: ResolvedRow["live"],
): boolean {
  if (live?.kind === "once") return false;
  const before = row.target === null ? undefined : (JSON.parse(row.target) as StoredTarget);
  if (before?.word !== word || (before.belowFloor === true) !== belowFloor) return true;
  if (aim !== undefined && (before.late?.after ?? null) !== overdueAt) return true;
  if (live !== null) return false;
  if (JSON.stringify(before.wanted) !== JSON.stringify(wanted)) return true;
  const waits = row.compliance === "under-way" || row.compliance === "cannot";
  return waits && row.complianceReason !== progress.reason;
}
