/** Catalogs for tests: releases of one list. */
import type { Catalog, KnownRelease } from "./list.ts";
import type { Release } from "./release.ts";

/** All of them are in the newest list, which is of `date`. */
export const listOf = (releases: readonly Release[], date = "2026-08-25"): Catalog => ({
  list: { date },
  releases: releases.map((release) => ({ ...release, absent: 0 })),
});

/** An iPhone's release, posted and alive in August 2026. */
export const released = (version: string, more: Partial<KnownRelease> = {}): KnownRelease => ({
  platform: "iOS",
  version,
  build: `B${version}`,
  postingDate: "2026-08-01",
  expirationDate: "2026-11-20",
  devices: ["iPhone14,2"],
  isPublic: true,
  absent: 0,
  ...more,
});
