/** Rows as an admin reads them. */
import type { DeviceDetail, DeviceView, JobView, Refusal, TimelineEntry } from "../contract/index.ts";
import { agedParams, wantedText } from "../catalog/index.ts";
import { declaredOf, type Job, listNoteOf, type PushTrouble, type Reach, readJob, verdictOf } from "../plans/index.ts";
import {
  CERTIFICATE_WAITS,
  causeOf,
  remedyOf,
  rawNote,
  sentenceOf,
  timelineText,
  verdictWords,
  type VerdictWords,
} from "../words/index.ts";
import type {
  DeclarativeRow,
  DeviceRow,
  EnrollmentRow,
  Flag,
  JobRow,
  RawRef,
  RefusalRow,
  TimelineRow,
} from "../store/index.ts";
import { refusedView } from "./refused-view.ts";
import { shownVersion } from "./enrollment/device-facts.ts";
import { listedBy, type Reading } from "./catalog/catalog.ts";

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
    enrolledAt: e.enrolledAt,
    lastSeenAt: e.lastSeenAt,
    job: refused === null ? shown : refusedView(refused, reading.now),
    pendingCertificates: row.pending,
  };
}

/** `waits`: a certificate waits for the device. */
export function jobView(row: JobRow, reading: Reading, e: EnrollmentRow | null, waits: boolean): JobView {
  const doc = readJob(row.doc) as Job;
  const neverTold = doc.target === undefined || row.state === "refused";
  const said = verdict(doc, reading, e);
  return {
    id: row.id,
    planId: row.planId,
    state: row.state,
    reason: row.reason,
    verdict: waits && row.live === 1 ? verdictOfWaiting(said) : said,
    mechanism: neverTold ? null : (doc.mechanism ?? "command"),
    enforceAt: neverTold ? null : (declaredOf(doc).enforcement?.local ?? null),
    target: doc.target === undefined ? null : wantedText(doc.target),
    progress: doc.known?.progress ?? null,
    since: doc.since,
    next: doc.next ?? null,
    finishedAt: row.finishedAt,
  };
}

export function pushTroubleView(trouble: PushTrouble | null): DeviceDetail["pushTrouble"] {
  if (trouble === null) return null;
  const { code, reason, since } = trouble;
  const sentence = `${causeOf(code, { trouble: reason, troubleSinceAt: since })}.`;
  return { code, reason, sinceAt: since, sentence, remedy: remedyOf(code) ?? "" };
}

/** Of a device that is forgotten nothing is known any more; its jobs are finished. */
const reachOf = (e: EnrollmentRow | null): Reach => ({
  pushesAccepted: e?.pushesAccepted ?? 0,
  trouble: e?.pushTrouble ?? null,
  lastSeenAt: e?.lastSeenAt ?? null,
});

export function declarativeView(row: DeclarativeRow, enforces: Flag | null): NonNullable<DeviceDetail["declarative"]> {
  return {
    takesUpdates: enforces === null ? null : enforces === 1,
    declarations: row.items.map(({ identifier }) => identifier),
    leftOut: row.leftOut,
    changedAt: row.changedAt,
    syncedAt: row.syncedAt,
    current: row.syncedToken === row.token,
    reportedAt: row.reportedAt,
  };
}

const verdictOfWaiting = (verdict: VerdictWords): VerdictWords => ({
  ...verdict,
  sentence: `${verdict.sentence} ${CERTIFICATE_WAITS.sentence}`,
  remedy: CERTIFICATE_WAITS.remedy,
});

/** A job that was over before it began, as the device was there already, keeps only its reason. */
function verdict(doc: Job, { now, catalog }: Reading, e: EnrollmentRow | null): VerdictWords {
  if (doc.target !== undefined) {
    const device = { platform: doc.platform, lookupIds: e === null ? [] : listedBy(e) };
    return verdictWords(verdictOf(doc, now, reachOf(e), listNoteOf(doc.target, device, catalog, now)));
  }
  const remedy = remedyOf(doc.reason);
  const state = doc.state === "done" || doc.state === "fell-back" ? doc.state : "refused";
  return {
    code: doc.reason,
    params: doc.params,
    sentence: sentenceOf(state, doc.reason, agedParams(doc.params, now)),
    ...(remedy === undefined ? {} : { remedy }),
  };
}

export function shortDevice(e: EnrollmentRow) {
  return { id: e.id, name: e.deviceName, serial: e.serial, platform: e.platform, osVersion: shownVersion(e) };
}

/** `owner`: the enrollment that the certificate belongs to, where it is still known. */
export function refusalView(row: RefusalRow, owner: EnrollmentRow | null): Refusal {
  const { id, source, reason, sentence, remedy, udid, fingerprint, address, count, firstAt, lastAt } = row;
  return {
    ...{ id, source, reason, sentence, remedy, udid, fingerprint, address, count },
    owner: owner === null ? null : { id: owner.id, name: owner.deviceName, serial: owner.serial },
    firstAt: new Date(firstAt).toISOString(),
    lastAt: new Date(lastAt).toISOString(),
  };
}

/** `batches`: those of the device's bodies that are still there. */
function rawView(ref: RawRef, batches: ReadonlySet<number>): NonNullable<TimelineEntry["raw"]> {
  const { bytes } = ref;
  if ("commandUuid" in ref) return { bytes, kept: bytes, note: null };
  const kept = batches.has(ref.batch) ? ref.kept : 0;
  return { bytes, kept, note: rawNote({ bytes, kept }) };
}

export function timelineEntry(row: TimelineRow, batches: ReadonlySet<number>): TimelineEntry {
  return {
    seq: row.seq ?? 0,
    at: row.at,
    kind: row.kind,
    text: timelineText(row.kind, row.data),
    data: row.data,
    raw: row.raw === null ? null : rawView(row.raw, batches),
  };
}
