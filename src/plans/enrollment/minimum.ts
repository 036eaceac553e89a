/**
 * Whether an enrolling device gets its profile or must update first: targets E1 to E5. The first case that matches answers. Pure;
 * days are UTC.
 */
import {
  ageOf,
  asOf,
  type BlockedRelease,
  type Catalog,
  type CatalogDevice,
  chooseRelease,
  dayOf,
  letterOf,
  listedFor,
  type OfferedVersion,
  offeredTo,
  OLD_AFTER,
  type Target,
} from "../../catalog/index.ts";
import {
  compareVersions,
  isVersion,
  type MachineInfo,
  majorOf,
  type Platform,
  type RequiredRelease,
  requiredText,
  takesUpdateRequired,
} from "../../protocol/index.ts";
import { DAY } from "../jobs/units.ts";

type Params = Readonly<Record<string, string | number>>;

export interface MinimumSetting {
  /** The oldest version that enrolls. A platform without one is not checked. */
  readonly minimum: Readonly<Partial<Record<Platform, string>>>;
  /** Which release a device is sent to. Absent: `latest-minor`. */
  readonly target?: Readonly<Partial<Record<Platform, Target>>>;
  readonly allowMajor: boolean;
  readonly tooOld: "admit" | "refuse";
  /** The last day of the check, YYYY-MM-DD. Absent: it has none. */
  readonly until?: string;
}

/** A 403 that named a release to this serial. */
export interface EarlierUpdate {
  /** ms UTC */
  readonly at: number;
  /** What it named: "26.6.1", "26.3.1 (a)". */
  readonly named: string;
  /** What the device ran then. */
  readonly osVersion: string;
}

export interface MinimumInput {
  readonly machine: MachineInfo;
  readonly setting: MinimumSetting;
  readonly catalog: Catalog;
  /** Of the last 24 hours at least. */
  readonly earlier: readonly EarlierUpdate[];
  /** Blocked for the device, or of a rollout that is paused, held or aborted: never named (targets E4). */
  readonly withheld: readonly BlockedRelease[];
  /** ms UTC */
  readonly now: number;
}

/** A code that `src/words` has words for. */
export interface MinimumNote {
  readonly code: "minimum-not-possible" | "minimum-skipped" | "minimum-loop" | "below-minimum";
  readonly params: Params;
}

/** `case`: the row of targets E2 that answered. */
export type MinimumAnswer =
  | {
      readonly kind: "profile";
      readonly case: 1 | 2 | 3 | 4 | 5 | 7 | 8;
      readonly note?: MinimumNote;
      readonly warning?: MinimumNote;
      readonly tag?: MinimumNote;
    }
  | { readonly kind: "update"; readonly case: 6; readonly release: RequiredRelease; readonly named: string }
  /** `newest`: what the page names; null: nothing is offered to the model. */
  | { readonly kind: "refuse"; readonly case: 8; readonly newest: string | null; readonly params: Params };

/** How often a device is told to update in 24 hours without effect: nothing on the device ends such a loop. */
const MOST_UPDATES = 3;

export function minimumAnswer(input: MinimumInput): MinimumAnswer {
  const { machine, setting, earlier, now } = input;
  const { platform, osVersion = "" } = machine;
  const minimum = platform === undefined ? undefined : setting.minimum[platform];
  if (platform === undefined || minimum === undefined || (setting.until !== undefined && dayOf(now) > setting.until))
    return { kind: "profile", case: 1 };
  if (machine.canRequestSoftwareUpdate !== true || !takesUpdateRequired(platform))
    return { kind: "profile", case: 2, note: { code: "minimum-not-possible", params: { minimum } } };
  const lately = earlier.filter(({ at }) => now - at < DAY);
  if (lately.filter((one) => compareVersions(osVersion, one.osVersion) <= 0).length >= MOST_UPDATES)
    return looping(machine, minimum);
  const reached = compareVersions(osVersion, minimum) >= 0;
  if (reached && machine.mandatorySoftwareUpdate !== true) return { kind: "profile", case: 4 };
  const device = deviceOf(input, platform);
  const skipped = whySkipped(input, device);
  if (skipped !== undefined)
    return { kind: "profile", case: 5, note: { code: "minimum-skipped", params: { minimum, ...skipped } } };
  const release = releaseFor(input, device, minimum);
  if (release !== undefined) {
    const named = requiredText(release);
    // Some progress that never arrives is a loop, too: one version is named three times a day at most.
    if (lately.filter((one) => one.named === named).length >= MOST_UPDATES) return looping(machine, minimum);
    return { kind: "update", case: 6, release, named };
  }
  return reached ? { kind: "profile", case: 7 } : belowMinimum(input, device, minimum);
}

