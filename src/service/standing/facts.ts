/** What a resolution hangs on of a device's row: where it differs when the resolution is carried out, the device is resolved again. */
import type { EnrollmentRow } from "../../store/index.ts";

type Read = Pick<
  EnrollmentRow,
  | "kind"
  | "state"
  | "serial"
  | "platform"
  | "productName"
  | "softwareUpdateDeviceId"
  | "osVersion"
  | "buildVersion"
  | "supplementalBuild"
  | "supplementalExtra"
  | "reportedVersion"
  | "supervised"
  | "accessRights"
  | "timeZone"
  | "adminZone"
  | "enforces"
  | "awaitingConfiguration"
  | "joinedAt"
  | "joinedPlan"
>;

export function standingFacts(row: Read): string {
  return JSON.stringify([
    ...[row.kind, row.state, row.serial, row.platform, row.productName, row.softwareUpdateDeviceId],
    ...[row.osVersion, row.buildVersion, row.supplementalBuild, row.supplementalExtra, row.reportedVersion],
    ...[row.supervised, row.accessRights, row.timeZone, row.adminZone, row.enforces, row.awaitingConfiguration],
    ...[row.joinedPlan, row.joinedAt],
  ]);
}
