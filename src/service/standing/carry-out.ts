/** A resolution becomes rows of its device, in the transaction that works out its class (targets W4, H1). */
import type {
  GivenRow,
  HaltRow,
  JobRow,
  PlanDeviceRow,
  PlanRow,
  RolloutRow,
  BlockRow,
  Write,
} from "../../store/index.ts";
import {
  type Act,
  type Governing,
  hasBegun,
  isWithheld,
  type JobSeed,
  type Params,
  type Resolution,
} from "../../plans/index.ts";
import { isTo } from "../catalog/block.ts";
import { step } from "../enrollment/job.ts";
import type { StoredTarget } from "../enrollment/stored-class.ts";
import type { UnitOfWork } from "../enrollment/unit-of-work.ts";
import { takeJob } from "../plans/take-job.ts";
import { standingFacts } from "./facts.ts";
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
}

export interface Under {
  readonly id: string;
  readonly revision: number;
  readonly ring: number | null;
  readonly aim: string | null;
  readonly joinedAt: number;
  readonly deadlineLocal: string | null;
  readonly given: readonly Omit<GivenRow, "enrollmentId">[];
  readonly moved: { readonly from: string; readonly to: string; readonly cause: string } | null;
  /** Why it refuses the device; null: it does not. */
  readonly refused: { readonly reason: string; readonly params: Params } | null;
  /** What the device's class follows from; `progress`: where it has no live job. */
  readonly governing: Governing;
}

/** `newId`: for a job that is made. */
export function standingInput(
  { row, resolution, live, leaves, blocks, blockedBy }: ResolvedRow,
  newId: () => string,
): StandingInput {
  const base = { facts: standingFacts(row), leaves, liveId: live?.id ?? null, blocks, blockedBy };
  if (resolution === undefined) return { ...base, plan: null, act: { kind: isFree(live) ? "withdraw" : "keep" } };
  const { act } = resolution;
  return {
    ...base,
    // A once plan's job governs; its device stays in its ring.
    plan: underOf(resolution),
    act: act.kind === "make" ? madeBy(act, newId()) : act,
  };
}

const madeBy = ({ kind, seed, rolloutId, ring, urgent }: Extract<Act, { kind: "make" }>, jobId: string) => ({
  ...{ kind, jobId, seed, rolloutId, ring, urgent },
});

/** It has left the scope of its plan, and nothing has begun (targets G5). */
const isFree = (live: ResolvedRow["live"]): boolean =>
  live !== null && live.kind === "standing" && !hasBegun(live.job) && !isWithheld(live.job.state);

function underOf(found: Resolution): Under {
  const { plan, ring, aim, joinedAt, deadline, moved, outcome } = found;
  return {
    id: plan.id,
    revision: plan.revision,
    ring: ring ?? null,
    aim: aim === undefined ? null : aim.version,
    joinedAt,
    deadlineLocal: deadline ?? null,
    given: found.given.map((one) => ({ ...one, extra: one.extra ?? "", cause: one.cause ?? null })),
    moved: moved === undefined ? null : { from: moved.from, to: moved.to, cause: moved.cause ?? "due-earlier" },
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
    if (enrollment.joinedAt !== null) unit.patch({ ring: null, aim: null, joinedAt: null, deadlineLocal: null });
  } else {
    const { ring, aim, joinedAt, deadlineLocal } = plan;
    unit.patch({ ring, aim, joinedAt, deadlineLocal });
    unit.also(...plan.given.map((row): Write => ({ put: "given", row: { ...row, enrollmentId: enrollment.id } })));
    if (plan.moved !== null) unit.note("deadline-moved", { planId: plan.id, ...plan.moved });
    noteRefusal(unit, plan, rows.refused[0]);
  }
  if (act.kind === "withdraw") {
    step(unit, { kind: "withdraw", cause: "plan-left" });
    unit.push();
  } else if (act.kind === "make" && plan !== null) {
    const belongs = { planId: plan.id, rolloutId: act.rolloutId, ring: act.ring, urgent: act.urgent ? 1 : 0 } as const;
    takeJob(unit, { jobId: act.jobId, belongs, seed: act.seed, replace: true, past: rows.past, now: unit.now });
  }
  return true;
}

function holds(
  unit: UnitOfWork,
  { plan, facts, liveId, act, blocks, blockedBy }: StandingInput,
  rows: StandingRows,
): boolean {
  // Nothing rests on anything: what has changed since has made the device due again.
  if (plan === null && act.kind === "keep") return true;
  if (standingFacts(unit.enrollment) !== facts || (rows.live[0]?.id ?? null) !== liveId) return false;
  const [row] = rows.standing;
  if (plan !== null && (row === undefined || row.state === "stopped" || row.revision !== plan.revision)) return false;
  if (act.kind !== "make") return true;
  const rollout = rows.rollout[0]?.state;
  if (row?.state !== "active" || rows.halted[0]?.active === 1 || rollout === "paused" || rollout === "aborted")
    return false;
  const banned = rows.blocks.filter((one) => one.platform === act.seed.platform && isTo(act.seed.target, one));
  return banned.every(({ id }) => blocks.includes(id) && !blockedBy.includes(id));
}

const forget = (planId: string, enrollmentId: string): Write => ({
  drop: "planDevice",
  where: { planId, enrollmentId },
});

/** A refusal is a row, by which the plan's list shows it, and one entry of the timeline for each reason. */
function noteRefusal(unit: UnitOfWork, { id: planId, refused }: Under, before: PlanDeviceRow | undefined): void {
  const { now, enrollment } = unit;
  if (refused === null) {
    if (before !== undefined) unit.also(forget(planId, enrollment.id));
    return;
  }
  const { reason, params } = refused;
  if (before?.reason === reason) return;
  const row: PlanDeviceRow = {
    ...{ planId, enrollmentId: enrollment.id, kind: "refused", reason, params },
    ...{ seed: null, jobId: null, decidedAt: now, doneAt: now },
  };
  unit.also({ put: "planDevice", row });
  unit.note("job-refused", { planId, reason, params });
}

/** Whether carrying it out would change anything of the device. */
export function changes({ row, resolution, live }: ResolvedRow): boolean {
  if (resolution === undefined) return row.joinedAt !== null || isFree(live);
  const under = underOf(resolution);
  const same =
    row.governedBy === (live?.kind === "once" ? row.governedBy : under.id) &&
    row.ring === under.ring &&
    row.aim === under.aim &&
    row.joinedAt !== null &&
    row.deadlineLocal === under.deadlineLocal &&
    row.deadlineAt === under.governing.deadlineAt;
  return !same || under.given.length > 0 || resolution.act.kind !== "keep" || saysOther(row, resolution, live);
}

/** What is said of a device without a live job is another thing than before. */
function saysOther(
  row: ResolvedRow["row"],
  { wanted, progress, belowFloor, word, overdueAt, aim }: Resolution,
  live: ResolvedRow["live"],
): boolean {
  const before = row.target === null ? undefined : (JSON.parse(row.target) as StoredTarget);
  if (before?.word !== word || (before.belowFloor === true) !== belowFloor) return true;
  if (aim !== undefined && (before.late?.after ?? null) !== overdueAt) return true;
  if (live !== null) return false;
  if (JSON.stringify(before.wanted) !== JSON.stringify(wanted)) return true;
  const waits = row.compliance === "under-way" || row.compliance === "cannot";
  return waits && row.complianceReason !== progress.reason;
}
