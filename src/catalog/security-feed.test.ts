import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUptickError } from "../errors/index.ts";
import { exposedBy, exploitedIn, fixesExploited, mergeSecurity, securityOf, urgentBelow } from "./security.ts";
import { FEED_PLATFORMS, type FeedPlatform, parseSecurityFeed, type SecurityFeed } from "./security-feed.ts";
import { sofaEntry, sofaFeed } from "./security-feed.suite.ts";

const NOW = Date.UTC(2026, 7, 25, 12);
const parse = (json: unknown): SecurityFeed => parseSecurityFeed(json, NOW);
const A = "CVE-2026-65400";
const B = "CVE-2026-1000";
const C = "CVE-2025-1234567";

describe("a feed of CVEs", () => {
  it("is read: versions, days, CVEs and those that are exploited", () => {
    const feed = parse(
      sofaFeed([
        sofaEntry({ version: "26.6.1", cves: [B], exploited: [A] }),
        sofaEntry({ version: "26.6", day: "2026-07-27" }),
      ]),
    );
    expect(feed).toEqual({
      platform: "macOS",
      date: "2026-08-22",
      dateFrom: "feed",
      releases: [
        {
          platform: "macOS",
          version: "26.6.1",
          postedOn: "2026-08-06",
          cves: [
            { id: B, exploited: false },
            { id: A, exploited: true },
          ],
        },
        { platform: "macOS", version: "26.6", postedOn: "2026-07-27", cves: [] },
      ],
      problems: [],
    });
  });

  it.each([
    ["iOS and iPadOS", "iOS"],
    ["iPadOS", "iOS"],
    ["visionOS", "visionOS"],
  ])("of %s is one of %s", (ProductName, platform) => {
    expect(parse(sofaFeed([sofaEntry({ version: "26.6" }, { ProductName })])).platform).toBe(platform);
  });

  it("names its platform itself, for entries that do not", () => {
    const entry = sofaEntry({ version: "26.6" }, { ProductName: undefined });
    expect(parse(sofaFeed([entry], { OSName: "tvOS" })).releases).toMatchObject([{ platform: "tvOS" }]);
  });

  it("marks a CVE by the release's list, by its details, or by both", () => {
    const entry = sofaEntry(
      { version: "26.6" },
      { CVEs: { [B]: { ActivelyExploited: true }, [C]: { InKEV: true } }, ActivelyExploitedCVEs: [A] },
    );
    expect(parse(sofaFeed([entry])).releases[0]?.cves).toEqual([
      { id: B, exploited: true },
      { id: C, exploited: false },
      { id: A, exploited: true },
    ]);
  });

  it("has a version once, with all that its entries say and the earliest of their days", () => {
    const feed = parse(
      sofaFeed([
        sofaEntry({ version: "26.0", day: "2026-03-24", cves: [A, B] }),
        sofaEntry({ version: "26", day: "2026-03-20", cves: [C], exploited: [A] }),
        sofaEntry({ version: "26.0.0", day: "2026-03-22", cves: [A] }),
      ]),
    );
    expect(feed.releases).toEqual([
      {
        platform: "macOS",
        version: "26.0",
        postedOn: "2026-03-20",
        cves: [
          { id: A, exploited: true },
          { id: B, exploited: false },
          { id: C, exploited: false },
        ],
      },
    ]);
  });

  it("has a release that is only the newest of its major", () => {
    const json = { OSVersions: [{ Latest: sofaEntry({ version: "26.6.2" }), SecurityReleases: [] }] };
    expect(parse(json).releases).toMatchObject([{ version: "26.6.2" }]);
  });

  it("has improvements, by a version and a letter", () => {
    const listed = { Version: "26.3.1", VersionExtra: "(a)", PostingDate: "2026-03-17" };
    const feed = parse(
      sofaFeed([sofaEntry({ version: "18.7.8 (a)", cves: [B] })], {
        BackgroundSecurityImprovements: {
          26: [
            { ...listed, CVEs: [A] },
            { ...listed, Version: "26.3.2" },
          ],
        },
      }),
    );
    expect(feed.releases.map(({ version, extra, cves }) => [version, extra, cves.length])).toEqual([
      ["18.7.8", "(a)", 1],
      ["26.3.1", "(a)", 1],
      ["26.3.2", "(a)", 0],
    ]);
    expect(feed.problems).toEqual([]);
  });

  const good = sofaEntry({ version: "26.6.1", exploited: [A] });
  const bad = (more: object): unknown => sofaEntry({ version: "26.6" }, more);
  it.each<[string, unknown, string]>([
    ["what is not an object", 7, "not an object"],
    ["a version that is none", bad({ ProductVersion: "26.x" }), "ProductVersion is not a version"],
    ["a version with a word", bad({ ProductVersion: "26.6 (beta)" }), "ProductVersion is not a version"],
    ["a number as version", bad({ ProductVersion: 26 }), "ProductVersion is not a version"],
    ["another platform", bad({ ProductName: "tvOS" }), "a release of tvOS in a feed of macOS"],
    ["an unknown product", bad({ ProductName: "constructor" }), "ProductName is not a platform that Uptick updates"],
    ["a day that no calendar has", bad({ ReleaseDate: "2026-02-30" }), "ReleaseDate is not a date"],
    ["a day and something else", bad({ ReleaseDate: "2026-08-06\u0000" }), "ReleaseDate is not a date"],
    ["no day", bad({ ReleaseDate: undefined }), "ReleaseDate is not a date"],
    ["a day in the future", bad({ ReleaseDate: "2026-08-27" }), "ReleaseDate is in the future"],
    ["CVEs in another form", bad({ CVEs: "CVE-2026-1" }), "CVEs is not an object or a list"],
    ["no CVEs", bad({ CVEs: undefined }), "CVEs is not an object or a list"],
    [
      "too many CVEs",
      bad({ CVEs: Array.from({ length: 1001 }, (_one, i) => `CVE-2026-${10_000 + i}`) }),
      "more than 1000 CVEs",
    ],
  ])("passes over %s, and says where it is", (_what, entry, problem) => {
    const feed = parse(sofaFeed([good, entry]));
    expect(feed.releases.map(({ version }) => version)).toEqual(["26.6.1"]);
    expect(feed.problems).toEqual([`OSVersions[0].SecurityReleases[1]: ${problem}`]);
  });

  it.each<[string, object, string, number]>([
    ["a control character", { CVEs: { [A]: {}, "CVE-2026-1000\u001b[2J": {} } }, "CVEs[1] is not the id of a CVE", 1],
    ["a long text", { CVEs: { [A]: {}, ["x".repeat(9000)]: {} } }, "CVEs[1] is not the id of a CVE", 1],
    ["small letters", { CVEs: ["cve-2026-1000", B] }, "CVEs[0] is not the id of a CVE", 1],
    ["too many digits", { CVEs: ["CVE-2026-12345678"] }, "CVEs[0] is not the id of a CVE", 0],
    ["what is no text", { ActivelyExploitedCVEs: [{}] }, "ActivelyExploitedCVEs[0] is not the id of a CVE", 0],
    ["marks in another form", { CVEs: [B], ActivelyExploitedCVEs: A }, "ActivelyExploitedCVEs is not a list", 1],
  ])("passes over an id that is %s, and takes the others of its release", (_what, more, problem, count) => {
    const feed = parse(sofaFeed([bad(more)]));
    expect(feed.releases[0]?.cves).toHaveLength(count);
    expect(feed.problems).toEqual([`OSVersions[0].SecurityReleases[0]: ${problem}`]);
  });

  it("says where a list is missing, and reads the others", () => {
    const improvements = { 26: 5, 27: [{ Version: "26.3.1", PostingDate: "2026-03-17" }] };
    const json = sofaFeed([good], { BackgroundSecurityImprovements: improvements });
    expect(parse({ ...json, OSVersions: [...json.OSVersions, {}, null] }).problems).toEqual([
      "OSVersions[1]: SecurityReleases is not a list",
      "OSVersions[2]: SecurityReleases is not a list",
      "BackgroundSecurityImprovements[0]: not a list",
      "BackgroundSecurityImprovements[1][0]: ProductVersion is not a version",
    ]);
  });

  it.each([
    ["2026-08-25T23:59:59Z", "2026-08-25", "feed", []],
    ["2026-08-26T00:00:00Z", "2026-08-06", "posting", ["LastCheck: in the future"]],
    ["yesterday", "2026-08-06", "posting", ["LastCheck: not a date"]],
    [undefined, "2026-08-06", "posting", ["LastCheck: not a date"]],
  ])("made at %s is of %s", (LastCheck, date, dateFrom, problems) => {
    expect(parse(sofaFeed([good], { LastCheck }))).toMatchObject({ date, dateFrom, problems });
  });

  it("is never of a day after today, though a release was posted where it is tomorrow", () => {
    const entry = sofaEntry({ version: "26.6", day: "2026-08-26" });
    expect(parse(sofaFeed([entry], { LastCheck: undefined })).date).toBe("2026-08-25");
  });

  const many = (n: number, entry: (i: number) => unknown) => Array.from({ length: n }, (_one, i) => entry(i));
  it.each<[string, unknown, RegExp]>([
    ["null", null, /OSVersions/],
    ["a list", [], /OSVersions/],
    ["Apple's list", { PublicAssetSets: {}, AssetSets: {} }, /OSVersions/],
    ["a feed of watchOS", sofaFeed([good], { OSName: "watchOS" }), /OSName is not a platform/],
    ["a feed of Safari", sofaFeed([bad({ ProductName: "Safari" })]), /The first problem is .*: ProductName is not/],
    ["a feed without releases", sofaFeed([]), /No release in it can be read\.$/],
    ["too many releases", sofaFeed(many(2001, (i) => sofaEntry({ version: `26.${i}` }))), /more than 2000 releases/],
    [
      "too many CVEs",
      sofaFeed(
        many(51, (i) =>
          sofaEntry({ version: `26.${i}`, cves: many(1000, (n) => `CVE-2026-${n + 10_000}`) as string[] }),
        ),
      ),
      /more than 50000 CVEs/,
    ],
    ["too much that can't be read", sofaFeed(many(1001, () => 1)), /More than 1000 entries/],
  ])("is refused as a whole: %s", (_what, json, why) => {
    expect(() => parse(json)).toThrow(
      expect.objectContaining({ code: "cve-feed-invalid", message: expect.stringMatching(why) }),
    );
  });

  it("is taken up to its bounds", () => {
    expect(parse(sofaFeed(many(2000, (i) => sofaEntry({ version: `26.${i}` })))).releases).toHaveLength(2000);
    expect(parse(sofaFeed([good, ...many(1000, () => 1)])).releases).toHaveLength(1);
    const cves = many(1000, (n) => `CVE-2026-${n + 10_000}`) as string[];
    const full = parse(sofaFeed(many(50, (i) => sofaEntry({ version: `26.${i}`, cves }))));
    expect([full.releases.length, full.problems]).toEqual([50, []]);
  });

  it("names a hundred problems and counts the others", () => {
    const { problems } = parse(sofaFeed([good, ...many(150, () => 1)]));
    expect([problems.length, problems.at(-1)]).toEqual([101, "and 50 more"]);
  });

  it("of any JSON is read or refused, and what is read has the form that it must have", () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom("26.6", "26.6 (a)", "2026-08-06", [A], { [A]: {} }));
    const entry = fc.record(
      {
        ProductName: fc.oneof(fc.constant("macOS"), value),
        ProductVersion: value,
        ReleaseDate: value,
        CVEs: value,
        ActivelyExploitedCVEs: value,
      },
      { requiredKeys: [] },
    );
    const json = fc.record(
      {
        OSVersions: fc.array(fc.record({ SecurityReleases: fc.oneof(fc.array(fc.oneof(entry, value)), value) })),
        LastCheck: value,
        OSName: fc.constantFrom("macOS", undefined),
        BackgroundSecurityImprovements: value,
      },
      { requiredKeys: ["OSVersions"] },
    );
    const form = /^(?:iOS|macOS|tvOS|visionOS) [\d.]+(?: \([a-z]\))? \d{4}-\d\d-\d\d(?: CVE-\d{4}-\d{4,7})*$/;
    const namesIn = (given: unknown): string[] => {
      try {
        return parse(given).releases.map(({ platform, version, extra, postedOn, cves }) =>
          [platform, version, ...(extra === undefined ? [] : [extra]), postedOn, ...cves.map(({ id }) => id)].join(" "),
        );
      } catch (error) {
        if (isUptickError(error) && error.code === "cve-feed-invalid") return [];
        throw error;
      }
    };
    const seen: string[] = [];
    fc.assert(fc.property(json, (given) => void seen.push(...namesIn(given))));
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter((name) => !form.test(name))).toEqual([]);
  });
});

