import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { released } from "./listed.suite.ts";
import { majorEnds, type PostedRelease } from "./major-ended.ts";
import { parseLookupService } from "./release.ts";

const PHONE = "iPhone17,1";
/** A model that can't run 26. */
const OLD = "iPhone11,2";
const AS_OF = "2026-08-25";
const of = (version: string, postingDate: string, ...devices: string[]): PostedRelease =>
  released(version, { postingDate, devices });
const ask = (releases: readonly PostedRelease[], version = "18.5", lookupIds: readonly string[] = [PHONE]) =>
  majorEnds({ releases, isOffered: ({ postingDate }) => postingDate <= AS_OF, asOf: AS_OF })({
    platform: "iOS",
    lookupIds,
    version,
  });

const NEWER = of("26.6.1", "2026-08-17", PHONE);
const LATE = of("18.7.8", "2026-08-06", PHONE, OLD);
const OTHERS = of("18.7.10", "2026-08-17", OLD);

describe("a major has ended for a model", () => {
  it("when it has a newer release for models only that can't run the newer major", () => {
    expect(ask([NEWER, LATE, OTHERS])).toEqual({
      major: 18,
      newer: "26.6.1",
      why: "other-models",
      last: { version: "18.7.8", postingDate: "2026-08-06" },
    });
  });

  it("when it has had none for 90 days, in which the newer major had one", () => {
    const last = (day: string) => ask([NEWER, of("18.7.8", day, PHONE)]);
    expect(last("2026-05-27")).toEqual({
      major: 18,
      newer: "26.6.1",
      why: "none-posted",
      last: { version: "18.7.8", postingDate: "2026-05-27" },
    });
    expect(last("2026-05-28")).toBeUndefined();
  });

  it.each<[string, PostedRelease[], string, boolean]>([
    ["when no list had a release of it for the model", [NEWER], "17.4", true],
    [
      "not without a newer major for the model",
      [LATE, OTHERS, of("26.6.1", "2026-08-17", "iPhone18,1")],
      "18.5",
      false,
    ],
    ["not while the newer major is not offered yet", [LATE, OTHERS, of("26.6.1", "2026-08-26", PHONE)], "18.5", false],
    ["not when it gets the newest release of it", [NEWER, of("18.7.10", "2026-08-17", PHONE, OLD)], "18.5", false],
    [
      "not for a release that is for other models of the newer major only",
      [NEWER, LATE, of("18.7.9", "2026-08-17", "iPhone18,1"), of("26.6", "2026-07-27", "iPhone18,1")],
      "18.5",
      false,
    ],
    [
      "not in a summer in which the newer major has none either",
      [of("26.6.1", "2026-05-01", PHONE), of("18.7.8", "2026-04-01", PHONE)],
      "18.5",
      false,
    ],
    [
      "not by a newer release of the newer major that other models get",
      [of("26.6.1", "2026-05-01", PHONE), of("18.7.8", "2026-04-01", PHONE), of("26.6.2", "2026-08-01", "iPhone18,1")],
      "18.5",
      false,
    ],
    ["not for a release that names no device", [NEWER, LATE, of("18.7.10", "2026-08-17")], "18.5", false],
    ["not by an improvement", [NEWER, LATE, { ...OTHERS, extra: "(a)" }], "18.5", false],
    ["not by another platform", [NEWER, LATE, { ...OTHERS, platform: "tvOS" }], "18.5", false],
    ["not on the newer major", [NEWER, LATE, OTHERS], "26.5", false],
    ["not where the version is none", [NEWER, LATE, OTHERS], "next", false],
  ])("%s", (_what, releases, version, ended) => expect(ask(releases, version) !== undefined).toBe(ended));

  it("by whatever Apple's list calls the model", () => {
    expect(ask([NEWER, LATE, OTHERS], "18.5", ["D93AP", PHONE])).toBeDefined();
    expect(ask([NEWER, LATE, OTHERS], "18.5", [])).toBeUndefined();
  });

  it("as of the newest list, by the first day of its last release, whatever state that is in", () => {
    const twins = [of("18.7.8", "2026-08-06", PHONE), of("18.7.8", "2026-04-20", PHONE)];
    expect(ask([NEWER, ...twins])?.last).toEqual({ version: "18.7.8", postingDate: "2026-04-20" });
    const asked = majorEnds({ releases: [NEWER, LATE], isOffered: (one) => one === NEWER, asOf: "2026-12-01" });
    expect(asked({ platform: "iOS", lookupIds: [PHONE], version: "18.5" })).toBeUndefined();
  });
});

const REAL = new URL("../../../shared/data/lookup-service-2026-08-22.json", import.meta.url);

describe.skipIf(!existsSync(REAL))("Apple's list of August 2026 (needs ../shared/data)", () => {
  const { releases } = existsSync(REAL) ? parseLookupService(JSON.parse(readFileSync(REAL, "utf8"))) : { releases: [] };
  const asked = majorEnds({ releases, isOffered: () => true, asOf: "2026-08-22" });

  it("has ended iOS 18 for an iPhone 16 Pro: 18.7.10 is for models only that can't run 26", () => {
    expect(asked({ platform: "iOS", lookupIds: [PHONE], version: "18.5" })).toEqual({
      major: 18,
      newer: "26.6.1",
      why: "other-models",
      last: { version: "18.7.8", postingDate: "2026-04-22" },
    });
  });

  it.each([
    ["an iPhone 8, which gets the newest that it can run", "iOS", "iPhone10,1", "16.7.10"],
    ["an iPad of the 7th generation, which can't run 26", "iOS", "iPad7,11", "18.5"],
    ["a Mac on 15, which gets 15.7.9", "macOS", "J314sAP", "15.7"],
    ["a Mac on 14, which gets 14.8.9", "macOS", "J314sAP", "14.7"],
    ["an iPhone on 26", "iOS", PHONE, "26.6"],
  ] as const)("has not ended it for %s", (_what, platform, id, version) => {
    expect(asked({ platform, lookupIds: [id], version })).toBeUndefined();
  });

  it("has ended macOS 13 for a Mac that can run 26", () => {
    const found = asked({ platform: "macOS", lookupIds: ["J314sAP"], version: "13.7.8" });
    expect(found).toMatchObject({ major: 13, newer: "26.6.2", why: "none-posted" });
  });
});
