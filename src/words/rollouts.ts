/** A rollout, its rings and what was decided about it, in words (targets R11 to R13). */
import type { GateDecision, RolloutState } from "../plans/index.ts";
import { gateWords } from "./gate.ts";

type Numbers = GateDecision["numbers"];

const devices = (n: number): string => (n === 1 ? "1 device" : `${n} devices`);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A rate of 0 to 1 in percent: "17 %", and "4.5 %" below ten. */
export function percentOf(rate: number): number {
  const percent = rate * 100;
  return percent < 10 ? Math.round(percent * 10) / 10 : Math.round(percent);
}

/** What a ring of so many devices can prove at most; `rate`: see `powerOf`. */
export const powerWords = (members: number, rate: number): string =>
  `${devices(members)} without a failure rule${members === 1 ? "s" : ""} out only failure rates above ${percentOf(rate)} %.`;

/** What a person wrote, as part of a sentence. */
function withoutStop(text: string): string {
  let end = text.length;
  while (end > 0 && ".!?".includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** What a person has written is shown as it is, whatever it reads like. */
const isPerson = (by: string): boolean => by !== "gate" && by !== "system";
const because = (by: string, reason: string, numbers: Numbers): string =>
  isPerson(by) ? withoutStop(reason) : gateWords(reason, numbers);
const who = (by: string): string => (by === "gate" ? "the gate" : by === "system" ? "Uptick" : by);

export interface RolloutFacts {
  readonly state: RolloutState;
  readonly by: string;
  readonly reason: string;
  /** On which the gate decided. */
  readonly numbers: Numbers;
  readonly instead: string | null;
}

export function rolloutWords({ state, by, reason, numbers, instead }: RolloutFacts): string {
  const cause = `by ${who(by)}: ${because(by, reason, numbers)}.`;
  switch (state) {
    case "running":
      return isPerson(by) ? `Resumed ${cause}` : "Under way.";
    case "held":
      return `Held ${cause} No other device is given the release; devices that have a job continue.`;
    case "paused":
      return `Paused ${cause} Its devices receive ${instead === null ? "nothing" : instead} until a person resumes the rollout.`;
    case "aborted":
      return `Aborted ${cause} Its devices go to the next older release that is open to them.`;
    case "superseded":
      return "Superseded: a newer release has opened in the last ring.";
  }
}

/** `planned`: date of the opening that waits; null: it is not known. */
export function askWords(
  reason: string,
  numbers: Numbers,
  { waiting, planned }: { readonly waiting: number; readonly planned: string | null },
): string {
  const wait = `${devices(waiting)} wait${waiting === 1 ? "s" : ""}`;
  return `Asks a person: ${gateWords(reason, numbers)}. ${wait}${planned === null ? "" : `; planned ${planned}`}.`;
}

const DID: Readonly<Record<GateDecision["what"], (ring: string, numbers: Numbers) => string>> = {
  open: (ring) => `opened ${ring}`,
  pass: (ring) => `passed ${ring}`,
  ask: (ring) => `asks about ${ring}`,
  supersede: (ring) => `closed ${ring}`,
  promote: (ring) => `promoted ${ring}`,
  wait: (ring) => `waits 5 more days for ${ring}`,
  hold: () => "held the rollout",
  pause: () => "paused the rollout",
  resume: () => "resumed the rollout",
  abort: () => "aborted the rollout",
  instead: (_ring, numbers) => `gave ${numbers["version"] ?? "an older release"} instead`,
  "lift-blackout": () => "lifted blackouts for the urgent devices",
};

/** `ring`: its name, or its number where it has none. */
export function decisionWords(
  {
    what,
    by,
    reason,
    numbers,
    urgent,
  }: Pick<GateDecision, "what" | "reason" | "numbers" | "urgent"> & { readonly by: string },
  ring: string,
): string {
  const did = DID[what](`${urgent ? "the urgent devices of " : ""}ring ${ring}`, numbers);
  // The name of a token or an account is written as it is.
  return `${isPerson(by) ? by : capital(who(by))} ${did}: ${because(by, reason, numbers)}.`;
}
