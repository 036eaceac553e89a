/** Standing plans as rows: made, and put in their order. */
import { type Decision, transaction, type Json, type PlanRow, type Write } from "../../store/index.ts";
import { planPicture } from "../plans/plan-picture.ts";
import { sweepFor } from "../compliance/sweep.ts";

/** The standing plans that are not stopped. */
export const standingLookup = { from: "plan", where: { kind: "standing" } } as const;

export interface CreateStandingInput {
  readonly id: string;
  readonly name: string;
  readonly spec: Json;
  /** Its place in the order; absent: the last. */
  readonly place?: number;
  readonly by: string;
  readonly now: number;
}

/** As it is made, at a place of the order. */
export const newStanding = (
  { id, name, spec, by, now }: Omit<CreateStandingInput, "place">,
  place: number,
): PlanRow => ({
  ...{ id, name, kind: "standing", place, revision: 1, state: "active", createdAt: now, stoppedAt: null },
  ...{ pausedAt: null, pauseReason: null, pauseBy: null, resumedAt: null },
  ...{ spec, devices: 0, dueAt: null, leaseUntil: 0, createdBy: by },
});

export const createStanding = transaction({
  name: "createStanding",
  reads: (_input: CreateStandingInput) => ({ all: standingLookup }),
  changes: ({ id }) => ({ id }),
  decide(input: CreateStandingInput, seen): Decision<{ readonly isTaken: boolean }> {
    const { id, place, now } = input;
    // A request that names a dry run has come twice at once: the plan that it showed is there.
    if (seen.all.some((one) => one.id === id)) return { writes: [], result: { isTaken: true } };
    const others = inOrder(seen.all);
    const at = Math.min(place ?? others.length, others.length);
    const order = others.map(({ id: other }) => other).toSpliced(at, 0, id);
    const row = newStanding(input, at);
    return {
      change: { before: null, after: planPicture(row) },
      writes: [{ insert: "plan", row }, ...placed(others, order), sweepFor(now, now)],
      result: { isTaken: false },
    };
  },
});

/** Those that are not stopped, by their place. */
export const inOrder = (plans: readonly PlanRow[]): readonly PlanRow[] =>
  plans
    .filter(({ state }) => state !== "stopped")
    .toSorted((a, b) => (a.place ?? 0) - (b.place ?? 0) || (a.id < b.id ? -1 : 1));

/** The places of `plans` in a new order of ids, where they change. */
export const placed = (plans: readonly PlanRow[], order: readonly string[]): Write[] =>
  plans
    .filter(({ id, place }) => order.indexOf(id) !== place)
    .map(({ id }): Write => ({ patch: "plan", where: { id }, set: { place: order.indexOf(id) } }));
