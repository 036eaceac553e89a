/** What the gate of rings has decided, in words (targets R8 to R13, U2): a code and the numbers that it was decided by. */
import type { GateDecision } from "../plans/index.ts";

type Numbers = GateDecision["numbers"];

const n = (numbers: Numbers, key: string): string => String(numbers[key] ?? "?");

/** "44 of 45 reachable devices are good for 48 h, 39 are needed" */
const good = (a: Numbers): string =>
  `${n(a, "settled")} of ${n(a, "expected")} reachable devices are good for 48 hours, ${n(a, "needed")} are needed`;

/** "1 of 45 failed or is unclear, 2 are allowed" */
const bad = (a: Numbers): string =>
  `${n(a, "failures")} of ${n(a, "started")} failed and ${n(a, "unclear")} are unclear, ${n(a, "allowed")} are allowed`;

/** Of the fail rule, which looks at chance and allows no number: "3 of 8 devices that started failed; if 5 % failed, …" */
function unlikely(a: Numbers): string {
  const percent = Number(a["chance"]) * 100;
  const share = percent < 0.1 ? "less than 0.1 %" : `${percent.toFixed(1)} %`;
  return `${n(a, "failures")} of ${n(a, "started")} devices that started failed; if ${n(a, "maxFailurePercent")} % failed, so many would fail in ${share} of cases`;
}

const WORDS: Readonly<Record<string, (numbers: Numbers) => string>> = {
  "time-has-come": () => "its day has come, and the ring before it has passed",
  once: () => "a plan without rings opens at once",
  "newer-open": (a) => `the newer release ${n(a, "version")} has opened in this ring`,
  "enough-good": (a) => `${good(a)}; ${bad(a)}`,
  "few-members": (a) => `none of its ${n(a, "members")} devices failed; so few devices prove nothing`,
  "no-members": () => "it has no devices",
  unreachable: () => "none of its devices can be reached",
  // The code of two rules, each with its own numbers: a pause has the chance.
  failures: (a) => (a["chance"] === undefined ? bad(a) : unlikely(a)),
  "too-few-good": (a) => good(a),
  "less-than-half": (a) => `${n(a, "settled")} of ${n(a, "members")} devices are good, which is less than half`,
  approval: (a) => `a person must let the next ring open: ${good(a)}; ${bad(a)}`,
  blackout: () => "a blackout holds its urgent devices back",
  unproven: () => "no device of the ring before it has proven the release",
};

export const GATE_CODES: readonly string[] = Object.keys(WORDS);

/** The cause of a decision, as part of a sentence; a code that is not known is shown as it is. */
export const gateWords = (code: string, numbers: Numbers): string =>
  Object.hasOwn(WORDS, code) ? (WORDS[code]?.(numbers) ?? code) : code;

/** Why the gate pauses a plan that is decided once; kept as the plan's reason. */
export const failedOnceWords = (a: {
  readonly failures: number;
  readonly started: number;
  readonly maxFailurePercent: number;
}): string =>
  `${a.failures} of ${a.started} devices that started failed; chance does not explain that where ${a.maxFailurePercent} % may fail (maxFailurePercent)`;
