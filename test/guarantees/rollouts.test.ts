/** A paused or aborted rollout holds at the very next request, by command: nothing of it is delivered, and other rollouts are left alone. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RolloutDetail } from "../../src/contract/index.ts";
import { ringPlan, type RolloutGiven } from "../support/rollouts.ts";
import {
  type Device,
  DOWNLOADED,
  enrolDevice,
  makePlan,
  NOTHING_IN_PROGRESS,
  planJob,
  result,
  SOON,
  startUptick,
  type Uptick,
  typesOf,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const settled = (planId: string, udid: string) =>
  expect.poll(async () => (await planJob(uptick, planId, udid)).job, SOON);
const say = (rollout: string, verb: string): Promise<RolloutDetail> =>
  uptick.web.post(`/api/v1/rollouts/${rollout}/${verb}`, { reason: "a bad update" });

interface Begun {
  readonly device: Device;
  readonly id: string;
  readonly jobId: string;
  readonly rollout: string;
}

/** A device with a job of a rollout; `given`: of the rollout, as it is when the server starts again. */
async function begun(answers?: Parameters<Device["session"]>[0], given: RolloutGiven = {}): Promise<Begun> {
  const device = await enrolDevice(uptick);
  const { id } = await makePlan(uptick, [device.udid]);
  const jobId = (await planJob(uptick, id, device.udid)).job.id;
  if (answers !== undefined) await device.session(answers);
  const rollout = `${id}-rollout`;
  await uptick.restart({ between: (database) => ringPlan(database, id, rollout, given) });
  return { device, id, jobId, rollout };
}

const orders = async (device: Device): Promise<string[]> =>
  typesOf(await device.session({ OSUpdateStatus: DOWNLOADED })).filter((type) => type === "ScheduleOSUpdate");

describe("a rollout that is paused", () => {
  it("gives the very next poll nothing, and the same job continues when it is resumed", async () => {
    const { device, id, jobId, rollout } = await begun({ OSUpdateStatus: undefined });
    expect(await say(rollout, "pause")).toMatchObject({ state: "paused", stateBy: "token:first" });
    const types = typesOf(await device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS }));
    expect(types.filter((type) => !["DeviceInformation", "SecurityInfo"].includes(type))).toEqual([]);
    await settled(id, device.udid).toMatchObject({ id: jobId, state: "paused", reason: "withdrawn", finishedAt: null });
    const { verdict } = (await planJob(uptick, id, device.udid)).job;
    expect(verdict.sentence).toMatch(
      /^Paused: the rollout was paused .*; it continues when a person resumes the rollout/,
    );
    expect(verdict.remedy).toContain("uptick rollout resume");
    await say(rollout, "resume");
    const after = typesOf(
      await device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: result("InstallASAP", "Installing") }),
    );
    expect(after).toContain("ScheduleOSUpdate");
    await settled(id, device.udid).toMatchObject({ id: jobId, state: "installing" });
  });

  it("is withdrawn and resumed for devices that say nothing", async () => {
    const { device, id, rollout } = await begun();
    await say(rollout, "pause");
    await settled(id, device.udid).toMatchObject({ state: "paused" });
    expect(await uptick.web.get(`/api/v1/rollouts/${rollout}`)).toMatchObject({
      withdrawal: { held: 1, toWithdraw: 0 },
    });
    await say(rollout, "resume");
    await settled(id, device.udid).toMatchObject({ state: "asking" });
  });

  it("holds in the transaction of the poll, where the process died right after the row was written", async () => {
    const { device, id } = await begun({ OSUpdateStatus: undefined }, { state: "paused" });
    expect(await orders(device)).toEqual([]);
    expect((await planJob(uptick, id, device.udid)).job).toMatchObject({ state: "paused" });
  });

  it("leaves the jobs of other rollouts of its plan alone", async () => {
    const { device, id, rollout } = await begun();
    await uptick.restart({
      between: (database) => void database.prepare("UPDATE job SET rollout_id = NULL WHERE plan_id = ?").run(id),
    });
    await say(rollout, "pause");
    await expect
      .poll(async () => (await uptick.web.get<{ working: boolean }>(`/api/v1/plans/${id}`)).working, SOON)
      .toBe(false);
    expect(await orders(device)).toEqual(["ScheduleOSUpdate"]);
  });

  it("stays paused through a pause of its plan", async () => {
    const { device, id, rollout } = await begun();
    await say(rollout, "pause");
    await settled(id, device.udid).toMatchObject({ state: "paused" });
    await uptick.web.post(`/api/v1/plans/${id}/pause`, { reason: "why" });
    await uptick.web.post(`/api/v1/plans/${id}/resume`, undefined);
    expect(await orders(device)).toEqual([]);
    await settled(id, device.udid).toMatchObject({ state: "paused" });
  });
});

