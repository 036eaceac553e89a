import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareVersions, isVersion, majorOf } from "../protocol/index.ts";
import { lookupIdsOf } from "./by-device.ts";
import { chooseRelease } from "./choose.ts";
import { listOf } from "./listed.suite.ts";
import { parseLookupService, type Release } from "./release.ts";
import { sampleLookupService } from "./sample.ts";
import { describeTarget, parseTarget, type Target } from "./target.ts";

const REAL = new URL("../../../shared/data/lookup-service-2026-08-22.json", import.meta.url);
interface Entry {
  readonly ProductVersion: string;
  readonly Build: string;
  readonly SupportedDevices: readonly string[];
}
type Feed = Readonly<Record<string, Readonly<Record<string, readonly Entry[]>>>>;
const TODAY = "2026-08-25";
const TERMS = { now: Date.UTC(2026, 7, 25, 12), allowMajor: false, allowUnlisted: false };

describe.skipIf(!existsSync(REAL))("Apple's feed as served in August 2026 (needs ../shared/data)", () => {
  const feed = (existsSync(REAL) ? JSON.parse(readFileSync(REAL, "utf8")) : {}) as Feed;
  const { releases, problems, lacks } = existsSync(REAL)
    ? parseLookupService(feed)
    : { releases: [], problems: [], lacks: [] };
  const choose = (target: Target, device: Partial<Parameters<typeof chooseRelease>[0]["device"]> = {}) =>
    chooseRelease({
      target,
      device: { platform: "iOS", lookupIds: ["iPhone14,2"], version: "26.5", ...device },
      ...TERMS,
      catalog: listOf(releases),
    });

  it("is read without a single problem, every entry of every device but HomePods kept", () => {
    expect([problems, lacks]).toEqual([[], []]);
    for (const [list, platforms] of Object.entries(feed))
      for (const entry of Object.values(platforms).flat())
        for (const id of entry.SupportedDevices) {
          if (id.startsWith("AudioAccessory")) continue;
          const found = releases.filter(
            (r) => r.version === entry.ProductVersion && r.build === entry.Build && r.devices.includes(id),
          );
          expect(found.length, `${list} ${entry.ProductVersion} (${entry.Build}) for ${id}`).toBeGreaterThan(0);
        }
  });

  it("tells tvOS and watchOS from iOS by their devices", () => {
    const prefixes = (platform: Release["platform"]) =>
      new Set(
        releases.filter((r) => r.platform === platform).flatMap((r) => r.devices.map((d) => /^[A-Za-z]+/.exec(d)?.[0])),
      );
    expect(prefixes("iOS")).toEqual(new Set(["iPhone", "iPad", "iPod"]));
    expect(prefixes("tvOS")).toEqual(new Set(["AppleTV"]));
    expect(prefixes("watchOS")).toEqual(new Set(["Watch"]));
    expect(prefixes("visionOS")).toEqual(new Set(["RealityDevice"]));
  });

  it("targets T8: writes a version as Apple lists it, however the admin spelled it", () => {
    for (const version of ["26.6.1", "26.6.1.0", "26.6.01"])
      expect(choose({ kind: "exact", version })).toMatchObject({ kind: "release", wanted: { version: "26.6.1" } });
    expect(choose({ kind: "exact", version: "26.6.0" }, { version: "26.4" })).toMatchObject({
      wanted: { version: "26.6" },
    });
  });

  it("finds an iPhone that reports its board by its product type", () => {
    const found = choose({ kind: "latest-minor" }, { lookupIds: ["iPhone14,2", "D63AP"] });
    expect(found).toMatchObject({ kind: "release", wanted: { version: "26.6.1" } });
  });

  it("gives an iPhone 13 Pro the newest of its major, in whatever build", () => {
    expect(choose({ kind: "latest-minor" })).toMatchObject({
      kind: "release",
      wanted: { version: "26.6.1" },
      major: false,
    });
  });

  it("has what the demo's own feed says, of these builds for these devices", () => {
    const sample = parseLookupService(sampleLookupService());
    expect([sample.problems, sample.lacks]).toEqual([[], []]);
    for (const { version, build, devices } of sample.releases)
      for (const device of devices) {
        const known = releases.some((r) => r.version === version && r.build === build);
        expect(known, `${version} (${build}) for ${device}`).toBe(true);
      }
  });
});

