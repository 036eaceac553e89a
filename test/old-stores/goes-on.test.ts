/** A store of an earlier schema opens, is brought to the newest, and everything in it goes on. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { PlanJobView, PlanView, PolicyView } from "../../src/contract/index.ts";
import { STATES } from "../../src/plans/index.ts";
import { declarative, type Device, policyDevice, SOON, startUptick, type Uptick } from "../support/index.ts";
import { becomeOld, enrolOldDevices, OLD_ENROLLMENTS, OLD_JOBS, type OldDevices } from "./old-store.ts";

const MINUTE = 60_000;
/** All of the text was written in the first quarter of an hour. */
const WRITTEN = 15 * MINUTE;
/** By then a device is asked for its version again, whatever it was asked before. */
const A_DAY_LATER = 25 * 60 * MINUTE;

/** States that only one of the mechanisms has, or of which it can't be told. */
const DECLARED_ALONE = ["awaiting", "declaring", "declared"];
/** States that the schema of these stores did not have. */
const NEWER = ["pausing", "paused"];
const COMMANDED_ALONE = ["asking", "scanning", "downloaded", "notified", "refused"];

const title = ({ declared, state, begun }: (typeof OLD_JOBS)[number]): string =>
  `${state}${declared ? " by declaration" : ""}${begun ? "" : ", never begun"}`;
/** The device whose chunk was not marked as made. */
const HALF_MADE = 16;
const LIVE = OLD_JOBS.filter(({ live }) => live);
const OVER = OLD_JOBS.filter(({ live }) => !live);

let uptick: Uptick;
let devices: OldDevices;
const deviceOf = (n: number): Device => {
  const device = devices.get(n);
  if (device === undefined) throw new Error(`there is no device ${n}`);
  return device;
};
const jobOf = async ({ n, planId }: (typeof OLD_JOBS)[number]): Promise<PlanJobView["job"] | undefined> => {
  const { id } = await uptick.device(deviceOf(n).udid);
  const { rows } = await uptick.web.get<{ rows: PlanJobView[] }>(`/api/v1/plans/${planId}/jobs?limit=100`);
  return rows.find(({ device }) => device.id === id)?.job;
};

beforeAll(async () => {
  uptick = await startUptick();
  devices = await enrolOldDevices(uptick);
  await uptick.restart({ later: WRITTEN, between: (database) => becomeOld(uptick, database) });
});
afterAll(() => uptick.close());

