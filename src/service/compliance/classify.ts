/** Works out the class of one device with what was looked up for it in the catalog. */
import type { Write } from "../../store/index.ts";
import { transaction } from "../../store/index.ts";
import type { StoredOffer } from "../enrollment/stored-class.ts";
import { forEnrollment } from "../enrollment/transaction.ts";
import { governingBy } from "./governs.ts";

export interface ClassifyInput {
  readonly enrollmentId: string;
  readonly offer: StoredOffer;
  /** The plan that governs it where it has no live job; empty: none does. */
  readonly planId: string;
  readonly firstId: string;
  readonly now: number;
}

export const classify = forEnrollment({
  name: "classify",
  reads: ({ enrollmentId, planId }: ClassifyInput) => ({
    enrollment: { from: "enrollment", where: { id: enrollmentId } },
    live: { from: "job", where: { enrollmentId, live: 1 } },
    livePlan: { from: "plan", where: { id: { of: "live", column: "planId" } } },
    decision: { from: "planDevice", where: { planId, enrollmentId } },
    own: { from: "plan", where: { id: planId } },
    made: { from: "job", where: { id: { of: "decision", column: "jobId" } } },
  }),
  none: null,
  apply(unit, { offer }, rows) {
    const [[live], [livePlan], [decision], [plan], [job]] = [
      ...[rows.live, rows.livePlan, rows.decision, rows.own, rows.made],
    ] as const;
    // This turn is used up; what follows sets the next one.
    unit.patch({ classDueAt: null, classLeaseUntil: 0 });
    unit.resolved = { offer, plan: governingBy({ live, livePlan, decision, plan, job }, unit.enrollment, offer) };
    return null;
  },
});

export interface SweepTurnInput {
  readonly cause: number;
  /** Where the next page begins; null: from the beginning. */
  readonly cursor?: string | null;
  /** When the next page is due. */
  readonly dueAt?: number;
}

/** A page of a sweep, or the sweep, has ended. A newer cause has begun another, which this does not touch. */
export const sweepTurn = transaction({
  name: "sweepTurn",
  reads: () => ({}),
  decide({ cause, cursor, dueAt }: SweepTurnInput): { writes: Write[]; result: null } {
    const set = {
      ...(cursor === undefined ? {} : { cursor }),
      ...(dueAt === undefined ? {} : { dueAt, leaseUntil: 0 }),
    };
    return { writes: [{ patch: "sweep", where: { name: "compliance", cause }, set }], result: null };
  },
});
