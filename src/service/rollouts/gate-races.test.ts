/** Test 13.7 of targets on both backends: what a decision rests on is read again in the transaction that writes it. */
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { runPostgres } from "../../../test/support/run-postgres.ts";
import type { DeviceStore } from "../../store/index.ts";
import { STEPS } from "../../store/migrations/steps.ts";
import { openPostgresStore } from "../../store/postgres/index.ts";
import { byName, openInProcess } from "../../store/sqlite/index.ts";
import { blackoutRow, planRow, ringRunRow, rolloutRow } from "../../store/suite-rows.ts";
import { type Transaction, transaction, type Write } from "../../store/transaction.ts";
import { gateDecides, type GateInput } from "./gate.ts";

const NOW = Date.UTC(2026, 7, 25, 7, 0, 30);
const PLAN = planRow("plan", { kind: "standing" });
const MINE = rolloutRow("r1");
const NEWER = rolloutRow("r2", { version: "26.6.3" });
const FIRST = ringRunRow("r1", 0, { state: "passed", openedAt: 3, countFrom: 3, decisions: 2 });
const SECOND = ringRunRow("r1", 1);
const NEWER_RUN = ringRunRow("r2", 1);

const write = transaction({
  name: "write",
  reads: () => ({}),
  decide: (writes: readonly Write[]) => ({ writes, result: null }),
});

/** Ring 2 opens: ring 1 has passed, and the newer release waits. */
const OPENS: GateInput = {
  read: { plan: PLAN, rollouts: [MINE, NEWER], runs: [FIRST, SECOND, NEWER_RUN], blackouts: [] },
  ...{ rolloutId: "r1", ring: 1, urgent: 0, what: "open", reason: "time-has-come", numbers: {} },
  ...{ to: { run: "open" }, openedAt: NOW, now: NOW },
};

function openSqlite(): Promise<DeviceStore> {
  const db = new DatabaseSync(":memory:");
  for (const { sqlite } of STEPS) db.exec(sqlite);
  const known = byName([write, gateDecides] as unknown as readonly Transaction<unknown, unknown>[]);
  const store = openInProcess({ db, transactions: known, onClose: () => db.close() });
  onTestFinished(() => store.close());
  return Promise.resolve(store.devices);
}

const postgres = await runPostgres();

async function openPostgres(): Promise<DeviceStore> {
  const store = await openPostgresStore({ url: (await postgres?.database()) ?? "" });
  onTestFinished(() => store.close());
  return store.devices;
}

const CHANGES: readonly (readonly [string, Write])[] = [
  ["the ring before it asks", { put: "ringRun", row: { ...FIRST, state: "asks", decisions: 3 } }],
  ["the release is paused", { put: "rollout", row: { ...MINE, state: "paused", since: 9 } }],
  ["a newer release opens in the ring", { put: "ringRun", row: { ...NEWER_RUN, state: "open", openedAt: 9 } }],
  ["a newer release is aborted", { put: "rollout", row: { ...NEWER, state: "aborted", since: 9 } }],
  ["another release begins", { put: "rollout", row: rolloutRow("r3", { version: "26.6.4" }) }],
  ["an urgent run is added", { put: "ringRun", row: ringRunRow("r1", 0, { urgent: 1 }) }],
  ["a blackout is made", { put: "blackout", row: blackoutRow("Summer", { rule: "all" }) }],
];

function testRaces(open: () => Promise<DeviceStore>): void {
  const ready = async (): Promise<DeviceStore> => {
    const devices = await open();
    const rollouts = [MINE, NEWER].map((row): Write => ({ put: "rollout", row }));
    const runs = [FIRST, SECOND, NEWER_RUN].map((row): Write => ({ put: "ringRun", row }));
    await devices.run(write, [{ put: "plan", row: PLAN }, ...rollouts, ...runs]);
    return devices;
  };
  const stateOf = async (devices: DeviceStore) =>
    (await devices.read({ from: "ringRun", where: { rolloutId: "r1", ring: 1 } })).map(({ state }) => state);

  it("decides once where two have read the same", async () => {
    const devices = await ready();
    const done = await Promise.all([devices.run(gateDecides, OPENS), devices.run(gateDecides, OPENS)]);
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await stateOf(devices)).toEqual(["open"]);
    expect(await devices.read({ from: "gateDecision", where: { rolloutId: "r1" } })).toHaveLength(1);
  });

  it.each(CHANGES)("opens no ring where %s in the same moment", async (_title, change) => {
    const devices = await ready();
    // Asked together: they meet in one batch.
    const [, done] = await Promise.all([devices.run(write, [change]), devices.run(gateDecides, OPENS)]);
    expect([done, await stateOf(devices)]).toEqual([false, ["waiting"]]);
  });

  it("opens the ring where what changes is of another plan, another major or another rule", async () => {
    const devices = await ready();
    const others: readonly Write[] = [
      { put: "rollout", row: rolloutRow("x1", { planId: "other", version: "26.6.4" }) },
      { put: "rollout", row: rolloutRow("x2", { version: "27.0" }) },
      { put: "rollout", row: rolloutRow("x3", { platform: "iOS", version: "26.6.4" }) },
      { put: "blackout", row: blackoutRow("Exams", { rule: "tag = exam" }) },
    ];
    const [, done] = await Promise.all([devices.run(write, others), devices.run(gateDecides, OPENS)]);
    expect([done, await stateOf(devices)]).toEqual([true, ["open"]]);
  });
}

describe("targets 13.7, on SQLite", () => {
  testRaces(openSqlite);
});
describe.skipIf(postgres === undefined)("targets 13.7, on PostgreSQL", () => {
  testRaces(openPostgres);
});
