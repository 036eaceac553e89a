/** What a plan decides, a row for each device: kept before the plan is there, and nothing comes of it until then. */
import type { Decision } from "../../plans/index.ts";
import { transaction, type Json, type PlanDeviceRow, type Write } from "../../store/index.ts";
import { timelineNote } from "../enrollment/bodies.ts";
import { classDue } from "../enrollment/class-due.ts";

export interface AddDecisionsInput {
  readonly planId: string;
  /** Some hundred at most: polls wait while they are written. */
  readonly decisions: readonly Decision[];
  readonly now: number;
}

export const addDecisions = transaction({
  name: "addDecisions",
  reads: () => ({}),
  decide({ planId, decisions, now }: AddDecisionsInput) {
    const writes = decisions.map((decision): Write => ({ insert: "planDevice", row: rowOf(planId, decision, now) }));
    return { writes, result: null };
  },
});

const rowOf = (planId: string, decision: Decision, now: number): PlanDeviceRow => ({
  planId,
  enrollmentId: decision.enrollmentId,
  ...savedOf(decision),
  jobId: null,
  decidedAt: now,
  doneAt: null,
});

/** What is saved of a decision: all that becomes of it follows from this. */
export function savedOf(decision: Decision): Pick<PlanDeviceRow, "kind" | "reason" | "params" | "seed"> {
  const { kind } = decision;
  const seed = kind === "job" ? decision.job : kind === "compliant" ? decision.wanted : null;
  return {
    kind,
    reason: kind === "job" ? null : decision.reason,
    params: kind === "job" ? {} : decision.params,
    seed: seed as unknown as Json,
  };
}

/** Nothing came of the plan: its decisions go. */
export const dropDecisions = transaction({
  name: "dropDecisions",
  reads: () => ({}),
  decide({ planId }: { readonly planId: string }) {
    return { writes: [{ drop: "planDevice", where: { planId } }] satisfies Write[], result: null };
  },
});

/** Refusals that are noted in one go. */
const NOTED = 100;

export interface NoteRefusedInput {
  readonly planId: string;
  readonly now: number;
}

/** Says on the timelines of some devices that a plan has refused them. Says how many there were; 0: none are left. */
export const noteRefused = transaction({
  name: "noteRefused",
  reads: (input: NoteRefusedInput) => ({
    open: { from: "planDevice", where: { planId: input.planId, kind: "refused", doneAt: null }, limit: NOTED },
  }),
  decide({ planId, now }: NoteRefusedInput, seen): { writes: Write[]; result: number } {
    const writes = seen.open.flatMap(({ enrollmentId, reason, params }): Write[] => [
      { patch: "planDevice", where: { planId, enrollmentId }, set: { doneAt: now } },
      classDue(enrollmentId, now),
      timelineNote(enrollmentId, now, "job-refused", { planId, reason, params }, null),
    ]);
    return { writes, result: seen.open.length };
  },
});
