/** What tells two decisions apart, and what a person is shown where they differ. */
import { wantedText } from "../../catalog/index.ts";
import type { ShownDecision } from "../../contract/index.ts";
import { hashText } from "../../identity/index.ts";
import type { Decision } from "../../plans/index.ts";
import { savedOf } from "./plan-devices.ts";

/** Of a decision as `decider` gives it, which names no device. */
export interface Marked<S = ShownDecision> {
  /** Two decisions with the same mark are saved as the same bytes, except the date of Apple's list. */
  readonly mark: string;
  readonly shown: S;
}

/** Hexadecimal digits of a mark: 128 bits. */
const DIGITS = 32;

/** What is marked is this text. */
export const markOfText = (text: string): string => hashText(text).slice(0, DIGITS);

export const markedOf = (decision: Decision): Marked => ({ mark: markOf(decision), shown: shownOf(decision) });

/** Over all that is saved, and a download that the device loses by it. */
function markOf(decision: Decision): string {
  const loses = decision.kind === "job" ? decision.losesDownload : undefined;
  return markOfText(savedText(decision) + (loses ?? ""));
}

/** The bytes that are saved. A list that was fetched again says the same on a later day: its date does not count. */
function savedText(decision: Decision): string {
  const { kind, reason, params, seed } = savedOf(decision);
  if (!("listDate" in params)) return JSON.stringify([kind, reason, params, seed]);
  const { listDate: _date, listDays: _days, ...rest } = params;
  return JSON.stringify([kind, reason, rest, seed]);
}

export function shownOf(decision: Decision): ShownDecision {
  if (decision.kind !== "job")
    return {
      kind: decision.kind,
      release: null,
      mechanism: null,
      deadlineLocal: null,
      momentLocal: null,
      reason: decision.reason,
    };
  const { target, mechanism, deadline, enforcement } = decision.job;
  return {
    kind: "job",
    release: wantedText(target),
    mechanism: mechanism ?? "command",
    deadlineLocal: deadline ?? null,
    momentLocal: enforcement?.local ?? null,
    reason: null,
  };
}

/**
 * Whether a decision that was made at an earlier moment can still be saved: `today` is made from the same facts now. An install
 * time that depends on the clock ("an hour from now", the next opening of a window) stays as it was shown until it has passed.
 */
export function stillHolds(then: Decision, today: Decision, now: number): boolean {
  const at = movingMoment(then);
  if (at === undefined) return savedText(then) === savedText(today);
  return at > now && savedText(withoutMoment(then)) === savedText(withoutMoment(today));
}

/** When the device is told to install, where that depends on the moment of the decision (ms UTC). */
function movingMoment(decision: Decision): number | undefined {
  if (decision.kind !== "job") return undefined;
  const { enforcement } = decision.job;
  return enforcement === undefined || enforcement.from === "deadline" ? undefined : enforcement.at;
}

function withoutMoment(decision: Decision): Decision {
  if (decision.kind !== "job") return decision;
  const { enforcement: _moment, ...job } = decision.job;
  return { ...decision, job };
}
