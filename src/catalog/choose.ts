/** The release for a target on one device, or the rule that leaves none. */
import { compareVersions, majorOf, type Platform } from "../protocol/index.ts";
import type { Release } from "./release.ts";
import type { Target } from "./target.ts";

export interface CatalogDevice {
  readonly platform: Platform;
  /** What Apple lists the device by: product type, or board id of a Mac. */
  readonly lookupId?: string;
  readonly version: string;
  readonly build?: string;
}

export type Choice =
  | {
      readonly kind: "release";
      readonly version: string;
      /** Builds that count as this release, twins included; empty: any. */
      readonly builds: string[];
      readonly major: boolean;
      /** False: the catalog knows nothing of this device, and the version is taken on the admin's word. */
      readonly listed: boolean;
    }
  | { readonly kind: "already"; readonly version: string }
  | {
      readonly kind: "refused";
      readonly code: "not-offered" | "needs-major" | "no-release" | "device-id-unknown" | "expired";
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

/** A Mac is listed by its SoftwareUpdateDeviceID only, never by its product name. */
export function lookupIdOf(facts: {
  platform: Platform;
  productName: string | null;
  softwareUpdateDeviceId: string | null;
}): string | undefined {
  if (facts.softwareUpdateDeviceId !== null) return facts.softwareUpdateDeviceId;
  return facts.platform === "macOS" ? undefined : (facts.productName ?? undefined);
}

export function chooseRelease(input: ChoiceInput): Choice {
  const { target, device, releases, today } = input;
  // Background Security Improvements are no versions to go to.
  const listed = releases.filter(
    ({ platform, extra, devices }) =>
      platform === device.platform &&
      extra === undefined &&
      device.lookupId !== undefined &&
      devices.includes(device.lookupId),
  );
  const alive = listed.filter(({ expirationDate }) => expirationDate === undefined || expirationDate >= today);
  return target.kind === "exact" ? exact(target, input, listed, alive) : newest(target.kind, input, alive);
}

function exact(
  target: Extract<Target, { kind: "exact" }>,
  input: ChoiceInput,
  listed: readonly Release[],
  alive: readonly Release[],
): Choice {
  const { device } = input;
  const { version, build } = target;
  const order = compareVersions(device.version, version);
  const otherBuild = order === 0 && build !== undefined && device.build !== undefined && device.build !== build;
  if (order >= 0 && !otherBuild) return { kind: "already", version: device.version };
  const major = majorOf(version) !== majorOf(device.version);
  if (major && !input.allowMajor) return { kind: "refused", code: "needs-major", params: { version } };
  if (listed.length === 0) {
    return { kind: "release", version, builds: build === undefined ? [] : [build], major, listed: false };
  }
  const fits = (release: Release): boolean =>
    compareVersions(release.version, version) === 0 && (build === undefined || release.build === build);
  if (alive.some(fits)) return released(version, alive.filter(fits), major);
  if (listed.some(fits)) return { kind: "refused", code: "expired", params: { version } };
  const best = highest(alive);
  return { kind: "refused", code: "not-offered", params: { version, ...(best === undefined ? {} : { newest: best }) } };
}

function newest(kind: "latest" | "latest-minor" | "n-1", input: ChoiceInput, alive: readonly Release[]): Choice {
  const { device } = input;
  if (device.lookupId === undefined) return { kind: "refused", code: "device-id-unknown", params: {} };
  if (alive.length === 0) return { kind: "refused", code: "no-release", params: {} };
  const own = majorOf(device.version);
  const anyMajor = input.allowMajor && kind !== "latest-minor";
  let candidates = alive;
  if (kind === "n-1") {
    const majors = [...new Set(alive.map((release) => majorOf(release.version)))].sort((a, b) => (b ?? 0) - (a ?? 0));
    const wanted = majors[1] ?? majors[0];
    candidates = alive.filter((release) => majorOf(release.version) === wanted);
  } else if (!anyMajor) candidates = alive.filter((release) => majorOf(release.version) === own);
  const version = highest(candidates);
  if (version === undefined || compareVersions(version, device.version) <= 0)
    return { kind: "already", version: device.version };
  const major = majorOf(version) !== own;
  if (major && !anyMajor) return { kind: "refused", code: "needs-major", params: { version } };
  return released(
    version,
    candidates.filter((release) => compareVersions(release.version, version) === 0),
    major,
  );
}

function released(version: string, of: readonly Release[], major: boolean): Choice {
  return { kind: "release", version, builds: [...new Set(of.map(({ build }) => build))].sort(), major, listed: true };
}

function highest(releases: readonly Release[]): string | undefined {
  return releases
    .map(({ version }) => version)
    .reduce<string | undefined>(
      (best, version) => (best === undefined || compareVersions(version, best) > 0 ? version : best),
      undefined,
    );
}
