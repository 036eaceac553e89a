import { describe, expect, it } from "vitest";
import type { KnownRelease } from "../../catalog/index.ts";
import { listOf, released } from "../../catalog/listed.suite.ts";
import { deviceAt, type SeenSince } from "./report.ts";

const day = (n: number): number => Date.UTC(2026, 7, n, 12);
const PHONE = { platform: "iOS", lookupIds: ["iPhone14,2"] } as const;
const index = (...releases: KnownRelease[]) => listOf(releases);
const LIST = index(
  released("26.5", { postingDate: "2026-06-01" }),
  released("26.6", { postingDate: "2026-08-03" }),
  // Its twin was posted earlier.
  released("26.6", { postingDate: "2026-08-02", build: "C" }),
  released("27.0", { postingDate: "2026-08-20" }),
);
const on = (version: string, n: number, more = {}): SeenSince => ({ version, firstSeenAt: day(n), ...more });

describe("a device at a moment in the past", () => {
  it.each<[string, SeenSince[], object]>([
    ["behind", [on("26.5", 1)], { version: "26.6", postedOn: "2026-08-02", reachedAt: null, days: 23 }],
    ["on it", [on("26.5", 1), on("26.6", 9)], { version: "26.6", postedOn: "2026-08-02", reachedAt: day(9), days: 7 }],
    ["on it since before it was posted", [on("26.6", 1)], { reachedAt: day(1), days: 0 }],
    ["above it", [on("26.5", 1), on("26.7", 9)], { reachedAt: day(9), days: 7 }],
    ["on a beta of it", [on("26.6", 1, { build: "23G5075b" })], { reachedAt: null, days: 23 }],
    ["on it once", [on("26.6", 5), on("26.5", 9)], { reachedAt: null, days: 23 }],
  ])("%s", (_what, seen, newest) => {
    const found = deviceAt(seen, PHONE, LIST, day(25));
    expect(found?.newest).toMatchObject(newest);
    expect([found?.seen, found?.newestOfAny]).toEqual([seen.at(-1), "27.0"]);
  });

  it("is not there before it names a version", () => expect(deviceAt([], PHONE, LIST, day(25))).toBeUndefined());

  it("has nothing offered where no list says so", () => {
    const none = { seen: on("26.5", 1), newest: null, newestOfAny: null };
    expect(deviceAt([on("26.5", 1)], null, LIST, day(25))).toEqual(none);
    expect(deviceAt([on("26.5", 1)], PHONE, index(), day(25))).toEqual(none);
    expect(deviceAt([on("18.1", 1)], PHONE, LIST, day(25))).toMatchObject({ newest: null, newestOfAny: "27.0" });
  });
});
