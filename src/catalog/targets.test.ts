import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { platformOf } from "../protocol/index.ts";
import { chooseRelease } from "./choose.ts";
import type { Choice } from "./choice.ts";
import { ceilingOf, countedMajors, countsFrom, MAJOR_TERMS } from "./majors.ts";
import { type NaiveAsk, type NaiveEntry, type NaiveFeed, naively } from "./naive.suite.ts";
import { listOf, released } from "./listed.suite.ts";
import { parseLookupService } from "./release.ts";
import { describeTarget, parseTarget, type Target } from "./target.ts";

const REAL = new URL("../../../shared/data/lookup-service-2026-08-22.json", import.meta.url);
const hasReal = existsSync(REAL);
const noon = (day: string): number => Date.parse(`${day}T12:00:00Z`);

const feed = (hasReal ? JSON.parse(readFileSync(REAL, "utf8")) : {}) as NaiveFeed;

/** Apple's list with macOS 27.0 and iOS 27.0 for the models that have 26, posted that day. */
function with27(postedOn: string): NaiveFeed {
  const [ios, macs] = [idsOf(feed, "26.6.1", "iOS"), idsOf(feed, "26.6.2", "macOS")];
  const added = (ids: readonly string[]): NaiveEntry & { Build: string } => ({
    ...{ ProductVersion: "27.0", Build: "24A300", PostingDate: postedOn, ExpirationDate: "2027-04-01" },
    SupportedDevices: ids,
  });
  const extended = (list: string) => ({
    ...feed[list],
    iOS: [...(feed[list]?.["iOS"] ?? []), added(ios)],
    macOS: [...(feed[list]?.["macOS"] ?? []), added(macs)],
  });
  return { ...feed, PublicAssetSets: extended("PublicAssetSets"), AssetSets: extended("AssetSets") };
}

const idsOf = (of: NaiveFeed, version: string, key: string): string[] => [
  ...new Set(
    (of["AssetSets"]?.[key] ?? [])
      .filter((entry) => entry.ProductVersion === version)
      .flatMap((entry) => entry.SupportedDevices),
  ),
];

const catalogs = new WeakMap<NaiveFeed, Map<string, ReturnType<typeof listOf>>>();
function catalogOf(of: NaiveFeed, date: string) {
  const known = catalogs.get(of) ?? new Map<string, ReturnType<typeof listOf>>();
  catalogs.set(of, known);
  const catalog = known.get(date) ?? listOf(parseLookupService(of).releases, date);
  known.set(date, catalog);
  return catalog;
}

const platformIn = (id: string) => platformOf({ productName: id }) ?? "macOS";

function choose(of: NaiveFeed, ask: Omit<NaiveAsk, "pick"> & { readonly target: Target }): Choice {
  const { id, installed, target, allowMajor, afterDays, today } = ask;
  return chooseRelease({
    target,
    device: { platform: platformIn(id), lookupIds: [id], version: installed },
    catalog: catalogOf(of, today),
    now: noon(today),
    allowMajor,
    allowUnlisted: false,
    majors: { ...MAJOR_TERMS, afterDays },
  });
}

const text = (choice: Choice): string =>
  choice.kind === "release" ? choice.wanted.version : choice.kind === "already" ? "satisfied" : choice.code;

