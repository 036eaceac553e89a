/** Stopping a plan holds at once for what has not left, and says of each other device what is still open. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  msOf,
  SOON,
  type Device,
  DOWNLOADED,
  enrolDevice,
  makePlan,
  NOTHING_IN_PROGRESS,
  planJob,
  progress,
  result,
  startUptick,
  stopPlan,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const HOUR = 3_600_000;
const QUARTER = HOUR / 4;

/** A device whose install order has left. */
async function installLeft(): Promise<{ device: Device; planId: string }> {
  const device = await enrolDevice(uptick);
  const { id: planId } = await makePlan(uptick, [device.udid]);
  await device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: undefined });
  return { device, planId };
}

const settled = (planId: string, udid: string) =>
  expect.poll(async () => (await planJob(uptick, planId, udid)).job, SOON);

describe("guarantee 7: what has not left", () => {
  it("keeps the answer to a question that a stop has just taken back, as the answer to that question", async () => {
    const device = await enrolDevice(uptick);
    const { id } = await makePlan(uptick, [device.udid]);
    const asked = await device.session({ OSUpdateStatus: undefined });
    const question = asked.at(-1);
    if (question === undefined) throw new Error("nothing was asked");
    await uptick.web.request("POST", `/api/v1/plans/${id}/stop`);
    await device.answer(question, NOTHING_IN_PROGRESS);
    const said = (await uptick.timeline(device.udid)).filter(({ kind }) => kind.startsWith("answer"));
    expect(said.map(({ kind }) => kind)).toContain("answer-late");
    expect(said.map(({ kind }) => kind)).not.toContain("answer-unasked");
  });

  it("is withdrawn at once: the very next poll gets nothing of the plan's", async () => {
    const devices = await Promise.all(Array.from({ length: 5 }, () => enrolDevice(uptick)));
    const udids = devices.map(({ udid }) => udid);
    const { id } = await makePlan(uptick, udids);
    // Asked, and about to be told to download.
    for (const device of devices) await device.session({ OSUpdateStatus: undefined });
    await stopPlan(uptick, id);
    for (const device of devices) {
      // OSUpdateStatus, which was on its way, is not handed out again; the server's own questions may be.
      const types = typesOf(await device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS }));
      expect(types.filter((type) => !["DeviceInformation", "SecurityInfo"].includes(type))).toEqual([]);
    }
    for (const udid of udids) {
      await settled(id, udid).toMatchObject({ state: "stopped", reason: "withdrawn", next: null });
      const { outstanding } = await uptick.device(udid);
      expect(outstanding.map(({ requestType }) => requestType)).not.toContain("OSUpdateStatus");
    }
    expect(await uptick.web.get(`/api/v1/plans/${id}`)).toMatchObject({ state: "stopped", finished: true, pending: 0 });
  });

  it("makes no job of devices that had none yet", async () => {
    const device = await enrolDevice(uptick);
    const { id } = await uptick.web.post<{ id: string }>("/api/v1/plans", {
      to: "26.6.1",
      action: "install",
      devices: [device.udid],
    });
    await stopPlan(uptick, id);
    expect(typesOf(await device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS }))).not.toContain("ScheduleOSUpdate");
    const { job } = await uptick.device(device.udid);
    expect(["none", "stopped"]).toContain(job?.state ?? "none");
  });

  it("is withdrawn with the download under way: nothing is installed any more", async () => {
    const device = await enrolDevice(uptick);
    const { id } = await makePlan(uptick, [device.udid]);
    await device.session({
      OSUpdateStatus: NOTHING_IN_PROGRESS,
      ScheduleOSUpdate: result("DownloadOnly", "Downloading"),
    });
    await stopPlan(uptick, id);
    await settled(id, device.udid).toMatchObject({ state: "stopped", reason: "withdrawn", next: null });
    await uptick.restart({ later: 24 * HOUR });
    expect(typesOf(await device.session({ OSUpdateStatus: DOWNLOADED }))).not.toContain("ScheduleOSUpdate");
  });

  it("is withdrawn while it waits for its window", async () => {
    const device = await enrolDevice(uptick);
    const { id } = await makePlan(uptick, [device.udid], { window: "22:00-05:00" });
    await device.session({ OSUpdateStatus: DOWNLOADED });
    await settled(id, device.udid).toMatchObject({ state: "ready", next: { action: "install" } });
    await stopPlan(uptick, id);
    await settled(id, device.udid).toMatchObject({ state: "stopped", reason: "withdrawn" });
    await uptick.restart({ later: 9 * HOUR });
    expect(typesOf(await device.session({ OSUpdateStatus: DOWNLOADED }))).not.toContain("ScheduleOSUpdate");
    await uptick.restart({ later: 15 * HOUR });
  });
});

