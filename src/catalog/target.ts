/** What an admin wants, as text and as data. */
import { UptickError } from "../errors/index.ts";
import { compareVersions, isVersion } from "../protocol/index.ts";

/** What narrows a target. */
export interface Limits {
  /** Only versions below this one. */
  readonly below?: string;
  /** A device at or above this version satisfies the target. One below it goes to what the target picks. */
  readonly floor?: string;
  /** Only releases that were posted at least so many days ago. */
  readonly ageDays?: number;
}

export interface WordTarget extends Limits {
  readonly kind: "latest" | "latest-minor" | "n-1";
}

export interface ExactTarget extends Limits {
  readonly kind: "exact";
  readonly version: string;
  readonly build?: string;
  /** Letter of a Background Security Improvement: "a" of "26.3.1 (a)". */
  readonly extra?: string;
}

export type Target = WordTarget | ExactTarget;

/** The longest time that a release may be kept back: as long as Apple lets a device defer one. */
export const MOST_AGE_DAYS = 90;

/**
 * Reads "26.6.2", "26.6.2 (25G83)", "26.3.1 (a)", "latest", "latest-minor", "n-1", each followed by any of "below 27",
 * "floor 26.4" and "age 14d". @throws UptickError target-invalid
 */
export function parseTarget(text: string): Target {
  const given = text.trim();
  const words = given.split(/\s+/);
  const from = words.findIndex((word) => MODIFIERS.has(word));
  const pick = parsePick(words.slice(0, from < 0 ? words.length : from).join(" "), given);
  const limits = from < 0 ? {} : parseLimits(words.slice(from), given);
  checkLimits(pick, limits, given);
  return { ...pick, ...limits };
}

const invalid = (given: string, why: string): UptickError =>
  new UptickError("target-invalid", `"${given.slice(0, 200)}" is not a target${why === "" ? "." : `: ${why}.`}`);

function parsePick(pick: string, given: string): Target {
  if (pick === "latest" || pick === "latest-minor" || pick === "n-1") return { kind: pick };
  const match = /^([\d.]+)(?:\s*\((?:(\d+[A-Z]\w+)|([a-zA-Z]))\))?$/.exec(pick);
  const version = match?.[1];
  if (version === undefined || !isVersion(version)) throw invalid(given, "");
  const [build, letter] = [match?.[2], match?.[3]];
  if (letter !== undefined) return { kind: "exact", version, extra: letter.toLowerCase() };
  return build === undefined ? { kind: "exact", version } : { kind: "exact", version, build };
}

type Reader = (value: string, given: string) => Limits;

const versionIn = (value: string, given: string): string => {
  if (!isVersion(value)) throw invalid(given, `"${value}" is not a version`);
  return value;
};

const MODIFIERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["below", (value, given) => ({ below: versionIn(value, given) })],
  ["floor", (value, given) => ({ floor: versionIn(value, given) })],
  [
    "age",
    (value, given) => {
      const days = /^(\d{1,3})d$/.exec(value)?.[1];
      if (days === undefined || Number(days) > MOST_AGE_DAYS)
        throw invalid(given, `an age is a number of days from 0d to ${MOST_AGE_DAYS}d`);
      return { ageDays: Number(days) };
    },
  ],
]);

function parseLimits(words: readonly string[], given: string): Limits {
  let limits: Limits = {};
  for (let i = 0; i < words.length; i += 2) {
    const [name = "", value] = [words[i], words[i + 1]];
    const read = MODIFIERS.get(name);
    if (read === undefined) throw invalid(given, `"${name}" is none of ${[...MODIFIERS.keys()].join(", ")}`);
    if (value === undefined) throw invalid(given, `"${name}" has no value`);
    const one = read(value, given);
    if (Object.keys(one).some((key) => key in limits)) throw invalid(given, `"${name}" is given twice`);
    limits = { ...limits, ...one };
  }
  return limits;
}

/** What can never be meant: a limit that leaves nothing to go to. */
function checkLimits(pick: Target, { below, floor }: Limits, given: string): void {
  const reaches = (version: string, what: string): void => {
    if (below !== undefined && compareVersions(version, below) >= 0)
      throw invalid(given, `${what} ${version} is not below ${below}`);
  };
  if (floor !== undefined) reaches(floor, "the floor");
  if (pick.kind !== "exact") return;
  reaches(pick.version, "the version");
  if (floor !== undefined && compareVersions(floor, pick.version) > 0)
    throw invalid(given, `the floor ${floor} is above the version ${pick.version}`);
}

export function describeTarget(target: Target): string {
  return [
    describePick(target),
    ...(target.below === undefined ? [] : [`below ${target.below}`]),
    ...(target.floor === undefined ? [] : [`floor ${target.floor}`]),
    ...(target.ageDays === undefined ? [] : [`age ${target.ageDays}d`]),
  ].join(" ");
}

function describePick(target: Target): string {
  if (target.kind !== "exact") return target.kind;
  const more = target.extra ?? target.build;
  return more === undefined ? target.version : `${target.version} (${more})`;
}
