import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteStore, type SqliteStore } from "../../store/sqlite/index.ts";
import { ALMOST_FULL, createHealth } from "./health.ts";
import { TRANSACTIONS_MODULE } from "../index.ts";
import type { ClockSuspicion, Ports } from "../ports.ts";
import { remember } from "./settings.ts";

let directory: string;
let store: SqliteStore;
let now: number;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "uptick-health-"));
  store = await openSqliteStore({ directory, transactions: TRANSACTIONS_MODULE });
  now = Date.UTC(2026, 7, 25);
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const healthOf = (
  { devices, admin }: SqliteStore,
  { free, suspicion = null }: { free?: number; suspicion?: ClockSuspicion | null } = {},
) => {
  const clock = {
    system: () => now,
    suspicion: () => suspicion,
    accept: () => undefined,
    record: () => ({ at: now, lower: false }),
  };
  const ports: Pick<Ports, "devices" | "admin" | "now" | "realNow" | "clock"> = {
    devices,
    admin,
    clock,
    now: () => now,
    realNow: () => now,
  };
  return createHealth(ports, async () => free);
};
/** A push certificate that ends so many ms from now. */
const importPush = ({ devices }: SqliteStore, ends: number) =>
  devices.run(remember, {
    settings: [{ name: "push", value: { topic: "t", notAfter: now + ends } }],
    secrets: [],
    now,
  });

describe("the health of a server", () => {
  it("is good while the database reads and writes", async () => {
    const health = healthOf(store);
    await expect(health.alive()).resolves.toBeUndefined();
    await importPush(store, 1);
    await expect(health.ready()).resolves.toEqual([]);
    expect(await store.devices.read({ from: "setting", where: { name: "ready" } })).toHaveLength(1);
  });

  it("is bad when the database has ended, and asked of it once in a second, whoever asks", async () => {
    const health = healthOf(store);
    await health.alive();
    await store.close();
    await expect(health.alive()).resolves.toBeUndefined();
    now += 1000;
    await expect(health.alive()).rejects.toMatchObject({ code: "store-unavailable" });
    await expect(health.ready()).rejects.toMatchObject({
      code: "store-unavailable",
      members: { state: "not-ready", reasons: [{ reason: "store-unavailable", remedy: expect.any(String) }] },
    });
    // The clock has stepped back: an answer of a later moment is not given.
    now -= 3_600_000;
    await expect(health.alive()).rejects.toMatchObject({ code: "store-unavailable" });
    store = await openSqliteStore({ directory, transactions: TRANSACTIONS_MODULE });
  });

  it.each<[string, number | undefined, { free?: number; suspicion?: ClockSuspicion }, string[]]>([
    ["no push certificate", undefined, {}, ["push-certificate-missing"]],
    ["a push certificate that has ended", 0, {}, ["push-certificate-ended"]],
    ["a push certificate that has not ended yet", 1, { free: ALMOST_FULL }, []],
    ["little room", 1, { free: ALMOST_FULL - 1 }, ["disk-almost-full"]],
    [
      "a clock that is not believed",
      1,
      { suspicion: { since: 1, system: 9_000_000, ahead: 8_000_000, until: 3 } },
      ["clock-suspect"],
    ],
  ])("is ready with %s, and says so", async (_what, ends, more, reasons) => {
    if (ends !== undefined) await importPush(store, ends);
    const notes = await healthOf(store, more).ready();
    expect(notes.map(({ reason }) => reason)).toEqual(reasons);
    for (const { sentence, remedy } of notes) expect([sentence, remedy].join(" ")).toMatch(/^[A-Z].*\..*\.$/);
  });
});
