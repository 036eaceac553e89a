/** Works out the class of one device with what was looked up for it in the catalog. */
import { isFinal } from "../../plans/index.ts";
import type { EnrollmentRow, Write } from "../../store/index.ts";
import { transaction } from "../../store/index.ts";
import type { StoredOffer } from "../enrollment/stored-class.ts";
import { haltLookup } from "../enrollment/rows.ts";
import { forEnrollment } from "../enrollment/transaction.ts";
import { carryOut, type StandingInput } from "../standing/carry-out.ts";
import { MOST_BLOCKS } from "../catalog/block.ts";
import { MOST_BLACKOUTS } from "../plans/blackout.ts";
import { governingBy } from "./governs.ts";

/** ms until a device is looked at again of which something has changed meanwhile. */
const AGAIN = 1000;
/** Ended jobs of a device that are looked at. */
const MOST_PAST = 1000;

export interface ClassifyInput {
  readonly enrollmentId: string;
  readonly offer: StoredOffer;
  /** The plan that governs it where it has no live job, and no standing plan does; empty: none does. */
  readonly planId: string;
  readonly standing: StandingInput;
  /** Until when its class was claimed; null: it was not, and if it is due, it stays so. */
  readonly leaseUntil: number | null;
  readonly firstId: string;
  readonly now: number;
}

export const classify = forEnrollment({
  name: "classify",
  patient: true,
  reads: ({ enrollmentId, planId, standing: { plan, act } }: ClassifyInput) => ({
    enrollment: { from: "enrollment", where: { id: enrollmentId } },
    live: { from: "job", where: { enrollmentId, live: 1 } },
    livePlan: { from: "plan", where: { id: { of: "live", column: "planId" } } },
    decision: { from: "planDevice", where: { planId, enrollmentId } },
    own: { from: "plan", where: { id: planId } },
    made: { from: "job", where: { id: { of: "decision", column: "jobId" } } },
    standing: { from: "plan", where: { id: plan?.id ?? "" } },
    refused: { from: "planDevice", where: { planId: plan?.id ?? "", enrollmentId, kind: "refused" } },
    rollout: { from: "rollout", where: { id: act.kind === "make" ? act.rolloutId : "" } },
    halted: haltLookup,
    past: { from: "job", where: { enrollmentId, live: 0 }, limit: act.kind === "make" ? MOST_PAST : 0 },
    blocks: { from: "block", where: { live: 1 }, limit: act.kind === "make" ? MOST_BLOCKS : 0 },
    blackouts: { from: "blackout", where: { live: 1 }, limit: act.kind === "make" ? MOST_BLACKOUTS : 0 },
    sweep: { from: "sweep", where: { name: "compliance" } },
    given: { from: "given", where: { enrollmentId } },
  }),
  none: null,
  apply(unit, { offer, standing, leaseUntil }, rows) {
    const [[live], [livePlan], [decision], [plan], [job]] = [
      ...[rows.live, rows.livePlan, rows.decision, rows.own, rows.made],
    ] as const;
    if (!carryOut(unit, standing, rows)) {
      unit.patch({ classDueAt: unit.now + AGAIN, classLeaseUntil: 0 });
      return null;
    }
    if (isUsedUp(unit.enrollment, leaseUntil, unit.now)) unit.patch({ classDueAt: null, classLeaseUntil: 0 });
    // It was withdrawn just now, since no plan governs its device any more.
    const over = unit.job !== undefined && isFinal(unit.job.state);
    const own = over ? undefined : live;
    const under = standing.plan?.governing;
    const isOnce = live !== undefined && live.rolloutId === null;
    const governing =
      under === undefined || isOnce
        ? governingBy({ live: own, livePlan, decision, plan, job }, unit.enrollment, offer)
        : under;
    unit.resolved = { offer, plan: governing };
    return null;
  },
});

/** This turn is used up, and what follows sets the next one; not where something has made the class due since it was looked up. */
const isUsedUp = (
  { classDueAt, classLeaseUntil }: Pick<EnrollmentRow, "classDueAt" | "classLeaseUntil">,
  leaseUntil: number | null,
  now: number,
): boolean => (leaseUntil === null ? (classDueAt ?? Infinity) > now : classLeaseUntil === leaseUntil);

export interface SweepTurnInput {
  readonly cause: number;
  /** As the turn claimed it: a newer cause, of the same moment too, has taken the lease away. */
  readonly leaseUntil: number;
  /** Where the next page begins; null: from the beginning. */
  readonly cursor?: string | null;
  /** When the next page is due. */
  readonly dueAt?: number;
}

/** A page of a sweep, or the sweep, has ended. A newer cause has begun another, which this does not touch. */
export const sweepTurn = transaction({
  name: "sweepTurn",
  reads: () => ({}),
  decide({ cause, leaseUntil, cursor, dueAt }: SweepTurnInput): { writes: Write[]; result: null } {
    const set = {
      ...(cursor === undefined ? {} : { cursor }),
      ...(dueAt === undefined ? {} : { dueAt, leaseUntil: 0 }),
    };
    return { writes: [{ patch: "sweep", where: { name: "compliance", cause, leaseUntil }, set }], result: null };
  },
});
