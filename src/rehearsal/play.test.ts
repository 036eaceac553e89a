import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Catalog, parseLookupService, parseTarget } from "../catalog/index.ts";
import { type Ring, type StandingPlan, STANDING_DEFAULTS, type Matcher, parseRule, matcherOf } from "../plans/index.ts";
import { type Assumptions } from "./device.ts";
import type { InventoryDevice } from "./inventory.ts";
import { play, type PlayInput } from "./play.ts";

const REAL = new URL("../../../shared/data/lookup-service-2026-08-22.json", import.meta.url);
/** Monday */
const STARTS_AT = Date.parse("2026-08-24T00:00:00Z");
const NOBODY: Assumptions = { early: 0, away: 0, hindered: 0 };

const catalog = (): Catalog => {
  const { releases } = parseLookupService(JSON.parse(readFileSync(REAL, "utf8")));
  return { list: { date: "2026-08-22" }, releases: releases.map((one) => ({ ...one, absent: 0 })) };
};

const RINGS: readonly Ring<Matcher>[] = [
  { name: "Pilot", who: matcherOf(parseRule("tag = pilot")), opens: 0, due: 2, approval: "gate" },
  { name: "Everyone", who: "rest", opens: 7, due: 9, approval: "gate" },
];

const planOf = (rings: readonly Ring<Matcher>[] = RINGS): StandingPlan => ({
  id: "plan",
  revision: 1,
  state: "active",
  matches: ({ platform }) => platform === "macOS",
  ...{ rings, rollouts: [], runs: [] },
  spec: {
    targets: { macOS: parseTarget("latest-minor") },
    ...{ action: "install", zone: "Europe/Berlin", zoneNamed: true, allowMajor: false, allowPastDeadline: false },
    ...{ allowDataLoss: false, replace: false },
    standing: {
      ...STANDING_DEFAULTS,
      include: "platform = macOS",
      exclude: null,
      days: 9,
      at: "17:00",
      activatedAt: STARTS_AT,
    },
  },
});

const mac = (n: number, values: Partial<InventoryDevice> = {}): InventoryDevice => ({
  ...{ serial: `S${n}`, model: "MacBookPro18,3", board: "J314sAP", platform: "macOS", osVersion: "26.5", zone: null },
  tags: n < 10 ? ["pilot"] : [],
  ...values,
});
const macs = (count: number): InventoryDevice[] => Array.from({ length: count }, (_, n) => mac(n));

function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const played = (values: Partial<PlayInput> = {}) =>
  play({
    ...{ plan: planOf(), devices: macs(50), catalog: catalog(), startsAt: STARTS_AT, days: 30, assumed: NOBODY },
    hash: (text) => createHash("sha256").update(text).digest("hex"),
    random: seeded(7),
    ...values,
  });

const openings = ({ decided }: ReturnType<typeof played>) =>
  decided.filter(({ what }) => what === "open").map(({ ring, at }) => [ring, new Date(at).toISOString()]);

describe.skipIf(!existsSync(REAL))("a plan that is played (needs ../shared/data)", () => {
  it("opens its rings at 09:00 of their days, and brings all devices to the release", () => {
    const result = played();
    expect(openings(result)).toEqual([
      [0, "2026-08-24T07:00:00.000Z"],
      [1, "2026-08-31T07:00:00.000Z"],
    ]);
    const atNewest = result.adoption.map((one) => one.atNewest);
    const days = (count: number, devices: number): number[] => Array.from({ length: count }, () => devices);
    expect(atNewest).toEqual([...days(2, 0), ...days(7, 10), ...days(21, 50)]);
    expect(result.peak).toEqual({ at: Date.parse("2026-09-02T15:00:00Z"), devices: 40 });
    expect([...result.behind]).toEqual([]);
  });

  it("says who can't make it, and why", () => {
    const devices = [...macs(10), mac(20, { board: null }), mac(21, { board: "J999AP" }), mac(22, { osVersion: null })];
    expect(Object.fromEntries(played({ devices }).behind)).toEqual({
      "device-id-unknown": ["S20"],
      "no-release": ["S21"],
      "facts-unknown": ["S22"],
    });
  });

  it("governs nobody where its scope has none of the devices", () => {
    const result = played({ devices: [mac(1, { platform: "iOS", model: "iPhone17,1" })] });
    expect(result).toMatchObject({ inScope: 0, peak: null, decided: [] });
  });

  it("stops at a first ring that is hindered", () => {
    const result = played({ assumed: { ...NOBODY, hindered: 100 } });
    expect(openings(result).map(([ring]) => ring)).toEqual([0]);
    expect(result.decided.map(({ what }) => what)).toContain("ask");
    expect(result.behind.get("hindered")).toHaveLength(10);
  });

  it("is the same for the same seed", () => {
    const assumed = { early: 30, away: 20, hindered: 5 };
    expect(played({ assumed }).adoption).toEqual(played({ assumed }).adoption);
    const other = played({ assumed, random: seeded(8) });
    expect(other.adoption).not.toEqual(played({ assumed }).adoption);
  });

  it("counts devices at the newest release day by day", () => {
    const { adoption } = played({ days: 12 });
    expect(adoption).toHaveLength(12);
    expect([adoption[0]?.day, adoption.at(-1)?.day]).toEqual(["2026-08-24", "2026-09-04"]);
  });
});
