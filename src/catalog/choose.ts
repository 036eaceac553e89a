/** The release for a target on one device, or the rule that leaves none. */
import { compareVersions, majorOf, type Platform } from "../protocol/index.ts";
import type { Release } from "./release.ts";
import {
  isBetaBuild,
  isSatisfied,
  letterOf,
  type Observation,
  type Position,
  positionOf,
  versionText,
  type Wanted,
} from "./satisfy.ts";
import type { Target } from "./target.ts";

export interface CatalogDevice extends Observation {
  readonly platform: Platform;
  /** What Apple lists the device by: product type, or board id of a Mac. */
  readonly lookupIds: readonly string[];
}

export type Choice =
  | {
      readonly kind: "release";
      readonly wanted: Wanted;
      readonly major: boolean;
      /** False: the catalog knows nothing of this device, and the version is taken on the admin's word. */
      readonly listed: boolean;
    }
  /** The device satisfies the target: `wanted` is what it must not fall below. */
  | { readonly kind: "already"; readonly wanted: Wanted; readonly position: Position }
  | {
      readonly kind: "refused";
      readonly code:
        | "not-offered"
        | "needs-major"
        | "no-release"
        | "device-id-unknown"
        | "expired"
        /** On a beta of the version asked for, whose release is not offered to it. */
        | "runs-beta"
        /** A Background Security Improvement needs another build under it than the device's. */
        | "base-needed";
      readonly params: Record<string, string>;
    };

export interface ChoiceInput {
  readonly target: Target;
  readonly device: CatalogDevice;
  readonly releases: readonly Release[];
  /** YYYY-MM-DD */
  readonly today: string;
  readonly allowMajor: boolean;
}

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

export function chooseRelease(input: ChoiceInput): Choice {
  const { target, device, releases, today } = input;
  const listed = releases.filter(
    ({ platform, devices }) => platform === device.platform && device.lookupIds.some((id) => devices.includes(id)),
  );
  // Background Security Improvements are no versions to go to: only their own name chooses one.
  const versions = listed.filter(({ extra }) => extra === undefined);
  const alive = versions.filter((release) => isSigned(release, today));
  if (target.kind !== "exact") return newest(target.kind, input, alive);
  const improvements = listed.filter((release) => release.extra !== undefined && names(target, release));
  if (target.extra !== undefined || improvements.length > 0) return improvement(target, input, improvements);
  return exact(target, input, versions, alive);
}

type Exact = Extract<Target, { kind: "exact" }>;

const isSigned = ({ expirationDate }: Release, today: string): boolean =>
  expirationDate === undefined || expirationDate >= today;

const names = ({ version, build, extra }: Exact, release: Release): boolean =>
  compareVersions(release.version, version) === 0 &&
  (extra === undefined ? release.build === build : letterOf(release.extra) === extra);

/** What any version is judged with: the builds of beta shape that Apple lists, if there are any. */
function wantedOf(version: string, { releases, device }: ChoiceInput): Wanted {
  const betas = releases
    .filter(({ platform, build }) => platform === device.platform && isBetaBuild(build))
    .map(({ build }) => build);
  return { version, ...(betas.length === 0 ? {} : { listedBetas: [...new Set(betas)].toSorted() }) };
}

/** The catalog's own text of a version: a device compares texts, and "26.6.0" would never match "26.6". */
function asListed(version: string, { releases, device }: ChoiceInput): string {
  const same = releases.find(
    (release) => release.platform === device.platform && compareVersions(release.version, version) === 0,
  );
  return same?.version ?? version;
}

function exact(target: Exact, input: ChoiceInput, listed: readonly Release[], alive: readonly Release[]): Choice {
  const { device } = input;
  const { build } = target;
  const version = asListed(target.version, input);
  const wanted: Wanted = { ...wantedOf(version, input), ...(build === undefined ? {} : { named: build }) };
  const position = positionOf(wanted, device);
  if (isSatisfied(position)) return { kind: "already", wanted, position };
  const major = majorOf(version) !== majorOf(device.version);
  if (major && !input.allowMajor) return { kind: "refused", code: "needs-major", params: { version } };
  if (listed.length === 0) return { kind: "release", wanted, major, listed: false };
  const fits = (release: Release): boolean =>
    compareVersions(release.version, version) === 0 && (build === undefined || release.build === build);
  if (alive.some(fits)) return { kind: "release", wanted, major, listed: true };
  if (listed.some(fits)) return { kind: "refused", code: "expired", params: { version } };
  if (position === "beta")
    return { kind: "refused", code: "runs-beta", params: { version, build: device.build ?? "", offered: "no" } };
  const best = highest(alive);
  return { kind: "refused", code: "not-offered", params: { version, ...(best === undefined ? {} : { newest: best }) } };
}

