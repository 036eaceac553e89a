/** The timeline's words for what is done with a device: commands, pushes, jobs, declarations, reports, policies. */
import type { Json } from "../../store/index.ts";
import { MOMENT_WORDS, MOVE_WORDS } from "../deadlines.ts";
import { hiddenWords } from "../verdict/asides.ts";
import { causeOf } from "../verdict/reasons.ts";
import { sentenceOf } from "../verdict/verdict.ts";
import { countOf, type Entry, textOf } from "./entry.ts";

export const WORK_ENTRIES = {
  "command-queued": ({ s, of }) => `${of} is queued${s("by") === "" ? "" : ` by ${s("by")}`}`,
  "command-sent": ({ of }) => `${of} is handed to the device`,
  "command-closed": ({ s, of }) => `${of} is closed: ${s("outcome")}`,
  answer: ({ s, of }) => `Answers ${of}: ${s("status")}`,
  "answer-late": ({ s, of }) => `Answers ${of} late (it was closed as ${s("closedAs")}): ${s("status")}`,
  "answer-unreadable": ({ s }) => `The answer to ${s("requestType")} could not be read and ended it: ${s("message")}`,
  "answer-unasked": ({ s }) => `Answers a command that was never sent (${s("uuid")}): ${s("status")}`,
  "not-now": ({ d, of }) =>
    `Says NotNow to ${of}${typeof d["times"] === "number" && d["times"] > 1 ? `, ${d["times"]} times so far` : ""}`,
  "push-sent": () => "Pushed",
  "push-delayed": ({ s }) => `Push delayed: ${s("reason")}`,
  "push-failed": ({ s }) => `Push given up: ${s("reason")}`,
  "push-token-dead": ({ s, d }) =>
    d["ignored"] === 1
      ? `Apple rejected a former push token (${s("reason")}); the device has sent a newer one, which counts`
      : `Apple rejects the push token: ${s("reason")}`,
  "job-step": jobStepText,
  "job-event-ignored": ({ s }) => `Ignored event "${s("event")}" in state ${s("from")}`,
  "deadline-moved": ({ s }) =>
    `The deadline ${movedTo(s("from"), s("to"))}: ${movedBecause(s("cause"))}${s("by") === "" ? "" : ` (${s("by")})`}`,
  "moment-moved": ({ s }) =>
    `The install time moves from ${clock(s("from"))} to ${clock(s("to"))}: ${MOMENT_WORDS[s("why")] ?? s("why")}`,
  "moment-recalled": ({ s }) =>
    `The install time ${clock(s("moment"))} is taken back: ${MOMENT_WORDS[s("why")] ?? s("why")}; the next contact gives a new one`,
  "declarations-changed": ({ d }) =>
    `Assigned ${countOf(d["declarations"])} declarations${countOf(d["leftOut"]) === 0 ? "" : `; left out: ${leftOutText(d["leftOut"])}`}`,
  "declarations-listed": ({ d }) => `Fetches the list of its declarations (${countOf(d["declarations"])})`,
  "declarations-differ": () => `Has declarations that are not in its list; Uptick tells it to sync`,
  "declaration-fetched": ({ s }) => `Fetches its declaration ${s("identifier")}`,
  "declaration-gone": ({ s }) => `Asks for ${s("identifier")}, which was withdrawn`,
  "declaration-unknown": ({ s }) => `Asks for ${s("identifier")}, which was never declared to it`,
  status: ({ d }) => (d["full"] === true ? "Reports its status, in full" : "Reports a change of its status"),
  "status-unreadable": ({ s }) => `Its status report can't be read: ${s("text")}`,
  "status-doubted": ({ s, d }) =>
    d["newer"] === true
      ? `Reports ${s("version")}, but last answered ${s("known")}; Uptick asks it`
      : `Reports ${s("version")}, older than ${s("known")}, which it reported before; Uptick asks it`,
  capabilities: ({ d }) =>
    d["enforces"] === true ? "Says that it takes update declarations" : "Says that it takes no update declarations",
  "policy-assigned": ({ s }) => `The policy "${s("name")}" now applies to it`,
  "policy-removed": ({ s }) => `The policy "${s("name")}" no longer applies to it`,
  "policy-state": ({ s }) => `The policy "${s("name")}" is ${s("state")} (by ${s("way")})`,
  "job-refused": ({ s, params }) => sentenceOf("refused", s("reason"), params),
  "job-try-again": ({ s }) => `Its failed job is tried again (${s("by")})`,
  "job-compliant": ({ s, params }) => sentenceOf("done", s("reason"), params),
  "version-unreadable": ({ s }) => `Reports OS version '${s("version")}', which is not a version number`,
} satisfies Readonly<Record<string, (entry: Entry) => string>>;

const clock = (local: string): string => local.replace("T", " ");

const movedTo = (from: string, to: string): string =>
  to === "" ? `${clock(from)} no longer counts` : `moves from ${clock(from)} to ${clock(to)}`;

/** Causes that deadlines do not know: a halt is a pause of all plans; and what is due earlier needs no cause. */
const OTHER_CAUSES: ReadonlyMap<string, string> = new Map([
  ["halt-ended", "the halt has ended"],
  ["due-earlier", "its release is due earlier than before"],
]);

const movedBecause = (cause: string): string =>
  OTHER_CAUSES.get(cause) ?? MOVE_WORDS[cause as keyof typeof MOVE_WORDS] ?? cause;

/** "asking → downloading (nothing): the download has been ordered", and what the device's list said beside it. */
function jobStepText({ s, d, params }: Entry): string {
  const until = d["deferredUntil"];
  const hidden = typeof until === "number" ? `; ${hiddenWords(new Date(until).toISOString())}` : "";
  return `${s("from")} → ${s("to")} (${s("event")}): ${causeOf(s("reason"), params)}${hidden}`;
}

function leftOutText(value: Json | undefined): string {
  const rules = Array.isArray(value) ? (value as readonly { rule?: Json; detail?: Json }[]) : [];
  return rules.map(({ rule, detail }) => `${textOf(rule)} (${textOf(detail)})`).join(", ");
}
