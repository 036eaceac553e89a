/** A standing plan with three rings on virtual time: what the server's own work makes of it in three weeks, device by device. */
import { DatabaseSync } from "node:sqlite";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { declaredKindNames, kindNames, pushCertificate, random, runFleet, virtualTime } from "../../simulator/index.ts";
import { SAMPLE_SERVED_AT, sampleLookupService } from "../catalog/index.ts";
import { createVirtualNetwork, createVirtualPush, startVirtualServer } from "./index.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const COUNT = 12;
const ZONE = "Europe/Berlin";
const local = (at: number): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(ZONE);

interface Decided {
  readonly version: string;
  readonly ring: number;
  readonly what: string;
  readonly at: number;
}

async function run() {
  const dice = random("s");
  const time = virtualTime({ start: Date.UTC(2026, 7, 25, 12), pick: (choices) => dice.integer(0, choices - 1) });
  const bytes = random("s/bytes");
  const push = createVirtualPush(time);
  const errors: unknown[] = [];
  let profile: Uint8Array = new Uint8Array();
  const nothing = (): void => undefined;
  const db = new DatabaseSync(":memory:");
  const server = await startVirtualServer({
    time,
    random: (n) => new Uint8Array(bytes.bytes(n)),
    db,
    push: push.client,
    log: { debug: nothing, info: nothing, warn: nothing, error: (event, more) => void errors.push([event, more]) },
    take: (waiting) => dice.integer(1, waiting),
    async prepare({ admin, system }) {
      await admin.server.importPush(system, pushCertificate("com.apple.mgmt.External.virtual").pem);
      await admin.server.importCatalog(system, sampleLookupService(), { modifiedAt: SAMPLE_SERVED_AT });
      ({ profile } = await admin.enrollment.enroll(system, { uses: COUNT }));
    },
  });
  const { admin, system } = server;
  const ending = new AbortController();
  const network = createVirtualNetwork({ time, server: () => server });
  const kinds = [...kindNames, ...declaredKindNames];
  const fleet = runFleet({
    profile,
    count: COUNT,
    seed: "s",
    kinds,
    clock: time,
    apns: push,
    network,
    signal: ending.signal,
  });
  await time.sleep(3 * HOUR);
  const plan = await admin.plans.create(system, {
    ...{ to: "latest-minor", standing: true, action: "install", deadline: "+17d 17:00", zone: ZONE },
    skipWeekdays: ["fri", "sat", "sun"],
    rings: [
      { name: "Pilot", who: { percent: 40 }, opens: 0, due: 2 },
      { name: "Early", who: { percent: 30 }, opens: 8, due: 9 },
      { name: "Everyone", who: "rest", opens: 15, due: 17 },
    ],
  });
  await time.sleep(21 * DAY);
  const all = <T>(sql: string): T[] => db.prepare(sql).all() as T[];
  const decisions = all<Decided>(
    "SELECT version, ring, what, at FROM gate_decision d JOIN rollout r ON r.id = d.rollout_id ORDER BY at, n",
  );
  const jobs = all<{ ring: number; version: string; created_at: number }>(
    "SELECT ring, version, created_at FROM job j JOIN rollout r ON r.id = j.rollout_id",
  );
  const { rows } = await admin.devices.list({ limit: 100 });
  const { rows: rollouts } = await admin.rollouts.list(plan.id, undefined, 10);
  const { devices: governed } = await admin.plans.show(plan.id);
  ending.abort();
  await fleet.done;
  await server.stop();
  time.stop();
  return { decisions, jobs, rows, rollouts, errors, governed };
}

describe("a standing plan with rings", () => {
  it("brings the fleet to its releases, ring after ring", async () => {
    const { decisions, jobs, rows, rollouts, errors, governed } = await run();
    expect([errors, governed]).toEqual([[], COUNT]);
    const opened = decisions.filter(({ what }) => what === "open");
    // targets R1: at 09:00 of a working day, on the first such day on or after its own.
    for (const { at } of opened) {
      expect(local(at).toPlainTime().toString()).toBe("09:00:00");
      expect(local(at).dayOfWeek).toBeLessThanOrEqual(5);
    }
    expect(new Set(opened.map(({ ring, at }) => `${ring} ${local(at).toPlainDate().toString()}`))).toEqual(
      new Set(["0 2026-08-26", "1 2026-09-02", "2 2026-09-09"]),
    );
    // Test 13.4: none opens before the ring before it has passed.
    const passedAt = (version: string, ring: number): number =>
      decisions.find((one) => one.version === version && one.ring === ring && one.what === "pass")?.at ?? Infinity;
    expect(opened.filter(({ ring, version, at }) => ring > 0 && passedAt(version, ring - 1) > at)).toEqual([]);
    // targets R5: nobody is given a release before its ring has it.
    const openedAt = (version: string, ring: number): number =>
      opened.find((one) => one.version === version && one.ring === ring)?.at ?? Infinity;
    expect(jobs.length).toBeGreaterThan(COUNT / 2);
    expect(jobs.filter(({ ring, version, created_at: at }) => at < openedAt(version, ring))).toEqual([]);
    expect(rows.filter(({ compliance }) => compliance?.class === "on-target").length).toBeGreaterThan((COUNT * 2) / 3);
    // targets R14: the rings are counted.
    for (const { rings } of rollouts) for (const { counts, devices } of rings) expect(counts?.members).toBe(devices);
  });
});
