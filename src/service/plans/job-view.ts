/** A job as an admin reads it. */
import { agedParams, wantedText } from "../../catalog/index.ts";
import type { JobView } from "../../contract/index.ts";
import { declaredOf, type Job, listNoteOf, type Reach, readJob, verdictOf } from "../../plans/index.ts";
import type { EnrollmentRow, JobRow } from "../../store/index.ts";
import { CERTIFICATE_WAITS, remedyOf, sentenceOf, verdictWords, type VerdictWords } from "../../words/index.ts";
import { listedBy, type Reading } from "../catalog/catalog.ts";
import { isoTime, isoTimeOrNull } from "../iso-time.ts";

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
    enforceAtLocal: neverTold ? null : (declaredOf(doc).enforcement?.local ?? null),
    release: doc.target === undefined ? null : wantedText(doc.target),
    progress: doc.known?.progress ?? null,
    sinceAt: isoTime(doc.since),
    next: doc.next === undefined || doc.next === null ? null : { action: doc.next.action, dueAt: isoTime(doc.next.at) },
    finishedAt: isoTimeOrNull(row.finishedAt),
  };
}

/** Of a device that is forgotten nothing is known any more; its jobs are finished. */
const reachOf = (e: EnrollmentRow | null): Reach => ({
  pushesAccepted: e?.pushesAccepted ?? 0,
  trouble: e?.pushTrouble ?? null,
  lastSeenAt: e?.lastSeenAt ?? null,
});

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
    reason: doc.reason,
    params: doc.params,
    sentence: sentenceOf(state, doc.reason, agedParams(doc.params, now)),
    ...(remedy === undefined ? {} : { remedy }),
  };
}
