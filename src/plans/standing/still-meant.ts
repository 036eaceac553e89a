/**
 * Whether a plan still means the release of a job that it gave. An admin may have edited its target since; what Apple's list says
 * meanwhile takes no job away (targets C5, D7).
 */
import { ceilingOf, isSameNamed, MAJOR_TERMS, type Catalog, type Named } from "../../catalog/index.ts";
import { compareVersions, majorOf } from "../../protocol/index.ts";
import type { PlannedDevice } from "../decisions/decision.ts";
import type { StandingSpec } from "./terms.ts";

export function isStillMeant(
  release: Named,
  { platform, osVersion }: Pick<PlannedDevice, "platform" | "osVersion">,
  spec: StandingSpec,
  catalog: Catalog,
  now: number,
): boolean {
  const target = platform === null ? undefined : spec.targets[platform];
  if (platform === null || osVersion === null || target === undefined || target.kind === "other-updates") return true;
  if (target.below !== undefined && compareVersions(release.version, target.below) >= 0) return false;
  const [major, own] = [majorOf(release.version) ?? 0, majorOf(osVersion) ?? 0];
  if (target.kind !== "exact" && major <= own) return true;
  if (major > own && !spec.allowMajor) return false;
  if (target.kind === "exact") return isSameNamed(release, target);
  const terms = {
    afterDays: spec.newMajorAfterDays ?? MAJOR_TERMS.afterDays,
    held: spec.heldMajors?.[platform] ?? MAJOR_TERMS.held,
  };
  if (target.kind === "latest-minor" || terms.held.includes(major)) return false;
  const ceiling = target.kind === "n-1" ? ceilingOf(catalog, platform, terms, now) : undefined;
  return ceiling === undefined || major <= ceiling;
}
