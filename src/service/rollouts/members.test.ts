/** Who is a member of a ring, and how each counts, over a real store (targets R6, C9). */
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished } from "vitest";
import type { AdminStore } from "../../store/index.ts";
import { STEPS } from "../../store/migrations/steps.ts";
import { byName, openInProcess } from "../../store/sqlite/index.ts";
import { blockRow, enrollmentRow, jobRow, ringRunRow, rolloutRow } from "../../store/suite-rows.ts";
import { type Transaction, transaction, type Write } from "../../store/transaction.ts";
import { countRings } from "./members.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const OPENED = Date.UTC(2026, 7, 18, 7);
const NOW = OPENED + 3 * DAY;
const ROLLOUT = rolloutRow("r", { planId: "plan", version: "26.6.2" });
const RUN = ringRunRow("r", 0, { state: "open", openedAt: OPENED, countFrom: OPENED, since: OPENED });

const write = transaction({
  name: "write",
  reads: () => ({}),
  decide: (writes: readonly Write[]) => ({ writes, result: null }),
});

async function holding(rows: readonly Write[]): Promise<AdminStore> {
  const db = new DatabaseSync(":memory:");
  for (const { sqlite } of STEPS) db.exec(sqlite);
  const known = byName([write] as unknown as readonly Transaction<unknown, unknown>[]);
  const store = openInProcess({ db, transactions: known, onClose: () => db.close() });
  onTestFinished(() => store.close());
  await store.devices.run(write, [{ put: "rollout", row: ROLLOUT }, { put: "ringRun", row: RUN }, ...rows]);
  return store.admin;
}

const UNDER = { platform: "macOS", governedBy: "plan", ring: 0, aim: "26.6.2", osVersion: "26.6.1" } as const;
const device = (id: string, more: Partial<ReturnType<typeof enrollmentRow>> = {}): Write => ({
  put: "enrollment",
  row: enrollmentRow(id, { ...UNDER, lastSeenAt: NOW, ...more }),
});
const given = (id: string, member: object, startedAt: number | null): Write => ({
  put: "job",
  row: jobRow(`job-${id}`, id, { rolloutId: "r", ring: 0, createdAt: OPENED, startedAt, member: { ...member } }),
});

const counted = async (admin: AdminStore) => (await countRings({ admin, now: () => NOW }, [ROLLOUT])).get("r/0/0");

/** One of each: has failed, is lost, is there by a job, waits; is there without a job, and waits without one. */
const MEMBERS: readonly Write[] = [
  ...["failed", "lost", "good", "pending", "there", "not-given"].map((id) =>
    device(id, {
      serial: id.toUpperCase(),
      ...(id === "there" || id === "good" ? { osVersion: "26.6.2" } : {}),
      ...(id === "lost" ? { lastSeenAt: OPENED - HOUR } : {}),
    }),
  ),
  given("failed", { jobFailedAt: OPENED + DAY }, OPENED),
  given("lost", { installingAt: OPENED - HOUR }, OPENED),
  given("good", { reachedAt: OPENED + HOUR }, OPENED + HOUR),
  given("pending", {}, null),
];

it("counts one of each outcome", async () => {
  expect(await counted(await holding(MEMBERS))).toMatchObject({
    ...{ members: 6, good: 2, failed: 1, lost: 1, pending: 2, away: 0 },
    ...{ startedSince: 4, failuresSince: 2, settled: 2 },
  });
});

it.each<[ids: readonly string[], counts: object]>([
  [["failed"], { members: 5, failed: 0, away: 0, startedSince: 3, failuresSince: 1 }],
  [["lost"], { members: 5, lost: 0, away: 0, startedSince: 3, failuresSince: 1 }],
  [["good"], { members: 5, good: 1, settled: 1, startedSince: 3 }],
  [["pending"], { members: 5, pending: 1, away: 0 }],
  [["there"], { members: 5, good: 1, settled: 1, startedSince: 3 }],
  [["not-given"], { members: 5, pending: 1, away: 0 }],
  [["failed", "lost", "good", "pending", "there", "not-given"], { members: 0, startedSince: 0, failuresSince: 0 }],
])("no longer counts %j, once a block keeps the release from them (targets C9)", async (ids, counts) => {
  const rule = ids.map((id) => `serial = ${id.toUpperCase()}`).join(" or ");
  const block = blockRow("b", { platform: "macOS", version: "26.6.2", rule });
  expect(await counted(await holding([...MEMBERS, { put: "block", row: block }]))).toMatchObject(counts);
});

it("counts a blocked device again where the block has ended and no rollout follows it", async () => {
  const block = blockRow("b", { platform: "macOS", version: "26.6.2", rule: "all", live: 0, endedAt: NOW - 1 });
  expect(await counted(await holding([...MEMBERS, { put: "block", row: block }]))).toMatchObject({ members: 6 });
});
