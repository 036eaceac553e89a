/**
 * The worked example of the specification (targets section 11) on a real store: the plan is resolved, its rings open, pass, pause and continue
 * by the server's own work. What its devices do is put into their jobs.
 */
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { released } from "../../catalog/listed.suite.ts";
import type { Json } from "../../store/index.ts";
import { STEPS } from "../../store/migrations/steps.ts";
import { byName, openInProcess } from "../../store/sqlite/index.ts";
import { enrollmentRow } from "../../store/suite-rows.ts";
import { type Transaction, transaction, type Write } from "../../store/transaction.ts";
import { createBlock } from "../catalog/block.ts";
import { listSetting } from "../catalog/list-record.ts";
import { NOT_FETCHED } from "../catalog/list-record.ts";
import { standingSpecOf } from "../plans/standing-spec.ts";
import type { Ports } from "../ports.ts";
import { createStanding } from "../standing/plan.ts";
import { transactions } from "../transactions.ts";
import { createDueWork } from "../work/due-work.ts";
import { decideRollout } from "./verbs.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const at = (local: string): number => Date.parse(`${local}+02:00`);
const PILOTS = 50;
const EARLY = 200;
const ALL = 1000;
const MODELS = ["J314sAP", "J413AP"] as const;

const write = transaction({
  name: "write",
  reads: () => ({}),
  decide: (writes: readonly Write[]) => ({ writes: [...writes], result: null }),
});

/** So many Macs of two models on 26.6.1: the first are pilots, and the next early. */
async function world() {
  const db = new DatabaseSync(":memory:");
  for (const { sqlite } of STEPS) db.exec(sqlite);
  const known = byName([...transactions, write] as unknown as readonly Transaction<unknown, unknown>[]);
  const store = openInProcess({ db, transactions: known, onClose: () => db.close() });
  onTestFinished(() => store.close());
  const clock = { now: at("2026-08-17T20:09") };
  let ids = 0;
  const newId = (): string => `0198c000-0000-7000-8000-${String((ids += 1)).padStart(12, "0")}`;
  const log = { error: (...said: unknown[]) => expect(said).toEqual([]), warn: () => undefined };
  const ports = { ...store, newId, log, now: () => clock.now, realNow: () => clock.now } as unknown as Ports;
  const work = createDueWork(ports, async () => undefined, { gateEvery: MINUTE });
  const run = async (): Promise<void> => {
    for (let n = 0; n < 40; n += 1) {
      const turns = [work.sweeps(), work.compliance(), work.plans(), work.blocks()];
      if ((await Promise.all(turns)).every((did) => did === 0)) return;
    }
  };
  /** The clock comes to a moment, and what is due by then is done. */
  const comesTo = async (local: string): Promise<void> => {
    clock.now = at(local);
    db.exec(
      `UPDATE enrollment SET last_seen_at = ${clock.now} WHERE last_seen_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM device_tag t WHERE t.enrollment_id = enrollment.id AND t.tag = 'away')`,
    );
    await run();
  };
  const one = (sql: string): Record<string, unknown> => db.prepare(sql).get() as Record<string, unknown>;
  const all = (sql: string): Record<string, unknown>[] => db.prepare(sql).all() as Record<string, unknown>[];
  return { db, store, clock, comesTo, run, one, all };
}
type World = Awaited<ReturnType<typeof world>>;

const idOf = (n: number): string => `mac-${String(n).padStart(4, "0")}`;
const tagOf = (n: number): string | undefined => (n < PILOTS ? "pilot" : n < PILOTS + EARLY ? "early" : undefined);

