/** A device that a plan leaves out, since its decision is not the one that the dry run showed. */
/** What a person is told of a decision in a few words; times are the device's own. */
export interface DecisionInShort {
  readonly kind: "job" | "compliant" | "refused";
  readonly target: string | null;
  readonly mechanism: "command" | "declaration" | null;
  readonly deadlineLocal: string | null;
  readonly momentLocal: string | null;
  readonly reason: string | null;
}

/** `shown`: by the dry run; null: it did not have the device. `now`: null where the plan no longer means the device. */
export function changedWords(
  shown: DecisionInShort | null,
  now: DecisionInShort | null,
): { readonly sentence: string; readonly remedy: string } {
  const [before, after] = [inShort(shown), inShort(now)];
  const sentence =
    shown === null
      ? `The dry run did not show this device. Now: ${after}.`
      : now === null
        ? `The dry run showed: ${before}. Now the plan no longer includes this device.`
        : before === after
          ? `The dry run showed: ${before}. It is the same now, but the device has reported other facts, or the install time has passed.`
          : `The dry run showed: ${before}. Now: ${after}.`;
  return { sentence, remedy: "Make another dry run, and a plan for this device from it." };
}

function inShort(decision: DecisionInShort | null): string {
  if (decision === null) return "";
  const { kind, target, mechanism, deadlineLocal, momentLocal, reason } = decision;
  if (kind === "compliant") return `up to date (${reason ?? ""})`;
  if (kind === "refused") return `refused (${reason ?? ""})`;
  const times = [
    ...(deadlineLocal === null ? [] : [`deadline ${clock(deadlineLocal)}`]),
    ...(momentLocal === null ? [] : [`install from ${clock(momentLocal)}`]),
  ];
  return [`update to ${target ?? ""} by ${mechanism ?? ""}`, ...times].join(", ");
}

const clock = (local: string): string => local.slice(0, 16).replace("T", " ");
