/** The work that classes make, on a real store: what is due, and all devices after a change of what Apple offers. */
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { NO_SECURITY, sampleLookupService, securityOf, type SecurityRelease } from "../../catalog/index.ts";
import { listOf, released } from "../../catalog/listed.suite.ts";
import type { EnrollmentRow } from "../../store/index.ts";
import { STEPS } from "../../store/migrations/steps.ts";
import { byName, openInProcess } from "../../store/sqlite/index.ts";
import { enrollmentRow } from "../../store/suite-rows.ts";
import { type Transaction, transaction, type Write } from "../../store/transaction.ts";
import { noteList } from "../catalog/note-list.ts";
import { readList } from "../catalog/read-list.ts";
import type { Ports } from "../ports.ts";
import { transactions } from "../transactions.ts";
import { createDueWork } from "../work/due-work.ts";
import { sweepTurn } from "./classify.ts";
import { offerTo } from "./offer.ts";
import { rememberSilentDays } from "./silent-days.ts";

const NOW = Date.UTC(2026, 7, 25, 12);
const HOUR = 3_600_000;
const put = transaction({
  name: "put",
  reads: () => ({}),
  decide: (rows: readonly EnrollmentRow[]) => ({
    writes: rows.map((row): Write => ({ put: "enrollment", row })),
    result: null,
  }),
});

/** A store of so many iPhones on 26.5, heard now; how many classes were worked out is counted. */
async function fleet(count: number) {
  const db = new DatabaseSync(":memory:");
  for (const { sqlite } of STEPS) db.exec(sqlite);
  const known = byName([...transactions, put] as unknown as readonly Transaction<unknown, unknown>[]);
  const store = openInProcess({ db, transactions: known, onClose: () => db.close() });
  onTestFinished(() => store.close());
  const clock = { now: NOW };
  const done = { classified: 0, ids: 0 };
  const devices = {
    ...store.devices,
    run: (one: { readonly name: string }, input: unknown) => {
      if (one.name === "classify") done.classified += 1;
      return store.devices.run(one as never, input);
    },
  };
  const newId = (): string => `0198c000-0000-7000-8000-${String((done.ids += 1)).padStart(12, "0")}`;
  const log = { error: (...said: unknown[]) => expect(said).toEqual([]) };
  const ports = { ...store, devices, newId, log, now: () => clock.now, realNow: () => clock.now } as unknown as Ports;
  const work = createDueWork(ports, async () => undefined);
  const rows = Array.from({ length: count }, (_none, n) =>
    enrollmentRow(`e${String(n).padStart(5, "0")}`, { productName: "iPhone15,2", lastSeenAt: NOW, classDueAt: 0 }),
  );
  await store.devices.run(put, rows);
  const takes = (json: unknown) => store.devices.run(noteList, readList(json, {}, clock.now).input);
  const untilNone = async (turn: () => Promise<number>): Promise<void> => {
    while ((await turn()) > 0);
  };
  const worked = (): number => done.classified - (done.classified = 0);
  return { ports, store, clock, work, takes, untilNone, worked };
}
const newer = (): unknown => JSON.parse(JSON.stringify(sampleLookupService()).replaceAll('"26.6.1"', '"26.6.9"'));

describe("classes that are due", () => {
  it("are worked out once, and are not due again before anything can change", async () => {
    const { store, work, takes, untilNone, clock } = await fleet(450);
    await takes(sampleLookupService());
    await untilNone(() => work.compliance());
    expect(await store.admin.classCounts()).toEqual([
      { compliance: "no-plan", reason: "nothing-governs", flags: "", devices: 450 },
    ]);
    expect(await store.devices.nextDue("compliance", clock.now)).toBe(NOW + 7 * 24 * HOUR);
    clock.now += 7 * 24 * HOUR;
    await untilNone(() => work.compliance());
    expect(await store.admin.classCounts()).toEqual([
      { compliance: "unknown", reason: "not-heard", flags: " silent ", devices: 450 },
    ]);
  });
});

describe("the setting silent-days", () => {
  it("makes all classes due when it changes, and devices are silent by it from then on", async () => {
    const { ports, store, clock, work, takes, untilNone, worked } = await fleet(3);
    await takes(sampleLookupService());
    await untilNone(() => work.compliance());
    await untilNone(() => work.sweeps());
    expect(worked()).toBe(3);
    const silent = async (days: number): Promise<number> => {
      await rememberSilentDays(ports, days);
      await untilNone(() => work.sweeps());
      await untilNone(() => work.compliance());
      const counts = await store.admin.classCounts();
      return counts.reduce((sum, { flags, devices }) => sum + (flags.includes(" silent ") ? devices : 0), 0);
    };
    const looked = () => store.devices.nextDue("compliance", clock.now);
    expect([await silent(7), worked(), await looked()]).toEqual([0, 0, NOW + 7 * 24 * HOUR]);
    clock.now += 3 * 24 * HOUR;
    expect([await silent(7), worked()]).toEqual([0, 0]);
    expect([await silent(3), worked()]).toEqual([3, 3]);
    expect([await silent(4), worked(), await looked()]).toEqual([0, 3, NOW + 4 * 24 * HOUR]);
    // By what its row keeps, the device's messages and the server's own work go by it without a look at the setting.
    clock.now += 24 * HOUR;
    await untilNone(() => work.compliance());
    expect([await silent(4), worked()]).toEqual([3, 3]);
    expect([await silent(7), worked()]).toEqual([0, 3]);
  });
});

