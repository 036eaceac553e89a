import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { createAdminStore } from "../admin-queries.ts";
import type { AdminStore } from "../admin-store.ts";
import type { DeviceCondition } from "../device-condition.ts";
import { count } from "../suite-transactions.ts";
import { sqliteSql } from "./admin-sql.ts";
import { openSqliteStore, type SqliteStore } from "./index.ts";

const transactions = new URL("../suite-transactions.ts", import.meta.url);
const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "uptick-store-"));
  folders.push(made);
  return made;
}
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

describe("SQLite store", () => {
  async function using<T>(directory: string, work: (store: SqliteStore) => Promise<T>): Promise<T> {
    const store = await openSqliteStore({ directory, transactions });
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  }

  it("runs with synchronous=FULL on a write-ahead log", async () => {
    expect(await using(folder(), (store) => store.pragmas())).toMatchObject({ synchronous: 2, journalMode: "wal" });
  });

  it("refuses a second opener of the same directory, and lets the next one in after the first has closed", async () => {
    const directory = folder();
    await using(directory, async () => {
      await expect(openSqliteStore({ directory, transactions })).rejects.toMatchObject({
        code: "data-directory-in-use",
      });
    });
    expect(await using(directory, (store) => store.devices.run(count, { name: "n" }))).toBe(0);
  });

  it("refuses a database of a newer schema and leaves it as it is", async () => {
    const directory = folder();
    await using(directory, (store) => store.pragmas());
    const db = new DatabaseSync(join(directory, "uptick.sqlite"));
    db.exec("PRAGMA user_version = 99");
    db.close();
    await expect(openSqliteStore({ directory, transactions })).rejects.toMatchObject({ code: "schema-newer" });
    expect(readdirSync(directory).filter((name) => name.startsWith("backup"))).toEqual([]);
  });

  /** The data directory of a store that holds nothing; one for all that only ask how SQLite would look things up. */
  let made: Promise<string> | undefined;
  const empty = (): Promise<string> =>
    (made ??= (async () => {
      const directory = folder();
      await using(directory, (store) => store.pragmas());
      return directory;
    })());

  /** How SQLite would carry out what is asked, step by step. */
  async function explained(ask: (admin: AdminStore) => Promise<unknown>): Promise<string[]> {
    const db = new DatabaseSync(join(await empty(), "uptick.sqlite"));
    const plans: string[] = [];
    const connection = {
      query: async (text: string, values: readonly unknown[]) => {
        const rows = db.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...(values as string[]));
        plans.push(...rows.map(({ detail }) => String(detail)));
        return [];
      },
      close: async () => undefined,
    };
    await ask(createAdminStore(connection, sqliteSql));
    db.close();
    return plans;
  }

  it.each<DeviceCondition>([
    { is: "identity-ends", from: 1, to: 2 },
    { is: "exclusion-ends", from: 1, to: 2 },
    { is: "quarantined" },
    { is: "pending" },
    { is: "needs-user" },
    { is: "unpushable" },
    { is: "other-topic", topic: "ours" },
  ])("finds and counts the devices of a warning by an index, never by reading the fleet: %j", async (where) => {
    const plans = await explained(async (admin) => {
      await admin.countWhere(where);
      await admin.newestTrouble(where);
      await admin.devices({ where, limit: 10 });
    });
    expect(plans.length).toBeGreaterThan(1);
    // A covering index that holds only these devices may be read from its beginning to its end.
    const reading = plans.filter((step) => step.startsWith("SCAN"));
    expect(
      // "found": what a limit has cut off before it is counted.
      reading
        .filter((step) => step !== "SCAN found")
        .filter(
          (step) =>
            !/USING (COVERING )?INDEX (enrollment_quarantined|enrollment_excluded_due|certificate_pending|job_needs_user|renewal_error)/.test(
              step,
            ),
        ),
    ).toEqual([]);
  });

  it.each<readonly [what: string, index: string, ask: (admin: AdminStore) => Promise<unknown>]>([
    ["decisions of a plan", "plan_device_open", (admin) => admin.openDecisions("p", 10)],
    ["jobs of a plan to withdraw", "job_running", (admin) => admin.jobsThat("run", "p", 10)],
    ["jobs of a rollout to withdraw", "job_running", (admin) => admin.jobsThat("must-not-run", "p", 10)],
    ["jobs of a rollout to resume", "job_plan", (admin) => admin.jobsThat("may-move", "p", 10, 1)],
    ["jobs of a plan to resume", "job_plan", (admin) => admin.jobsThat("are-withheld", "p", 10, 1)],
    ["devices that are to lose a policy", "assignment_given", (admin) => admin.assignmentsToTake("p", 10)],
  ])("finds the open %s by an index that holds no others: %s", async (_what, index, ask) => {
    const plans = await explained(ask);
    // Of each job found: whether its device is there, and its rollout by its key.
    const beside =
      /^(SEARCH e EXISTS USING (COVERING )?INDEX|SEARCH r .*sqlite_autoindex_rollout_1 \(id=|CORRELATED SCALAR SUBQUERY)/;
    expect(plans.filter((step) => !beside.test(step))).toEqual(
      plans.filter((step) => step.includes(` USING INDEX ${index} (`)),
    );
    expect(plans.join()).toContain(index);
  });

  it("names a damaged database and its remedy, at the start and later", async () => {
    const damaged = { code: "database-damaged", remedy: expect.stringMatching(/backup/) as unknown };
    const none = folder();
    writeFileSync(
      join(none, "uptick.sqlite"),
      "not a database, and longer than its header is, which has 100 bytes ".repeat(9),
    );
    await expect(openSqliteStore({ directory: none, transactions })).rejects.toMatchObject(damaged);

    const directory = folder();
    await using(directory, async (store) => {
      for (let nth = 0; nth < 200; nth += 1) await store.devices.run(count, { name: `n${nth}` });
    });
    const path = join(directory, "uptick.sqlite");
    const bytes = readFileSync(path);
    // All but the first page: the schema can be read, and nothing else.
    writeFileSync(path, Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(bytes.length - 4096, 0xa5)]));
    await expect(
      using(directory, async (store) => {
        await store.devices.run(count, { name: "n1" });
        await store.admin.countDevices();
      }),
    ).rejects.toMatchObject(damaged);
  });

  it("says no after it was closed", async () => {
    const store = await openSqliteStore({ directory: folder(), transactions });
    await store.close();
    await expect(store.devices.run(count, { name: "n" })).rejects.toMatchObject({ code: "store-unavailable" });
  });

  // Guarantee 1: what was answered is on disk, wherever the process dies.
  it("keeps every ask that was answered before the process was killed", async () => {
    const directory = folder();
    let acknowledged = 0;
    for (let round = 0; round < 5; round += 1)
      acknowledged = Math.max(acknowledged, await countUntilKilled(directory, 30 + round * 17));
    expect(acknowledged).toBeGreaterThan(0);
    const left = await using(directory, (store) => store.devices.run(count, { name: "killed" }));
    expect(left).toBeGreaterThanOrEqual(acknowledged);
  }, 60_000);
});

/** A process of its own counts and prints each answer; it is killed after `lines` of them. Gives the highest one printed, plus one. */
function countUntilKilled(directory: string, lines: number): Promise<number> {
  const here = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
  const program = `
    const { openSqliteStore } = await import(${here("./index.ts")});
    const { count } = await import(${here("../suite-transactions.ts")});
    const store = await openSqliteStore({ directory: ${JSON.stringify(directory)}, transactions: new URL(${here("../suite-transactions.ts")}) });
    for (;;) console.log((await Promise.all([1, 2, 3].map(() => store.devices.run(count, { name: "killed" })))).join("\\n"));`;
  const file = join(directory, "count.mjs");
  writeFileSync(file, program);
  const child = spawn(process.execPath, [file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.split("\n").length > lines) child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("close", () => {
      // The last line may have been cut in the middle.
      const whole = text.split("\n").slice(0, -1).map(Number);
      resolve(Math.max(-1, ...whole) + 1);
    });
  });
}
