/** The same plan, devices and list in a rehearsal and at a real service: the same rings, openings, deadlines, ends and pauses. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { PlanRequest } from "../contract/index.ts";
import { hashSecret } from "../identity/index.ts";
import { catalogOf } from "./catalog.ts";
import type { Assumptions } from "./habits.ts";
import type { InventoryDevice } from "./inventory.ts";
import { planOf } from "./plan.ts";
import { play, type Played } from "./play.ts";
import { atServer, drawBy } from "./server.suite.ts";

const REAL = new URL("../../../shared/data/lookup-service-2026-08-22.json", import.meta.url);
/** Monday */
const STARTS_AT = Date.parse("2026-08-24T00:00:00Z");
const DAYS = 20;
const SEED = "both";

const request = {
  ...{ name: "Plan", to: "latest-minor", action: "install", standing: true, zone: "Europe/Berlin" },
  deadline: "+17d 17:00",
  skipWeekdays: ["fri", "sat", "sun"],
  rings: [
    { name: "Pilot", who: { percent: 30 }, opens: 0, due: 2 },
    { name: "Early", who: { percent: 30 }, opens: 8, due: 9 },
    { name: "Everyone", who: "rest", opens: 15, due: 17 },
  ],
} as unknown as PlanRequest;

const ZONES = ["Europe/Berlin", "America/New_York", null, "Asia/Kolkata"];
const KINDS = [
  { model: "MacBookPro18,3", board: "J314sAP", platform: "macOS", osVersion: "26.5" },
  { model: "iPhone17,1", board: null, platform: "iOS", osVersion: "26.5" },
  { model: "MacBookPro18,3", board: "J314sAP", platform: "macOS", osVersion: "26.4" },
  { model: "Mac14,2", board: "J999AP", platform: "macOS", osVersion: "26.5" },
  { model: "MacBookPro18,3", board: "J314sAP", platform: "macOS", osVersion: "26.6.2" },
] as const;
/** Half of them are Macs that the plan brings to one release. */
const kindAt = (n: number): (typeof KINDS)[number] =>
  KINDS[n % 2 === 0 ? 0 : ((n >> 1) % 4) + 1] as (typeof KINDS)[number];

const DEVICES: readonly InventoryDevice[] = Array.from({ length: 50 }, (_none, n) => ({
  ...kindAt(n),
  serial: `S${String(n).padStart(3, "0")}`,
  tags: [],
  zone: ZONES[n % 4] ?? null,
}));

const CASES: readonly (readonly [name: string, assumed: Assumptions])[] = [
  ["users, leave and full disks as they are assumed", { early: 30, away: 10, hindered: 6, failing: 0 }],
  ["a release that fails", { early: 20, away: 0, hindered: 0, failing: 60 }],
];

const list = (): unknown => JSON.parse(readFileSync(REAL, "utf8"));

interface Shown {
  readonly devices: unknown[];
  readonly given: unknown[];
  readonly runs: unknown[];
  readonly rollouts: unknown[];
  readonly decisions: unknown[];
}

function rehearsed(assumed: Assumptions): Played {
  const plan = planOf({ request, defaultZone: undefined, id: "plan", hasTags: false, now: STARTS_AT });
  return play({
    ...{ plan, devices: DEVICES, catalog: catalogOf(list(), STARTS_AT), startsAt: STARTS_AT, days: DAYS, assumed },
    ...{ seed: SEED, hash: hashSecret },
  });
}

const byText = (rows: readonly unknown[]): unknown[] =>
  rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

function shownOf({ players, rollouts, runs, decisions }: Played): Shown {
  const nameOf = (id: string): string => {
    const row = rollouts.find((one) => one.id === id);
    return `${row?.platform} ${row?.version}`;
  };
  return {
    devices: players.map(({ own, resolution, read, job }) => ({
      id: own.serial,
      ring: resolution?.ring ?? null,
      aim: resolution?.aim?.version ?? null,
      deadline: resolution?.deadline ?? null,
      runs: read.planned.osVersion,
      state: job?.state ?? null,
      reason: job?.reason ?? null,
    })),
    given: byText(
      players.flatMap(({ own, read }) =>
        read.given.map(({ version, ring, local, givenAt }) => ({ id: own.serial, version, ring, local, givenAt })),
      ),
    ),
    runs: byText(
      runs.map(({ rolloutId, ring, state, openedAt, since }) => ({
        ...{ of: nameOf(rolloutId), ring, state, openedAt, since },
      })),
    ),
    rollouts: byText(
      rollouts.map(({ platform, version, base, state, since }) => ({ platform, version, base, state, since })),
    ),
    decisions: byText(
      decisions.map(({ rolloutId, ring, n, what, at, reason, numbers }) => ({
        ...{ of: nameOf(rolloutId), ring, n, what, at, reason, numbers: JSON.stringify(numbers) },
      })),
    ),
  };
}

async function served(assumed: Assumptions): Promise<Shown> {
  const given = { request, devices: DEVICES, list: list(), startsAt: STARTS_AT, days: DAYS, assumed };
  const db = await atServer({ ...given, drawOf: drawBy(SEED) });
  const all = (sql: string): unknown[] =>
    db
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  const of = "r.platform || ' ' || r.version AS \"of\"";
  return {
    devices: all(
      `SELECT e.id, e.ring, e.aim, e.deadline_local deadline, e.os_version runs, j.state, j.reason FROM enrollment e
       LEFT JOIN job j ON j.enrollment_id = e.id AND j.id = (SELECT max(id) FROM job WHERE enrollment_id = e.id) ORDER BY e.id`,
    ),
    given: byText(all("SELECT enrollment_id id, version, ring, local, given_at givenAt FROM given")),
    runs: byText(
      all(
        `SELECT ${of}, g.ring, g.state, g.opened_at openedAt, g.since FROM ring_run g JOIN rollout r ON r.id = g.rollout_id`,
      ),
    ),
    rollouts: byText(all("SELECT platform, version, base, state, since FROM rollout")),
    decisions: byText(
      all(
        `SELECT ${of}, d.ring, d.n, d.what, d.at, d.reason, d.numbers FROM gate_decision d JOIN rollout r ON r.id = d.rollout_id`,
      ),
    ),
  };
}

describe.skipIf(!existsSync(REAL))("50 devices, rehearsed and at a service (needs ../shared/data)", () => {
  it.each(CASES)("come to the same: %s", async (_name, assumed) => {
    const [here, there] = [shownOf(rehearsed(assumed)), await served(assumed)];
    expect(there.rollouts).toEqual(here.rollouts);
    expect(there.runs).toEqual(here.runs);
    expect(there.decisions).toEqual(here.decisions);
    expect(there.given).toEqual(here.given);
    expect(there.devices).toEqual(here.devices);
  });

  it("has what the comparison is about: rings that open, devices that arrive, a pause", () => {
    const [usual, failing] = CASES.map(([, assumed]) => rehearsed(assumed));
    const whats = (played: Played | undefined) => new Set(played?.decisions.map(({ what }) => what));
    expect(whats(usual)).toEqual(new Set(["open", "pass"]));
    expect(whats(failing)).toContain("pause");
    expect(usual?.players.filter(({ read }) => read.given.length > 0).length).toBeGreaterThan(25);
  });
});
