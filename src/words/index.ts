/** The door of `words`: every sentence a person reads about devices, jobs, policies and warnings. Codes and parameters in, sentence out. */
export { CLASS_LABELS, CLASS_WORDS, complianceWords, FLAG_WORDS, sharedCause } from "./compliance.ts";
export { STATE_WORDS } from "./states.ts";
export { rawNote, timelineText } from "./timeline/timeline.ts";
export { causeOf, REASON_CODES, remedyOf } from "./verdict/reasons.ts";
export { sentenceOf, verdictWords, type VerdictWords } from "./verdict/verdict.ts";
export type { AffectedDevices, DeviceWarningParams } from "./device-warnings.ts";
export {
  deviceWarningWords,
  serverWarningWords,
  type WarningCode,
  type WarningParams,
} from "./warnings.ts";
export { changedUnderWords, type ChangedWords, changedWords, type DecisionInShort } from "./changed-decisions.ts";
export { crowdNotes, jobDecisionWords, orderNotes, otherDecisionWords, targetNotes, zoneNotes } from "./decisions.ts";
export { type ExposedWords, exposedWords } from "./exposed.ts";
export { type GovernedWords, governingWords, type UnderWords, whyGoverned } from "./governing.ts";
export { majorAheadWords, type MajorAheadWords, previousMajorWords, type PreviousMajorWords } from "./majors.ts";
export { failedOnceWords, gateWords } from "./gate.ts";
export { healthWords } from "./health.ts";
export { localTime } from "./local-time.ts";
export { askWords, decisionWords, percentOf, powerWords, rolloutWords } from "./rollouts.ts";
export { MOVE_WORDS, RECALL_WORDS } from "./deadlines.ts";
export { policyDecisionWords, policyStateWords } from "./policies.ts";
export { adoptedWords, CERTIFICATE_WAITS, mayStillWords, nothingWaitsWords } from "./devices.ts";
export { type FailedFeeds, feedFailedWords, feedNotes, feedWords } from "./cve-feeds.ts";
export { type FailingFetch, fetchFailureWords, fetchWords } from "./fetches.ts";
export { listNotes, listWords, releaseWords } from "./releases.ts";
export {
  failedHandshakeWords,
  type HandshakeRefusal,
  refusedDeviceWords,
  refusedScepWords,
  type ScepRefusal,
} from "./refusals.ts";
