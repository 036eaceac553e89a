import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareVersions, majorOf } from "../protocol/index.ts";
import { type Catalog, type KnownRelease, stateOf } from "./list.ts";
import { listOf, released } from "./listed.suite.ts";
import { openTo } from "./open-to.ts";

const NOON = Date.UTC(2026, 7, 25, 12);
const PHONE = { platform: "iOS", lookupIds: ["iPhone14,2"], version: "26.5" } as const;

/** "26.6 27.0": the newest of its major, and the newest of all. */
const text = (catalog: Catalog, device: Parameters<typeof openTo>[1] = PHONE, now = NOON): string => {
  const { inMajor, newest } = openTo(catalog, device, now);
  return `${inMajor?.version ?? "-"} ${newest?.version ?? "-"}`;
};
const of = (...releases: KnownRelease[]): Catalog => ({ list: { date: "2026-08-25" }, releases });

describe("what the list has for a device", () => {
  it.each<[string, Catalog, string]>([
    ["nothing without a list", { list: null, releases: [released("26.6")] }, "- -"],
    ["nothing where it does not name the model", of(released("26.6", { devices: ["iPad1,1"] })), "- -"],
    [
      "the newest of both, in whatever order",
      of(released("26.6"), released("27.0"), released("26.6.1")),
      "26.6.1 27.0",
    ],
    ["no improvement", of(released("26.6"), released("26.7", { extra: "(a)" })), "26.6 26.6"],
    ["what left one list", of(released("26.6"), released("26.6.1", { absent: 1 })), "26.6.1 26.6.1"],
    ["not what left two", of(released("26.6"), released("26.6.1", { absent: 2 })), "26.6 26.6"],
    ["not what had expired", of(released("26.6"), released("26.6.1", { expirationDate: "2026-08-24" })), "26.6 26.6"],
    ["not what is still to come", of(released("26.6"), released("26.7", { postingDate: "2026-09-01" })), "26.6 26.6"],
    ["another major alone", of(released("27.0")), "- 27.0"],
    ["nothing of another platform", of(released("26.6", { platform: "tvOS" })), "- -"],
  ])("is %s", (_what, catalog, expected) => expect(text(catalog)).toBe(expected));

  it("is what is listed by any of its ids", () => {
    const catalog = of(released("26.6"), released("26.7", { devices: ["D63AP"] }));
    expect(text(catalog, { ...PHONE, lookupIds: ["iPhone14,2", "D63AP"] })).toBe("26.7 26.7");
    expect(text(catalog, { ...PHONE, lookupIds: [] })).toBe("- -");
  });

  it("expires with time", () => {
    const catalog = of(released("26.6"), released("26.6.1", { expirationDate: "2026-08-25" }));
    expect(text({ ...catalog, list: { date: "2026-08-26" } })).toBe("26.6 26.6");
    // A list of its last day does not say whether Apple extended it.
    expect(text(catalog, PHONE, NOON + 86_400_000)).toBe("26.6.1 26.6.1");
  });

  it("says which builds of beta shape are releases", () => {
    const catalog = of(released("26.6", { build: "23G5075b" }));
    expect(openTo(catalog, PHONE, NOON).inMajor).toEqual({ version: "26.6", listedBetas: ["23G5075b"] });
  });
});

const anyRelease = fc
  .record({
    version: fc.constantFrom("26.5", "26.6", "26.6.1", "27.0", "27.1", "18.7"),
    absent: fc.constantFrom(0 as const, 1 as const, 2 as const),
    devices: fc.subarray(["iPhone14,2", "iPhone15,2"]),
    postingDate: fc.constantFrom("2026-08-01", "2026-09-01"),
  })
  .map(({ version, ...more }) => released(version, more));

it("is the same as looking through all releases", () => {
  fc.assert(
    fc.property(
      fc.array(anyRelease, { maxLength: 12 }),
      fc.constantFrom("26.5", "27.0", "18.1"),
      (releases, version) => {
        const catalog = listOf(releases);
        const all = { ...catalog, releases };
        const own = releases.filter(({ devices }) => devices.includes("iPhone14,2"));
        // Entries of one version are one release: the earliest day on which any of them was posted counts.
        const firstPosted = (of: string) =>
          own
            .filter((one) => one.version === of)
            .map(({ postingDate }) => postingDate)
            .toSorted()[0] ?? "";
        const open = own.filter(
          (one) =>
            ["offered", "missing"].includes(
              stateOf({ ...one, postingDate: firstPosted(one.version) }, { date: "2026-08-25" }, NOON),
            ) && majorOf(one.version) === majorOf(version),
        );
        const best = open
          .map((one) => one.version)
          .toSorted(compareVersions)
          .at(-1);
        expect(openTo(all, { ...PHONE, version }, NOON).inMajor?.version).toBe(best);
      },
    ),
    { numRuns: 500 },
  );
});
