/** Majors that start to count for a plan (targets T4): who says so, from which day on, and for which devices. */
import { describe, expect, it } from "vitest";
import { listOf, released } from "../../catalog/listed.suite.ts";
import type { PlanSpec } from "../decisions/spec.ts";
import { type Alike, hasMajorsAhead, majorsAhead, previousMajors } from "./majors-ahead.ts";

/** 27 is posted on 14 Sep and counts from 14 Oct on. */
const catalog = listOf(
  [
    released("15.7", { postingDate: "2024-09-16", platform: "macOS", devices: ["J1AP", "J2AP"] }),
    released("26.6", { postingDate: "2025-09-15", platform: "macOS", devices: ["J1AP", "J2AP"] }),
    released("27.0", { postingDate: "2026-09-14", platform: "macOS", devices: ["J1AP"] }),
  ].map((one) => ({ ...one, expirationDate: "2027-12-31" })),
  "2026-09-14",
);
const at = (day: string): number => Date.parse(`${day}T12:00:00Z`);
const spec = (kind: "latest" | "n-1" | "latest-minor", more: Partial<PlanSpec> = {}): PlanSpec =>
  ({ targets: { macOS: { kind } }, allowMajor: true, ...more }) as PlanSpec;
const macs = (version: string, devices: number, id = "J1AP"): Alike => ({
  platform: "macOS",
  version,
  lookupIds: [id],
  devices,
});
const FLEET = [macs("15.7", 300), macs("26.6", 200), macs("15.6", 7, "J2AP"), macs("26.5", 5, "J2AP"), macs("27.0", 1)];
const said = (plan: PlanSpec, day: string) =>
  majorsAhead(plan, FLEET, catalog, at(day)).map(({ on, from, to, devices }) => `${on} ${devices} ${from}-${to}`);

describe("majors that start to count", () => {
  it.each<[string, PlanSpec, string, string[]]>([
    ["n-1, 14 days before", spec("n-1"), "2026-09-30", ["2026-10-14 307 15-26"]],
    ["n-1, 15 days before", spec("n-1"), "2026-09-29", []],
    ["n-1, the day before", spec("n-1"), "2026-10-13", ["2026-10-14 307 15-26"]],
    ["n-1, on the day", spec("n-1"), "2026-10-14", []],
    [
      "latest, where the model can run it",
      spec("latest"),
      "2026-10-01",
      ["2026-10-14 300 15-27", "2026-10-14 200 26-27"],
    ],
    ["latest below 27", spec("latest", { targets: { macOS: { kind: "latest", below: "27" } } }), "2026-10-01", []],
    ["without majors", spec("latest", { allowMajor: false }), "2026-10-01", []],
    ["latest-minor", spec("latest-minor"), "2026-10-01", []],
    ["held back by a person", spec("latest", { heldMajors: { macOS: [27] } }), "2026-10-01", []],
    [
      "after 10 days, 14 days before",
      spec("latest", { newMajorAfterDays: 10 }),
      "2026-09-14",
      ["2026-09-24 300 15-27", "2026-09-24 200 26-27"],
    ],
    ["after 0 days", spec("latest", { newMajorAfterDays: 0 }), "2026-09-14", []],
  ])("%s", (_what, plan, day, expected) => {
    expect(said(plan, day)).toEqual(expected);
  });

  it.each<[PlanSpec, string, boolean]>([
    [spec("n-1"), "2026-09-30", true],
    [spec("n-1"), "2026-09-29", false],
    [spec("latest", { allowMajor: false }), "2026-09-30", false],
  ])("need the devices of a plan only then: %j on %s", (plan, day, expected) => {
    expect(hasMajorsAhead(plan, catalog, at(day))).toBe(expected);
  });
});

describe("what n-1 means", () => {
  it.each<[string, PlanSpec, string, object[]]>([
    [
      "now and next",
      spec("n-1"),
      "2026-09-20",
      [{ platform: "macOS", now: 15, next: { major: 26, on: "2026-10-14" } }],
    ],
    ["once the newest counts", spec("n-1"), "2026-10-14", [{ platform: "macOS", now: 26, next: null }]],
    [
      "while it is held back",
      spec("n-1", { heldMajors: { macOS: [27] } }),
      "2026-09-20",
      [{ platform: "macOS", now: 15, next: null }],
    ],
    ["nothing for other targets", spec("latest"), "2026-09-20", []],
  ])("%s", (_what, plan, day, expected) => expect(previousMajors(plan, catalog, at(day))).toEqual(expected));

  it("is unknown without a list", () => {
    expect(previousMajors(spec("n-1"), listOf([]), at("2026-09-20"))).toEqual([
      { platform: "macOS", now: null, next: null },
    ]);
  });
});