/** Whether a device runs what a 403 named, or newer: what is installed may be newer than what was named (targets E5). */
export function hasReached(machine: MachineInfo, named: string): boolean {
  const [version = "", extra] = named.split(" ");
  const order = compareVersions(machine.osVersion ?? "", version);
  return order > 0 || (order === 0 && letterOf(machine.supplementalExtra) >= letterOf(extra));
}

const looping = ({ serial = "" }: MachineInfo, minimum: string): MinimumAnswer => ({
  kind: "profile",
  case: 3,
  warning: { code: "minimum-loop", params: { serial, minimum } },
});

/** Apple lists a Mac by its software update device id, and all others by their product type (targets E3). */
function deviceOf({ machine, withheld }: MinimumInput, platform: Platform): CatalogDevice {
  const id = platform === "macOS" ? machine.softwareUpdateDeviceId : machine.product;
  return {
    platform,
    lookupIds: id === undefined ? [] : [id],
    version: machine.osVersion ?? "",
    build: machine.build,
    supplementalBuild: machine.supplementalBuild,
    supplementalExtra: machine.supplementalExtra,
    blocked: withheld,
  };
}

/** What the check lacks; `cause` is a code with words. */
function whySkipped({ catalog, now }: MinimumInput, device: CatalogDevice): Params | undefined {
  if (!isVersion(device.version)) return { cause: "version-unreadable", detail: device.version };
  if (device.lookupIds.length === 0) return { cause: "device-id-unknown" };
  if (catalog.list === null) return { cause: "catalog-empty" };
  if (ageOf(catalog.list, now) > OLD_AFTER) return { cause: "catalog-stale", ...asOf({ catalog, now }) };
  return listedFor(catalog, device).length === 0 ? { cause: "no-release", ...asOf({ catalog, now }) } : undefined;
}

/** Before macOS 15 a device may be told only of what is public; macOS 15 also takes what MDM alone can order. */
const takesAllSets = ({ platform, version }: CatalogDevice): boolean =>
  platform === "macOS" && (majorOf(version) ?? 0) >= 15;

function releaseFor(
  { setting, catalog, machine, now }: MinimumInput,
  device: CatalogDevice,
  minimum: string,
): RequiredRelease | undefined {
  const { floor, ...target } = setting.target?.[device.platform] ?? { kind: "latest-minor" as const };
  // A floor below the minimum satisfies no device that is below the minimum.
  const kept = compareVersions(device.version, minimum) < 0 || floor === undefined ? target : { ...target, floor };
  const ask = { target: kept, device, catalog, now, allowMajor: setting.allowMajor, allowUnlisted: false };
  const fitting = (publicOnly: boolean): RequiredRelease | undefined => {
    const choice = chooseRelease({ ...ask, publicOnly });
    if (choice.kind !== "release" || compareVersions(choice.wanted.version, minimum) < 0) return undefined;
    const { version, supplemental } = choice.wanted;
    const release: RequiredRelease =
      supplemental === undefined
        ? { version }
        : { version, improvement: { letter: supplemental.extra, build: supplemental.build } };
    return hasReached(machine, requiredText(release)) ? undefined : release;
  };
  return fitting(true) ?? (takesAllSets(device) ? fitting(false) : undefined);
}

function belowMinimum(input: MinimumInput, device: CatalogDevice, minimum: string): MinimumAnswer {
  const offered = offeredTo({ catalog: input.catalog, device, now: input.now });
  const canBeNamed = ({ isPublic, isBlocked }: OfferedVersion): boolean =>
    !isBlocked && (isPublic || takesAllSets(device));
  const enough = offered.filter(({ version }) => compareVersions(version, minimum) >= 0);
  const newest = offered.find(canBeNamed)?.version ?? null;
  const why = enough.length === 0 ? "hardware" : enough.some(canBeNamed) ? "target" : "withheld";
  const params = { minimum, runs: device.version, why, ...(newest === null ? {} : { newest }) };
  if (input.setting.tooOld === "refuse") return { kind: "refuse", case: 8, newest, params };
  return { kind: "profile", case: 8, tag: { code: "below-minimum", params } };
}
