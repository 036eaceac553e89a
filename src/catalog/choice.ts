/** A choice of a release: what it is made from, what comes of it, and what is said with it. */
import { compareVersions, type Platform } from "../protocol/index.ts";
import { ageOf, type Catalog, type KnownRelease, type ReleaseState, STALE_AFTER } from "./list.ts";
import type { MajorEnded } from "./major-ended.ts";
import type { MajorTerms } from "./majors.ts";
import { isBetaBuild, type Observation, type Position, type Wanted } from "./satisfy.ts";
import { isSameNamed } from "./named.ts";
import { bestStateFor } from "./state.ts";
import type { Target } from "./target.ts";

export interface CatalogDevice extends Observation {
  readonly platform: Platform;
  /** What Apple lists the device by: product type, or board id of a Mac. */
  readonly lookupIds: readonly string[];
  /** Releases that a block bans for it (targets C9). Absent: none. */
  readonly blocked?: readonly BlockedRelease[];
}

export interface BlockedRelease {
  readonly version: string;
  /** Letter of a Background Security Improvement; absent: the version itself. */
  readonly extra?: string;
}

export type RefusalCode =
  | "catalog-empty"
  /** The list is too old to say it. */
  | "catalog-stale"
  | "not-offered"
  | "needs-major"
  | "no-release"
  | "device-id-unknown"
  | "expired"
  /** Below the floor of the target, and nothing newer can be picked. */
  | "floor-not-offered"
  /** A block bans it for this device. */
  | "release-blocked"
  /** On a beta of the version asked for, whose release is not offered to it. */
  | "runs-beta"
  /** A Background Security Improvement needs another build under it than the device's. */
  | "base-needed";

/** A newer release that is offered to the device, and why the target does not pick it. */
export interface HeldBack {
  readonly version: string;
  /**
   * `major`: the plan does not cross majors. `newMajor`: its major does not count yet, until the day in `until`, or for as long as
   * it is held back or not public. `age`: it is younger than the target wants, until that day. `blocked`: a block bans it.
   * `ring`: its plan has not opened it to the device.
   */
  readonly why: "major" | "newMajor" | "age" | "blocked" | "ring";
  /** YYYY-MM-DD */
  readonly until?: string;
}

/** The installed major, and the newest release that brings fixes to the model (targets T13). */
export type EndedMajor = Pick<MajorEnded, "major" | "newer" | "why"> & { readonly platform: Platform };

/** What is said with a pick. */
export interface PickNotes {
  /** Newer ones that are not picked: the newest for each reason. Absent: none. */
  readonly heldBack?: readonly HeldBack[];
  /** The pick is below the floor of the target, and is the best there is. */
  readonly belowFloor?: true;
  /** The target stays in the installed major, which Apple does not update any more for the model. */
  readonly ended?: EndedMajor;
}

export type Choice =
  | ({
      readonly kind: "release";
      readonly wanted: Wanted;
      readonly major: boolean;
      /** What the list says of it; anything but "offered" only where the admin allowed it. "unlisted": nothing. */
      readonly state: ReleaseState | "unlisted";
    } & PickNotes)
  /** The device satisfies the target: `wanted` is what it must not fall below. `floor`: it is at or above that. */
  | ({
      readonly kind: "already";
      readonly wanted: Wanted;
      readonly position: Position;
      readonly floor?: true;
    } & PickNotes)
  | {
      readonly kind: "refused";
      readonly code: RefusalCode;
      /** With the list's date ("listDate") and age ("listDays") wherever the list is the reason. */
      readonly params: Readonly<Record<string, string | number>>;
    };

export interface ChoiceInput {
  readonly target: Target;
  readonly device: CatalogDevice;
  readonly catalog: Catalog;
  /** ms UTC */
  readonly now: number;
  readonly allowMajor: boolean;
  /** An exact version is taken on the admin's word, whatever the list says of it. */
  readonly allowUnlisted: boolean;
  /** Versions that the plan has opened to the device (targets R5), for a target in words. Absent: all. */
  readonly open?: readonly string[];
  /** Only versions of PublicAssetSets, and improvements. Absent: what MDM can order, too. */
  readonly publicOnly?: boolean;
  /** Absent: `MAJOR_TERMS`. */
  readonly majors?: MajorTerms;
}

/** What any version is judged with: the builds of beta shape that Apple lists, if there are any. */
export function wantedOf(version: string, { catalog, device }: ChoiceInput): Wanted {
  const betas = listedBetas(catalog, device.platform);
  return { version, ...(betas.length === 0 ? {} : { listedBetas: betas }) };
}

const BETAS = new WeakMap<Catalog, Map<Platform, readonly string[]>>();

/** Builds of beta shape that Apple lists for a platform as releases. */
export function listedBetas(catalog: Catalog, platform: Platform): readonly string[] {
  let platforms = BETAS.get(catalog);
  if (platforms === undefined) BETAS.set(catalog, (platforms = new Map()));
  let betas = platforms.get(platform);
  if (betas === undefined) {
    const builds = catalog.releases.filter((one) => one.platform === platform && isBetaBuild(one.build));
    platforms.set(platform, (betas = [...new Set(builds.map(({ build }) => build))].toSorted()));
  }
  return betas;
}

/** Which list a sentence rests on, and how old it is. */
export function asOf({
  catalog,
  now,
}: Pick<ChoiceInput, "catalog" | "now">): Readonly<Record<string, string | number>> {
  const { list } = catalog;
  return list === null ? {} : { listDate: list.date, listDays: ageOf(list, now) };
}

/** The age of the list as of now, in place of that at the time of the decision. */
export function agedParams<P extends Readonly<Record<string, string | number>>>(params: P, now: number): P {
  const { listDate } = params;
  return typeof listDate === "string" ? { ...params, listDays: ageOf({ date: listDate }, now) } : params;
}

/** The best state of some entries, as of the newest list; undefined: there are none. */
export function bestState(
  entries: readonly KnownRelease[],
  { catalog, device, now }: Pick<ChoiceInput, "catalog" | "device" | "now">,
): ReleaseState | undefined {
  return bestStateFor(entries, catalog, device, now);
}

export const isBlocked = (
  { version, extra }: Pick<KnownRelease, "version" | "extra">,
  { blocked = [] }: CatalogDevice,
): boolean => blocked.some((one) => isSameNamed(one, { version, extra }));

export function refused(
  input: ChoiceInput,
  code: RefusalCode,
  params: Readonly<Record<string, string>> = {},
): Extract<Choice, { kind: "refused" }> {
  return { kind: "refused", code, params: { ...params, ...asOf(input) } };
}

/** What stands against any use of the list. */
export function listProblem(input: ChoiceInput): "device-id-unknown" | "catalog-empty" | undefined {
  if (input.device.lookupIds.length === 0) return "device-id-unknown";
  return input.catalog.list === null ? "catalog-empty" : undefined;
}

export const isStale = ({ catalog, now }: Pick<ChoiceInput, "catalog" | "now">): boolean =>
  catalog.list !== null && ageOf(catalog.list, now) > STALE_AFTER;

export function highest(releases: readonly KnownRelease[]): string | undefined {
  return releases
    .map(({ version }) => version)
    .reduce<string | undefined>(
      (best, version) => (best === undefined || compareVersions(version, best) > 0 ? version : best),
      undefined,
    );
}
