/** Promise 3: success is an observed version and build that satisfy the target; newer is compliant, never failed. */
import { compareVersions } from "../protocol/index.ts";
import type { JobTarget, SeenVersion } from "./job.ts";

type Seen = Pick<SeenVersion, "version" | "build" | "supplementalBuild" | "supplementalExtra">;

/**
 * True when what was seen is the target or beyond it. A build is compared only where both sides name one. A Background
 * Security Improvement counts only where the target names one: it never makes an older version the target's.
 */
export function satisfies(target: JobTarget, seen: Seen): boolean {
  // No version is the target then: a list of updates tells, never a version.
  if (target.others === true) return false;
  const order = compareVersions(seen.version, target.version);
  if (order !== 0) return order > 0;
  return hasBuild(target, seen) && hasSupplement(target, seen);
}

function hasBuild({ builds }: JobTarget, { build }: Seen): boolean {
  if (builds.length === 0) return true;
  return build !== undefined && builds.includes(build);
}

function hasSupplement({ supplemental }: JobTarget, seen: Seen): boolean {
  if (supplemental === undefined) return true;
  const { build, extra } = supplemental;
  if (extra !== undefined) {
    const [wanted, has] = [bare(extra), bare(seen.supplementalExtra)];
    // They build on each other: "(b)" holds what "(a)" held.
    if (wanted !== has) return has > wanted;
  }
  return build === undefined || seen.supplementalBuild === build;
}

/** Devices write the suffix as "(a)" or as "a". */
const bare = (extra: string | undefined): string => (extra ?? "").replace(/[()\s]/g, "").toLowerCase();
