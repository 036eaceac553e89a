/** What Apple's lists had for a device, looked up once for all devices of a model. */
import { compareVersions, type Platform } from "../protocol/index.ts";
import type { Catalog, KnownRelease } from "./list.ts";

/**
 * What Apple may list a device by. A Mac is listed by its SoftwareUpdateDeviceID only, never by its product name. Every other
 * device is listed by its product type; some releases of iOS 18 report the board as their device id, which is not listed.
 */
export function lookupIdsOf(facts: {
  platform: Platform;
  productName: string | null;
  softwareUpdateDeviceId: string | null;
}): string[] {
  const { platform, productName, softwareUpdateDeviceId } = facts;
  const ids = platform === "macOS" ? [softwareUpdateDeviceId] : [productName, softwareUpdateDeviceId];
  return ids.filter((id) => id !== null);
}

/** A device as Apple lists it. */
export interface Listed {
  readonly platform: Platform;
  readonly lookupIds: readonly string[];
}

/** Models remembered for a catalog: more than Apple has, and little enough when devices invent theirs. */
const MOST_MODELS = 5000;

const REMEMBERED = new WeakMap<Catalog, Map<string, readonly KnownRelease[]>>();

/**
 * Every entry of any list for the device, improvements too, the newest version first. The posting date is the one under which the
 * release was first seen for this device (targets C4, T7): Apple splits entries, and posts one later in another list.
 */
export function listedFor(catalog: Catalog, { platform, lookupIds }: Listed): readonly KnownRelease[] {
  let models = REMEMBERED.get(catalog);
  if (models === undefined) REMEMBERED.set(catalog, (models = new Map()));
  const key = JSON.stringify([platform, ...lookupIds]);
  let found = models.get(key);
  if (found === undefined) {
    if (models.size >= MOST_MODELS) models.clear();
    models.set(key, (found = lookUp(catalog, { platform, lookupIds })));
  }
  return found;
}

function lookUp({ releases }: Catalog, { platform, lookupIds }: Listed): readonly KnownRelease[] {
  const own = releases.filter((one) => one.platform === platform && lookupIds.some((id) => one.devices.includes(id)));
  const first = new Map<string, KnownRelease>();
  for (const one of own) {
    const before = first.get(nameOf(one));
    if (before === undefined || isEarlier(one, before)) first.set(nameOf(one), one);
  }
  return own
    .map((one) => ({ ...one, postingDate: first.get(nameOf(one))?.postingDate ?? one.postingDate }))
    .toSorted((a, b) => compareVersions(b.version, a.version) || (a.build < b.build ? -1 : 1));
}

/** Twin builds are one release (targets T7). */
const nameOf = ({ version, extra }: KnownRelease): string => `${version} ${extra ?? ""}`;

/** Of two that a list brought together, the one that was posted earlier. */
const isEarlier = (a: KnownRelease, b: KnownRelease): boolean =>
  a.since === b.since ? a.postingDate < b.postingDate : (a.since ?? 0) < (b.since ?? 0);