async function begin({ store, clock, comesTo }: World): Promise<void> {
  const release = (version: string, postingDate: string) =>
    released(version, { platform: "macOS", devices: [...MODELS], postingDate });
  const row = (version: string, posted: string, seenAt: number): Write => {
    const { since: _since, absent: _absent, ...doc } = release(version, posted);
    const id = `macOS ${version}`;
    const times = { firstSeenAt: seenAt, lastSeenAt: seenAt };
    return {
      put: "release",
      row: { id, platform: "macOS", version, build: doc.build, doc: doc as unknown as Json, ...times },
    };
  };
  const listed = (date: string, takenAt: number, before: { date: string; takenAt: number } | null): Write =>
    listSetting({ date, from: "file", takenAt, pairs: 4, before } as never, NOT_FETCHED);
  const devices = Array.from({ length: ALL }, (_none, n): Write[] => {
    const tag = tagOf(n);
    return [
      {
        put: "enrollment",
        row: enrollmentRow(idOf(n), {
          ...{
            platform: "macOS",
            osVersion: "26.6.1",
            softwareUpdateDeviceId: MODELS[n % 8 === 0 ? 1 : 0],
            enforces: 1,
          },
          ...{ adminZone: "Europe/Berlin", accessRights: 8191, lastSeenAt: clock.now, pushable: 0 },
        }),
      },
      ...(tag === undefined ? [] : [{ put: "deviceTag", row: { enrollmentId: idOf(n), tag } } as const]),
    ];
  }).flat();
  const before = { date: "2026-08-16", takenAt: at("2026-08-16T20:10") };
  await store.devices.run(write, [
    ...devices,
    row("26.6.1", "2026-08-06", before.takenAt),
    listed(before.date, before.takenAt, null),
  ]);
  const request = {
    ...{ to: "macOS=latest-minor", action: "install", standing: true, zone: "Europe/Berlin", deadline: "+17d 17:00" },
    skipWeekdays: ["fri", "sat", "sun"],
    rings: [
      { name: "Pilot", who: "tag = pilot", opens: 0, due: 2 },
      { name: "Early", who: "tag = early", opens: 8, due: 9 },
      { name: "Everyone", who: "rest", opens: 15, due: 17 },
    ],
  } as const;
  const spec = standingSpecOf(request as never, undefined, at("2026-06-01T12:00")) as unknown as Json;
  await store.devices.run(createStanding, { id: "plan", name: "Macs", spec, by: "token:a", now: clock.now });
  await comesTo("2026-08-17T20:09");
  // Posted on Mon 17 Aug, and seen at 20:10.
  clock.now = at("2026-08-17T20:10");
  const seen = [row("26.6.1", "2026-08-06", clock.now), row("26.6.2", "2026-08-17", clock.now)];
  const sweep: Write = {
    patch: "sweep",
    where: { name: "compliance" },
    set: { dueAt: clock.now, cursor: null, leaseUntil: 0 },
  };
  await store.devices.run(write, [...seen, listed("2026-08-17", clock.now, before), sweep]);
  await comesTo("2026-08-17T20:10");
}

/** What the jobs of some devices keep for the gate. */
function does({ db }: World, ids: readonly string[], member: object, startedAt: number | null): void {
  const put = db.prepare("UPDATE job SET member = ?, started_at = ? WHERE enrollment_id = ?");
  for (const id of ids) put.run(JSON.stringify(member), startedAt, id);
}
const range = (from: number, to: number): string[] => Array.from({ length: to - from }, (_none, n) => idOf(from + n));
const runsOf = ({ all }: World): string[] =>
  all("SELECT ring, state FROM ring_run ORDER BY ring").map(({ ring, state }) => `${String(ring)} ${String(state)}`);
const deadlines = ({ all }: World, ids: readonly string[]): unknown[] => [
  ...new Set(
    all(`SELECT id, deadline_local d FROM enrollment`).flatMap(({ id, d }) => (ids.includes(String(id)) ? [d] : [])),
  ),
];

