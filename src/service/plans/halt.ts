/** The halt of all plans: one row, which every offer consults as it consults the plan of its job. */
import { type Decision, transaction, type HaltRow } from "../../store/index.ts";
import { sweepFor } from "../compliance/sweep.ts";
import { haltLookup } from "../enrollment/rows.ts";

export interface SetHaltInput {
  readonly active: boolean;
  /** Why all plans are halted; at the end of a halt nothing. */
  readonly reason: string;
  readonly by: string;
  readonly now: number;
}

/**
 * Halts all plans, or ends that. A second halt, and a second end, change nothing: who halted first, and why, stays. Every plan that
 * may have jobs becomes due, so that those are withdrawn or resumed without waiting for their devices.
 */
export const setHalt = transaction({
  name: "setHalt",
  changes: ({ active, reason }) => ({ id: null, detail: active ? reason : "ended" }),
  reads: (_input: SetHaltInput) => ({ halt: haltLookup }),
  decide({ active, reason, by, now }: SetHaltInput, { halt: [halt] }): Decision<{ changed: boolean }> {
    if ((halt?.active === 1) === active) return { writes: [], result: { changed: false } };
    const row: HaltRow = {
      id: 1,
      active: active ? 1 : 0,
      since: now,
      setBy: by,
      reason: active ? reason : (halt?.reason ?? ""),
    };
    const due = { dueAt: now, leaseUntil: 0 };
    const picture = ({ active: on, reason: why }: HaltRow) => ({ active: on === 1, reason: on === 1 ? why : null });
    return {
      change: { before: halt === undefined ? { active: false, reason: null } : picture(halt), after: picture(row) },
      writes: [{ put: "halt", row }, { patch: "plan", where: { state: "active" }, set: due }, sweepFor(now, now)],
      result: { changed: true },
    };
  },
});