const realOf = (platform: FeedPlatform): URL =>
  new URL(`../../../shared/data/sofa-${platform.toLowerCase()}-2026-08-22.json`, import.meta.url);
const HERE = FEED_PLATFORMS.every((platform) => existsSync(realOf(platform)));

describe.skipIf(!HERE)("SOFA's feeds of August 2026 (needs ../shared/data)", () => {
  const feeds = HERE ? FEED_PLATFORMS.map((platform) => parse(JSON.parse(readFileSync(realOf(platform), "utf8")))) : [];
  const at = Date.UTC(2026, 7, 22);
  const security = securityOf(
    feeds.flatMap(({ releases }) => releases.map((release) => mergeSecurity(undefined, release, at))),
  );
  const mac = (version: string, more: object = {}) => exposedBy(security, "macOS", { version, ...more });

  // Versions, pairs of a version and a CVE, and those that are exploited, counted in the files by another program.
  it.each([
    ["iOS", 71, 1560, 41],
    ["macOS", 128, 4836, 77],
    ["tvOS", 18, 443, 12],
    ["visionOS", 22, 517, 16],
  ])("of %s: %i releases, %i CVEs, %i exploited", (platform, versions, cves, exploited) => {
    const feed = feeds.find((one) => one.platform === platform);
    expect([feed?.date, feed?.dateFrom, feed?.problems]).toEqual(["2026-08-22", "feed", []]);
    const all = feed?.releases.flatMap((release) => release.cves) ?? [];
    expect([feed?.releases.length, all.length, all.filter((cve) => cve.exploited).length]).toEqual([
      versions,
      cves,
      exploited,
    ]);
  });

  it("say that 26.6.1 of 6 August fixes an exploited CVE on the Mac, and 26.6 and 26.6.2 none", () => {
    const of = (version: string) =>
      security.releases.filter((one) => one.platform === "macOS" && one.version === version);
    expect(of("26.6.1")).toMatchObject([{ postedOn: "2026-08-06", cves: [{ id: A, exploitedSince: at }] }]);
    expect([...of("26.6"), ...of("26.6.2")].map((one) => [one.cves.length, exploitedIn(one)])).toEqual([
      [153, []],
      [28, []],
    ]);
  });

  it("expose a Mac below 26.6.1, 15.7.9 or 14.8.9, and none that runs one of them", () => {
    const fix65400 = { cves: [A], postedOn: "2026-08-06" };
    for (const [version, fix] of [
      ["26.6", "26.6.1"],
      ["26.0", "26.6.1"],
      ["15.7.8", "15.7.9"],
      ["14.0", "14.8.9"],
    ] as const)
      expect(mac(version)).toEqual({ ...fix65400, fixedIn: { version: fix } });
    const fixed = ["26.6.1", "26.6.2", "15.7.9", "14.8.9", "13.7.8", "27.0"];
    expect(fixed.filter((version) => mac(version) !== undefined)).toEqual([]);
    expect(mac("13.7.7")).toMatchObject({ fixedIn: { version: "13.7.8" }, cves: ["CVE-2025-43300"] });
  });

  it("make 26.6.2 urgent for a Mac on 26.6, by 26.6.1, and for none on 26.6.1", () => {
    const upTo = { version: "26.6.2" };
    expect(urgentBelow(security, "macOS", upTo)).toMatchObject({ version: "26.6.1" });
    const fixes = (version: string) => fixesExploited(security, "macOS", { version }, upTo).map((one) => one.version);
    expect(fixes("26.6")).toEqual(["26.6.1"]);
    expect(fixes("26.6.1")).toEqual([]);
    expect(fixes("26.1")).toEqual(["26.6.1", "26.3", "26.2"]);
  });

  it("have no exploited CVE of an iPhone after 26.3, and the later of the two lists of 18.7.7", () => {
    expect(exposedBy(security, "iOS", { version: "26.3" })).toBeUndefined();
    expect(exposedBy(security, "iOS", { version: "26.2.1" })).toMatchObject({
      fixedIn: { version: "26.3" },
      postedOn: "2026-02-11",
      cves: ["CVE-2025-14174", "CVE-2025-43529", "CVE-2026-20700"],
    });
    expect(exposedBy(security, "iOS", { version: "18.5" })).toMatchObject({ fixedIn: { version: "18.7.3" } });
  });
});
