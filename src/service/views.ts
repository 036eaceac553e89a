/** Rows as an admin reads them. */
import { wantedText } from "../catalog/index.ts";
import {
  agedParams,
  causeOf,
  declaredOf,
  type Job,
  listNoteOf,
  type PushTrouble,
  type Reach,
  readJob,
  remedyOf,
  sentenceOf,
  type Verdict,
  verdictOf,
} from "../plans/index.ts";
import type {
  DeclarativeRow,
  DeviceRow,
  EnrollmentRow,
  Flag,
  JobRow,
  Json,
  RawRef,
  RefusalRow,
  TimelineRow,
} from "../store/index.ts";
import { shownVersion } from "./enrollment/device-facts.ts";
import { jobStepText, otherText } from "./timeline-words.ts";
import type { DeviceDetail, DeviceView, JobView, RawView, RefusalView, TimelineEntry } from "./admin-types.ts";
import { listedBy, type Reading } from "./catalog/catalog.ts";

export function deviceView(row: DeviceRow, reading: Reading): DeviceView {
  const { enrollment: e, job } = row;
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
    job: job === null ? null : jobView(job, reading, e, row.pending > 0),
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

/** The device may well be on and speak: with the certificate that waits. */
const verdictOfWaiting = (verdict: Verdict): Verdict => ({
  ...verdict,
  sentence: `${verdict.sentence} A certificate that is not adopted was presented for this device.`,
  remedy:
    "If the certificate is the device's own (after a restore, or a new certificate of your CA), adopt it: uptick adopt. Until then the device gets no commands.",
});

/** A job that was over before it began (refused, or there already) keeps only its reason. */
function verdict(doc: Job, { now, catalog }: Reading, e: EnrollmentRow | null): Verdict {
  if (doc.target !== undefined) {
    const device = { platform: doc.platform, lookupIds: e === null ? [] : listedBy(e) };
    return verdictOf(doc, now, reachOf(e), listNoteOf(doc.target, device, catalog, now));
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
export function refusalView(row: RefusalRow, owner: EnrollmentRow | null): RefusalView {
  const { id, source, reason, sentence, remedy, udid, fingerprint, address, count, firstAt, lastAt } = row;
  return {
    ...{ id, source, reason, sentence, remedy, udid, fingerprint, address, count },
    owner: owner === null ? null : { id: owner.id, name: owner.deviceName, serial: owner.serial },
    firstAt: new Date(firstAt).toISOString(),
    lastAt: new Date(lastAt).toISOString(),
  };
}

const USED_UP = "the device's budget of kept bodies is used up";

/** `batches`: those of the device's bodies that are still there. */
function rawView(ref: RawRef, batches: ReadonlySet<number>): RawView {
  const { bytes } = ref;
  if ("commandUuid" in ref) return { bytes, kept: bytes, note: null };
  if (ref.kept === 0 || !batches.has(ref.batch)) return { bytes, kept: 0, note: `cut: ${USED_UP}` };
  const { kept } = ref;
  if (kept === bytes) return { bytes, kept, note: null };
  return { bytes, kept, note: `cut: the first ${kept} of ${bytes} bytes are kept` };
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

/** One line of words for each kind of entry; a kind we do not know is shown by its name. */
export function timelineText(kind: string, data: Json): string {
  const d = (typeof data === "object" && data !== null && !Array.isArray(data) ? data : {}) as {
    readonly [key: string]: Json;
  };
  const s = (key: string): string => textOf(d[key]);
  const params = (d["params"] ?? {}) as Verdict["params"];
  const of = s("purpose") === "" ? s("requestType") : `${s("requestType")} (${s("purpose")})`;
  switch (kind) {
    case "authenticate":
      return d["renewal"] === true ? "Renews its identity" : `Authenticates: ${s("productName")} on ${s("osVersion")}`;
    case "token-update":
      return d["first"] === true ? "Enrolled" : "Updated its push token";
    case "enrolled-anew":
      return "Enrolled again: everything meant for its former enrollment is withdrawn";
    case "check-out":
      return "Leaves: its profile was removed";
    case "bootstrap-token-escrowed":
      return "Escrows its bootstrap token";
    case "bootstrap-token-removed":
      return "Takes its bootstrap token back";
    case "bootstrap-token-fetched":
      return d["stored"] === true ? "Fetches its bootstrap token" : "Asks for a bootstrap token; none is stored";
    case "check-in-other":
      return `Sends ${s("messageType")}`;
    case "removed":
      return `Removed by ${s("by")} (it was ${s("before")})`;
    case "serial-claimed-by":
      return `Another device enrolled with its serial number ${s("serial")}: id ${s("claimant")}, UDID ${s("udid")}`;
    case "serial-handed-on":
      return `Its serial number ${s("serial")} is that of another device now: id ${s("heir")}, UDID ${s("udid")}`;
    case "machine-changed":
      return `Another machine uses this UDID: it was ${machineText(d["before"])} and is ${machineText(d["after"])}`;
    case "quarantined":
      if (d["removed"] === true) return "Spoke after an admin had removed it: in quarantine";
      return "Presented a valid certificate, but is not known here: in quarantine";
    case "identity-returned":
      return "Has gone back to its former identity: it is renewed again";
    case "identity-asks":
    case "certificate-pending":
      return `A certificate that is not known here (${s("fingerprint").slice(0, 16)}…) was presented for this device: it waits for uptick adopt`;
    case "renewal-impossible":
      return `Its identity can't be renewed: ${s("because")}`;
    case "serial-claimed":
      return s("udid") === ""
        ? `Reports the serial number ${s("serial")}, which has the form of a UDID: it is not used to name the device`
        : `Reports the serial number ${s("serial")}, which belongs to the enrolled device with UDID ${s("udid")}: it is shown as a claim`;
    case "serial-taken-over":
      return `Has the serial number ${s("serial")} now: the device with UDID ${s("udid")}, which had it, has left or was removed`;
    case "topic-differs":
      return `Enrolled with the topic ${s("topic")}, but pushes are sent for ${s("ours")}: it can't be pushed`;
    case "adopted":
      return `An admin adopted the certificate ${s("fingerprint").slice(0, 16)}…`;
    case "command-queued":
      return `${of} is queued${s("by") === "" ? "" : ` by ${s("by")}`}`;
    case "command-sent":
      return `${of} is handed to the device`;
    case "command-closed":
      return `${of} is closed: ${s("outcome")}`;
    case "answer":
      return `Answers ${of}: ${s("status")}`;
    case "answer-late":
      return `Answers ${of} late (it was closed as ${s("closedAs")}): ${s("status")}`;
    case "answer-unreadable":
      return `The answer to ${s("requestType")} could not be read and ended it: ${s("message")}`;
    case "answer-unasked":
      return `Answers a command that was never sent (${s("uuid")}): ${s("status")}`;
    case "not-now":
      return `Says NotNow to ${of}${typeof d["times"] === "number" && d["times"] > 1 ? `, ${d["times"]} times so far` : ""}`;
    case "push-sent":
      return "Pushed";
    case "push-delayed":
      return `Push delayed: ${s("reason")}`;
    case "push-failed":
      return `Push given up: ${s("reason")}`;
    case "push-token-dead":
      return d["ignored"] === 1
        ? `Apple rejected a former push token (${s("reason")}); the device has sent a newer one, which counts`
        : `Apple rejects the push token: ${s("reason")}`;
    case "job-step":
      return jobStepText(d);
    case "job-event-ignored":
      return `Ignored event "${s("event")}" in state ${s("from")}`;
    case "declarations-changed":
      return `Assigned ${countOf(d["declarations"])} declarations${countOf(d["leftOut"]) === 0 ? "" : `; left out: ${leftOutText(d["leftOut"])}`}`;
    case "declarations-listed":
      return `Fetches the list of its declarations (${countOf(d["declarations"])})`;
    case "declarations-differ":
      return `Has declarations that are not in its list: it is told to sync`;
    case "declaration-fetched":
      return `Fetches its declaration ${s("identifier")}`;
    case "declaration-gone":
      return `Asks for ${s("identifier")}, which was withdrawn`;
    case "declaration-unknown":
      return `Asks for ${s("identifier")}, which was never declared to it`;
    case "status":
      return d["full"] === true ? "Reports its status, in full" : "Reports a change of its status";
    case "status-unreadable":
      return `Its status report can't be read: ${s("text")}`;
    case "status-doubted":
      return d["newer"] === true
        ? `Reports ${s("version")}, but last answered ${s("known")}; Uptick asks it`
        : `Reports ${s("version")}, older than ${s("known")}, which it has been seen on: it is asked`;
    case "zone-set":
      return s("zone") === "" ? "Time zone override removed" : `An admin says that it is in ${s("zone")}`;
    case "capabilities":
      return d["enforces"] === true
        ? "Says that it takes update declarations"
        : "Says that it takes no update declarations";
    case "message-rejected":
      return `Sends what can't be read (${s("code")})${timesOf(d["count"])}: ${s("message")}`;
    case "identity-refused":
      return `Its identity was refused (${s("code")}${s("address") === "" ? "" : `, from ${s("address")}`})${timesOf(d["count"])}: ${s("message")}`;
    case "policy-assigned":
      return `The policy "${s("name")}" is for it now`;
    case "policy-removed":
      return `The policy "${s("name")}" is not for it any more`;
    case "policy-state":
      return `The policy "${s("name")}" is ${s("state")} there (by ${s("way")})`;
    case "job-refused":
      return sentenceOf("refused", s("reason"), params);
    case "job-compliant":
      return sentenceOf("done", s("reason"), params);
    default:
      return otherText(kind, d);
  }
}

/** How often, where an entry stands for several. */
const timesOf = (count: Json | undefined): string => (typeof count === "number" && count > 1 ? `, ${count} times` : "");

function machineText(value: Json | undefined): string {
  const { serial, productName } = (value ?? {}) as { readonly serial?: Json; readonly productName?: Json };
  return `${textOf(productName) || "of an unknown model"} with ${textOf(serial) || "no serial"}`;
}

function countOf(value: Json | undefined): number {
  return Array.isArray(value) ? value.length : 0;
}

function leftOutText(value: Json | undefined): string {
  const rules = Array.isArray(value) ? (value as readonly { rule?: Json; detail?: Json }[]) : [];
  return rules.map(({ rule, detail }) => `${textOf(rule)} (${textOf(detail)})`).join(", ");
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
