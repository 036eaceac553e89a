/**
 * What has come to be known of a rollout since it began (targets U3): that a release up to its own fixes an exploited CVE, or that its plan has
 * other rings or hurries now. Data that disappears takes nothing back.
 */
import { compareNamed } from "../../catalog/index.ts";
import type { Write } from "../../store/index.ts";
import { transaction } from "../../store/index.ts";
import { sweepFor } from "../compliance/sweep.ts";
import { gateDue, missingRuns } from "./runs.ts";

export interface NoteUrgentInput {
  readonly rolloutId: string;
  /** The newest release up to the rollout's that fixes an exploited CVE; null: none is known. */
  readonly below: string | null;
  readonly now: number;
}

/** Doing it twice changes nothing. */
export const noteUrgent = transaction({
  name: "noteUrgent",
  reads: ({ rolloutId }: NoteUrgentInput) => ({
    rollout: { from: "rollout", where: { id: rolloutId } },
    plan: { from: "plan", where: { id: { of: "rollout", column: "planId" } } },
    runs: { from: "ringRun", where: { rolloutId } },
  }),
  decide({ below, now }: NoteUrgentInput, seen): { writes: Write[]; result: null } {
    const [[row], [plan]] = [seen.rollout, seen.plan];
    if (row === undefined || plan === undefined || plan.state === "stopped") return { writes: [], result: null };
    const isNews = below !== null && isNewer(below, row.urgentBelow);
    const known = isNews ? { ...row, urgentBelow: below, urgentAt: row.urgentAt ?? now } : row;
    const runs = missingRuns(known, plan, seen.runs, now);
    if (!isNews && runs.length === 0) return { writes: [], result: null };
    const { urgentBelow, urgentAt } = known;
    return {
      writes: [
        { patch: "rollout", where: { id: row.id }, set: { urgentBelow, urgentAt } },
        ...runs.map((run): Write => ({ insert: "ringRun", row: run })),
        sweepFor(now, now),
        gateDue(now),
      ],
      result: null,
    };
  },
});

export const isNewer = (below: string, before: string | null): boolean =>
  before === null || compareNamed({ version: below }, { version: before }) > 0;