describe.skipIf(!hasReal)("targets in words on Apple's list of August 2026 (needs ../shared/data)", () => {
  const ids = [
    ...new Set(
      ["PublicAssetSets", "AssetSets"].flatMap((list) =>
        Object.values(feed[list] ?? {}).flatMap((entries) => entries.flatMap((entry) => entry.SupportedDevices)),
      ),
    ),
  ].filter((id) => !id.startsWith("AudioAccessory") && !id.startsWith("Watch"));

  const J314S = "J314sAP";
  const day = "2026-08-25";
  const on = (id: string, installed: string, to: string, allowMajor: boolean, of = feed, today = day): Choice =>
    choose(of, { id, installed, target: parseTarget(to), allowMajor, afterDays: 30, today });

  it.each<[string, string, string, string, string]>([
    [J314S, "14.7", "n-1", "15.7.9", "14.8.9"],
    ["J132AP", "14.7", "n-1", "15.7.9", "14.8.9"],
    [J314S, "26.5", "n-1", "26.6.2", "26.6.2"],
    ["iPhone17,1", "18.5", "latest", "26.6.1", "18.7.8"],
    ["iPhone10,1", "16.7.10", "latest", "16.7.16", "16.7.16"],
  ])("targets T12: %s on %s, %s: with allowMajor %s, without %s", (id, installed, to, allowed, usual) => {
    expect([text(on(id, installed, to, true)), text(on(id, installed, to, false))]).toEqual([allowed, usual]);
  });

  it("targets T12: on the day 27.0 is posted n-1 has nothing newer for 15.7.9, and 26.x from the 30th day on", () => {
    const posted = "2026-09-14";
    const at = (today: string): string => text(on(J314S, "15.7.9", "n-1", true, with27(posted), today));
    expect([at(posted), at("2026-10-13"), at("2026-10-14")]).toEqual(["satisfied", "satisfied", "26.6.2"]);
  });

  it("targets T3: latest stays in its major, and carries the newer one", () => {
    expect(on("iPhone17,1", "18.5", "latest", false)).toMatchObject({
      kind: "release",
      heldBack: [{ version: "26.6.1", why: "major" }],
    });
    expect(on("iPhone17,1", "18.7.8", "latest", false)).toMatchObject({
      kind: "already",
      heldBack: [{ version: "26.6.1", why: "major" }],
    });
    // It asks for its major, so nothing newer is held back from it.
    expect(on("iPhone17,1", "18.5", "latest-minor", false)).not.toHaveProperty("heldBack");
  });

  it.each<[string, string, string, boolean, string, string | undefined]>([
    ["iPhone17,1", "18.5", "latest", false, day, "other-models"],
    ["iPhone17,1", "18.7.8", "latest", false, day, "other-models"],
    ["iPhone17,1", "18.5", "latest-minor", true, day, "other-models"],
    ["iPhone17,1", "18.5", "n-1", false, day, "other-models"],
    // The plan crosses majors, so where Apple's fixes are is where it goes.
    ["iPhone17,1", "18.5", "latest", true, day, undefined],
    // It can't run 26, or runs it, or Apple updates its major.
    ["iPhone10,1", "16.7.10", "latest", false, day, undefined],
    ["iPhone17,1", "26.5", "latest", false, day, undefined],
    [J314S, "15.6", "latest", false, day, undefined],
  ])("targets T13: %s on %s, %s with allowMajor %s, on %s: %s", (id, installed, to, allowMajor, today, why) => {
    const choice = on(id, installed, to, allowMajor, feed, today);
    const ended = choice.kind === "refused" ? "refused" : choice.ended;
    expect(ended).toEqual(why === undefined ? undefined : { platform: "iOS", major: 18, newer: "26.6.1", why });
  });

  it("targets T2 to T6: says the same as a naive reading, for every id, from every version, by every target", () => {
    const installed = [
      "11.7",
      "12.7.6",
      "14.7",
      "15.7.8",
      "15.7.9",
      "16.7.10",
      "18.5",
      "26.5",
      "26.6",
      "26.6.2",
      "27.0",
    ];
    const limits = [
      {},
      { below: "26" },
      { floor: "26.6" },
      { ageDays: 14 },
      { below: "26.6.2", ageDays: 5 },
      {},
      { below: "27" },
    ];
    const feeds = [
      { of: feed, days: ["2026-08-22", "2026-09-20", "2026-11-21"] },
      { of: with27("2026-09-14"), days: ["2026-09-13", "2026-10-14"] },
    ];
    let asked = 0;
    const wrong: string[] = [];
    for (const { of, days } of feeds)
      for (const today of days)
        for (const id of ids)
          for (const version of installed)
            for (const pick of ["latest", "latest-minor", "n-1"] as const)
              for (const allowMajor of [false, true]) {
                const limit = limits[asked % limits.length] ?? {};
                const ask = { id, installed: version, allowMajor, afterDays: 30, today, ...limit };
                const ours = text(choose(of, { ...ask, target: { kind: pick, ...limit } }));
                const theirs = naively(of, { ...ask, pick });
                asked += 1;
                if (ours !== theirs) wrong.push(`${JSON.stringify({ ...ask, pick })}: ${ours}, naively ${theirs}`);
              }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(asked).toBeGreaterThan(50_000);
  });

  it("targets T4: the ceiling of Macs is 15 now", () => {
    expect(ceilingOf(catalogOf(feed, day), "macOS", MAJOR_TERMS, noon(day))).toBe(15);
  });
});

