/** Which versions a device was seen on, and since when: a row each time it says another. */
import type { EnrollmentRow, Write } from "../../store/index.ts";

type Seen = Pick<EnrollmentRow, "id" | "osVersion" | "buildVersion" | "supplementalExtra">;

/** Nothing where the device has not said its version. What it says twice in a millisecond counts once. */
export function versionSeen({ id, osVersion, buildVersion, supplementalExtra }: Seen, at: number): Write[] {
  if (osVersion === null) return [];
  const row = { enrollmentId: id, firstSeenAt: at, version: osVersion, build: buildVersion, extra: supplementalExtra };
  return [{ put: "versionHistory", row }];
}

/** The version is another than it was before. */
export function versionChange(before: Seen, after: Seen, at: number): Write[] {
  const same =
    before.osVersion === after.osVersion &&
    before.buildVersion === after.buildVersion &&
    before.supplementalExtra === after.supplementalExtra;
  return same ? [] : versionSeen(after, at);
}
