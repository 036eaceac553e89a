/** The newest release that is open to a device, for targets that are words. */
import { compareVersions, majorOf } from "../protocol/index.ts";
import {
  bestState,
  type Choice,
  type ChoiceInput,
  highest,
  isStale,
  listProblem,
  refused,
  wantedOf,
} from "./choice.ts";
import type { KnownRelease } from "./list.ts";
import { isSatisfied, positionOf } from "./satisfy.ts";
import type { Target } from "./target.ts";

type Word = Exclude<Target["kind"], "exact">;

/** `versions`: what any list had for the device, improvements left out. */
export function newest(kind: Word, input: ChoiceInput, versions: readonly KnownRelease[]): Choice {
  const problem = listProblem(input) ?? (isStale(input) ? "catalog-stale" : undefined);
  if (problem !== undefined) return refused(input, problem);
  const alive = versions.filter((release) => bestState([release], input) === "offered");
  // What may still be offered: one bad or old list must not make a device up to date.
  const hoped = versions.filter((release) => HOPED.has(bestState([release], input) ?? ""));
  const { device } = input;
  const own = majorOf(device.version);
  if (alive.length === 0) return doubtful(input, own, hoped) ?? refused(input, "no-release");
  const anyMajor = input.allowMajor && kind !== "latest-minor";
  let chosen: number | undefined = anyMajor ? undefined : own;
  if (kind === "n-1") {
    // Not of what is offered alone: a list that lost a major must not make the newest the one before.
    const majors = [...new Set(hoped.map((release) => majorOf(release.version)))].sort((a, b) => (b ?? 0) - (a ?? 0));
    chosen = majors[1] ?? majors[0];
  }
  const version = highest(inMajor(alive, chosen));
  if (version === undefined) return doubtful(input, chosen, hoped) ?? nothingOffered(input, alive);
  const wanted = wantedOf(version, input);
  const position = positionOf(wanted, device);
  if (isSatisfied(position)) return doubtful(input, chosen, hoped) ?? { kind: "already", wanted, position };
  const major = majorOf(version) !== own;
  if (major && !anyMajor) return refused(input, "needs-major", { version });
  return { kind: "release", wanted, major, state: "offered" };
}

const HOPED: ReadonlySet<string> = new Set(["offered", "maybe-expired", "missing"]);

/** All majors where none is chosen. */
const inMajor = (releases: readonly KnownRelease[], major: number | undefined): readonly KnownRelease[] =>
  major === undefined ? releases : releases.filter(({ version }) => majorOf(version) === major);

/** A newer release that the list does not offer today, and that may be offered nevertheless. */
function doubtful(input: ChoiceInput, major: number | undefined, hoped: readonly KnownRelease[]): Choice | undefined {
  const candidates = inMajor(hoped, major);
  const version = highest(candidates);
  if (version === undefined || isSatisfied(positionOf(wantedOf(version, input), input.device))) return undefined;
  const same = candidates.filter((release) => release.version === version);
  switch (bestState(same, input)) {
    case "maybe-expired":
      return refused(input, "catalog-stale", { version, until: same[0]?.expirationDate ?? "" });
    case "missing":
      return refused(input, "not-offered", { version, why: "left" });
    default:
      return undefined;
  }
}

/** Nothing of its major is offered: it is there as long as it does not go back. A beta is measured by the release below it. */
function nothingOffered(input: ChoiceInput, alive: readonly KnownRelease[]): Choice {
  const { device } = input;
  const own = wantedOf(device.version, input);
  const below = highest(alive.filter(({ version }) => compareVersions(version, device.version) < 0));
  const wanted = positionOf(own, device) === "beta" && below !== undefined ? { ...own, version: below } : own;
  const position = positionOf(wanted, device);
  if (isSatisfied(position)) return { kind: "already", wanted, position };
  return refused(input, "runs-beta", { version: device.version, build: device.build ?? "", offered: "no" });
}
