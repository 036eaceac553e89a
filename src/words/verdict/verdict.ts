/** The one sentence an admin reads about a device: state, cause, what happens next and when. */
import type { State, Verdict } from "../../plans/index.ts";
import { localTime } from "../local-time.ts";
import { asideWords } from "./asides.ts";
import type { Params } from "./fragments.ts";
import { causeOf, remedyOf } from "./reasons.ts";

export interface VerdictWords {
  readonly reason: string;
  readonly params: Params;
  readonly sentence: string;
  readonly remedy?: string;
}

const HEADS: Readonly<Record<Verdict["head"], string>> = {
  asking: "Being checked",
  awaiting: "Waiting",
  declaring: "Declared",
  declared: "In force",
  scanning: "Looking for updates",
  downloading: "Downloading",
  ready: "Ready to install",
  installing: "Installing",
  blocked: "Blocked",
  stopping: "Stopping",
  pausing: "Pausing",
  paused: "Paused",
  done: "Up to date",
  "fell-back": "Fell back",
  downloaded: "Downloaded",
  notified: "Notified",
  stopped: "Stopped",
  failed: "Failed",
  refused: "Not possible",
  overdue: "Overdue",
};

/** What happens next, in words. */
export const NEXT: Readonly<Record<NonNullable<Verdict["next"]>["action"], string>> = {
  "push-again": "Uptick sends a push and asks it again",
  "look-again": "Uptick asks it again",
  install: "Uptick orders the install",
  "try-again": "Uptick tries again",
  "read-list": "Uptick reads the Mac's list of updates",
  enforce: "Uptick asks whether it has installed the update",
  resume: "Uptick looks whether it may continue",
  "await-check-in": "Uptick asks it if it checks in",
};

/** A verdict with its sentence, and with a remedy where an admin can do something. Times are given in the verdict's zone. */
export function verdictWords({ code, params, ...verdict }: Verdict): VerdictWords {
  const { head, cause, asides, next, overdueSince, zone, remedies } = verdict;
  const parts = [`${HEADS[head]}: ${causeOf(cause.code, inZone(cause.params, zone))}`];
  for (const aside of asides)
    parts.push(
      ...(aside.kind === "reason" ? [causeOf(aside.code, inZone(aside.params, zone))] : asideWords(aside, zone)),
    );
  if (next !== undefined) {
    // A device takes an order when it next asks.
    const word = next.action === "install" ? "from" : "at";
    const when = next.at === null ? "now" : `${word} ${localTime(next.at, zone)} (${zone})`;
    parts.push(`next, ${when}, ${NEXT[next.action]}`);
  }
  if (overdueSince !== undefined) parts.push(`overdue since ${localTime(overdueSince, zone)}`);
  let remedy: string | undefined;
  for (const one of remedies) remedy ??= remedyOf(one.code, one.heard, one.params);
  return { reason: code, params, sentence: `${parts.join("; ")}.`, ...(remedy === undefined ? {} : { remedy }) };
}

/** Words for a refusal or a compliant device, where there is no job. */
export function sentenceOf(
  state: Extract<State, "done" | "fell-back" | "refused">,
  reason: string,
  params: Params,
): string {
  return `${HEADS[state]}: ${causeOf(reason, params)}.`;
}

/** Times among the parameters ("…At", ms UTC) as the zone's local time shows them. */
function inZone(params: Params, zone: string): Params {
  const entries = Object.entries(params).map(([key, value]): [string, string | number] =>
    key.endsWith("At") && typeof value === "number" ? [key, localTime(value, zone)] : [key, value],
  );
  return Object.fromEntries(entries);
}
