/** Apple's list of OS releases: fetched, imported, listed, and one release of it; and the CVEs that releases fix. */
import { z } from "zod";
import { count, cursor, instant, page, PLATFORM_WORDS, wholeNumber, word, yesOrNo } from "./values.ts";

/** Where a release stands, by the newest list and today's date. */
export const RELEASE_STATES = [
  "offered",
  "maybe-expired",
  "missing",
  "not-posted",
  "no-devices",
  "expired",
  "replaced",
  "withdrawn",
] as const;

const day = z.iso.date();

const listFields = {
  listDate: day.describe("date of the list"),
  listDateFrom: z
    .enum(["file", "posting", "clock", "fetch"])
    .describe(
      "where the date is from: the file's last change, the newest posting date in the list, or today, where all of those lie in the future; `fetch`: the day on which the server fetched it",
    ),
  ageDays: count.describe("whole days from `listDate` to today, UTC"),
  takenAt: instant.describe("when it was imported, or first fetched"),
  confirmedAt: instant.nullable().describe("when the same list was fetched again; null: it was not"),
  sentence: z.string().describe("the date and age of the list, as a sentence"),
};

export const catalogList = z
  .object(listFields)
  .meta({ id: "CatalogList", description: "The newest list of Apple's releases." });
export type CatalogList = z.output<typeof catalogList>;

export const importQuery = z.strictObject({
  modifiedAt: z.iso
    .datetime({ offset: true })
    .exactOptional()
    .describe(
      "when the file was last changed, RFC 3339: its day is the date of the list; absent, or in the future: the newest posting date in it",
    ),
  acceptSmaller: yesOrNo.describe("`true`: accept a list with less than half the entries of the list before"),
});

const importFields = {
  ...listFields,
  releases: count.describe("releases read"),
  added: count.describe("releases that no list had before"),
  left: z.array(z.string()).readonly().describe("releases of the list before that are not in this one"),
  problems: z
    .array(z.string())
    .readonly()
    .describe("entries that could not be read or that name no device, each with its position"),
  notes: z.array(z.string()).readonly().describe("notes on the list as a whole"),
};

export const catalogImport = z.object(importFields).meta({ id: "CatalogImport" });
export type CatalogImport = z.output<typeof catalogImport>;

export const cveFeed = z
  .object({
    platform: z.string().describe("iPadOS is iOS"),
    feedDate: day.nullable().describe("date of the newest feed; null: none was taken"),
    takenAt: instant.nullable().describe("when a feed was last taken, or found to be the same"),
    failedAt: instant.nullable().describe("when the last fetch failed; null: it did not"),
    failure: z.string().nullable().describe("why it failed"),
    sentence: z.string(),
  })
  .meta({ id: "CveFeed", description: "A feed of CVEs, the optional second source." });
export type CveFeed = z.output<typeof cveFeed>;

export const cveImport = z
  .object({
    platform: z.string(),
    feedDate: day.describe("date of the feed"),
    feedDateFrom: z
      .enum(["feed", "posting"])
      .describe("where the date is from: the feed's `LastCheck`, or the newest release in it"),
    takenAt: instant,
    sentence: z.string(),
    releases: count.describe("releases read, improvements included"),
    added: count.describe("releases that no feed had before"),
    cves: count.describe("different CVEs in the feed"),
    exploited: count.describe("those that are exploited"),
    newlyExploited: z
      .array(z.string())
      .readonly()
      .describe("exploited CVEs that were not known as such, each with its release"),
    problems: z
      .array(z.string())
      .readonly()
      .describe("entries that could not be read, in whole or in part, each with its position; at most 100 and a count"),
    notes: z.array(z.string()).readonly().describe("notes on the feed as a whole"),
  })
  .meta({ id: "CveImport" });
export type CveImport = z.output<typeof cveImport>;
export const catalogFetch = z
  .object({
    ...importFields,
    changed: z.boolean().describe("false: the server has this list already; it is confirmed as of today"),
  })
  .meta({ id: "CatalogFetch" });
export type CatalogFetch = z.output<typeof catalogFetch>;

export const acceptQuery = z.strictObject({
  dryRun: yesOrNo.describe("`true`: return what the list would change; change nothing"),
});

/** Why a list could not be fetched or was not taken. */
export const FETCH_CAUSES = [
  "unreachable",
  "untrusted",
  "timed-out",
  "cut-off",
  "too-large",
  "redirected",
  "status",
  "not-json",
  "not-a-list",
  "incomplete",
  "smaller",
  "smaller-not-stored",
] as const;

