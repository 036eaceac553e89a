/** Guarantee 3: success is an observation that satisfies the target. What that means is said in catalog/satisfy.ts alone. */
import { isSatisfied, type Observation, type Position, positionOf, versionText } from "../../catalog/index.ts";
import type { JobTarget } from "./job.ts";

/** A target that is no version is reached by a list of updates, never by a version. */
export function satisfies(target: JobTarget, seen: Observation): boolean {
  return target.others !== true && isSatisfied(positionOf(target, seen));
}

/** On a beta of the version wanted: it has not been released yet. */
export const isOnBeta = (target: JobTarget, seen: Observation): boolean =>
  target.others !== true && positionOf(target, seen) === "beta";

/** What a device was seen on, as far as the target looks at it: "26.5", "26.6.1 (23G5075b)", "26.3.1 (a)". */
export function seenText(target: JobTarget, seen: Observation): string {
  const position: Position = positionOf(target, seen);
  if (position === "beta" || position === "newer-beta" || position === "other-build")
    return seen.build === undefined ? seen.version : `${seen.version} (${seen.build})`;
  return target.supplemental === undefined ? seen.version : versionText(seen.version, seen.supplementalExtra);
}
