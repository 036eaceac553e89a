/** Compliance in words: its classes and flags, and the sentence about one device. */
import type { ComplianceClass, ComplianceFlag } from "../plans/index.ts";
import type { Params } from "./verdict/fragments.ts";
import { causeOf } from "./verdict/reasons.ts";

/** As lists and filters show them. */
export const CLASS_LABELS: Readonly<Record<ComplianceClass, string>> = {
  unknown: "Unknown",
  "on-target": "On target",
  "no-plan": "No plan",
  "waiting-person": "Needs a person",
  cannot: "Can't",
  "under-way": "Under way",
};

/** What each class means. */
export const CLASS_WORDS: Readonly<Record<ComplianceClass, string>> = {
  unknown: "the version it runs, or the newest release for it, is not known",
  "on-target": "it has everything that is open to it",
  "no-plan": "no plan governs it, or a person has excluded it until a date",
  "waiting-person": "its job waits for something that only a person can change",
  cannot: "a rule or its hardware forbids the update, or its job failed",
  "under-way": "its update is under way or waits for its time",
};

/** What each flag means. */
export const FLAG_WORDS: Readonly<Record<ComplianceFlag, string>> = {
  overdue: "its deadline has passed",
  exposed: "a newer release of its major fixes a vulnerability that is exploited",
  silent: "not heard for as many days as the setting silent-days says, 7 if it is not set",
  newest: "Apple offers nothing newer in its major to its model",
  "major-ended": "Apple updates its major on other models only",
  "below-floor": "its plan can't bring it to the lowest version that the plan asks for",
};

/** "On target: runs 26.6.2; its plan wants 26.6.2." An excluded device has its exclusion for a label: "Exempt until 3 Dec 2026: …". */
export function complianceWords(kind: ComplianceClass, reason: string, params: Params): string {
  const cause = causeOf(reason, params);
  return reason === "excluded"
    ? `${cause.slice(0, 1).toUpperCase()}${cause.slice(1)}.`
    : `${CLASS_LABELS[kind]}: ${cause}.`;
}

/** The cause that several devices share: what is different from one to the other is left out, or "…". */
export const sharedCause = (reason: string, params: Params): string =>
  causeOf(reason, params)
    .replaceAll(/ \((?:the device reports "\?"|\?)\)/g, "")
    .replaceAll("?", "…");