export const fetchState = z
  .object({
    automatic: z.boolean().describe("true: the server fetches the list once a day (`catalog-fetch`)"),
    nextAt: instant.nullable().describe("when it fetches next; null: never, or not planned yet"),
    triedAt: instant.nullable().describe("when it tried last"),
    goodAt: instant.nullable().describe("when a fetch last brought a list that was taken or confirmed"),
    failure: z
      .object({
        reason: z.enum(FETCH_CAUSES),
        sentence: z.string(),
        remedy: z.string(),
        sinceAt: instant,
        count: count.describe("how many fetches have failed since then"),
      })
      .nullable()
      .describe("null: the last fetch was good"),
    problems: z
      .array(z.string())
      .readonly()
      .describe("entries of the list in force that could not be read, 20 at most; empty where it was imported"),
    smaller: z
      .object({ listDate: day, pairs: count, before: count })
      .nullable()
      .describe(
        "a fetched list that was only too small, which `POST /api/v1/catalog/accept` takes: its pairs of a version and a device, and those of the list before",
      ),
    sentence: z.string(),
  })
  .meta({ id: "CatalogFetchState", description: "How the server's fetches of Apple's list go." });
export type FetchStateView = z.output<typeof fetchState>;

const releaseFields = z.object({
  id: z.string(),
  platform: z.string(),
  version: z.string(),
  build: z.string(),
  extra: z
    .string()
    .nullable()
    .describe("`(a)` of a Background Security Improvement; `version` is what it is installed on"),
  state: z.enum(RELEASE_STATES),
  sentence: z.string(),
  postedOn: day,
  expiresOn: day.nullable().describe("the last day on which Apple signs it"),
  devices: count.describe("models that it is or was listed for"),
  isPublic: z.boolean().describe("Apple offers it to all devices, not only to managed ones"),
  fixes: z
    .object({
      cves: count.describe("CVEs that it fixes"),
      exploited: z.array(z.string()).readonly().describe("ids of those that are exploited"),
      feedDate: day.describe("date of the newest feed of its platform"),
    })
    .nullable()
    .describe("by the feeds of CVEs; null: no feed names the release"),
  firstSeenAt: instant.describe("when the first list with it was taken"),
  lastSeenAt: instant.describe("when the newest list with it was taken"),
});

export const release = releaseFields.meta({ id: "Release", description: "An OS version and build of Apple's lists." });
export type Release = z.output<typeof release>;

export const releaseDetail = releaseFields
  .extend({
    prerequisiteBuild: z.string().nullable().describe("the build that must be installed before it"),
    listings: z
      .array(
        z.object({
          state: z.enum(RELEASE_STATES),
          postedOn: day,
          expiresOn: day.nullable(),
          devices: z.array(z.string()).readonly().describe("product types; board ids of Macs"),
          firstSeenAt: instant,
          lastSeenAt: instant,
        }),
      )
      .readonly()
      .describe("one for each set of devices for which a list had the release"),
  })
  .meta({ id: "ReleaseDetail" });
export type ReleaseDetail = z.output<typeof releaseDetail>;

export const releasePage = page(release).extend({
  cveFeeds: z.array(cveFeed).readonly().describe("the feeds of CVEs that were taken or tried"),
  list: catalogList.nullable().describe("the newest list; null: there is none"),
  fetch: fetchState,
});

export const catalogQuery = z.strictObject({
  platform: word(PLATFORM_WORDS, { mac: "macOS" })
    .exactOptional()
    .describe(`only of this platform: ${PLATFORM_WORDS.join(", ")}; iPadOS: what iPads get`),
  version: z
    .string()
    .regex(/^\d{1,4}(\.\d{1,4}){0,3}$/, "expected a version such as 26.6.1")
    .exactOptional()
    .describe("only this version"),
  device: z
    .string()
    .min(1)
    .max(100)
    .exactOptional()
    .describe("only what is or was listed for this product type (`iPhone14,2`) or board id of a Mac (`J314sAP`)"),
  after: cursor,
  limit: wholeNumber(1, 1000, 100).describe("rows of a page, 1 to 1000; default 100"),
});
export type CatalogQuery = z.output<typeof catalogQuery>;

export const releaseParams = z.object({
  ref: z.string().min(1).max(200).describe("the id of a release, or a build that only one release has"),
});