const entry = (more: object = {}): object => ({
  ProductVersion: "26.6.1",
  Build: "23G83",
  PostingDate: "2026-08-17",
  ExpirationDate: "2026-11-20",
  SupportedDevices: ["iPhone14,2"],
  ...more,
});
const feedOf = (...entries: readonly unknown[]): unknown => ({ AssetSets: { iOS: entries } });

describe("reading a feed", () => {
  it.each([
    ["not an object", 3],
    ["ProductVersion is no version", entry({ ProductVersion: "26.x" })],
    ["Build is missing", entry({ Build: "" })],
    ["PostingDate is no date", entry({ PostingDate: "yesterday" })],
    ["PostingDate is no date", entry({ PostingDate: "2026-02-30" })],
    ["ExpirationDate is no date", entry({ ExpirationDate: "2026-13-01" })],
    ["SupportedDevices is no list", entry({ SupportedDevices: "iPhone14,2" })],
  ])("targets C3: leaves out an entry whose %s, names it, and keeps the others", (problem, bad) => {
    const { releases, problems } = parseLookupService(feedOf(bad, entry()));
    expect(problems).toEqual([`AssetSets.iOS[0]: ${problem}`]);
    expect(releases.map(({ build }) => build)).toEqual(["23G83"]);
  });

  it("does not take an improvement without its letter for a release of its version", () => {
    const { releases, problems } = parseLookupService({
      AssetSets: { iOS: [entry()] },
      PublicBackgroundSecurityImprovements: {
        iOS: [entry({ Build: "23G771400a" }), entry({ Build: "23G771400a", ProductVersionExtra: "(a)" })],
      },
    });
    expect(problems).toEqual([
      "PublicBackgroundSecurityImprovements.iOS[0]: ProductVersionExtra is no letter in brackets",
    ]);
    expect(releases.map(({ build, extra }) => [build, extra])).toEqual([
      ["23G83", undefined],
      ["23G771400a", "(a)"],
    ]);
  });

  it("does not mind keys, lists and devices it does not know", () => {
    const { releases, problems } = parseLookupService({
      AssetSets: { iOS: [entry({ New: 1, SupportedDevices: ["iPhone14,2", "Toaster1,1"] })], homeOS: [] },
      Novelty: [],
    });
    expect(problems).toEqual([]);
    expect(releases).toMatchObject([{ devices: ["iPhone14,2"], isPublic: false }]);
  });

  it("targets C3: keeps an entry for no device, by the platform of its list, and names it", () => {
    const { releases, problems } = parseLookupService({ AssetSets: { visionOS: [entry({ SupportedDevices: [] })] } });
    expect(problems).toEqual(["AssetSets.visionOS[0]: SupportedDevices is empty"]);
    expect(releases).toMatchObject([{ platform: "visionOS", version: "26.6.1", devices: [] }]);
  });

  it.each([
    ["nothing", {}, []],
    ["macOS for managed devices", { AssetSets: { iOS: [entry()] } }, ["AssetSets.macOS"]],
    ["readable iOS", { PublicAssetSets: { iOS: [3], macOS: [entry()] } }, ["PublicAssetSets.iOS"]],
    [
      "iOS for any device",
      { AssetSets: { iOS: [entry({ SupportedDevices: [] })], macOS: [entry()] } },
      ["AssetSets.iOS"],
    ],
    ["a list that is one", { PublicAssetSets: { iOS: {}, macOS: [entry()] } }, ["PublicAssetSets.iOS"]],
  ])("says what a whole list has and this one lacks: %s", (_what, changed, missing) => {
    const both = { iOS: [entry()], macOS: [entry({ SupportedDevices: ["J314sAP"] })] };
    expect(parseLookupService({ PublicAssetSets: both, AssetSets: both, ...changed }).lacks).toEqual(missing);
  });

  it("folds what stands in two lists into one, public, with the earlier date and the later end", () => {
    const { releases } = parseLookupService({
      AssetSets: { iOS: [entry()] },
      PublicAssetSets: { iOS: [entry({ PostingDate: "2026-08-01", ExpirationDate: "2026-10-01" })] },
    });
    expect(releases).toMatchObject([
      { isPublic: true, postingDate: "2026-08-01", expirationDate: "2026-11-20", devices: ["iPhone14,2"] },
    ]);
  });

  it.each([null, [], "x", {}, { AssetSets: [] }, { Other: {} }])("refuses %j with a code", (json) => {
    expect(() => parseLookupService(json)).toThrow(expect.objectContaining({ code: "catalog-invalid" }));
  });
});

