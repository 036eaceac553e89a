/** Promise 3: success is an observed version and build that satisfy the target; newer is compliant, never failed. */
import { compareVersions } from "../protocol/index.ts";
import type { JobTarget, SeenVersion } from "./job.ts";

/** True when what was seen is the target or beyond it. A build is compared only where both sides name one. */
export function satisfies(target: JobTarget, seen: Pick<SeenVersion, "version" | "build">): boolean {
  const order = compareVersions(seen.version, target.version);
  if (order !== 0) return order > 0;
  if (target.builds.length === 0 || seen.build === undefined) return target.builds.length === 0;
  return target.builds.includes(seen.build);
}
