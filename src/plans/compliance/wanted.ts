/** What a plan wants of a device for which it has made no job: the version that its target names, or the newest that is open. */
import type { Wanted } from "../../catalog/index.ts";
import { compareVersions, type Platform } from "../../protocol/index.ts";
import type { PlanSpec } from "../decisions/spec.ts";
import type { JobTarget } from "../jobs/job.ts";
import type { Offer } from "./compliance.ts";

export interface PlanWish {
  /** null: no version, or none that is known. */
  readonly wanted: Wanted | null;
  /** It is named by a word, so that it is only known by a catalog that is not old. */
  readonly word: boolean;
}

export function wishOf({ targets, allowMajor }: PlanSpec, platform: Platform | undefined, offer: Offer): PlanWish {
  const target = platform === undefined ? undefined : targets[platform];
  if (target === undefined || target.kind === "other-updates") return { wanted: null, word: false };
  if (target.kind === "exact") {
    const { version, build, extra } = target;
    const named = build === undefined ? {} : { named: build };
    const supplemental = extra === undefined ? {} : { supplemental: { extra, build: build ?? "" } };
    return { wanted: { version, ...named, ...supplemental }, word: false };
  }
  const crosses = allowMajor && target.kind !== "latest-minor";
  // Which major is the one before the newest is not said by what is offered to one device.
  if (crosses && target.kind === "n-1") return { wanted: null, word: true };
  return { wanted: (crosses ? offer.newest : offer.inMajor) ?? null, word: true };
}

/** The plan brings its devices to a release below the floor of its target, the best that there was (targets T5). */
export function isBelowFloor({ targets }: PlanSpec, platform: Platform | undefined, wanted: Wanted | null): boolean {
  const target = platform === undefined ? undefined : targets[platform];
  if (wanted === null || target === undefined || target.kind === "other-updates" || target.floor === undefined)
    return false;
  return compareVersions(wanted.version, target.floor) < 0;
}

/** What a job's device must run; null: it is no version. */
export function wantedIn({ version, named, supplemental, listedBetas, others }: JobTarget): Wanted | null {
  if (others === true) return null;
  return {
    version,
    ...(named === undefined ? {} : { named }),
    ...(supplemental === undefined ? {} : { supplemental }),
    ...(listedBetas === undefined ? {} : { listedBetas }),
  };
}