describe("guarantee 7: what has left", () => {
  it("is shown as not confirmed, with last contact and next action, and the device is pushed", async () => {
    const { device, planId } = await installLeft();
    const pushed = uptick.apns.pushes.length;
    await stopPlan(uptick, planId);
    await settled(planId, device.udid).toMatchObject({
      state: "stopping",
      reason: "cannot-be-recalled",
      finishedAt: null,
    });
    const row = await planJob(uptick, planId, device.udid);
    expect(msOf(row.device.lastSeenAt)).toBeGreaterThan(0);
    expect(msOf(row.job.next?.dueAt)).toBeGreaterThan(0);
    expect(row.job.verdict.sentence).toContain("can't be recalled");
    await expect.poll(() => uptick.apns.pushes.length, SOON).toBeGreaterThan(pushed);
    expect(await uptick.web.get(`/api/v1/plans/${planId}`)).toMatchObject({ state: "stopped", finished: false });
    // It is asked, and never told again.
    expect(typesOf(await device.session({ OSUpdateStatus: undefined }))).not.toContain("ScheduleOSUpdate");
  });

  it.each([
    ["nothing in progress", NOTHING_IN_PROGRESS],
    ["only a download", DOWNLOADED],
  ])("is confirmed as not installing once the device shows %s", async (_title, status) => {
    const { device, planId } = await installLeft();
    await stopPlan(uptick, planId);
    await settled(planId, device.udid).toMatchObject({ state: "stopping" });
    await device.session({ OSUpdateStatus: status });
    expect((await planJob(uptick, planId, device.udid)).job).toMatchObject({
      state: "stopped",
      reason: "withdrawn-not-installing",
      next: null,
    });
  });

  it("ends as done where the device installed all the same", async () => {
    const { device, planId } = await installLeft();
    await stopPlan(uptick, planId);
    await settled(planId, device.udid).toMatchObject({ state: "stopping" });
    device.facts = { ...device.facts, OSVersion: "26.6.1", BuildVersion: "23G83" };
    await device.session();
    expect((await planJob(uptick, planId, device.udid)).job).toMatchObject({ state: "done", next: null });
  });

  it("stays open while the device says that it installs, and keeps a next action", async () => {
    const { device, planId } = await installLeft();
    await stopPlan(uptick, planId);
    await settled(planId, device.udid).toMatchObject({ state: "stopping" });
    for (let nth = 0; nth < 3; nth += 1) {
      await device.session({ OSUpdateStatus: progress("Installing", 1) });
      expect((await planJob(uptick, planId, device.udid)).job).toMatchObject({
        state: "stopping",
        next: { dueAt: expect.any(String) },
      });
      await uptick.restart({ later: QUARTER });
    }
  });
});

describe("guarantee 7: stopping twice, and what never was", () => {
  it("is the same as once", async () => {
    const { device, planId } = await installLeft();
    const first = await stopPlan(uptick, planId);
    await settled(planId, device.udid).toMatchObject({ state: "stopping" });
    const again = await stopPlan(uptick, planId);
    expect(again.stoppedAt).toBe(first.stoppedAt);
    expect((await planJob(uptick, planId, device.udid)).job.state).toBe("stopping");
  });
});
