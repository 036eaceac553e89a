/** What the words of reasons are made of: their types, and the parts that several of them share. */

/** What a reason's words are filled with. Names that end in "At" are times: words where the device's zone is known, else ms UTC. */
export type Params = Readonly<Record<string, string | number>>;

/** The cause of another reason, for reasons that rest on one. */
export type CauseOf = (code: string, params: Params) => string;

export interface Words {
  /** The cause, as part of a sentence. */
  readonly cause: string | ((params: Params, causeOf: CauseOf) => string);
  /** What an admin can do, where anything can be done. */
  readonly remedy?: string;
  /** The same for a device that was heard within the last day: it is switched on and has a network. */
  readonly ifHeard?: string;
}

/** A parameter as text. */
export const p = (params: Params, key: string, fallback = "?"): string => String(params[key] ?? fallback);

/** What a stop costs a device that had reported a download. */
export function lost({ loses }: Params): string {
  if (loses === undefined) return "";
  return loses === "will" ? "; it throws away what it has downloaded" : "; it may throw away what it has downloaded";
}

/** A moment: in words already where the device's zone is known, else in UTC. */
export function moment(params: Params, key: string): string {
  const at = params[key];
  return typeof at === "number" ? `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC` : p(params, key);
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** A moment with its weekday: "Fri 2026-08-28 17:00". */
export function onDay(params: Params, key: string): string {
  const text = moment(params, key);
  const weekday = WEEKDAYS[new Date(text.slice(0, 10)).getUTCDay()];
  return weekday === undefined ? text : `${weekday} ${text}`;
}

/** " by 2026-12-04 19:00 on its own clock"; `word` in place of "by". */
export function by(params: Params, word = "by"): string {
  if (params["local"] === undefined) return "";
  const zone = params["zoneKnown"] === 0 ? ", whose zone is unknown" : "";
  const text = `${p(params, "local")} on its own clock${zone}`;
  return word === "" ? ` (${text})` : ` ${word} ${text}`;
}

/** "; it must install by 2026-12-04 19:00 on its own clock" */
export function toInstall(params: Params): string {
  const text = by(params);
  return text === "" ? "" : `; it must install${text}`;
}

/** ", Apple accepted 3 pushes since"; nothing where that is not known. */
export function pushes(params: Params): string {
  const count = params["pushes"];
  if (typeof count !== "number") return "";
  return count === 0
    ? ", and Apple has accepted no push since"
    : `, Apple accepted ${count} ${count === 1 ? "push" : "pushes"} since`;
}

/** "; it has failed 2 times since …, last with …"; nothing where it has not. */
export function failed(params: Params): string {
  if (params["failures"] === undefined) return "";
  const since = params["failingSinceAt"] === undefined ? "" : ` since ${moment(params, "failingSinceAt")}`;
  return `; it has failed ${p(params, "failures")} ${params["failures"] === 1 ? "time" : "times"}${since}, last with "${p(params, "lastFailure")}"`;
}

/** "; 2 are held back by a restriction": of the updates that a list holds. */
export function heldBack(params: Params): string {
  const count = Number(params["deferred"] ?? 0);
  return count > 0 ? `; ${count} ${count === 1 ? "is" : "are"} held back by a restriction` : "";
}

/** Why a job was withdrawn. */
export const stopCause = ({ cause }: Params): string => CAUSES.get(String(cause)) ?? "the plan was stopped";

const CAUSES: ReadonlyMap<string, string> = new Map([
  ["replaced", "another plan took the device over"],
  ["release-blocked", "the release was blocked for this device"],
  ["plan-left", "the device left the plan"],
  ["plan-paused", "the plan was paused"],
  ["halted", "all plans were halted"],
  ["rollout-paused", "the rollout was paused"],
  ["rollout-aborted", "the rollout was aborted"],
  ["rollout-superseded", "a newer release replaced the paused one"],
  ["excluded", "the device was excluded"],
]);
