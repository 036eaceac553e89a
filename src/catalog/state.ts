/** Where a release stands for one model: targets C5. */
import { compareVersions, majorOf } from "../protocol/index.ts";
import { type Listed, listedFor } from "./by-device.ts";
import { isSameNamed, type Named } from "./named.ts";
import { bestOf, type Catalog, type KnownRelease, type ReleaseState, stateOf } from "./list.ts";

/** The best state of some entries for the device, as of the newest list; undefined: there are none, or no list. */
export function bestStateFor(
  entries: readonly KnownRelease[],
  catalog: Catalog,
  device: Listed,
  now: number,
): ReleaseState | undefined {
  const { list } = catalog;
  if (list === null) return undefined;
  const offered = (one: KnownRelease): boolean => stateOf(one, list, now) === "offered";
  return bestOf(
    entries.map((entry) => {
      const state = stateOf(entry, list, now);
      if (state !== "dropped") return state;
      return listedFor(catalog, device).some((one) => isNewerOf(one, entry) && offered(one)) ? "replaced" : "withdrawn";
    }),
  );
}

/** Where a release of that name stands for the model; undefined: no list had it, or there is no list. */
export const stateOfNamed = (catalog: Catalog, device: Listed, release: Named, now: number): ReleaseState | undefined =>
  bestStateFor(
    listedFor(catalog, device).filter((one) => isSameNamed(one, release)),
    catalog,
    device,
    now,
  );

const isNewerOf = (one: KnownRelease, entry: KnownRelease): boolean =>
  one.extra === undefined &&
  majorOf(one.version) === majorOf(entry.version) &&
  compareVersions(one.version, entry.version) > 0;
