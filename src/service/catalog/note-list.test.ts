import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Target } from "../../catalog/index.ts";
import { decide, type PlannedDevice, type PlanSpec } from "../../plans/index.ts";
import { isUptickError } from "../../errors/index.ts";
import type { Decision, Json, ReleaseRow, SettingRow, Write } from "../../store/index.ts";
import { joined } from "./catalog.ts";
import { listIn } from "./list-record.ts";
import { type NotedList, noteList } from "./note-list.ts";
import { type ImportOptions, readList } from "./read-list.ts";

const NOW = Date.UTC(2026, 7, 25, 12);
const DAY = 86_400_000;

interface Entry {
  readonly version: string;
  readonly devices: readonly string[];
  readonly posted?: string;
}
const entry = ({ version, devices, posted = "2026-08-17" }: Entry) => ({
  ProductVersion: version,
  Build: `B${version}`,
  PostingDate: posted,
  ExpirationDate: "2027-11-20",
  SupportedDevices: devices,
});
/** A whole list; the Mac in it is no part of any test. */
const feedOf = (entries: readonly Entry[]) => {
  const sets = { iOS: entries.map(entry), macOS: [entry({ version: "26.6", devices: ["J314sAP"] })] };
  return { PublicAssetSets: sets, AssetSets: sets };
};

interface Kept {
  readonly rows: readonly ReleaseRow[];
  readonly setting: readonly SettingRow[];
}
const NONE: Kept = { rows: [], setting: [] };

/** What is kept after a list was given. */
function given(
  before: Kept,
  json: unknown,
  options: ImportOptions = {},
  now = NOW,
): Kept & { result: NotedList; writes: readonly Write[] } {
  const { input } = readList(json, options, now);
  const seen = { known: before.rows, list: before.setting } as never;
  const { writes, result } = noteList.decide(input, seen) as Decision<NotedList>;
  const rows = new Map(before.rows.map((row) => [row.id, row]));
  let { setting } = before;
  for (const write of writes) {
    if (!("put" in write)) throw new Error("a list writes nothing else");
    if (write.put === "release") rows.set(write.row.id, write.row);
    else if (write.put === "setting") setting = [write.row];
    else if (write.put !== "sweep") throw new Error(`a list wrote ${write.put}`);
  }
  return { rows: [...rows.values()], setting, result, writes };
}

const catalogOf = ({ rows, setting }: Kept) => {
  const list = listIn(setting[0]?.value);
  if (list === null) throw new Error("there is no list");
  return joined(list, rows);
};

/** "26.6 0": which releases for iPhones are known, and how many lists in a row lack them. */
const absences = (kept: Kept): string[] =>
  catalogOf(kept)
    .releases.filter(({ platform }) => platform === "iOS")
    .map(({ version, absent }) => `${version} ${absent}`)
    .toSorted();

const PHONES = ["iPhone14,2", "iPhone15,2"];
const of = (...versions: string[]): Entry[] => versions.map((version) => ({ version, devices: PHONES }));

describe("a list that is taken", () => {
  it("keeps what the lists before had: missing at first, dropped when a list of another day lacks it too", () => {
    const first = given(NONE, feedOf(of("26.5", "26.6")), { modifiedAt: NOW });
    expect(absences(first)).toEqual(["26.5 0", "26.6 0"]);
    const second = given(first, feedOf(of("26.5")), { modifiedAt: NOW + DAY }, NOW + DAY);
    expect(absences(second)).toEqual(["26.5 0", "26.6 1"]);
    expect(second.result).toMatchObject({ kind: "taken", left: [{ version: "26.6" }] });
    const again = given(second, feedOf(of("26.5")), { modifiedAt: NOW + DAY }, NOW + DAY + 1);
    expect(absences(again)).toEqual(["26.5 0", "26.6 1"]);
    const third = given(again, feedOf(of("26.5")), { modifiedAt: NOW + 2 * DAY }, NOW + 2 * DAY);
    expect(absences(third)).toEqual(["26.5 0", "26.6 2"]);
    const back = given(third, feedOf(of("26.5", "26.6")), { modifiedAt: NOW + 3 * DAY }, NOW + 3 * DAY);
    expect(absences(back)).toEqual(["26.5 0", "26.6 0"]);
  });

  it("keeps the first posting date and the first moment, and is later than the list before it by any clock", () => {
    const first = given(NONE, feedOf(of("26.6")));
    const later = feedOf(of("26.6").map((one) => ({ ...one, posted: "2026-08-24" })));
    const second = given(first, later, {}, NOW - DAY);
    const row = second.rows.find(({ version, platform }) => platform === "iOS" && version === "26.6");
    expect(row).toMatchObject({ firstSeenAt: NOW, lastSeenAt: NOW + 1, doc: { postingDate: "2026-08-17" } });
    expect(absences(second)).toEqual(["26.6 0"]);
  });

  it("remembers that a release was public once (targets T4)", () => {
    const { AssetSets, PublicAssetSets } = feedOf(of("26.6"));
    const first = given(NONE, { AssetSets, PublicAssetSets });
    const second = given(first, {
      AssetSets,
      PublicAssetSets: { ...PublicAssetSets, iOS: feedOf(of("26.5")).AssetSets.iOS },
    });
    const docOf = (kept: Kept) =>
      kept.rows.find(({ version, platform }) => platform === "iOS" && version === "26.6")?.doc;
    expect([first, second].map(docOf)).toMatchObject([{ isPublic: true }, { isPublic: false, wasPublic: true }]);
    const third = given(second, feedOf(of("26.6")));
    expect(docOf(third)).not.toHaveProperty("wasPublic");
  });

  it("changes nothing where it is too small, unless that is accepted", () => {
    const first = given(NONE, feedOf(of("26.4", "26.5", "26.6", "26.6.1")));
    const small = feedOf(of("26.6"));
    expect(given(first, small)).toMatchObject({ result: { kind: "smaller", before: 9 }, writes: [] });
    expect(absences(given(first, small, { acceptSmaller: true }))).toContain("26.6 0");
  });

  it.each<[string, unknown, string]>([
    ["is empty", {}, "catalog-invalid"],
    ["has empty lists", { PublicAssetSets: { iOS: [] }, AssetSets: {} }, "catalog-incomplete"],
    ["was cut off", { PublicAssetSets: feedOf(of("26.6")).PublicAssetSets }, "catalog-incomplete"],
  ])("is refused where it %s", (_what, json, code) => {
    expect(() => readList(json, {}, NOW)).toThrow(expect.objectContaining({ code }));
  });
});

