import { describe, expect, it } from "vitest";
import { OLD_AFTER, ageOf } from "./list.ts";
import { listOf, released } from "./listed.suite.ts";
import { parseLookupService } from "./release.ts";
import { SAMPLE_SERVED_AT, sampleLookupService } from "./sample.ts";
import { checkWhole, dateOf, isTooSmall, pairsIn } from "./take.ts";

const NOON = Date.UTC(2026, 7, 25, 12);
const DAY = 86_400_000;
const posted = (...days: string[]) => listOf(days.map((postingDate) => released("26.6", { postingDate })));
const parsed = (...days: string[]) => ({ releases: [...posted(...days).releases] });

describe("the date of a list", () => {
  it.each([
    ["is that of the file", ["2026-08-17"], NOON - 3 * DAY, "2026-08-22", "file", false],
    ["is today, if the file was made today", ["2026-08-17"], NOON + 1, "2026-08-25", "file", false],
    [
      "is its newest posting date where nothing says when the file was made",
      ["2026-08-17", "2026-08-01"],
      undefined,
      "2026-08-17",
      "posting",
      false,
    ],
    ["is not that of a file from the future", ["2026-08-17"], NOON + DAY, "2026-08-17", "posting", true],
    ["passes over what is still to come", ["2026-08-17", "2026-09-01"], undefined, "2026-08-17", "posting", false],
    ["is never after today", ["2026-08-26"], undefined, "2026-08-25", "posting", false],
    ["is today where all is still to come", ["2026-09-01"], undefined, "2026-08-25", "clock", false],
    ["is that of an old file, however new its releases", ["2026-08-24"], NOON - 90 * DAY, "2026-05-27", "file", false],
  ] as const)("%s", (_what, days, modifiedAt, date, from, fromFuture) => {
    expect(dateOf(parsed(...days), modifiedAt, NOON)).toEqual({ date, from, fromFuture });
  });
});

describe("whether a list is taken", () => {
  it("not if it is not whole", () => {
    expect(() => checkWhole({ lacks: ["AssetSets.macOS"] })).toThrow(
      expect.objectContaining({ code: "catalog-incomplete", message: expect.stringContaining("AssetSets.macOS") }),
    );
    expect(() => checkWhole({ lacks: [] })).not.toThrow();
  });

  it.each([
    [0, 0, false],
    [0, 1, true],
    [49, 100, true],
    [50, 100, false],
    [50, 101, true],
  ])("with %d pairs after %d: too small is %s", (pairs, before, small) => {
    expect(isTooSmall(pairs, before)).toBe(small);
  });

  it("counts each version of each model once", () => {
    const releases = [
      released("26.6", { devices: ["iPhone14,2", "iPhone15,2"] }),
      released("26.6", { devices: ["iPhone14,2"], build: "C" }),
      released("26.6", { devices: ["iPhone14,2"], build: "D", extra: "(a)" }),
      released("26.5", { devices: [] }),
    ];
    expect(pairsIn({ releases })).toBe(3);
  });
});

describe("the sample's list", () => {
  it("is whole, of a day on which all of it was posted, and young where tests and the demo begin", () => {
    const sample = parseLookupService(sampleLookupService());
    checkWhole(sample);
    const { date } = dateOf(sample, SAMPLE_SERVED_AT, NOON);
    for (const { postingDate } of sample.releases) expect(postingDate <= date).toBe(true);
    expect(ageOf({ date }, NOON)).toBeLessThanOrEqual(OLD_AFTER);
  });
});