describe("which majors count (targets T4)", () => {
  const NOON = noon("2026-10-14");
  const MAC = { platform: "macOS" as const, devices: ["J413AP"] };
  const old = [released("15.7.9", MAC), released("26.6.2", MAC)];
  const newMajor = (more: object) => listOf([...old, released("27.0", { ...MAC, ...more })], "2026-10-14");

  it.each<[string, object, number, number | undefined]>([
    ["posted 29 days ago", { postingDate: "2026-09-15" }, 26, 15],
    ["posted 30 days ago", { postingDate: "2026-09-14" }, 27, 26],
    ["never public", { postingDate: "2026-09-01", isPublic: false }, 26, 15],
    ["public before", { postingDate: "2026-09-01", isPublic: false, wasPublic: true }, 27, 26],
    ["gone from the list", { postingDate: "2026-09-01", absent: 2 }, 27, 26],
    ["of another platform", { postingDate: "2026-09-01", platform: "iOS", devices: ["iPhone14,2"] }, 26, 15],
  ])("%s", (_what, more, newest, ceiling) => {
    const catalog = newMajor(more);
    expect(countedMajors(catalog, "macOS", MAJOR_TERMS, NOON)[0]).toBe(newest);
    expect(ceilingOf(catalog, "macOS", MAJOR_TERMS, NOON)).toBe(ceiling);
  });

  it("leaves out what a person holds back, and says from when the others count", () => {
    const catalog = newMajor({ postingDate: "2026-09-01" });
    const held = { ...MAJOR_TERMS, held: [27] };
    expect(countedMajors(catalog, "macOS", held, NOON)).toEqual([26, 15]);
    expect([27, 28].map((major) => countsFrom(catalog, "macOS", MAJOR_TERMS, major))).toEqual(["2026-10-01", null]);
    expect(countsFrom(catalog, "macOS", held, 27)).toBeNull();
  });

  it("takes the only major that counts as the ceiling, and none where none counts", () => {
    expect(ceilingOf(listOf([released("26.6.2", MAC)]), "macOS", MAJOR_TERMS, NOON)).toBe(26);
    expect(ceilingOf(listOf([]), "macOS", MAJOR_TERMS, NOON)).toBeUndefined();
  });
});