describe("the worked example: 1,000 Macs in Berlin, three rings", () => {
  it("passes, pauses, is resumed, and comes to everyone", async () => {
    const w = await world();
    await begin(w);
    expect(w.one("SELECT base, state FROM rollout")).toEqual({ base: "2026-08-17", state: "running" });
    expect(runsOf(w)).toEqual(["0 waiting", "1 waiting", "2 waiting"]);

    // 1. Pilot opens on Tue 18 Aug at 09:00, and is due on Wed 19 Aug at 17:00.
    await w.comesTo("2026-08-18T08:59");
    expect(w.one("SELECT count(*) n FROM job")).toEqual({ n: 0 });
    await w.comesTo("2026-08-18T09:00");
    expect([runsOf(w)[0], w.one("SELECT count(*) n FROM job")]).toEqual(["0 open", { n: PILOTS }]);
    expect(deadlines(w, range(0, PILOTS))).toEqual(["2026-08-19T17:00"]);
    // By Fri 21 Aug 17:00 44 are good and started 48 h ago, 1 failed, 3 are hindered since before, 2 are away.
    const due = at("2026-08-19T17:00");
    does(w, range(0, 44), { reachedAt: due + HOUR }, due);
    does(w, range(44, 45), { installStateAt: due, jobFailedAt: due + 24 * HOUR }, due);
    does(w, range(45, 48), { hinderedSince: at("2026-08-10T12:00") }, null);
    for (const id of range(48, 50))
      w.db.exec(
        `INSERT INTO device_tag VALUES ('${id}', 'away'); UPDATE enrollment SET last_seen_at = ${at("2026-08-10T09:00")} WHERE id = '${id}'`,
      );
    w.db.exec(`UPDATE enrollment SET os_version = '26.6.2' WHERE id < '${idOf(44)}'`);
    await w.comesTo("2026-08-21T16:59");
    expect(runsOf(w)[0]).toBe("0 open");
    await w.comesTo("2026-08-21T17:00");
    expect(runsOf(w)[0]).toBe("0 passed");
    const pass = w.one("SELECT reason, numbers FROM gate_decision WHERE what = 'pass'");
    expect(pass["reason"]).toBe("enough-good");
    expect(JSON.parse(String(pass["numbers"]))).toMatchObject({
      members: 50,
      reachable: 48,
      expected: 45,
      settled: 44,
      failures: 1,
      allowed: 2,
    });

    // 2. Early opens on its day, Tue 25 Aug 09:00, due Wed 26 Aug 17:00; on Wed 11:00 6 of 41 have failed.
    await w.comesTo("2026-08-25T08:59");
    expect(runsOf(w)[1]).toBe("1 waiting");
    await w.comesTo("2026-08-25T09:00");
    expect([runsOf(w)[1], deadlines(w, range(50, 250))]).toEqual(["1 open", ["2026-08-26T17:00"]]);
    const began = at("2026-08-25T18:00");
    does(w, range(50, 62), { reachedAt: began + HOUR }, began);
    does(w, range(62, 85), { installStateAt: began, installingAt: at("2026-08-26T10:30") }, began);
    const ill = range(50, 250)
      .filter((_id, n) => (n + 50) % 8 === 0 && n + 50 >= 85)
      .slice(0, 6);
    does(w, ill, { orderedAt: began, signs: [began + HOUR, began + 2 * HOUR], signSince: began + 2 * HOUR }, began);
    w.db.exec(`UPDATE enrollment SET os_version = '26.6.2' WHERE id >= '${idOf(50)}' AND id < '${idOf(62)}'`);
    await w.comesTo("2026-08-26T11:00");
    expect(w.one("SELECT state, state_by, reason FROM rollout")).toEqual({
      state: "paused",
      state_by: "gate",
      reason: "failures",
    });
    const paused = JSON.parse(
      String(w.one("SELECT numbers FROM gate_decision WHERE what = 'pause'")["numbers"]),
    ) as Record<string, number>;
    expect(paused).toMatchObject({ started: 41, failures: 6 });
    expect(paused["chance"]).toBeCloseTo(0.016, 3);

    // 3. The 6 are J413AP: that model is blocked, and on Thu 27 Aug 10:00 the rollout is resumed.
    w.clock.now = at("2026-08-27T10:00");
    const block = {
      id: "block",
      platform: "macOS",
      version: "26.6.2",
      extra: null,
      rule: "model = J413AP",
      reason: "restarts",
    };
    const until = at("2026-09-10T00:00");
    await w.store.devices.run(createBlock, { row: { ...block, until, createdBy: "token:a" }, now: w.clock.now });
    const resume = {
      rolloutId: String(w.one("SELECT id FROM rollout")["id"]),
      verb: "resume",
      reason: "blocked for J413AP",
      by: "token:a",
    } as const;
    await w.store.devices.run(decideRollout, { ...resume, now: w.clock.now });
    await w.comesTo("2026-08-27T10:00");
    const others = range(91, 250).filter((id) => Number(id.slice(4)) % 8 !== 0);
    expect(deadlines(w, others)).toEqual(["2026-08-31T17:00"]);

    // 4. Early passes; Everyone opens on Thu 3 Sep 09:00, and is due on Mon 7 Sep 17:00.
    const started = at("2026-08-31T17:00");
    does(w, others, { reachedAt: started + HOUR }, started);
    for (const id of others) w.db.exec(`UPDATE enrollment SET os_version = '26.6.2' WHERE id = '${id}'`);
    does(
      w,
      range(62, 91).filter((id) => Number(id.slice(4)) % 8 !== 0),
      { reachedAt: started + HOUR },
      started,
    );
    await w.comesTo("2026-09-02T16:59");
    expect(runsOf(w)[1]).toBe("1 open");
    await w.comesTo("2026-09-02T17:00");
    expect(runsOf(w)).toEqual(["0 passed", "1 passed", "2 waiting"]);
    await w.comesTo("2026-09-03T08:59");
    expect(runsOf(w)[2]).toBe("2 waiting");
    await w.comesTo("2026-09-03T09:00");
    expect(runsOf(w)[2]).toBe("2 open");
    const everyone = range(250, ALL).filter((id) => Number(id.slice(4)) % 8 !== 0);
    expect(deadlines(w, everyone)).toEqual(["2026-09-07T17:00"]);

    // 5. The J413AP stay without it until a person ends the block.
    expect(
      deadlines(
        w,
        range(250, ALL).filter((id) => !everyone.includes(id)),
      ),
    ).toEqual([null]);
  }, 60_000);
});
