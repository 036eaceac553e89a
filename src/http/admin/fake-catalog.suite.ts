/** The catalog of the fake service: given data. */
import type { CatalogList, Release } from "../../contract/index.ts";
import type { CatalogService } from "../../service/index.ts";

export const LIST: CatalogList = {
  listDate: "2026-08-20",
  listDateFrom: "file",
  ageDays: 1,
  takenAt: "2026-08-20T12:00:00.000Z",
  sentence: "Apple's list of 20 Aug 2026 (1 day old), imported on 20 Aug 2026.",
};

const RELEASE: Release = {
  id: "iOS-26.6.1-23G83",
  platform: "iOS",
  version: "26.6.1",
  build: "23G83",
  extra: null,
  state: "offered",
  sentence: "In Apple's list of 20 Aug 2026 (1 day old), until 20 Nov 2026.",
  postingDate: "2026-08-17",
  expirationDate: "2026-11-20",
  devices: 2,
  isPublic: true,
  firstSeenAt: "2026-08-18T12:00:00.000Z",
  lastSeenAt: "2026-08-20T12:00:00.000Z",
};

export const fakeCatalog: CatalogService = {
  importCatalog: async () => ({
    ...LIST,
    releases: 12,
    added: 2,
    left: ["iOS 26.6 (23G71)"],
    problems: ["AssetSets.macOS[3]: no ProductVersion"],
    notes: ["It is older than the list before it, which was of 21 Aug 2026."],
  }),
  releases: async () => ({ rows: [RELEASE], next: null, list: LIST }),
  release: async () => ({
    ...RELEASE,
    prerequisiteBuild: null,
    listings: [
      {
        state: "offered",
        postingDate: RELEASE.postingDate,
        expirationDate: RELEASE.expirationDate,
        devices: ["iPhone14,2", "iPhone15,2"],
        firstSeenAt: RELEASE.firstSeenAt,
        lastSeenAt: RELEASE.lastSeenAt,
      },
    ],
  }),
};
