/** Apple's list of OS releases: imported, listed, and one release of it. */
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
    .enum(["file", "posting", "clock"])
    .describe(
      "where the date is from: the file's last change, the newest posting date in the list, or today, where all of those lie in the future",
    ),
  ageDays: count.describe("whole days from `listDate` to today, UTC"),
  takenAt: instant.describe("when it was imported"),
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

export const catalogImport = z
  .object({
    ...listFields,
    releases: count.describe("releases read"),
    added: count.describe("releases that no list had before"),
    left: z.array(z.string()).readonly().describe("releases of the list before that are not in this one"),
    problems: z
      .array(z.string())
      .readonly()
      .describe("entries that could not be read or that name no device, each with its position"),
    notes: z.array(z.string()).readonly().describe("notes on the list as a whole"),
  })
  .meta({ id: "CatalogImport" });
export type CatalogImport = z.output<typeof catalogImport>;

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
  postingDate: day,
  expirationDate: day.nullable().describe("the last day on which Apple signs it"),
  devices: count.describe("models that it is or was listed for"),
  isPublic: z.boolean().describe("Apple offers it to all devices, not only to managed ones"),
  firstSeenAt: instant.describe("when the first list with it was imported"),
  lastSeenAt: instant.describe("when the newest list with it was imported"),
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
          postingDate: day,
          expirationDate: day.nullable(),
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
  list: catalogList.nullable().describe("the newest list; null: none was imported"),
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
