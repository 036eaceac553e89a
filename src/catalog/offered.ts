/** What Apple's list offers to a device today, whatever a target makes of it. Improvements are left out: they are no versions. */
import { listedFor } from "./by-device.ts";
import { bestState, type ChoiceInput, isBlocked } from "./choice.ts";
import type { KnownRelease } from "./list.ts";

export interface OfferedVersion {
  /** As Apple lists it. */
  readonly version: string;
  /** It is in PublicAssetSets. */
  readonly isPublic: boolean;
  /** A block bans it for the device. */
  readonly isBlocked: boolean;
}

/** The newest version first. */
export function offeredTo(input: Pick<ChoiceInput, "catalog" | "device" | "now">): OfferedVersion[] {
  const { catalog, device } = input;
  const versions = listedFor(catalog, device).filter(({ extra }) => extra === undefined);
  const open = publicVersions(versions);
  const offered = versions.filter((release) => bestState([release], input) === "offered");
  return [...new Set(offered.map(({ version }) => version))].map((version) => ({
    version,
    isPublic: open.has(version),
    isBlocked: isBlocked({ version }, device),
  }));
}

/**
 * The versions that the newest list has in PublicAssetSets for a device, of all entries that it has had for the device: Apple splits
 * entries, and one that is public makes its version public.
 */
export const publicVersions = (listed: readonly KnownRelease[]): ReadonlySet<string> =>
  new Set(listed.filter(({ isPublic, absent }) => isPublic && absent === 0).map(({ version }) => version));
