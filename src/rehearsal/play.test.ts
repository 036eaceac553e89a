import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { PlanRequest } from "../contract/index.ts";
import { hashSecret } from "../identity/index.ts";
import { catalogOf } from "./catalog.ts";
import type { Assumptions } from "./habits.ts";
import type { InventoryDevice } from "./inventory.ts";
import { planOf } from "./plan.ts";
import { play, type PlayInput } from "./play.ts";
import { type Rehearsed, summaryOf } from "./summary.ts";

const REAL = new URL("../../../shared/data/lookup-service-2026-08-22.json", import.meta.url);
/** Monday */
const STARTS_AT = Date.parse("2026-08-24T00:00:00Z");
const NOBODY: Assumptions = { early: 0, away: 0, hindered: 0, failing: 0 };

const request = {
  ...{ name: "Macs", to: "macOS=latest-minor", action: "install", standing: true, zone: "Europe/Berlin" },
  deadline: "+9d 17:00",
  rings: [
    { name: "Pilot", who: "tag = pilot", opens: 0, due: 2 },
    { name: "Everyone", who: "rest", opens: 7, due: 9 },
  ],
} as unknown as PlanRequest;

const mac = (n: number, values: Partial<InventoryDevice> = {}): InventoryDevice => ({
  ...{ serial: `S${n}`, model: "MacBookPro18,3", board: "J314sAP", platform: "macOS", osVersion: "26.5", zone: null },
  tags: n < 10 ? ["pilot"] : [],
  ...values,
});
const macs = (count: number): InventoryDevice[] => Array.from({ length: count }, (_none, n) => mac(n));

const planMade = (hasTags = true) => planOf({ request, defaultZone: undefined, id: "plan", hasTags, now: STARTS_AT });

const played = (values: Partial<PlayInput> = {}): Rehearsed =>
  summaryOf(
    play({
      ...{ plan: planMade(), devices: macs(50), startsAt: STARTS_AT, days: 20, assumed: NOBODY, seed: "1" },
      catalog: catalogOf(JSON.parse(readFileSync(REAL, "utf8")), STARTS_AT),
      hash: hashSecret,
      ...values,
    }),
  );

const openings = ({ decisions }: Rehearsed) =>
  decisions.filter(({ what }) => what === "open").map(({ ring, at }) => [ring, new Date(at).toISOString()]);

describe.skipIf(!existsSync(REAL))("a plan that is played (needs ../shared/data)", () => {
  it("opens its rings at 09:00 of their days, and brings all devices to the release", () => {
    const result = played();
    expect(openings(result)).toEqual([
      [0, "2026-08-24T07:00:00.000Z"],
      [1, "2026-08-31T07:00:00.000Z"],
    ]);
    expect(result.adoption.map(({ atNewest }) => atNewest).filter((n, i, all) => n !== all[i - 1])).toEqual([
      0, 10, 50,
    ]);
    expect(result.peak).toEqual({ at: Date.parse("2026-09-02T15:00:00Z"), devices: 40 });
    expect(result.behind).toEqual([]);
  });

  it("says who can't make it, and why", () => {
    const devices = [...macs(10), mac(20, { board: null }), mac(21, { board: "J999AP" }), mac(22, { osVersion: null })];
    const behind = played({ devices }).behind.map((group) => [group.reason, group.devices]);
    expect(Object.fromEntries(behind)).toEqual({
      "device-id-unknown": ["S20"],
      "no-release": ["S21"],
      "facts-unknown": ["S22"],
    });
  });

  it("opens no other ring after one that is hindered", () => {
    const result = played({ assumed: { ...NOBODY, hindered: 100 } });
    expect(openings(result).map(([ring]) => ring)).toEqual([0]);
    expect(result.decisions.map(({ what }) => what)).toContain("ask");
    expect(result.behind.find(({ reason }) => reason === "assumed-hindered")?.devices).toHaveLength(10);
  });

  it("pauses a release that fails, and installs it nowhere afterwards", () => {
    const result = played({ assumed: { ...NOBODY, early: 20, failing: 80 } });
    expect(result.decisions.map(({ what }) => what)).toContain("pause");
    expect(result.rollouts.map(({ state }) => state)).toEqual(["paused"]);
    expect(result.behind.map(({ reason }) => reason)).toContain("assumed-paused");
  });

  it("is the same for the same seed, and another for another", () => {
    const assumed = { early: 30, away: 20, hindered: 5, failing: 0 };
    expect(played({ assumed })).toEqual(played({ assumed }));
    expect(played({ assumed, seed: "2" }).adoption).not.toEqual(played({ assumed }).adoption);
  });

  it("refuses a rule that asks what the inventory does not say", () => {
    expect(() => planMade(false)).toThrow(expect.objectContaining({ code: "plan-invalid" }));
  });
});
