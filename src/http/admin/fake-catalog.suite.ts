/** The catalog of the fake service: given data. */
import type { CatalogImport, CatalogList, CveFeed, FetchStateView, Release } from "../../contract/index.ts";
import type { CatalogService, SecurityService } from "../../service/index.ts";

export const LIST: CatalogList = {
  listDate: "2026-08-20",
  listDateFrom: "file",
  ageDays: 1,
  takenAt: "2026-08-20T12:00:00.000Z",
  confirmedAt: null,
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
  postedOn: "2026-08-17",
  expiresOn: "2026-11-20",
  devices: 2,
  isPublic: true,
  fixes: { cves: 29, exploited: ["CVE-2026-65400", "CVE-2026-20700"], feedDate: "2026-08-20" },
  firstSeenAt: "2026-08-18T12:00:00.000Z",
  lastSeenAt: "2026-08-20T12:00:00.000Z",
};

const FEED: CveFeed = {
  platform: "iOS",
  feedDate: "2026-08-20",
  takenAt: "2026-08-20T12:00:00.000Z",
  failedAt: null,
  failure: null,
  sentence: "SOFA's CVE feed of iOS of 20 Aug 2026, taken on 20 Aug 2026.",
};

const IMPORT: CatalogImport = {
  ...LIST,
  releases: 12,
  added: 2,
  left: ["iOS 26.6 (23G71)"],
  problems: ["AssetSets.macOS[3]: no ProductVersion"],
  notes: ["It is older than the list before it, which was of 21 Aug 2026."],
};

const FETCH: FetchStateView = {
  automatic: true,
  nextAt: "2026-08-21T19:12:00.000Z",
  triedAt: "2026-08-21T11:12:00.000Z",
  goodAt: "2026-08-20T12:00:00.000Z",
  failure: {
    reason: "unreachable",
    sentence: "The server could not connect to Apple's Software Lookup Service (ECONNREFUSED).",
    remedy: "Let the server connect to gdmf.apple.com.",
    sinceAt: "2026-08-21T10:12:00.000Z",
    count: 2,
  },
  problems: ["AssetSets.macOS[3]: no ProductVersion"],
  smaller: { listDate: "2026-08-20", pairs: 3, before: 12 },
  sentence:
    "The last good fetch was at 2026-08-20 12:00 UTC. Fetching it has failed since 2026-08-21 10:12 UTC (2 times). The server could not connect to Apple's Software Lookup Service (ECONNREFUSED). The next fetch is at 2026-08-21 19:12 UTC.",
};

export const fakeCatalog: CatalogService & SecurityService = {
  importCves: async () => ({
    platform: "iOS",
    feedDate: "2026-08-20",
    feedDateFrom: "feed",
    takenAt: "2026-08-20T12:00:00.000Z",
    sentence: FEED.sentence,
    releases: 12,
    added: 2,
    cves: 300,
    exploited: 13,
    newlyExploited: Array.from({ length: 12 }, (_one, i) => `iOS 26.${i}: CVE-2026-${1000 + i}`),
    problems: ["OSVersions[0].SecurityReleases[3]: ReleaseDate is not a date"],
    notes: [
      "It is older than the feed before it, which was of 21 Aug 2026: what it adds was taken, and the date stays.",
    ],
  }),
  importCatalog: async () => IMPORT,
  fetchCatalog: async () => ({ ...IMPORT, changed: true }),
  acceptCatalog: async () => IMPORT,
  tryAcceptCatalog: async () => IMPORT,
  releases: async () => ({ rows: [RELEASE], next: null, list: LIST, fetch: FETCH, cveFeeds: [FEED] }),
  release: async () => ({
    ...RELEASE,
    prerequisiteBuild: null,
    listings: [
      {
        state: "offered",
        postedOn: RELEASE.postedOn,
        expiresOn: RELEASE.expiresOn,
        devices: ["iPhone14,2", "iPhone15,2"],
        firstSeenAt: RELEASE.firstSeenAt,
        lastSeenAt: RELEASE.lastSeenAt,
      },
    ],
  }),
};
