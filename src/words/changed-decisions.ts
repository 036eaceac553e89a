/** A device whose decision is not the one that the dry run showed. */
import { type UnderWords, underText } from "./governing.ts";

/** What a person is told of a decision in a few words; times are the device's own. */
export interface DecisionInShort {
  readonly kind: "job" | "compliant" | "refused";
  readonly release: string | null;
  readonly mechanism: "command" | "declaration" | null;
  readonly deadlineLocal: string | null;
  readonly momentLocal: string | null;
  readonly reason: string | null;
  /** Of a standing plan; null: its ring has no name. */
  readonly ring?: string | null;
}

/** `shown`: by the dry run; null: it did not have the device. `now`: null where the plan no longer means the device. */
export const changedWords = (shown: DecisionInShort | null, now: DecisionInShort | null): ChangedWords => ({
  sentence: sentenceOf(shown === null ? null : inShort(shown), now === null ? null : inShort(now)),
  remedy: "Make another dry run, and a plan for this device from it.",
});

/** The same of a change of standing plans, which leaves no device out. */
export const changedUnderWords = (shown: UnderWords | null, now: UnderWords | null): ChangedWords => ({
  sentence: sentenceOf(shown === null ? null : underText(shown), now === null ? null : underText(now)),
  remedy: "Look at the device: the plans that stand decide for it.",
});

export interface ChangedWords {
  readonly sentence: string;
  readonly remedy: string;
}

/** `shown`: by the dry run, in short; null: it did not have the device. `now`: null where no plan means it. */
function sentenceOf(before: string | null, after: string | null): string {
  if (before === null) return `The dry run did not show this device. Now: ${after ?? "no plan includes it"}.`;
  if (after === null) return `The dry run showed: ${before}. Now the plan no longer includes this device.`;
  return before === after
    ? `The dry run showed: ${before}. It is the same now, but the device has reported other facts, or the install time has passed.`
    : `The dry run showed: ${before}. Now: ${after}.`;
}

function inShort(decision: DecisionInShort): string {
  const { kind, release: target, mechanism, deadlineLocal, momentLocal, reason, ring = null } = decision;
  const inRing = ring === null ? [] : [`in the ring "${ring}"`];
  if (kind !== "job")
    return [`${kind === "compliant" ? "up to date" : "refused"} (${reason ?? ""})`, ...inRing].join(", ");
  const times = [
    ...(deadlineLocal === null ? [] : [`deadline ${clock(deadlineLocal)}`]),
    ...(momentLocal === null ? [] : [`install from ${clock(momentLocal)}`]),
  ];
  return [`update to ${target ?? ""} by ${mechanism ?? ""}`, ...times, ...inRing].join(", ");
}

const clock = (local: string): string => local.slice(0, 16).replace("T", " ");
