import { describe, expect, it } from "vitest";
import { type Choice, chooseRelease, type Target } from "./index.ts";
import { ageOf, type Catalog, dayOf, type KnownRelease, type ListedState, stateOf } from "./list.ts";
import { listOf, released } from "./listed.suite.ts";

const HOUR = 3_600_000;
/** 25 August 2026, noon UTC. */
const NOON = Date.UTC(2026, 7, 25, 12);

describe("the day of a moment", () => {
  it("is the same the first time and again, for more days than are remembered and on both sides of midnight", () => {
    const DAY = 86_400_000;
    const moments = Array.from({ length: 6000 }, (_, n) => (n - 3000) * DAY).flatMap((at) => [at - 1, at, at + 1]);
    const days = moments.map((at) => new Date(at).toISOString().slice(0, 10));
    expect(moments.map(dayOf)).toEqual(days);
    expect(moments.map(dayOf)).toEqual(days);
    expect(() => dayOf(Number.NaN)).toThrow(RangeError);
  });
});

describe("the age of a list", () => {
  it.each([
    ["2026-08-25", NOON, 0],
    ["2026-08-25", NOON + 12 * HOUR - 1, 0],
    ["2026-08-25", NOON + 12 * HOUR, 1],
    ["2026-08-18", NOON, 7],
    ["2026-07-26", NOON, 30],
    ["2026-08-26", NOON, 0],
  ])("of %s at %d is %d days", (date, now, days) => expect(ageOf({ date }, now)).toBe(days));
});

describe("where a release stands", () => {
  it.each<[string, Partial<KnownRelease>, string, ListedState]>([
    ["on its last day", { expirationDate: "2026-08-25" }, "2026-08-25", "offered"],
    ["without a last day", {}, "2026-08-25", "offered"],
    ["the day after, by a list of its last day", { expirationDate: "2026-08-24" }, "2026-08-24", "maybe-expired"],
    ["the day after, by a list of that day", { expirationDate: "2026-08-24" }, "2026-08-25", "expired"],
    ["absent, before its last day", { absent: 1 }, "2026-08-25", "missing"],
    [
      "absent, and its last day went by after the list",
      { absent: 1, expirationDate: "2026-08-22" },
      "2026-08-20",
      "missing",
    ],
    [
      "absent, and its last day went by before the list",
      { absent: 1, expirationDate: "2026-08-19" },
      "2026-08-20",
      "expired",
    ],
    ["absent twice", { absent: 2 }, "2026-08-25", "dropped"],
    ["posted today", { postingDate: "2026-08-25" }, "2026-08-25", "offered"],
    // It is 26 August at UTC+14 already, and not yet 27.
    ["posted tomorrow", { postingDate: "2026-08-26" }, "2026-08-25", "offered"],
    ["posted the day after tomorrow", { postingDate: "2026-08-27" }, "2026-08-25", "not-posted"],
  ])("%s", (_what, more, date, state) => {
    const { expirationDate: _none, ...forever } = released("26.6");
    expect(stateOf({ ...forever, ...more }, { date }, NOON)).toBe(state);
  });

  it("is not posted until the day has begun at UTC+14", () => {
    const release = released("26.6", { postingDate: "2026-08-26" });
    const at = (hour: number) => stateOf(release, { date: "2026-08-20" }, Date.UTC(2026, 7, 25, hour));
    expect([at(9), at(10)]).toEqual(["not-posted", "offered"]);
  });
});

const exactly = (version: string): Target => ({ kind: "exact", version });
const LATEST: Target = { kind: "latest" };
const PHONE = { platform: "iOS" as const, lookupIds: ["iPhone14,2"], version: "26.5" };
const BASE = released("26.5");

interface Given {
  readonly target: Target;
  readonly catalog: Catalog;
  readonly running?: string;
  readonly lookupIds?: readonly string[];
  readonly allowUnlisted?: boolean;
}

function chosen({
  target,
  catalog,
  running = "26.5",
  lookupIds = ["iPhone14,2"],
  allowUnlisted = false,
}: Given): Choice {
  return chooseRelease({
    target,
    catalog,
    device: { ...PHONE, version: running, lookupIds },
    now: NOON,
    allowMajor: false,
    allowUnlisted,
  });
}

