/** A pause and a halt hold at the very next request, as a stop does; and the jobs go on afterwards, the same ones. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PlanView } from "../../src/contract/index.ts";
import {
  commandBytes,
  type Device,
  DOWNLOADED,
  endHalt,
  enrolDevice,
  makePlan,
  NOTHING_IN_PROGRESS,
  pausePlan,
  planJob,
  rawCommand,
  result,
  resumePlan,
  scheduleUpdate,
  SOON,
  startHalt,
  startUptick,
  stopPlan,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterEach(() => endHalt(uptick));
afterAll(() => uptick.close());

const HOUR = 3_600_000;
const settled = (planId: string, udid: string) =>
  expect.poll(async () => (await planJob(uptick, planId, udid)).job, SOON);
const planOf = (id: string) => uptick.web.get<PlanView>(`/api/v1/plans/${id}`);

async function begun(): Promise<{ device: Device; id: string; jobId: string }> {
  const device = await enrolDevice(uptick);
  const { id } = await makePlan(uptick, [device.udid]);
  return { device, id, jobId: (await planJob(uptick, id, device.udid)).job.id };
}

/** The two verbs that hold a plan back, and what ends each. */
const VERBS = [
  ["pause", "plan-paused", (id: string) => pausePlan(uptick, id), (id: string) => resumePlan(uptick, id)],
  ["halt", "halted", () => startHalt(uptick), () => endHalt(uptick)],
] as const;

describe.each(VERBS)("targets H2: after a %s, by command,", (_verb, cause, hold, letGo) => {
  it("the very next poll gets nothing of the plan's, and the same job continues afterwards", async () => {
    const { device, id, jobId } = await begun();
    await device.session({ OSUpdateStatus: undefined });
    await hold(id);
    const types = typesOf(await device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS }));
    expect(types.filter((type) => !["DeviceInformation", "SecurityInfo"].includes(type))).toEqual([]);
    await settled(id, device.udid).toMatchObject({ id: jobId, state: "paused", reason: "withdrawn", finishedAt: null });
    expect((await planJob(uptick, id, device.udid)).job.verdict.params).toMatchObject({ cause });
    await letGo(id);
    const after = typesOf(
      await device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: result("InstallASAP", "Installing") }),
    );
    expect(after).toContain("ScheduleOSUpdate");
    await settled(id, device.udid).toMatchObject({ id: jobId, state: "installing" });
  });

  it("nothing is installed of what is downloaded", async () => {
    const { device, id } = await begun();
    await device.session({
      OSUpdateStatus: NOTHING_IN_PROGRESS,
      ScheduleOSUpdate: result("DownloadOnly", "Downloading"),
    });
    await hold(id);
    await settled(id, device.udid).toMatchObject({ state: "paused" });
    await uptick.restart({ later: 24 * HOUR });
    expect(typesOf(await device.session({ OSUpdateStatus: DOWNLOADED }))).not.toContain("ScheduleOSUpdate");
    await settled(id, device.udid).toMatchObject({ state: "paused" });
  });

  it("an install that has left is watched, and comes to rest when the device does not install", async () => {
    const { device, id } = await begun();
    await device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: undefined });
    await hold(id);
    await settled(id, device.udid).toMatchObject({ state: "pausing", reason: "cannot-be-recalled" });
    expect((await planOf(id)).withdrawal).toMatchObject({ watched: 1, held: 0 });
    expect(typesOf(await device.session({ OSUpdateStatus: DOWNLOADED }))).not.toContain("ScheduleOSUpdate");
    await settled(id, device.udid).toMatchObject({ state: "paused", reason: "withdrawn-not-installing" });
    expect((await planOf(id)).withdrawal).toMatchObject({ watched: 0, held: 1 });
  });

  it("an install that the device refuses with NotNow does not leave again", async () => {
    const { device, id } = await begun();
    const sent = await device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: undefined });
    const order = sent.at(-1);
    if (order === undefined) throw new Error("nothing was ordered");
    await hold(id);
    await settled(id, device.udid).toMatchObject({ state: "pausing" });
    await device.answer(order, { Status: "NotNow" });
    for (const _time of ["once", "again"])
      expect(typesOf(await device.session({ OSUpdateStatus: DOWNLOADED }))).not.toContain("ScheduleOSUpdate");
    await settled(id, device.udid).toMatchObject({ state: "paused" });
  });

  it("a device that has installed all the same is done", async () => {
    const { device, id } = await begun();
    await device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: undefined });
    await hold(id);
    await settled(id, device.udid).toMatchObject({ state: "pausing" });
    expect((await planOf(id)).finished).toBe(false);
    device.facts = { ...device.facts, OSVersion: "26.6.1", BuildVersion: "23G83" };
    await device.session();
    await settled(id, device.udid).toMatchObject({ state: "done", next: null });
  });

  it("holds in the transaction of the poll, where the process died right after it", async () => {
    const { device, id } = await begun();
    await device.session({ OSUpdateStatus: undefined });
    await uptick.restart({
      between: (database) => {
        const far = Date.UTC(2027, 0, 1);
        if (cause === "halted")
          database
            .prepare(
              "INSERT INTO halt (id, active, since, set_by, reason) VALUES (1, 1, 0, 'token:x', ?) ON CONFLICT (id) DO UPDATE SET active = 1",
            )
            .run("why");
        else
          database
            .prepare("UPDATE plan SET state = 'paused', paused_at = 0, pause_reason = 'why', due_at = ? WHERE id = ?")
            .run(far, id);
      },
    });
    expect(typesOf(await device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS }))).not.toContain("OSUpdateStatus");
    expect((await planJob(uptick, id, device.udid)).job).toMatchObject({ state: "paused" });
  });

  it("no device gets a job, and those that had none get one afterwards", async () => {
    const device = await enrolDevice(uptick);
    const other = await enrolDevice(uptick);
    const { id } = await makePlan(uptick, [other.udid]);
    await hold(id);
    const plan = { to: "26.6.1", action: "install", devices: [device.udid] };
    const made = cause === "halted" ? await uptick.web.post<PlanView>("/api/v1/plans", plan) : await planOf(id);
    await expect.poll(async () => (await planOf(made.id)).working, SOON).toBe(false);
    expect((await planOf(made.id)).pending).toBe(cause === "halted" ? 1 : 0);
    await letGo(id);
    await expect.poll(async () => (await planOf(made.id)).pending, SOON).toBe(0);
  });
});

