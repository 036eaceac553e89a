/** A device as an admin reads it. */
import type { DeviceDetail, DeviceView } from "../../contract/index.ts";
import type { PushTrouble } from "../../plans/index.ts";
import type { DeviceRow, EnrollmentRow } from "../../store/index.ts";
import { causeOf, remedyOf } from "../../words/index.ts";
import type { Reading } from "../catalog/catalog.ts";
import { shownVersion } from "../enrollment/device-facts.ts";
import { exclusionAt } from "../enrollment/exclusion.ts";
import { isoTime, isoTimeOrNull } from "../iso-time.ts";
import { jobView } from "../plans/job-view.ts";
import { refusedView } from "../plans/refused-view.ts";
import { complianceView } from "./compliance-view.ts";

export function deviceView(row: DeviceRow, reading: Reading): DeviceView {
  const { enrollment: e, job, refused } = row;
  const shown = job === null ? null : jobView(job, reading, e, row.pending > 0);
  return {
    id: e.id,
    udid: e.appleId,
    serial: e.serial,
    name: e.deviceName,
    model: e.modelName,
    productName: e.productName,
    platform: e.platform,
    osVersion: shownVersion(e),
    buildVersion: e.buildVersion,
    supervised: e.supervised === null ? null : e.supervised === 1,
    enrollment: e.state,
    userEnrollment: e.kind === "user",
    enrolledAt: isoTimeOrNull(e.enrolledAt),
    lastSeenAt: isoTimeOrNull(e.lastSeenAt),
    compliance: complianceView(row, reading),
    exclusion: exclusionView(e, reading.now),
    job: refused === null ? shown : refusedView(refused, reading.now),
    pendingCertificates: row.pending,
  };
}

function exclusionView(row: EnrollmentRow, now: number): DeviceView["exclusion"] {
  const found = exclusionAt(row, now);
  if (found === undefined) return null;
  const { until, endsAt, reason, by, since } = found;
  return { until, endsAt: isoTime(endsAt), reason, excludedBy: by, sinceAt: isoTime(since) };
}

type ShortRow = Pick<EnrollmentRow, "id" | "deviceName" | "serial" | "platform" | "osVersion" | "reportedVersion">;

export function shortDevice(e: ShortRow) {
  return { id: e.id, name: e.deviceName, serial: e.serial, platform: e.platform, osVersion: shownVersion(e) };
}

export function pushTroubleView(trouble: PushTrouble | null): DeviceDetail["pushTrouble"] {
  if (trouble === null) return null;
  const { code, reason, since } = trouble;
  const sentence = `${causeOf(code, { trouble: reason, troubleSinceAt: since })}.`;
  return { reason: code, appleReason: reason, sinceAt: isoTime(since), sentence, remedy: remedyOf(code) ?? "" };
}