describe("what a target in words says beside its pick", () => {
  const NOW = noon("2026-08-25");
  const PHONE = { platform: "iOS" as const, lookupIds: ["iPhone14,2"], version: "26.5" };
  const chosen = (to: string, releases: Parameters<typeof listOf>[0], more: object = {}): Choice =>
    chooseRelease({
      target: parseTarget(to),
      catalog: listOf(releases),
      device: PHONE,
      now: NOW,
      allowMajor: false,
      allowUnlisted: false,
      ...more,
    });
  const TWO = [released("26.6"), released("26.6.1", { postingDate: "2026-08-20" })];

  it.each<[string, string, Parameters<typeof listOf>[0], object, object]>([
    [
      "targets T5: age keeps the newest back",
      "latest-minor age 14d",
      TWO,
      {},
      { version: "26.6", why: "age", until: "2026-09-03" },
    ],
    ["targets T5: on its day it is old enough", "latest-minor age 5d", TWO, {}, {}],
    [
      "targets T6 (d): a block keeps the newest back",
      "latest-minor",
      TWO,
      { device: { ...PHONE, blocked: [{ version: "26.6.1" }] } },
      { version: "26.6", why: "blocked" },
    ],
    [
      "targets T4: a new major waits for its day",
      "latest",
      [...TWO, released("27.0", { postingDate: "2026-08-20" })],
      { allowMajor: true },
      { version: "26.6.1", why: "newMajor", until: "2026-09-19" },
    ],
    [
      "targets T4: a major that is held back says no day",
      "latest",
      [...TWO, released("27.0", { postingDate: "2026-07-01" })],
      { allowMajor: true, majors: { afterDays: 30, held: [27] } },
      { version: "26.6.1", why: "newMajor" },
    ],
  ])("%s", (_what, to, releases, more, { version, ...held }: { version?: string; why?: string; until?: string }) => {
    const choice = chosen(to, releases, more);
    expect(choice).toMatchObject({ kind: "release", wanted: { version: version ?? "26.6.1" } });
    const first = choice.kind === "release" ? choice.heldBack?.map(({ version: _of, ...why }) => why) : undefined;
    expect(first).toEqual(held.why === undefined ? undefined : [held]);
  });

  it.each<[string, string, string, object]>([
    ["above the floor", "latest floor 26.4", "26.5", { kind: "already", floor: true }],
    ["at the floor", "latest floor 26.5", "26.5", { kind: "already", floor: true }],
    ["at the floor by a beta of it", "latest floor 26.6", "26.6", { kind: "release", wanted: { version: "26.6.1" } }],
    [
      "below the floor: it goes to the pick, not to the floor",
      "latest floor 26.6",
      "26.5",
      { kind: "release", wanted: { version: "26.6.1" } },
    ],
    ["below a floor that the pick does not reach", "latest floor 26.7", "26.5", { kind: "release", belowFloor: true }],
    [
      "below a floor with nothing to pick",
      "latest floor 26.7",
      "26.6.1",
      { kind: "refused", code: "floor-not-offered", params: { floor: "26.7" } },
    ],
    ["at an exact version's floor", "26.6.1 floor 26.5", "26.5", { kind: "already", floor: true }],
  ])("targets T5: %s", (_what, to, version, expected) => {
    const build = version === "26.6" ? "23G5075b" : "23F77";
    expect(chosen(to, TWO, { device: { ...PHONE, version, build } })).toMatchObject(expected);
  });

  it.each<[string, string, object, object]>([
    [
      "T11: a blocked version",
      "26.6.1",
      { device: { ...PHONE, blocked: [{ version: "26.6.1" }] } },
      { code: "release-blocked" },
    ],
    [
      "T11: a blocked version, whatever is allowed of the list",
      "26.6.1",
      { allowUnlisted: true, device: { ...PHONE, blocked: [{ version: "26.6.1.0" }] } },
      { code: "release-blocked", params: { listDate: "2026-08-25" } },
    ],
    [
      "T5: an exact version that is too young",
      "26.6.1 age 14d",
      {},
      { code: "not-offered", params: { why: "age", until: "2026-09-03" } },
    ],
  ])("targets %s is refused", (_what, to, more, expected) => {
    expect(chosen(to, TWO, more)).toMatchObject({ kind: "refused", ...expected });
  });

  it("targets C4, T7: the posting date is that of the first entry that was seen for the model", () => {
    const split = [
      released("26.6", {
        build: "A",
        since: 1,
        absent: 2,
        postingDate: "2026-08-01",
        devices: ["iPhone14,2", "iPhone14,3"],
      }),
      released("26.6", { build: "A", since: 2, postingDate: "2026-08-24" }),
    ];
    expect(chosen("latest age 14d", split)).toMatchObject({ kind: "release", wanted: { version: "26.6" } });
    expect(chosen("latest age 25d", split)).toMatchObject({
      kind: "already",
      heldBack: [{ why: "age", until: "2026-08-26" }],
    });
  });
});

