/** A look through all devices, since something else may be offered to them, or be said of what they run. */
import type { Write } from "../../store/index.ts";

/** From the beginning, whatever is under way. `cause`: grows with every new cause (ms UTC). */
export const sweepFor = (cause: number, now: number): Write => ({
  put: "sweep",
  row: { name: "compliance", cause, cursor: null, dueAt: now, leaseUntil: 0 },
});