describe("a target's text", () => {
  it.each(["latest", "latest-minor", "n-1", "26.6.2", "26.6.2 (25G83)", "26.3.1 (a)", "26"])(
    "%j is read and said again",
    (text) => {
      expect(describeTarget(parseTarget(text))).toBe(text);
    },
  );
  it.each([
    "",
    "newest",
    "26.",
    "26.6.x",
    "26.6.2 25G83",
    "26.6.2 ()",
    "26.3.1 a",
    "26.3.1 (ab)",
    "26.3.1 (1)",
    "-1",
    "26..6",
    "٢٦",
  ])("%j is refused with a code", (text) => {
    expect(() => parseTarget(text)).toThrow(expect.objectContaining({ code: "target-invalid" }));
  });
});

describe("what a device is listed by", () => {
  it("is the product type, but a Mac's board id", () => {
    const facts = { productName: "Mac14,2", softwareUpdateDeviceId: null };
    expect(lookupIdsOf({ ...facts, platform: "macOS" })).toEqual([]);
    expect(lookupIdsOf({ ...facts, platform: "macOS", softwareUpdateDeviceId: "J413AP" })).toEqual(["J413AP"]);
    expect(lookupIdsOf({ ...facts, platform: "tvOS", productName: "AppleTV14,1" })).toEqual(["AppleTV14,1"]);
    // A board that the list does not know must not hide the product type that it does.
    const board = { platform: "iOS", productName: "iPhone14,2", softwareUpdateDeviceId: "D63AP" } as const;
    expect(lookupIdsOf(board)).toEqual(["iPhone14,2", "D63AP"]);
  });
});

const version = fc
  .tuple(fc.integer({ min: 25, max: 28 }), fc.nat(3), fc.option(fc.nat(2)))
  .map(([major, minor, patch]) => [major, minor, ...(patch === null ? [] : [patch])].join("."));
const aRelease = fc.record({
  platform: fc.constantFrom("iOS" as const, "tvOS" as const),
  version,
  build: fc.constantFrom("1A1", "1A2", "1A3"),
  extra: fc.option(fc.constant("(a)"), { nil: undefined }),
  postingDate: fc.constant("2026-01-01"),
  expirationDate: fc.option(fc.constantFrom("2026-01-02", "2027-01-01"), { nil: undefined }),
  devices: fc.constantFrom<string[]>(["iPhone14,2"], ["iPhone15,2"], ["iPhone14,2", "iPhone15,2"]),
  isPublic: fc.boolean(),
});
const aTarget: fc.Arbitrary<Target> = fc.oneof(
  fc.constantFrom({ kind: "latest" as const }, { kind: "latest-minor" as const }, { kind: "n-1" as const }),
  version.map((exact) => ({ kind: "exact" as const, version: exact })),
);
const device = (running: string) => ({ platform: "iOS" as const, lookupIds: ["iPhone14,2"], version: running });

