/**
 * The newest releases that Apple's list has for a device, whatever a plan says. What left the newest list or has expired since then
 * counts too: one bad list must not make a device up to date. Background Security Improvements do not count.
 */
import { majorOf, type Platform } from "../protocol/index.ts";
import { listedFor } from "./by-device.ts";
import { listedBetas } from "./choice.ts";
import { type Catalog, type KnownRelease, type ListedState, stateOf } from "./list.ts";
import type { Wanted } from "./satisfy.ts";

export interface OpenTo {
  /** The newest release of the major that the device runs; absent: the list has none. */
  readonly inMajor?: Wanted;
  /** The newest release of any major. */
  readonly newest?: Wanted;
}

/** What a device must have said. */
export interface ListedDevice {
  readonly platform: Platform;
  readonly version: string;
  /** What Apple lists the device by. */
  readonly lookupIds: readonly string[];
}

const MAY_BE_OFFERED: ReadonlySet<ListedState> = new Set(["offered", "maybe-expired", "missing"]);

/** Nothing where the list is empty or does not know the device. */
export function openTo(catalog: Catalog, device: ListedDevice, now: number): OpenTo {
  const { list } = catalog;
  if (list === null) return {};
  const own = majorOf(device.version);
  // The newest version first.
  const open = ({ extra, ...release }: KnownRelease): boolean =>
    extra === undefined && MAY_BE_OFFERED.has(stateOf(release, list, now));
  const listed = listedFor(catalog, device);
  const newest = listed.find(open);
  const inMajor = listed.find((release) => majorOf(release.version) === own && open(release));
  const betas = listedBetas(catalog, device.platform);
  const wanted = ({ version }: KnownRelease): Wanted => ({
    version,
    ...(betas.length === 0 ? {} : { listedBetas: betas }),
  });
  return {
    ...(inMajor === undefined ? {} : { inMajor: wanted(inMajor) }),
    ...(newest === undefined ? {} : { newest: wanted(newest) }),
  };
}

/** When Apple posted a release for a device, YYYY-MM-DD; undefined: no list had such a release for it. */
export const postedOn = (
  catalog: Catalog,
  device: Omit<ListedDevice, "version">,
  version: string,
): string | undefined =>
  listedFor(catalog, device)
    .filter((release) => release.version === version && release.extra === undefined)
    .map(({ postingDate }) => postingDate)
    .toSorted()[0];