/** "26.6 offered", "already", "not-offered left". */
function text(choice: Choice): string {
  if (choice.kind === "already") return "already";
  if (choice.kind === "release") return `${choice.wanted.version} ${choice.state}`;
  const { why } = choice.params;
  return why === undefined ? choice.code : `${choice.code} ${why}`;
}

const catalogOf = (date: string, ...releases: KnownRelease[]): Catalog => ({ list: { date }, releases });
const TODAY = "2026-08-25";
const EMPTY: Catalog = { list: null, releases: [] };

describe("what is chosen by a list that is old, bad or not there", () => {
  it.each<[string, Given, string, string]>([
    // what is asked, by default, and with allowUnlisted
    [
      "an exact version, offered",
      { target: exactly("26.6"), catalog: catalogOf(TODAY, released("26.6")) },
      "26.6 offered",
      "26.6 offered",
    ],
    [
      "one that the list lacks",
      { target: exactly("26.7"), catalog: catalogOf(TODAY, released("26.6")) },
      "not-offered",
      "26.7 unlisted",
    ],
    [
      "one of a model that the list lacks",
      { target: exactly("26.6"), lookupIds: ["iPhone99,9"], catalog: catalogOf(TODAY, released("26.6")) },
      "not-offered",
      "26.6 unlisted",
    ],
    [
      "one that left the list",
      { target: exactly("26.6"), catalog: catalogOf(TODAY, released("26.6", { absent: 1 })) },
      "not-offered left",
      "26.6 missing",
    ],
    [
      "one that left two lists ago",
      { target: exactly("26.6"), catalog: catalogOf(TODAY, released("26.6", { absent: 2 })) },
      "not-offered withdrawn",
      "26.6 withdrawn",
    ],
    [
      "one that Apple has replaced",
      { target: exactly("26.6"), catalog: catalogOf(TODAY, released("26.6", { absent: 2 }), released("26.6.1")) },
      "not-offered left",
      "26.6 replaced",
    ],
    [
      "one that left two lists ago, with a newer one for other models only",
      {
        target: exactly("26.6"),
        catalog: catalogOf(TODAY, released("26.6", { absent: 2 }), released("26.6.1", { devices: ["iPhone15,2"] })),
      },
      "not-offered withdrawn",
      "26.6 withdrawn",
    ],
    [
      "one that left two lists ago, with a newer one of another major only",
      { target: exactly("26.6"), catalog: catalogOf(TODAY, released("26.6", { absent: 2 }), released("27.0")) },
      "not-offered withdrawn",
      "26.6 withdrawn",
    ],
    [
      "one that is still listed in another build",
      {
        target: exactly("26.6"),
        catalog: catalogOf(TODAY, released("26.6", { absent: 1 }), released("26.6", { build: "C" })),
      },
      "26.6 offered",
      "26.6 offered",
    ],
    [
      "one that expired since the list",
      { target: exactly("26.6"), catalog: catalogOf("2026-08-20", released("26.6", { expirationDate: "2026-08-20" })) },
      "catalog-stale",
      "26.6 maybe-expired",
    ],
    [
      "one that had expired",
      { target: exactly("26.6"), catalog: catalogOf("2026-08-20", released("26.6", { expirationDate: "2026-08-19" })) },
      "expired",
      "26.6 expired",
    ],
    [
      "one that is posted later",
      { target: exactly("26.6"), catalog: catalogOf(TODAY, released("26.6", { postingDate: "2026-09-01" })) },
      "not-offered not-posted",
      "26.6 not-posted",
    ],
    [
      "one for no device",
      { target: exactly("26.6"), catalog: catalogOf(TODAY, released("26.6", { devices: [] })) },
      "not-offered no-devices",
      "26.6 unlisted",
    ],
    [
      "one that a list of 30 days lacks",
      { target: exactly("26.7"), catalog: catalogOf("2026-07-26", released("26.6")) },
      "not-offered",
      "26.7 unlisted",
    ],
    [
      "one that a list of 31 days lacks",
      { target: exactly("26.7"), catalog: catalogOf("2026-07-25", released("26.6")) },
      "catalog-stale",
      "26.7 unlisted",
    ],
    [
      "one that a list of 31 days has",
      { target: exactly("26.6"), catalog: catalogOf("2026-07-25", released("26.6")) },
      "26.6 offered",
      "26.6 offered",
    ],
    ["one without any list", { target: exactly("26.6"), catalog: EMPTY }, "catalog-empty", "26.6 unlisted"],
    [
      "one of a device that has not said its id",
      { target: exactly("26.6"), lookupIds: [], catalog: catalogOf(TODAY, released("26.6")) },
      "device-id-unknown",
      "26.6 unlisted",
    ],
    ["one that runs, without any list", { target: exactly("26.5"), catalog: EMPTY }, "already", "already"],
    [
      "another major, whatever is allowed of the list",
      { target: exactly("27.0"), catalog: EMPTY },
      "needs-major",
      "needs-major",
    ],
    [
      "an improvement that the list lacks",
      { target: { kind: "exact", version: "26.5", extra: "a" }, catalog: catalogOf(TODAY, BASE) },
      "not-offered improvement",
      "not-offered improvement",
    ],
    [
      "the newest, by a list of 30 days",
      { target: LATEST, catalog: catalogOf("2026-07-26", released("26.6")) },
      "26.6 offered",
      "26.6 offered",
    ],
    [
      "the newest, by a list of 31 days",
      { target: LATEST, catalog: catalogOf("2026-07-25", released("26.6")) },
      "catalog-stale",
      "catalog-stale",
    ],
    [
      "the newest, which runs, by a list of 31 days",
      { target: LATEST, running: "26.6", catalog: catalogOf("2026-07-25", released("26.6")) },
      "catalog-stale",
      "catalog-stale",
    ],
    ["the newest, without any list", { target: LATEST, catalog: EMPTY }, "catalog-empty", "catalog-empty"],
    [
      "the newest of a model that is not listed",
      { target: LATEST, lookupIds: ["iPhone99,9"], catalog: catalogOf(TODAY, BASE) },
      "no-release",
      "no-release",
    ],
    [
      "the newest of a device without its id",
      { target: LATEST, lookupIds: [], catalog: catalogOf(TODAY, BASE) },
      "device-id-unknown",
      "device-id-unknown",
    ],
    [
      "the newest, where a newer one left the list",
      { target: LATEST, catalog: catalogOf(TODAY, BASE, released("26.6", { absent: 1 })) },
      "not-offered left",
      "not-offered left",
    ],
    [
      "the newest, where all left the list",
      { target: LATEST, catalog: catalogOf(TODAY, released("26.6", { absent: 1 })) },
      "not-offered left",
      "not-offered left",
    ],
    [
      "the newest, where a newer one left two lists ago",
      { target: LATEST, catalog: catalogOf(TODAY, BASE, released("26.6", { absent: 2 })) },
      "already",
      "already",
    ],
    [
      "the newest, where a newer one took the place of what left",
      { target: LATEST, catalog: catalogOf(TODAY, released("26.6", { absent: 1 }), released("26.6.1")) },
      "26.6.1 offered",
      "26.6.1 offered",
    ],
    [
      "the newest, where a newer one expired since the list",
      { target: LATEST, catalog: catalogOf("2026-08-20", BASE, released("26.6", { expirationDate: "2026-08-20" })) },
      "catalog-stale",
      "catalog-stale",
    ],
    [
      "the newest, where a newer one had expired",
      { target: LATEST, catalog: catalogOf("2026-08-20", BASE, released("26.6", { expirationDate: "2026-08-19" })) },
      "already",
      "already",
    ],
    [
      "the newest, where a newer one is still to come",
      { target: LATEST, catalog: catalogOf(TODAY, BASE, released("26.6", { postingDate: "2026-09-01" })) },
      "already",
      "already",
    ],
    [
      "the newest of its own major, where a newer major left",
      { target: LATEST, catalog: catalogOf(TODAY, BASE, released("27.0", { absent: 1 })) },
      "already",
      "already",
    ],
  ])("%s", (_what, given, usual, allowed) => {
    expect(text(chosen(given))).toBe(usual);
    expect(text(chosen({ ...given, allowUnlisted: true }))).toBe(allowed);
  });

  it("targets T11: names the list and its age wherever that is the reason", () => {
    for (const target of [exactly("26.7"), LATEST]) {
      const choice = chosen({ target, catalog: listOf([released("26.6", { devices: ["iPad1,1"] })], "2026-08-20") });
      expect(choice).toMatchObject({ kind: "refused", params: { listDate: "2026-08-20", listDays: 5 } });
    }
  });
});