describe("the last day of a release", () => {
  it.each([
    ["2026-08-24", "expired"],
    ["2026-08-25", "release"],
    ["2026-08-26", "release"],
  ])("that is %s is judged on 2026-08-25: %s", (expirationDate, expected) => {
    const release = {
      ...{ platform: "iOS" as const, version: "26.6", build: "1A1", postingDate: "2026-01-01" },
      ...{ expirationDate, devices: ["iPhone14,2"], isPublic: true },
    };
    const target = { kind: "exact", version: "26.6" } as const;
    const choice = chooseRelease({
      ...{ ...TERMS, target, device: device("26.5") },
      catalog: listOf([release]),
    });
    expect(choice.kind === "refused" ? choice.code : choice.kind).toBe(expected);
  });
});

describe("the release for a target", () => {
  const scene = fc.record({
    releases: fc.array(aRelease, { maxLength: 12 }),
    target: aTarget,
    running: version,
    allowMajor: fc.boolean(),
  });
  const input = ({
    releases,
    target,
    running,
    allowMajor,
  }: {
    releases: unknown[];
    target: Target;
    running: string;
    allowMajor: boolean;
  }) => ({
    ...TERMS,
    catalog: listOf(releases as Release[]),
    target,
    device: device(running),
    allowMajor,
  });

  it("is above what runs, for this device, not expired, no improvement in passing, and of its major without the word", () => {
    fc.assert(
      fc.property(scene, (given) => {
        const choice = chooseRelease(input(given));
        if (choice.kind !== "release") return;
        const { version: chosen } = choice.wanted;
        expect(isVersion(chosen)).toBe(true);
        expect(compareVersions(chosen, given.running)).toBeGreaterThan(0);
        expect(choice.major).toBe(majorOf(chosen) !== majorOf(given.running));
        expect(choice.major && (!given.allowMajor || given.target.kind === "latest-minor")).toBe(false);
        expect(choice.state).toBe("offered");
        const fits = given.releases.filter(
          (r) =>
            r.platform === "iOS" &&
            compareVersions(r.version, chosen) === 0 &&
            r.devices.includes("iPhone14,2") &&
            r.extra === undefined &&
            (r.expirationDate ?? TODAY) >= TODAY,
        );
        expect(fits.length).toBeGreaterThan(0);
      }),
      { numRuns: 3000 },
    );
  });

  it("does not depend on the order of the feed", () => {
    fc.assert(
      fc.property(scene, (given) => {
        const reversed = { ...given, releases: given.releases.toReversed() };
        expect(chooseRelease(input(reversed))).toEqual(chooseRelease(input(given)));
      }),
    );
  });

  it("is the highest there is for latest", () => {
    fc.assert(
      fc.property(scene, (given) => {
        const choice = chooseRelease(input({ ...given, target: { kind: "latest" }, allowMajor: true }));
        if (choice.kind !== "release") return;
        const better = given.releases.filter(
          (r) =>
            r.platform === "iOS" &&
            r.devices.includes("iPhone14,2") &&
            r.extra === undefined &&
            (r.expirationDate ?? TODAY) >= TODAY &&
            compareVersions(r.version, choice.wanted.version) > 0,
        );
        expect(better).toEqual([]);
      }),
    );
  });

  it.each<[string, Target, object]>([
    ["expired", { kind: "exact", version: "26.6" }, { kind: "refused", code: "expired" }],
    [
      "not in the feed",
      { kind: "exact", version: "26.9" },
      { kind: "refused", code: "not-offered", params: { version: "26.9", newest: "26.6.1" } },
    ],
    ["below", { kind: "exact", version: "26.4" }, { kind: "already", position: "newer" }],
    [
      "another build of what runs",
      { kind: "exact", version: "26.5", build: "23F99" },
      { kind: "refused", code: "not-offered" },
    ],
    ["in another major", { kind: "exact", version: "27.0" }, { kind: "refused", code: "needs-major" }],
  ])("an exact version that is %s", (_what, target, answer) => {
    const { releases } = parseLookupService(
      feedOf(entry(), entry({ ProductVersion: "26.6", Build: "23G71", ExpirationDate: "2026-08-01" })),
    );
    const choice = chooseRelease({
      ...TERMS,
      target,
      device: { ...device("26.5"), build: "23F77" },
      catalog: listOf(releases),
    });
    expect(choice).toMatchObject(answer);
  });
});
