import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteStore, type SqliteStore } from "../../store/sqlite/index.ts";
import { createHealth } from "./health.ts";
import { TRANSACTIONS_MODULE } from "../index.ts";
import type { Ports } from "../ports.ts";

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

const healthOf = ({ devices, admin }: SqliteStore) => {
  const ports: Pick<Ports, "devices" | "admin" | "now" | "realNow"> = {
    devices,
    admin,
    now: () => now,
    realNow: () => now,
  };
  return createHealth(ports);
};

describe("the health of a server", () => {
  it("is good while the database reads and writes", async () => {
    const health = healthOf(store);
    await expect(health.alive()).resolves.toBeUndefined();
    await expect(health.ready()).resolves.toBeUndefined();
    expect(await store.devices.read({ from: "setting", where: { name: "ready" } })).toHaveLength(1);
  });

  it("is bad when the database has ended, and asked of it once in a second, whoever asks", async () => {
    const health = healthOf(store);
    await health.alive();
    await store.close();
    await expect(health.alive()).resolves.toBeUndefined();
    now += 1000;
    await expect(health.alive()).rejects.toMatchObject({ code: "store-unavailable" });
    await expect(health.ready()).rejects.toMatchObject({ code: "store-unavailable" });
    // The clock has stepped back: an answer of a later moment is not given.
    now -= 3_600_000;
    await expect(health.alive()).rejects.toMatchObject({ code: "store-unavailable" });
    store = await openSqliteStore({ directory, transactions: TRANSACTIONS_MODULE });
  });
});