const device = (osVersion: string): PlannedDevice => ({
  enrollmentId: "e",
  enrolled: true,
  enrollment: "device",
  platform: "iOS",
  productName: "iPhone14,2",
  softwareUpdateDeviceId: null,
  oddVersion: null,
  osVersion,
  buildVersion: `B${osVersion}`,
  supplementalBuild: null,
  supplementalExtra: null,
  supervised: true,
  timeZone: "Europe/Berlin",
  enforces: true,
  accessRights: 8191,
  bootstrapToken: null,
  busyWith: null,
});
const spec = (target: Target, allowMajor: boolean): PlanSpec => ({
  targets: { iOS: target },
  action: "install",
  zone: "UTC",
  allowMajor,
  allowPastDeadline: false,
  allowDataLoss: false,
  replace: false,
});

/** What is kept after a list that may be no good, and what became of it. */
function damaged(before: Kept, json: unknown, options: ImportOptions): { kept: Kept; outcome: string } {
  try {
    const { result, writes, ...kept } = given(before, json, options);
    return { kept: writes.length === 0 ? before : kept, outcome: result.kind };
  } catch (error) {
    return { kept: before, outcome: isUptickError(error) ? error.code : String(error) };
  }
}

describe("a bad list", () => {
  const version = fc.constantFrom("26.5", "26.6", "26.6.1", "26.6.2", "27.0", "27.1");
  const entries = fc.uniqueArray(fc.record({ version, devices: fc.subarray(PHONES, { minLength: 1 }) }), {
    selector: (one) => one.version,
    minLength: 1,
    maxLength: 6,
  });
  const target: fc.Arbitrary<Target> = fc.oneof(
    fc.constantFrom<Target>({ kind: "latest" }, { kind: "latest-minor" }, { kind: "n-1" }),
    version.map((exact): Target => ({ kind: "exact", version: exact })),
  );
  /** What is left of the list, and what its dates say. */
  const damage = fc.record({
    kept: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    posted: fc.constantFrom(undefined, "2026-08-17", "2027-08-17"),
    modifiedAt: fc.constantFrom(undefined, NOW, NOW - 5 * DAY, NOW + 400 * DAY),
    acceptSmaller: fc.boolean(),
  });

  // targets §13, 9. What a list writes are releases and itself, so no job can be withdrawn by it: `given` checks that.
  it("targets 13.9: never makes a device up to date, whether it is failed, empty, shrunken or from the future", () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(entries, damage, target, version, fc.boolean(), (all, bad, wanted, running, allowMajor) => {
        const good = given(NONE, feedOf(all), { modifiedAt: NOW - DAY });
        const { kept, posted, modifiedAt, acceptSmaller } = bad;
        const left = all.filter((_one, i) => kept[i]).map((one) => (posted === undefined ? one : { ...one, posted }));
        const options = { acceptSmaller, ...(modifiedAt === undefined ? {} : { modifiedAt }) };
        const after = damaged(good, feedOf(left), options);
        outcomes.add(after.outcome);
        const decided = (of: Kept) => decide(device(running), spec(wanted, allowMajor), catalogOf(of), NOW).kind;
        // Nothing is written by what is not taken.
        expect(after.outcome === "taken" || after.kept === good).toBe(true);
        expect(decided(after.kept) === "compliant" && decided(good) !== "compliant").toBe(false);
      }),
      { numRuns: 2000 },
    );
    expect(outcomes).toEqual(new Set(["taken", "smaller", "catalog-incomplete"]));
  });
});

it("a setting that is no list yet is none", () => {
  expect(listIn(undefined)).toBeNull();
  expect(listIn(null as Json)).toBeNull();
});
