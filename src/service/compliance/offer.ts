/** What Apple offers to a device, as its row keeps it: by the list as it is today, and by what is known of CVEs. */
import { ageOf, type Catalog, endedFor, exposedBy, openTo, type Security, STALE_AFTER } from "../../catalog/index.ts";
import { SILENT_DAYS } from "../../plans/index.ts";
import { majorOf, type Platform } from "../../protocol/index.ts";
import type { ClassRow } from "../../store/index.ts";
import { platformFrom } from "../enrollment/device-facts.ts";
import { basisOf, idsOf } from "../enrollment/compliance.ts";
import type { StoredOffer } from "../enrollment/stored-class.ts";

/** What is looked up for all devices. */
export interface Known {
  readonly catalog: Catalog;
  readonly security: Security;
  /** The setting; absent: `SILENT_DAYS`. */
  readonly silentDays?: number;
}

export function offerTo(row: ClassRow, known: Known, now: number): StoredOffer {
  const { platform: name, osVersion: version } = row;
  const { catalog, silentDays = SILENT_DAYS } = known;
  const { list } = catalog;
  const doubt = list === null ? "catalog-empty" : ageOf(list, now) > STALE_AFTER ? "catalog-stale" : undefined;
  const platform = platformFrom(name);
  const found =
    platform === undefined || version === null ? {} : offered({ platform, version, lookupIds: idsOf(row) }, known, now);
  return {
    for: basisOf(row),
    ...found,
    ...(doubt === undefined ? {} : { doubt }),
    ...(silentDays === SILENT_DAYS ? {} : { silentDays }),
  };
}

interface Device {
  readonly platform: Platform;
  readonly version: string;
  readonly lookupIds: readonly string[];
}

function offered(
  device: Device,
  { catalog, security }: Known,
  now: number,
): Omit<StoredOffer, "for" | "doubt" | "silentDays"> {
  const major = majorOf(device.version);
  // The offer is kept for the major: what it asks for must not depend on the version within it.
  const fix = major === undefined ? undefined : exposedBy(security, device.platform, { version: String(major) });
  const ended = endedFor({ catalog, device, now }) !== undefined;
  return {
    ...openTo(catalog, device, now),
    ...(fix === undefined ? {} : { exploitedFix: fix.fixedIn.version }),
    ...(ended ? { majorEnded: true as const } : {}),
  };
}
