/** A system clock that jumps 400 days forward ends nothing, until an admin says that it is right. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ClockView, EnrollmentLink, ServerStatus } from "../../src/contract/index.ts";
import {
  ableDevice,
  ARRIVED,
  commandBytes,
  type Device,
  enrolDevice,
  inForce,
  jobOf,
  makePlan,
  pendingBy,
  planJob,
  rawCommand,
  SOON,
  startUptick,
  type Uptick,
} from "../support/index.ts";

const DAY = 24 * 3_600_000;
let uptick: Uptick;
afterEach(() => uptick.close());
afterEach(() => vi.restoreAllMocks());

/** Sets the system clock forward; the monotonic clock goes on as it does. */
function setForward(ms: number): void {
  const real = Date.now.bind(Date);
  vi.spyOn(Date, "now").mockImplementation(() => real() + ms);
}

const events = (name: string): unknown[] => uptick.log.filter(({ event }) => event === name);
const clock = (): Promise<ClockView> => uptick.web.get("/api/v1/clock");

/** All that 400 days end: a job, a link, an identity, a queued question, history. */
async function standing(device: Device, plan: string) {
  const { rows } = await uptick.web.get<{ rows: EnrollmentLink[] }>("/api/v1/enrollment-links");
  const { job } = await planJob(uptick, plan, device.udid);
  const { outstanding } = await uptick.device(device.udid);
  const [history] = uptick.rows<{ n: number }>("SELECT count(*) AS n FROM timeline WHERE kind = 'authenticate'");
  return {
    job: [job.state, job.reason, job.next, job.verdict.sentence],
    link: rows.map(({ state }) => state),
    outstanding: outstanding.map(({ commandUuid: uuid, state }) => [uuid, state]),
    history: history?.n,
    warnings: (await uptick.web.get<ServerStatus>("/api/v1/status")).warnings.map(({ reason: code }) => code),
  };
}

describe("a system clock that jumps 400 days forward", () => {
  it("ends nothing while the server runs and across a restart; after clock accept everything is over", async () => {
    uptick = await startUptick({
      flags: { "history-days": "30", "identity-days": "300", "expired-identities": "refuse" },
    });
    const device = await enrolDevice(uptick);
    await uptick.web.post("/api/v1/enrollment-links", { hours: 24 });
    const { id: plan } = await makePlan(uptick, [device.udid]);
    await rawCommand(uptick, device.udid, commandBytes("waits", { RequestType: "ProfileList" }));
    const before = await standing(device, plan);
    expect(before).toMatchObject({ link: ["open"], history: 1, warnings: [] });
    expect(await clock()).toMatchObject({ suspect: null });

    setForward(400 * DAY);
    const suspect = { ...before, warnings: ["clock-suspect"] };
    expect(await standing(device, plan)).toEqual(suspect);
    await uptick.restart();
    expect(await standing(device, plan)).toEqual(suspect);
    expect((await uptick.web.get<ServerStatus>("/api/v1/status")).warnings[0]).toMatchObject({
      remedy: expect.stringContaining("uptick clock accept"),
    });
    const seen = await clock();
    expect(seen.suspect?.aheadMs).toBeGreaterThan(399.9 * DAY);
    expect(Date.parse(seen.systemAt) - Date.parse(seen.trustedAt)).toBe(seen.suspect?.aheadMs);
    expect((await device.poll()).status).toBe(200);
    // Once while it ran, and once at the start: that the device was heard is noted at the time that is believed.
    expect(events("clock-suspect")).toHaveLength(2);
    const [late] = uptick.rows<{ n: number }>("SELECT count(*) AS n FROM timeline WHERE at > ?", Date.now() + DAY);
    expect(late?.n).toBe(0);

    const accepted = await uptick.web.post<ClockView>("/api/v1/clock/accept", undefined);
    expect(accepted.suspect).toBeNull();
    expect(Date.parse(accepted.trustedAt)).toBeGreaterThan(Date.now() - DAY);
    expect(events("clock-believed")).toMatchObject([{ why: "accepted" }]);
    expect((await device.poll()).status).toBe(403);
    const after = await standing(device, plan);
    expect(after.link).toEqual(["expired"]);
    expect(after.warnings).toEqual(expect.arrayContaining(["push-certificate-ends", "identities-ended"]));
    expect(after.warnings).not.toContain("clock-suspect");

    await uptick.restart();
    expect(await clock()).toMatchObject({ suspect: null });
    await expect.poll(async () => (await standing(device, plan)).history, SOON).toBe(0);
  });
});

describe("a system clock that jumps 20 days forward", () => {
  it("does not end an update that waits for a person; a device that installs after the end is up to date", async () => {
    uptick = await startUptick();
    const able = await ableDevice(uptick);
    const { device, its } = able;
    await inForce(uptick, able);
    await its.report({
      ...pendingBy(its),
      "softwareupdate.install-state": "failed",
      "softwareupdate.failure-reason": { count: 1, reason: "The passcode is required." },
    });
    const waiting = await jobOf(uptick, device.udid);
    expect(waiting).toMatchObject({ state: "blocked", reason: "failing-passcode" });

    setForward(20 * DAY);
    expect((await device.poll()).status).toBe(200);
    expect(await clock()).toMatchObject({ suspect: { aheadMs: expect.any(Number) } });
    expect(await jobOf(uptick, device.udid)).toMatchObject({
      state: "blocked",
      sinceAt: waiting.sinceAt,
      finishedAt: null,
    });

    await uptick.web.post<ClockView>("/api/v1/clock/accept", undefined);
    const ended = { state: "failed", reason: "nobody-helped" };
    await expect.poll(() => jobOf(uptick, device.udid), SOON).toMatchObject(ended);
    device.facts = { ...device.facts, OSVersion: "26.6.1", BuildVersion: "23G83" };
    await its.arrive(ARRIVED);
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "done", reason: "updated" });
  });
});
