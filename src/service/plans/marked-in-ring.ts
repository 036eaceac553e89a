/** What tells the decisions for devices of a standing plan apart: their ring as well. */
import type { Decision } from "../../plans/index.ts";
import { onceForAlike } from "./decider.ts";
import { type Marked, markedOf } from "./decision-mark.ts";

/** `ring`: its name; undefined: of a once plan. Devices that are alike share one object. */
export function markedInRing(): (decision: Decision, ring: string | null | undefined) => Marked {
  const mark = onceForAlike(markedOf);
  const known = new Map<string, Marked>();
  return (decision, ring) => {
    const one = mark(decision);
    if (ring === undefined) return one;
    const key = `${one.mark} ${ring ?? ""}`;
    let marked = known.get(key);
    if (marked === undefined) known.set(key, (marked = { mark: key, shown: { ...one.shown, ring } }));
    return marked;
  };
}
