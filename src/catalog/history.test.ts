import { describe, expect, it } from "vitest";
import { catalogAt, type SightedRelease } from "./history.ts";
import { released } from "./listed.suite.ts";
import { openTo } from "./open-to.ts";

const day = (n: number, hour = 19): number => Date.UTC(2026, 7, n, hour);
const seen = (version: string, from: number, until: number, more = {}): SightedRelease => ({
  release: released(version, { postingDate: "2026-07-01", ...more }),
  firstSeenAt: from,
  lastSeenAt: until,
});
const PHONE = { platform: "iOS", lookupIds: ["iPhone14,2"], version: "26.4" } as const;
/** Lists were taken on days 1, 10 and 20; 26.5 left on day 10, when 26.6 came, and 26.6.1 came on day 20. */
const SIGHTED = [
  seen("26.4", day(1), day(20)),
  seen("26.5", day(1), day(1)),
  seen("26.6", day(10), day(20)),
  seen("26.6.1", day(20), day(20), { postingDate: "2026-08-19" }),
];
const LISTS = [
  { date: "2026-08-20", takenAt: day(20) },
  { date: "2026-08-09", takenAt: day(10) },
];

describe("Apple's list at a moment in the past", () => {
  it.each<[string, number, string | undefined, string | null, number | null]>([
    ["before the first list", day(1) - 1, undefined, null, null],
    ["at the first list", day(1), "26.5", null, day(1)],
    ["before the second", day(10) - 1, "26.5", null, day(1)],
    ["at the second", day(10), "26.6", "2026-08-09", day(10)],
    ["before the third", day(20) - 1, "26.6", "2026-08-09", day(10)],
    ["at the third", day(20), "26.6.1", "2026-08-20", day(20)],
    ["now", day(28), "26.6.1", "2026-08-20", day(20)],
  ])("%s", (_what, at, newest, date, takenAt) => {
    const past = catalogAt(SIGHTED, LISTS, at);
    expect([openTo(past, PHONE, at).inMajor?.version, past.date, past.takenAt]).toEqual([newest, date, takenAt]);
  });

  it("does not have what the newest list by then lacked", () => {
    const sighted = [...SIGHTED, seen("26.7", day(1), day(1))];
    const newest = (at: number) => openTo(catalogAt(sighted, LISTS, at), PHONE, at).inMajor?.version;
    expect([newest(day(5)), newest(day(10))]).toEqual(["26.7", "26.6"]);
  });

  it("does not have a release that had expired by then or was posted later", () => {
    const sighted = [
      seen("26.4", day(1), day(20)),
      seen("26.5", day(1), day(20), { expirationDate: "2026-08-05" }),
      seen("26.6", day(1), day(20), { postingDate: "2026-08-15" }),
    ];
    const newest = (at: number) => openTo(catalogAt(sighted, LISTS, at), PHONE, at).inMajor?.version;
    expect([newest(day(4)), newest(day(11)), newest(day(15))]).toEqual(["26.5", "26.4", "26.6"]);
  });
});