describe("a look through all devices", () => {
  it("targets C10: works out those alone to which something else is offered, page by page", async () => {
    const { store, work, takes, untilNone, worked } = await fleet(1200);
    await takes(sampleLookupService());
    await untilNone(() => work.compliance());
    await store.devices.run(put, [enrollmentRow("z", { productName: "iPad99,9", lastSeenAt: NOW, classDueAt: 0 })]);
    await untilNone(() => work.compliance());
    expect(worked()).toBe(1201);
    await untilNone(() => work.sweeps());
    expect(worked()).toBe(0);
    await takes(newer());
    await untilNone(() => work.sweeps());
    expect(worked()).toBe(1200);
    const [row] = await store.devices.read({ from: "enrollment", where: { id: "e00000" } });
    expect(row?.offer).toContain('"26.6.9"');
  });

  it("continues where it was after a crash, and begins again for a newer list", async () => {
    const { store, work, takes, untilNone, worked, clock } = await fleet(1200);
    await takes(sampleLookupService());
    await untilNone(() => work.compliance());
    await untilNone(() => work.sweeps());
    worked();
    await takes(newer());
    // One page, and then whoever has claimed the next one dies.
    await work.sweeps();
    expect(worked()).toBe(1000);
    expect(await store.devices.claimDue("sweep", clock.now, 1, 60_000)).toHaveLength(1);
    expect(await work.sweeps()).toBe(0);
    clock.now += 60_000;
    await untilNone(() => work.sweeps());
    expect(worked()).toBe(200);
    await takes(newer());
    await work.sweeps();
    await takes(sampleLookupService());
    const sweep = async () => (await store.devices.read({ from: "sweep", where: {} }))[0];
    expect((await sweep())?.cursor).toBeNull();
    // A page of the look before ends only now.
    const before = await sweep();
    await store.devices.run(sweepTurn, { leaseUntil: 0, cause: (before?.cause ?? 0) - 1, cursor: "z", dueAt: 1 });
    expect(await sweep()).toEqual(before);
  });

  it("is made again when a day begins in UTC, or at UTC+14", async () => {
    const { store, work, takes, untilNone, clock } = await fleet(1);
    await takes(sampleLookupService());
    const next = async (): Promise<number> => {
      await untilNone(() => work.sweeps());
      clock.now = (await store.devices.nextDue("sweep", clock.now)) ?? 0;
      return clock.now;
    };
    expect([await next(), await next(), await next()]).toEqual([
      Date.UTC(2026, 7, 26),
      Date.UTC(2026, 7, 26, 10),
      Date.UTC(2026, 7, 27),
    ]);
  });
});

describe("what is offered to a device", () => {
  const row = enrollmentRow("e", { productName: "iPhone14,2", osVersion: "26.5" });
  const of = (date: string) => ({
    catalog: listOf([released("26.6"), released("27.0")], date),
    security: NO_SECURITY,
  });
  it.each<[string, Parameters<typeof offerTo>[0], string, object]>([
    ["by a list of 30 days", row, "2026-07-26", { inMajor: { version: "26.6" }, newest: { version: "27.0" } }],
    ["by a list of 31 days", row, "2026-07-25", { doubt: "catalog-stale", inMajor: { version: "26.6" } }],
    ["without a version", { ...row, osVersion: null }, "2026-08-25", { for: "" }],
    ["without a model", { ...row, productName: null }, "2026-08-25", { for: "" }],
  ])("%s", (_what, device, date, expected) => expect(offerTo(device, of(date), NOW)).toMatchObject(expected));

  it("names the newest fix of an exploited CVE in its major, whatever it runs of that major (targets C8)", () => {
    const fix = (version: string, exploitedSince: number | null): SecurityRelease => ({
      ...{ platform: "iOS", version, postedOn: "2026-08-01" },
      cves: [{ id: "CVE-2026-1", firstSeenAt: 1, exploitedSince }],
    });
    const security = securityOf([fix("26.5", 1), fix("26.5.1", 1), fix("26.6", null), fix("27.0", 1)]);
    const offers = ["26.4", "26.6"].map((osVersion) =>
      offerTo({ ...row, osVersion }, { ...of("2026-08-25"), security }, NOW),
    );
    expect(offers.map(({ exploitedFix }) => exploitedFix)).toEqual(["26.5.1", "26.5.1"]);
    expect(offerTo(row, of("2026-08-25"), NOW)).not.toHaveProperty("exploitedFix");
  });

  it("says that its major has ended, where only other models get fixes for it (targets T13)", () => {
    const releases = [
      released("18.7.8"),
      released("18.7.9", { devices: ["iPhone11,8"] }),
      released("26.6", { devices: ["iPhone14,2"] }),
    ];
    const known = { catalog: listOf(releases), security: NO_SECURITY };
    expect(offerTo({ ...row, osVersion: "18.5" }, known, NOW)).toMatchObject({ majorEnded: true });
    expect(offerTo(row, known, NOW)).not.toHaveProperty("majorEnded");
  });

  it("is doubted without a list", () => {
    const none = { catalog: { list: null, releases: [] }, security: NO_SECURITY };
    expect(offerTo(row, none, NOW)).toEqual({ for: "iOS 26 iPhone14,2", doubt: "catalog-empty" });
  });
});
