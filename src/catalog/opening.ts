/** Whether a target in words opens a release to a device: its major, its age, its limits, its blocks. */
import { compareVersions, majorOf } from "../protocol/index.ts";
import { type ChoiceInput, type HeldBack, isBlocked } from "./choice.ts";
import { dayAfter, dayOf, type KnownRelease } from "./list.ts";
import { ceilingOf, countsFrom, MAJOR_TERMS } from "./majors.ts";
import type { WordTarget } from "./target.ts";

/** True: open. "not-meant": the target never means it, and nobody has to be told. Otherwise why it is held back. */
export type Opening = true | "not-meant" | Omit<HeldBack, "version">;

/** Asks the same of each release of one device. */
export function createOpening(target: WordTarget, input: ChoiceInput): (release: KnownRelease) => Opening {
  const { device, now, open } = input;
  const majorOpening = majorsOpened(target, input);
  const today = dayOf(now);
  return (release) => {
    const { version, postingDate } = release;
    if (target.below !== undefined && compareVersions(version, target.below) >= 0) return "not-meant";
    const byMajor = majorOpening(majorOf(version) ?? 0);
    if (byMajor !== true) return byMajor;
    if (isBlocked(release, device)) return { why: "blocked" };
    const until = dayAfter(postingDate, target.ageDays ?? 0);
    if (target.ageDays !== undefined && until > today) return { why: "age", until };
    return open === undefined || open.includes(version) ? true : { why: "ring" };
  };
}

/** The table of targets T2, T3 and T4. */
function majorsOpened(
  { kind }: WordTarget,
  { device, catalog, allowMajor, majors = MAJOR_TERMS, now }: ChoiceInput,
): (major: number) => Opening {
  const own = majorOf(device.version) ?? 0;
  if (kind === "latest-minor") return (major) => major === own || "not-meant";
  const ceiling = kind === "latest" ? undefined : ceilingOf(catalog, device.platform, majors, now);
  const today = dayOf(now);
  return (major) => {
    if (major === own) return true;
    if (major < own) return "not-meant";
    if (kind === "n-1" && (ceiling === undefined || major > ceiling)) return "not-meant";
    if (!allowMajor) return { why: "major" };
    // Every major up to the ceiling is open, except one that a person holds back.
    if (kind === "n-1") return majors.held.includes(major) ? { why: "newMajor" } : true;
    const from = countsFrom(catalog, device.platform, majors, major);
    if (from !== null && from <= today) return true;
    return from === null ? { why: "newMajor" } : { why: "newMajor", until: from };
  };
}
