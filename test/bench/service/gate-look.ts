/** One look of the gate at a plan whose release is open to all devices: what the store's reader gives of them, and what is counted of it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { random } from "../../../simulator/random.ts";
import { type Ports, TRANSACTIONS_MODULE } from "../../../src/service/index.ts";
import { countRings } from "../../../src/service/rollouts/members.ts";
import { FILE } from "../../../src/store/sqlite/connection.ts";
import { byName, openInProcess, openSqliteStore } from "../../../src/store/sqlite/index.ts";
import { enrollmentRow, jobRow, planRow, ringRunRow, rolloutRow } from "../../../src/store/suite-rows.ts";
import { type Transaction, transaction, type Write } from "../../../src/store/transaction.ts";
import { say } from "../table.ts";
import { median, sayTurns, takeTurns } from "./turns.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const OPENED = Date.UTC(2026, 7, 18, 9);
const NOW = OPENED + 2.5 * DAY;
/** Most that a look at 100,000 devices may take on the reader (ms): targets R14. */
const MOST = 200;
const ROLLOUT = rolloutRow("rollout", { planId: "plan", version: "26.6.2" });
/** Writes of one transaction. */
const CHUNK = 2000;

const write = transaction({
  name: "write",
  reads: () => ({}),
  decide: (writes: readonly Write[]) => ({ writes, result: null }),
});

export async function benchLook(devices: number, laps: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "uptick-bench-"));
  const open = () => openSqliteStore({ directory: folder, transactions: TRANSACTIONS_MODULE });
  let store: Awaited<ReturnType<typeof open>> | undefined;
  try {
    // The schema first.
    await (await open()).close();
    await seed(folder, devices);
    store = await open();
    await measure(store, devices, laps);
  } finally {
    await store?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure({ admin }: Pick<Ports, "admin">, devices: number, laps: number): Promise<void> {
  const taken = await takeTurns(
    {
      "a look: all rings counted": async () => {
        const counts = await countRings({ admin, now: () => NOW }, [ROLLOUT]);
        return [...counts.values()].reduce((all, { members }) => all + members, 0);
      },
      "the last starts": async () => (await admin.lastStarts("plan")).length,
    },
    laps,
  );
  sayTurns(taken, "members");
  const [whole = []] = taken.values();
  const ms = median(whole.map((turn) => turn.ms));
  const reached = ms / ((MOST * devices) / 100_000);
  say(
    `a look at ${devices} devices takes ${ms.toFixed(0)} ms, ${reached.toFixed(2)} × the ${MOST} ms for 100,000 of them.`,
  );
}

/** Three rings that have opened: 1 %, 10 % and the rest. Four of five devices have a job; of them most have started. */
async function seed(folder: string, devices: number): Promise<void> {
  const db = new DatabaseSync(join(folder, FILE));
  db.exec("PRAGMA synchronous = OFF");
  const store = openInProcess({
    db,
    transactions: byName([write] as unknown as readonly Transaction<unknown, unknown>[]),
    onClose: () => db.close(),
  });
  const drawn = random("devices of a plan");
  const opened = { state: "open", openedAt: OPENED, countFrom: OPENED, since: OPENED } as const;
  const rows: Write[] = [
    { insert: "plan", row: planRow("plan", { kind: "standing" }) },
    { insert: "rollout", row: ROLLOUT },
    ...[0, 1, 2].map((ring): Write => ({ insert: "ringRun", row: ringRunRow(ROLLOUT.id, ring, opened) })),
  ];
  for (let n = 0; n < devices; n += 1) {
    const id = `mac-${String(n).padStart(6, "0")}`;
    const ring = n % 100 === 0 ? 0 : n % 10 === 0 ? 1 : 2;
    const startedAt = drawn.next() < 0.75 ? OPENED + drawn.integer(0, 2 * DAY) : null;
    const isThere = startedAt !== null && drawn.next() < 0.9;
    const hasJob = n % 5 !== 0 || n % 10 === 0;
    const device = { platform: "macOS", governedBy: "plan", ring, aim: "26.6.2" } as const;
    const seen = { osVersion: isThere ? "26.6.2" : "26.6.1", lastSeenAt: NOW - drawn.integer(0, DAY) };
    rows.push({ insert: "enrollment", row: enrollmentRow(id, { ...device, ...seen }) });
    if (!hasJob) continue;
    // As a job keeps it: what has been reached is not being installed any more.
    const fetched = { fetchedAt: OPENED + HOUR, momentAt: OPENED + DAY };
    const began = startedAt === null ? {} : { installStateAt: startedAt };
    const further = startedAt === null ? {} : isThere ? { reachedAt: startedAt + HOUR } : { installingAt: startedAt };
    const given = { live: isThere ? 0 : 1, rolloutId: ROLLOUT.id, ring, planId: "plan", createdAt: OPENED } as const;
    rows.push({
      insert: "job",
      row: jobRow(`job-${id}`, id, { ...given, startedAt, member: { ...fetched, ...began, ...further } }),
    });
  }
  for (let i = 0; i < rows.length; i += CHUNK) await store.devices.run(write, rows.slice(i, i + CHUNK));
  await store.close();
}