describe("a store of an earlier schema", () => {
  it("has a job in every state, by both mechanisms where both have it", () => {
    const states = (declared: boolean): string[] =>
      OLD_JOBS.filter((job) => job.declared === declared).map(({ state }) => state);
    expect(new Set([...states(false), ...DECLARED_ALONE, ...NEWER])).toEqual(new Set(STATES));
    expect(new Set([...states(true), ...COMMANDED_ALONE, ...NEWER])).toEqual(new Set(STATES));
  });

  it.each(OVER.map((job) => [title(job), job] as const))(
    "still says of a job that is over: %s",
    async (_title, job) => {
      expect(await jobOf(job)).toMatchObject({ state: job.state, reason: job.reason });
    },
  );

  it("shows its plans, each with its devices, and a device by its job", async () => {
    const { rows } = await uptick.web.get<{ rows: PlanView[] }>("/api/v1/plans");
    expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining(OLD_JOBS.map(({ planId }) => planId)));
    for (const job of OLD_JOBS) {
      const { states } = await uptick.web.get<PlanView>(`/api/v1/plans/${job.planId}`);
      expect([title(job), Object.values(states)]).toEqual([title(job), [1]]);
      const { job: shown } = await uptick.device(deviceOf(job.n).udid);
      expect([title(job), shown?.planId]).toEqual([title(job), job.planId]);
    }
  });

  it("shows of a plan whom it has refused, and why, in the words of before", async () => {
    const refused = OLD_JOBS.filter(({ state, begun }) => state === "refused" && !begun);
    expect(refused.length).toBeGreaterThan(0);
    for (const job of refused) {
      const { job: shown } = await uptick.device(deviceOf(job.n).udid);
      expect(shown).toMatchObject({
        state: "refused",
        reason: job.reason,
        planId: job.planId,
        release: null,
        next: null,
      });
      expect(shown?.verdict.sentence).toMatch(/^Not possible: .*\.$/);
      expect(uptick.rows("SELECT id FROM job WHERE id = ?", job.id)).toEqual([]);
    }
  });

  it("makes no second job of what had become one before the process ended", async () => {
    const [done] = OLD_JOBS.filter(({ n }) => n === HALF_MADE);
    await vi.waitFor(async () => {
      const plan = await uptick.web.get<PlanView>(`/api/v1/plans/${done?.planId}`);
      expect(plan).toMatchObject({ working: false, pending: 0, states: { done: 1 } });
    }, SOON);
    expect(uptick.rows("SELECT id FROM job WHERE plan_id = ?", done?.planId ?? "")).toEqual([{ id: done?.id }]);
  });

  it("carries out every decision that waited in an open chunk", async () => {
    const { udid } = deviceOf(OLD_ENROLLMENTS.length);
    const job = await vi.waitFor(async () => {
      const { job: made } = await uptick.device(udid);
      if (made === null) throw new Error("no job yet");
      return made;
    }, SOON);
    expect(OLD_JOBS.map(({ planId }) => planId)).not.toContain(job.planId);
    expect(job.state).toBe("asking");
    const plan = await vi.waitFor(async () => {
      const shown = await uptick.web.get<PlanView>(`/api/v1/plans/${job.planId}`);
      expect(shown.working).toBe(false);
      return shown;
    }, SOON);
    expect(plan).toMatchObject({ devices: 3, pending: 0, states: { asking: 1, refused: 1, done: 1 } });
    const { rows } = await uptick.web.get<{ rows: PlanJobView[] }>(`/api/v1/plans/${job.planId}/jobs`);
    const ends = rows.map(({ device, job: its }) => `${device.serial ?? ""}: ${its.state}, ${its.reason}`);
    expect(new Set(ends)).toEqual(
      new Set([
        "OLDSERIAL28: refused, busy",
        "OLDSERIAL29: done, already-there",
        "OLDSERIAL31: asking, asking-version",
      ]),
    );
  });

  it("keeps policies and who has them", async () => {
    const { rows } = await uptick.web.get<{ rows: PolicyView[] }>("/api/v1/policies");
    const [policy] = rows;
    const ways = await Promise.all(
      OLD_ENROLLMENTS.map(async ({ udid }) => (await policyDevice(uptick, policy?.id ?? "", udid))?.state),
    );
    expect([rows.length, ways.filter((state) => state !== undefined)]).toEqual([
      1,
      ["applied", "nothing", expect.any(String)],
    ]);
  });

  it("keeps what a device has sent", async () => {
    const { udid } = deviceOf(1);
    const entry = (await uptick.timeline(udid)).find(({ kind }) => kind === "check-in-other");
    expect(await uptick.message(udid, entry)).toBe("hello");
  });

  it("lets every device in by its own certificate, to a poll and to a status report", async () => {
    for (const { n, udid, enrolled } of OLD_ENROLLMENTS) {
      if (!enrolled) continue;
      const device = deviceOf(n);
      expect([udid, (await device.poll()).status]).toEqual([udid, 200]);
      const reply = await declarative(device).report({ "device.operating-system.version": device.facts["OSVersion"] });
      expect([udid, reply.status]).toEqual([udid, 200]);
    }
  });

  it("ends every job that was under way when its device comes to the release", async () => {
    await uptick.restart({ later: A_DAY_LATER });
    for (const job of LIVE) {
      const device = deviceOf(job.n);
      const its = declarative(device);
      if (job.declared) await its.sync();
      await its.arrive({
        "device.operating-system.version": job.target.version,
        "device.operating-system.build-version": job.target.build,
      });
      await device.session();
      const shown = await jobOf(job);
      expect([title(job), shown?.state]).toEqual([title(job), "done"]);
    }
  });
});