/** `found`: what Apple lists under the name, one entry for each build that it can be installed on. */
function improvement(target: Exact, input: ChoiceInput, found: readonly Release[]): Choice {
  const { device, today } = input;
  const version = versionText(target.version, target.extra ?? found[0]?.extra);
  const refused = (
    code: Extract<Choice, { kind: "refused" }>["code"],
    params: Record<string, string> = {},
  ): Choice => ({
    kind: "refused",
    code,
    params: { version, ...params },
  });
  const one = found.find(({ prerequisiteBuild }) => prerequisiteBuild === device.build) ?? found[0];
  const wanted: Wanted = {
    // The catalog's own text: a device compares it letter by letter.
    ...wantedOf(one?.version ?? target.version, input),
    supplemental: { extra: letterOf(target.extra ?? one?.extra), build: target.build ?? one?.build ?? "" },
    ...(target.build === undefined ? {} : { named: target.build }),
  };
  const position = positionOf(wanted, device);
  if (isSatisfied(position)) return { kind: "already", wanted, position };
  if (majorOf(target.version) !== majorOf(device.version) && !input.allowMajor) return refused("needs-major");
  // Its build must go on the wire, and only the catalog knows it.
  if (one === undefined) return refused("not-offered");
  if (!isSigned(one, today)) return refused("expired");
  const base = one.prerequisiteBuild;
  if (position === "below" || position === "beta" || (base !== undefined && base !== device.build))
    return refused("base-needed", { base: one.version, ...(base === undefined ? {} : { build: base }) });
  return { kind: "release", wanted, major: false, listed: true };
}

function newest(kind: "latest" | "latest-minor" | "n-1", input: ChoiceInput, alive: readonly Release[]): Choice {
  const { device } = input;
  if (device.lookupIds.length === 0) return { kind: "refused", code: "device-id-unknown", params: {} };
  if (alive.length === 0) return { kind: "refused", code: "no-release", params: {} };
  const own = majorOf(device.version);
  const anyMajor = input.allowMajor && kind !== "latest-minor";
  let candidates = alive;
  if (kind === "n-1") {
    const majors = [...new Set(alive.map((release) => majorOf(release.version)))].sort((a, b) => (b ?? 0) - (a ?? 0));
    const chosen = majors[1] ?? majors[0];
    candidates = alive.filter((release) => majorOf(release.version) === chosen);
  } else if (!anyMajor) candidates = alive.filter((release) => majorOf(release.version) === own);
  const version = highest(candidates);
  if (version === undefined) return nothingOffered(input, alive);
  const wanted = wantedOf(version, input);
  const position = positionOf(wanted, device);
  if (isSatisfied(position)) return { kind: "already", wanted, position };
  const major = majorOf(version) !== own;
  if (major && !anyMajor) return { kind: "refused", code: "needs-major", params: { version } };
  return { kind: "release", wanted, major, listed: true };
}

/** Nothing of its major is offered: it is there as long as it does not go back. A beta is measured by the release below it. */
function nothingOffered(input: ChoiceInput, alive: readonly Release[]): Choice {
  const { device } = input;
  const own = wantedOf(device.version, input);
  const below = highest(alive.filter(({ version }) => compareVersions(version, device.version) < 0));
  const wanted = positionOf(own, device) === "beta" && below !== undefined ? { ...own, version: below } : own;
  const position = positionOf(wanted, device);
  if (isSatisfied(position)) return { kind: "already", wanted, position };
  const params = { version: device.version, build: device.build ?? "", offered: "no" };
  return { kind: "refused", code: "runs-beta", params };
}

function highest(releases: readonly Release[]): string | undefined {
  return releases
    .map(({ version }) => version)
    .reduce<string | undefined>(
      (best, version) => (best === undefined || compareVersions(version, best) > 0 ? version : best),
      undefined,
    );
}