describe("a rollout that is aborted", () => {
  it("withdraws its jobs for good, whether their devices say anything or not", async () => {
    const { device, id, jobId, rollout } = await begun();
    expect(await say(rollout, "abort")).toMatchObject({ state: "aborted" });
    await settled(id, device.udid).toMatchObject({ id: jobId, state: "stopped", reason: "withdrawn", next: null });
    expect((await planJob(uptick, id, device.udid)).job.verdict.params).toMatchObject({ cause: "rollout-aborted" });
    expect(await orders(device)).toEqual([]);
  });

  it("ends the jobs that were paused", async () => {
    const { device, id, rollout } = await begun();
    await say(rollout, "pause");
    await settled(id, device.udid).toMatchObject({ state: "paused" });
    await say(rollout, "abort");
    await settled(id, device.udid).toMatchObject({ state: "stopped", next: null });
    expect(await orders(device)).toEqual([]);
  });

  it("ends them while its plan is paused, too", async () => {
    const { device, id, rollout } = await begun();
    await uptick.web.post(`/api/v1/plans/${id}/pause`, { reason: "why" });
    await settled(id, device.udid).toMatchObject({ state: "paused" });
    await say(rollout, "abort");
    await settled(id, device.udid).toMatchObject({ state: "stopped", next: null });
    expect(await orders(device)).toEqual([]);
  });

  it("gives the very next poll nothing, where the process died right after the row was written", async () => {
    const { device, id } = await begun({ OSUpdateStatus: undefined }, { state: "aborted" });
    expect(await orders(device)).toEqual([]);
    expect((await planJob(uptick, id, device.udid)).job).toMatchObject({ state: "stopped" });
  });

  it("watches an install that has left", async () => {
    const { device, id, rollout } = await begun({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: undefined });
    await say(rollout, "abort");
    await settled(id, device.udid).toMatchObject({ state: "stopping", reason: "cannot-be-recalled" });
    expect(await orders(device)).toEqual([]);
  });
});

describe("a rollout that is held, or superseded", () => {
  it.each(["held", "superseded"] as const)("changes nothing for a job that it has: %s", async (state) => {
    const { device } = await begun(undefined, { state });
    expect(await orders(device)).toEqual(["ScheduleOSUpdate"]);
  });
});

describe("before a verb", () => {
  it("the numbers are those of the rollout's devices, and nothing changes", async () => {
    const { device, rollout } = await begun();
    const tried = (verb: string) =>
      uptick.web.post(`/api/v1/rollouts/${rollout}/${verb}?dryRun=true`, { reason: "why" });
    expect(await tried("hold")).toEqual({ devices: 0, goOn: 1 });
    const waiting = { devices: 1, waiting: { command: 1, declaration: 0 }, installed: 0 };
    expect(await tried("pause")).toMatchObject(waiting);
    expect(await tried("abort")).toMatchObject(waiting);
    expect(await tried("resume")).toEqual({ devices: 1, notGiven: 0, deadlinesMoved: 0 });
    await device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: undefined });
    expect(await tried("pause")).toMatchObject({ devices: 1, beyondRecall: { command: 1, declaration: 0 } });
    expect(await uptick.web.get(`/api/v1/rollouts/${rollout}`)).toMatchObject({ state: "running", decisions: [] });
  });
});
