/**
 * What Apple's list says today of the release that a job goes to. A job continues whatever the list says: one bad list must not
 * cost a device its download. But its verdict says it.
 */
import {
  asOf,
  bestStateFor,
  type Catalog,
  isForNobody,
  type KnownRelease,
  letterOf,
  OLD_AFTER,
  type ReleaseState,
  wantedText,
} from "../catalog/index.ts";
import { compareVersions, type Platform } from "../protocol/index.ts";
import type { JobTarget } from "./jobs/job.ts";

export interface ListNote {
  /** Worded in src/words/verdict/list.ts. */
  readonly code: ListNoteCode;
  readonly params: Readonly<Record<string, string | number>>;
}

export type ListNoteCode =
  | "list-empty"
  /** Offered, by an old list. */
  | "list-old"
  | "list-left"
  /** The last two lists lack it: Apple has a newer one for the model, or has none. */
  | "list-replaced"
  | "list-withdrawn"
  | "list-expired"
  | "list-maybe-expired"
  | "list-not-posted"
  | "list-no-devices"
  | "list-lacks"
  | "device-id-unknown";

const OF_STATE: Readonly<Record<Exclude<ReleaseState, "offered">, ListNoteCode>> = {
  "maybe-expired": "list-maybe-expired",
  missing: "list-left",
  replaced: "list-replaced",
  withdrawn: "list-withdrawn",
  "not-posted": "list-not-posted",
  expired: "list-expired",
};

/** Undefined while a list that is not old offers it, and for a target that is no version. */
export function listNoteOf(
  target: JobTarget,
  device: { readonly platform: Platform; readonly lookupIds: readonly string[] },
  catalog: Catalog,
  now: number,
): ListNote | undefined {
  if (target.others === true) return undefined;
  const { list } = catalog;
  const since = asOf({ catalog, now });
  const params = { version: wantedText(target), ...since };
  if (list === null) return { code: "list-empty", params };
  const named = catalog.releases.filter((one) => one.platform === device.platform && isNamed(target, one));
  const entries = named.filter(({ devices }) => device.lookupIds.some((id) => devices.includes(id)));
  const state = bestStateFor(entries, catalog, device, now);
  if (state === undefined) {
    if (device.lookupIds.length === 0) return { code: "device-id-unknown", params };
    return { code: named.some(isForNobody) ? "list-no-devices" : "list-lacks", params };
  }
  if (state === "offered") return Number(since["listDays"]) > OLD_AFTER ? { code: "list-old", params } : undefined;
  const [until] = entries
    .flatMap(({ expirationDate }) => expirationDate ?? [])
    .toSorted()
    .reverse();
  const [postedOn] = entries.map(({ postingDate }) => postingDate).toSorted();
  return {
    code: OF_STATE[state],
    params: {
      ...params,
      ...(until === undefined ? {} : { until }),
      ...(state !== "not-posted" || postedOn === undefined ? {} : { postedOn }),
    },
  };
}

/** Whether a release is the one that a job goes to: a build counts where the admin named one. */
function isNamed({ version, named, supplemental }: JobTarget, release: KnownRelease): boolean {
  return (
    compareVersions(release.version, version) === 0 &&
    letterOf(release.extra) === letterOf(supplemental?.extra) &&
    (named === undefined || release.build === named)
  );
}