describe("the age of a Background Security Improvement (targets T5)", () => {
  const CATALOG = listOf([
    released("26.3.1", { extra: "(a)", build: "23D771330a", prerequisiteBuild: "23D8133", postingDate: "2026-08-20" }),
  ]);
  const chosen = (to: string): Choice =>
    chooseRelease({
      target: parseTarget(to),
      catalog: CATALOG,
      device: { platform: "iOS", lookupIds: ["iPhone14,2"], version: "26.3.1", build: "23D8133" },
      now: noon("2026-08-25"),
      allowMajor: false,
      allowUnlisted: false,
    });

  it.each(["26.3.1 (a)", "26.3.1 (a) age 5d"])("is old enough for %s", (to) => {
    expect(chosen(to)).toMatchObject({ kind: "release", wanted: { version: "26.3.1" } });
  });

  it.each(["26.3.1 (a) age 6d", "26.3.1 (23D771330a) age 6d"])("is too young for %s", (to) => {
    expect(chosen(to)).toMatchObject({
      kind: "refused",
      code: "not-offered",
      params: { version: "26.3.1 (a)", why: "age", until: "2026-08-26" },
    });
  });
});

describe("the text of a target (targets T1)", () => {
  it.each<[string, string]>([
    ["n-1 below 27", "n-1 below 27"],
    ["latest-minor  age 14d", "latest-minor age 14d"],
    ["latest age 0d floor 26.4 below 27", "latest below 27 floor 26.4 age 0d"],
    ["26.6.2 (25G83) age 90d", "26.6.2 (25G83) age 90d"],
    ["26.3.1 (a) below 26.4", "26.3.1 (a) below 26.4"],
  ])("%j is read as %j", (given, canonical) => {
    expect(parseTarget(canonical)).toEqual(parseTarget(given));
  });

  it.each<[string, string]>([
    ["latest below", '"below" has no value'],
    ["latest below x", '"x" is not a version'],
    ["latest age 14", "an age is a number of days from 0d to 90d"],
    ["latest age 91d", "an age is a number of days from 0d to 90d"],
    ["latest age -1d", "an age is a number of days from 0d to 90d"],
    ["latest age 1d age 2d", '"age" is given twice'],
    ["latest below 27 above 26", '"above" is none of below, floor, age'],
    ["latest below 26 floor 27", "the floor 27 is not below 26"],
    ["26.6 below 26.6", "the version 26.6 is not below 26.6"],
    ["26.6 floor 26.6.1", "the floor 26.6.1 is above the version 26.6"],
    ["latest constructor 1", ""],
    ["below 27", ""],
  ])("%j is refused: %s", (given, why) => {
    expect(() => parseTarget(given)).toThrow(
      expect.objectContaining({ code: "target-invalid", message: expect.stringContaining(why) as string }),
    );
  });

  it("is read again as it was written", () => {
    const pick = fc.constantFrom("latest", "latest-minor", "n-1", "26.6.2", "26.6.2 (25G83)", "26.3.1 (a)");
    const limit = fc.tuple(fc.option(fc.constant("28")), fc.option(fc.constant("26.1")), fc.option(fc.nat(90)));
    fc.assert(
      fc.property(pick, limit, (word, [below, floor, age]) => {
        const parts = [word, below && `below ${below}`, floor && `floor ${floor}`, age !== null && `age ${age}d`];
        const written = parts.filter((part) => typeof part === "string" && part !== "").join(" ");
        expect(describeTarget(parseTarget(written))).toBe(written);
      }),
    );
  });
});
