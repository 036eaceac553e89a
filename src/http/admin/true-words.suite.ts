/**
 * The words that the product knows, where the contract's schemas say no more than "a text": codes of reasons and errors, kinds
 * of the timeline, outcomes. What a fake service says is held to them, so that it can't know more than the service.
 */
import { JOB_STATES, OBJECT_KINDS, type PolicyDevice, ROUTES } from "../../contract/index.ts";
import { ERRORS } from "../../errors/index.ts";
import { isFinal, type NextAction, type PushTroubleCode, type State } from "../../plans/index.ts";
import { causeOf, REASON_CODES, timelineText, type VerdictWords } from "../../words/index.ts";
import type { LeftOut } from "../../protocol/index.ts";
import type { RawOutcome } from "../../service/index.ts";
import type { ClosedCommandRow, Json } from "../../store/index.ts";

type Fields = Readonly<Record<string, unknown>>;
type Every<T extends string> = Readonly<Record<T, true>>;

/** Unions of types as data: one that grows does not compile before its word stands here. */
const ACTIONS: Every<NextAction> = {
  "push-again": true,
  "look-again": true,
  install: true,
  "try-again": true,
  "read-list": true,
  enforce: true,
  resume: true,
};
const TROUBLES: Every<PushTroubleCode> = {
  "push-token-dead": true,
  "push-topic-refused": true,
  "push-certificate-refused": true,
  "push-service-unreachable": true,
  "push-refused": true,
  "push-token-missing": true,
};
const ENDS: Every<ClosedCommandRow["outcome"]> = {
  Acknowledged: true,
  Error: true,
  CommandFormatError: true,
  withdrawn: true,
  expired: true,
  "answer-lost": true,
  other: true,
};
const WAITING: Every<Extract<RawOutcome, { kind: "pending" }>["state"]> = { queued: true, offered: true };
const POLICY_STATES: Every<PolicyDevice["state"]> = {
  pending: true,
  applied: true,
  failed: true,
  nothing: true,
  removing: true,
};
const LEFT_OUT: Every<LeftOut["code"]> = {
  platform: true,
  version: true,
  supervision: true,
  enrollment: true,
  "unknown-key": true,
  type: true,
  range: true,
  missing: true,
  contradiction: true,
};
const ROUTE_NAMES = [...Object.keys(ROUTES), "resetToken"];

/** A shape by the fields that no other has, and each of its words with those that there are. */
interface Rule {
  readonly of: string;
  readonly has: readonly string[];
  readonly words: readonly (readonly [
    field: string,
    known: Iterable<string> | ((value: unknown, of: Fields) => boolean),
  ])[];
}

const RULES: readonly Rule[] = [
  {
    of: "job",
    has: ["planId", "verdict"],
    words: [
      ["state", JOB_STATES],
      ["reason", REASON_CODES],
      ["verdict", (verdict, { reason }) => isVerdictOf(verdict as VerdictWords, reason)],
      ["next", (next, { state }) => (next === null) === isFinal(state as State)],
      ["finishedAt", (at, { state }) => (at !== null) === isFinal(state as State)],
    ],
  },
  {
    of: "verdict",
    has: ["params", "sentence"],
    // The gate's own codes are others, and a decision has its rule below.
    words: [["reason", (code, of) => "decidedBy" in of || "zoneFrom" in of || isReason(code)]],
  },
  { of: "next step", has: ["action", "dueAt"], words: [["action", Object.keys(ACTIONS)]] },
  {
    of: "timeline entry",
    has: ["seq", "sentence"],
    words: [
      ["kind", (kind, { data }) => timelineText(String(kind), data as Json) !== kind],
      ["sentence", (sentence, { kind, data }) => sentence === timelineText(String(kind), data as Json)],
    ],
  },
  {
    of: "class of compliance",
    has: ["class", "reason", "sentence"],
    words: [
      ["reason", REASON_CODES],
      ["sentence", (sentence, { reason }) => typeof sentence === "string" && REASON_CODES.includes(String(reason))],
    ],
  },
  { of: "decision", has: ["device", "kind", "reason"], words: [["reason", (code) => code === null || isReason(code)]] },
  {
    of: "decision in short",
    has: ["kind", "momentLocal"],
    words: [["reason", (code) => code === null || isReason(code)]],
  },
  { of: "refusal of a plan", has: ["reason", "devices", "count"], words: [["reason", REASON_CODES]] },
  { of: "plan", has: ["states", "to"], words: [["states", (states) => keysAre(states, JOB_STATES)]] },
  {
    of: "policy",
    has: ["states", "settings"],
    words: [["states", (states) => keysAre(states, Object.keys(POLICY_STATES))]],
  },
  { of: "setting left out", has: ["path", "sentence"], words: [["reason", Object.keys(LEFT_OUT)]] },
  { of: "refusal", has: ["source", "fingerprint"], words: [["reason", Object.keys(ERRORS)]] },
  { of: "trouble of pushes", has: ["appleReason"], words: [["reason", Object.keys(TROUBLES)]] },
  { of: "command that waits", has: ["commandUuid", "offeredAt"], words: [["state", Object.keys(WAITING)]] },
  {
    of: "command",
    has: ["commandUuid", "kind"],
    words: [
      ["reason", (end, { kind }) => kind !== "closed" || (typeof end === "string" && end in ENDS)],
      [
        "status",
        (said, { kind }) =>
          kind !== "answered" || ["Acknowledged", "Error", "CommandFormatError"].includes(String(said)),
      ],
    ],
  },
  {
    of: "row of the audit",
    has: ["actor", "outcome", "route"],
    words: [
      ["route", ROUTE_NAMES],
      ["outcome", ["ok", ...Object.keys(ERRORS)]],
      ["object", (object) => OBJECT_KINDS.some((kind) => kind === (object as Fields)["kind"])],
    ],
  },
];

/** Its code is the job's reason, or why its device can't be pushed; its sentence holds the product's words for that. */
const isVerdictOf = ({ reason: code, params, sentence }: VerdictWords, reason: unknown): boolean =>
  (code === reason || code in TROUBLES) && sentence.includes(causeOf(code, params));

const isReason = (code: unknown): boolean => typeof code === "string" && REASON_CODES.includes(code);
const keysAre = (counts: unknown, known: readonly string[]): boolean =>
  Object.keys(counts as Fields).every((key) => known.includes(key));

/** Words in a reply (JSON) that the product does not know, each with where it stands. */
export function unknownWords(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => unknownWords(one, `${path}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  const fields = value as Fields;
  const here = RULES.filter(({ has }) => has.every((name) => name in fields)).flatMap(({ of, words }) =>
    words.flatMap(([field, known]) => {
      const said = fields[field];
      const isKnown = typeof known === "function" ? known(said, fields) : [...known].includes(String(said));
      return isKnown ? [] : [`${path || "."}: ${field} of a ${of} can't be ${JSON.stringify(said)}`];
    }),
  );
  // What a device or an admin has said is anyone's text.
  const inside = Object.entries(fields).filter(([name]) => name !== "facts" && name !== "data" && name !== "settings");
  return [...here, ...inside.flatMap(([name, one]) => unknownWords(one, `${path}.${name}`))];
}
