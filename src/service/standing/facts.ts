/** What a resolution hangs on of a device's row: where it differs when the resolution is carried out, the device is resolved again. */
import { type Given, type Job, stopIn } from "../../plans/index.ts";
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

/** What rules ask of a device itself. Its tags and groups are what persons say of it. */
export type FormerFacts = Pick<
  EnrollmentRow,
  "platform" | "productName" | "softwareUpdateDeviceId" | "osVersion" | "supervised" | "serial"
>;

/** As a text that two devices share where no rule tells them apart: of the version rules ask for the major. */
export function formerText(row: FormerFacts): string {
  const { platform, productName, softwareUpdateDeviceId, osVersion, supervised, serial } = row;
  const major = osVersion === null ? null : (osVersion.split(".", 1)[0] ?? null);
  const facts: FormerFacts = { platform, productName, softwareUpdateDeviceId, osVersion: major, supervised, serial };
  return JSON.stringify(facts);
}

/** The same of its live job: what comes between may have begun it, moved it or taken it back. Undefined: it has none. */
export const jobFacts = (job: Job | undefined): string =>
  job === undefined ? "" : JSON.stringify([job.state, job.deadline, job.again?.at, stopIn(job)?.cause]);

/** The same of the deadlines that it was given. */
export const givenFacts = (rows: readonly Pick<Given, "version" | "extra" | "local" | "givenAt">[]): string =>
  rows
    .map(({ version, extra = "", local, givenAt }) => `${version} ${extra} ${local} ${givenAt}`)
    .toSorted()
    .join("\n");
