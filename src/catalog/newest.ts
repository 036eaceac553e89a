/** The newest release that a target in words opens to a device: targets T2 to T5. */
import { compareVersions, majorOf } from "../protocol/index.ts";
import {
  bestState,
  type Choice,
  type ChoiceInput,
  type HeldBack,
  highest,
  isStale,
  listProblem,
  type PickNotes,
  refused,
  wantedOf,
} from "./choice.ts";
import { endedFor } from "./ended-for.ts";
import { type KnownRelease, stateOf } from "./list.ts";
import { createOpening } from "./opening.ts";
import { isSatisfied, positionOf } from "./satisfy.ts";
import type { WordTarget } from "./target.ts";

/** `versions`: what any list had for the device, improvements left out. */
export function newest(target: WordTarget, input: ChoiceInput, versions: readonly KnownRelease[]): Choice {
  const problem = listProblem(input) ?? (isStale(input) ? "catalog-stale" : undefined);
  if (problem !== undefined) return refused(input, problem);
  const opening = createOpening(target, input);
  const { list } = input.catalog;
  // Whether a dropped release was replaced or withdrawn takes a look at all others, and makes no difference here.
  const states = versions.map((release) => (list === null ? "" : stateOf(release, list, input.now)));
  const offered = versions.filter((_release, i) => states[i] === "offered");
  // What may still be offered: one bad or old list must not make a device up to date.
  const hoped = versions.filter((release, i) => HOPED.has(states[i] ?? "") && opening(release) === true);
  const open = offered.filter((release) => opening(release) === true);
  const heldBack = heldBackOf(offered, opening, input, highest(open));
  const notes = { ...(heldBack.length === 0 ? {} : { heldBack }), ...endedNote(target, input) };
  const choice = picked(input, offered, open, hoped);
  if (choice.kind === "refused") return choice;
  if (target.floor === undefined) return { ...choice, ...notes };
  if (choice.kind === "already") return refused(input, "floor-not-offered", { floor: target.floor });
  const below = compareVersions(choice.wanted.version, target.floor) < 0;
  return { ...choice, ...notes, ...(below ? { belowFloor: true as const } : {}) };
}

/** Said where the target keeps the device in a major that Apple does not update any more for its model. */
function endedNote({ kind }: WordTarget, input: ChoiceInput): PickNotes {
  if (input.allowMajor && kind !== "latest-minor") return {};
  const ended = endedFor(input);
  if (ended === undefined) return {};
  const { major, newer, why } = ended;
  return { ended: { platform: input.device.platform, major, newer, why } };
}

function picked(
  input: ChoiceInput,
  offered: readonly KnownRelease[],
  open: readonly KnownRelease[],
  hoped: readonly KnownRelease[],
): Choice {
  const { device } = input;
  if (offered.length === 0) return doubtful(input, hoped) ?? refused(input, "no-release");
  const version = highest(open);
  if (version === undefined) return doubtful(input, hoped) ?? nothingOpen(input, offered);
  const wanted = wantedOf(version, input);
  const position = positionOf(wanted, device);
  if (isSatisfied(position)) return doubtful(input, hoped) ?? { kind: "already", wanted, position };
  return { kind: "release", wanted, major: majorOf(version) !== majorOf(device.version), state: "offered" };
}

const HOPED: ReadonlySet<string> = new Set(["offered", "maybe-expired", "missing"]);

/** A newer release that the list does not offer today, and that may be offered nevertheless. */
function doubtful(input: ChoiceInput, hoped: readonly KnownRelease[]): Choice | undefined {
  const version = highest(hoped);
  if (version === undefined || isSatisfied(positionOf(wantedOf(version, input), input.device))) return undefined;
  const same = hoped.filter((release) => release.version === version);
  switch (bestState(same, input)) {
    case "maybe-expired":
      return refused(input, "catalog-stale", { version, until: same[0]?.expirationDate ?? "" });
    case "missing":
      return refused(input, "not-offered", { version, why: "left" });
    default:
      return undefined;
  }
}

/** Nothing is open to it: it is there as long as it does not go back. A beta is measured by the release below it. */
function nothingOpen(input: ChoiceInput, offered: readonly KnownRelease[]): Choice {
  const { device } = input;
  const own = wantedOf(device.version, input);
  const below = highest(offered.filter(({ version }) => compareVersions(version, device.version) < 0));
  const wanted = positionOf(own, device) === "beta" && below !== undefined ? { ...own, version: below } : own;
  const position = positionOf(wanted, device);
  if (isSatisfied(position)) return { kind: "already", wanted, position };
  return refused(input, "runs-beta", { version: device.version, build: device.build ?? "", offered: "no" });
}

/** Newer ones than the pick and than what the device runs, the newest for each reason. */
function heldBackOf(
  offered: readonly KnownRelease[],
  opening: ReturnType<typeof createOpening>,
  input: ChoiceInput,
  pick: string | undefined,
): HeldBack[] {
  const found = new Map<HeldBack["why"], HeldBack>();
  for (const release of offered) {
    const { version } = release;
    if (pick !== undefined && compareVersions(version, pick) <= 0) continue;
    if (isSatisfied(positionOf(wantedOf(version, input), input.device))) continue;
    const why = opening(release);
    if (why === true || why === "not-meant") continue;
    const before = found.get(why.why);
    if (before === undefined || compareVersions(version, before.version) > 0) found.set(why.why, { version, ...why });
  }
  return [...found.values()];
}
