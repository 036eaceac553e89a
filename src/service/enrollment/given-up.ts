/** What is outstanding for a device that has left, begins again or was removed: nothing of it is sent any more. */
import type { UnitOfWork } from "./unit-of-work.ts";

/**
 * A question that was handed out is of no use without its answer. An order may have been carried out, which may be the very
 * cause: an erased device enrolls again. So it is not said of that that the device has not taken it.
 */
export function giveUp(unit: UnitOfWork): void {
  for (const row of [...unit.outstanding.values()])
    unit.close(row, row.state === "offered" && row.once === 1 ? "answer-lost" : "withdrawn", null);
}
