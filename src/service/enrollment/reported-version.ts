/** Which OS a message says that its device runs, in a status report or an answer; and what is said where that is no version. */
import { oddVersion, type SeenVersion } from "../../plans/index.ts";
import { type DeclarativeStatus, isVersion } from "../../protocol/index.ts";
import type { EnrollmentRow } from "../../store/index.ts";
import { oddVersionOf } from "./device-facts.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/**
 * Version and build are separate items, and a report may bring one of them, such as the build of a security response:
 * the others are as they were, for the same version.
 */
export function versionIn({ os }: DeclarativeStatus, { enrollment, now }: UnitOfWork): SeenVersion | undefined {
  const told = [os.version, os.build, os.supplementalBuild, os.supplementalExtra];
  if (told.every((item) => item === undefined)) return undefined;
  // A build alone goes with the version named last, and that may be none.
  const version = os.version ?? (oddVersionOf(enrollment) === undefined ? enrollment.osVersion : null);
  if (version === null || !isVersion(version)) return undefined;
  const known = version === enrollment.osVersion ? enrollment : undefined;
  const build = os.build ?? known?.buildVersion ?? undefined;
  const supplementalBuild = os.supplementalBuild ?? known?.supplementalBuild ?? undefined;
  const supplementalExtra = os.supplementalExtra ?? known?.supplementalExtra ?? undefined;
  return {
    version,
    at: now,
    ...(build === undefined ? {} : { build }),
    ...(supplementalBuild === undefined ? {} : { supplementalBuild }),
    ...(supplementalExtra === undefined ? {} : { supplementalExtra }),
  };
}

/** The fact OSVersion that a report changes: what is no version is kept there, and a version takes its place again. */
export function versionFact(
  { os }: DeclarativeStatus,
  enrollment: EnrollmentRow,
  version: SeenVersion | undefined,
): { readonly OSVersion?: string } {
  const odd = oddVersion(os.version);
  if (odd !== undefined) return { OSVersion: odd };
  return version !== undefined && oddVersionOf(enrollment) !== undefined ? { OSVersion: version.version } : {};
}

/** Said once for each word. `before`: the device before this message. */
export function noteOddVersion(unit: UnitOfWork, before: Pick<EnrollmentRow, "reportedVersion">): void {
  const odd = oddVersionOf(unit.enrollment);
  if (odd !== undefined && odd !== oddVersionOf(before)) unit.note("version-unreadable", { version: odd });
}

/** What an Authenticate says of its OS, as columns of a new row; where that is no version, it is a fact as well. */
export function versionSaid(said: string | null): Pick<EnrollmentRow, "osVersion" | "reportedVersion"> {
  const odd = oddVersion(said);
  return odd === undefined ? { osVersion: said, reportedVersion: null } : { osVersion: null, reportedVersion: odd };
}