describe("pause, stop and halt together", () => {
  it("a paused plan that is stopped ends its jobs", async () => {
    const { device, id, jobId } = await begun();
    await pausePlan(uptick, id);
    await settled(id, device.udid).toMatchObject({ state: "paused" });
    await stopPlan(uptick, id);
    await settled(id, device.udid).toMatchObject({ id: jobId, state: "stopped", reason: "withdrawn", next: null });
    expect((await uptick.web.request("POST", `/api/v1/plans/${id}/resume`)).status).toBe(409);
    expect(await planOf(id)).toMatchObject({ state: "stopped", finished: true, withdrawal: null });
  });

  it("a halt while a plan is paused leaves it paused when the halt ends", async () => {
    const { device, id } = await begun();
    await pausePlan(uptick, id);
    await startHalt(uptick);
    await settled(id, device.udid).toMatchObject({ state: "paused" });
    await endHalt(uptick);
    expect(typesOf(await device.session({ OSUpdateStatus: DOWNLOADED }))).not.toContain("ScheduleOSUpdate");
    expect((await planJob(uptick, id, device.udid)).job).toMatchObject({ state: "paused" });
    await resumePlan(uptick, id);
    await settled(id, device.udid).toMatchObject({ state: "asking" });
  });

  it("a plan that is resumed while all are halted waits for the end of the halt", async () => {
    const { device, id } = await begun();
    await pausePlan(uptick, id);
    await startHalt(uptick);
    await settled(id, device.udid).toMatchObject({ state: "paused" });
    await resumePlan(uptick, id);
    expect(typesOf(await device.session({ OSUpdateStatus: DOWNLOADED }))).not.toContain("ScheduleOSUpdate");
    const { verdict } = (await planJob(uptick, id, device.udid)).job;
    expect(verdict.sentence).toMatch(/^Paused: all plans were halted .*; it continues when the halt ends/);
    expect(verdict.remedy).toContain("uptick halt --end");
    await endHalt(uptick);
    await settled(id, device.udid).toMatchObject({ state: "asking" });
  });

  it("a second halt keeps who halted first, and a second pause as well", async () => {
    const first = await startHalt(uptick);
    expect(await uptick.web.post("/api/v1/halt/start", { reason: "another" })).toMatchObject({
      sinceAt: first.sinceAt,
      reason: first.reason,
    });
  });
});

describe("a halt", () => {
  it("targets H4: refuses raw commands that update the OS, and no others", async () => {
    const device = await enrolDevice(uptick);
    await startHalt(uptick);
    const refused = await rawCommand(uptick, device.udid, commandBytes("raw-1", scheduleUpdate("InstallASAP")));
    expect([refused.status, refused.json<{ code: string }>().code]).toEqual([409, "halted"]);
    const question = commandBytes("raw-2", { RequestType: "DeviceInformation", Queries: ["OSVersion"] });
    expect((await rawCommand(uptick, device.udid, question)).status).toBe(202);
    await endHalt(uptick);
    const taken = await rawCommand(uptick, device.udid, commandBytes("raw-3", scheduleUpdate("InstallASAP")));
    expect(taken.status).toBe(202);
  });

  it("ends only with the number of devices that continue", async () => {
    await begun();
    await startHalt(uptick);
    const { devices } = await uptick.web.post<{ devices: number }>("/api/v1/halt/end?dryRun=true", {});
    expect(devices).toBeGreaterThan(0);
    for (const body of [{}, { devices: devices + 1 }]) {
      const wrong = await uptick.web.request("POST", "/api/v1/halt/end", {
        body: Buffer.from(JSON.stringify(body)),
        headers: { "content-type": "application/json" },
      });
      expect([wrong.status, wrong.json<{ code: string }>().code]).toEqual([409, "halt-count-differs"]);
    }
    expect(await uptick.web.get("/api/v1/halt")).toMatchObject({ on: true, devices });
    expect(await uptick.web.post("/api/v1/halt/end", { devices })).toMatchObject({ on: false, withdrawal: null });
  });

  it("is a warning of the server while it is on", async () => {
    const codes = async () =>
      (await uptick.web.get<{ warnings: { reason: string }[] }>("/api/v1/status")).warnings.map(({ reason }) => reason);
    await startHalt(uptick);
    expect(await codes()).toContain("plans-halted");
    await endHalt(uptick);
    expect(await codes()).not.toContain("plans-halted");
  });

  it("targets H3: tells before what it will do", async () => {
    const { device, id } = await begun();
    const tried = () => uptick.web.post(`/api/v1/plans/${id}/pause?dryRun=true`, { reason: "why" });
    expect(await tried()).toMatchObject({ devices: 1, waiting: { command: 1, declaration: 0 } });
    await device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: undefined });
    expect(await tried()).toMatchObject({ devices: 1, beyondRecall: { command: 1, declaration: 0 }, installed: 0 });
    expect(await planOf(id)).toMatchObject({ state: "active", withdrawal: null });
  });
});
