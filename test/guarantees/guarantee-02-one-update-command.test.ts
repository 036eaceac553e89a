/** A device never has two update commands outstanding, whoever sent them; `Installing` closes one and is verified. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { list, type PlistDict } from "../../simulator/index.ts";
import {
  msOf,
  SOON,
  commandBytes,
  DOWNLOADED,
  enrolDevice,
  makePlan,
  NOTHING_IN_PROGRESS,
  progress,
  rawCommand,
  type Received,
  result,
  scheduleUpdate,
  startUptick,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;

beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const MINUTE = 60_000;
const raw = (uuid: string) => commandBytes(uuid, scheduleUpdate("DownloadOnly"));
const action = (command: Received | undefined): unknown =>
  (list(command?.body ?? {}, "Updates")?.[0] as PlistDict | undefined)?.["InstallAction"];

/** Update commands that the device has or is about to get. */
async function updates(udid: string): Promise<number> {
  const { outstanding } = await uptick.device(udid);
  return outstanding.filter(({ requestType }) => requestType === "ScheduleOSUpdate").length;
}

describe("guarantee 2: one update command outstanding", () => {
  it("refuses a raw one beside a job's, naming the plan and what to do", async () => {
    const device = await enrolDevice(uptick);
    const { id } = await makePlan(uptick, [device.udid]);
    await device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS, ScheduleOSUpdate: undefined });
    expect(await updates(device.udid)).toBe(1);
    const reply = await rawCommand(uptick, device.udid, raw("beside-a-job"));
    expect([reply.status, reply.problem()]).toMatchObject([
      409,
      { code: "update-outstanding", detail: expect.stringContaining(id), remedy: expect.stringMatching(/\w/) },
    ]);
    expect(await updates(device.udid)).toBe(1);
  });

  it("refuses a raw one beside a raw one, and takes it when the first is answered", async () => {
    const device = await enrolDevice(uptick);
    expect((await rawCommand(uptick, device.udid, raw("first"))).status).toBe(202);
    for (const state of ["queued", "offered"]) {
      expect((await uptick.device(device.udid)).outstanding).toMatchObject([{ commandUuid: "first", state }]);
      expect((await rawCommand(uptick, device.udid, raw("second"))).problem().code).toBe("update-outstanding");
      await device.poll();
    }
    await device.poll("Acknowledged", { CommandUUID: "first", ...result("DownloadOnly", "Downloading") });
    expect((await rawCommand(uptick, device.udid, raw("second"))).status).toBe(202);
    expect((await device.poll()).command?.uuid).toBe("second");
  });

  it("names no plan where the outstanding one is an admin's own, though a plan is on its way", async () => {
    const device = await enrolDevice(uptick);
    expect((await rawCommand(uptick, device.udid, raw("an-admins"))).status).toBe(202);
    const { id } = await makePlan(uptick, [device.udid]);
    const { detail } = (await rawCommand(uptick, device.udid, raw("another"))).problem();
    expect(detail).toContain("an-admins");
    expect(detail).not.toContain(id);
  });

  it("holds a job's back until a raw one that left before it is answered", async () => {
    const device = await enrolDevice(uptick);
    await makePlan(uptick, [device.udid]);
    const { command: ask } = await device.poll();
    const { command: status } = await device.answer(ask as Received, { QueryResponses: device.facts });
    expect(status?.requestType).toBe("OSUpdateStatus");
    expect((await rawCommand(uptick, device.udid, raw("raw-first"))).status).toBe(202);
    // From here on the job wants its own.
    const replies = [await device.answer(status as Received, NOTHING_IN_PROGRESS)];
    for (let nth = 0; nth < 3; nth += 1) replies.push(await device.poll());
    expect(replies.map(({ command }) => command?.uuid)).toEqual(Array(4).fill("raw-first"));
    const next = await device.poll("Acknowledged", { CommandUUID: "raw-first", ...result("DownloadOnly", "Idle") });
    expect([next.command?.requestType, action(next.command)]).toEqual(["ScheduleOSUpdate", "DownloadOnly"]);
  });

  it("holds a raw one back, put off by NotNow, until the job's is answered", async () => {
    const device = await enrolDevice(uptick);
    await rawCommand(uptick, device.udid, raw("put-off"));
    expect((await device.poll()).command?.uuid).toBe("put-off");
    await device.poll("NotNow", { CommandUUID: "put-off" });
    await makePlan(uptick, [device.udid]);
    const seen = await device.session({
      OSUpdateStatus: NOTHING_IN_PROGRESS,
      ScheduleOSUpdate: ({ uuid }) => (uuid === "put-off" ? { Status: "NotNow" } : undefined),
    });
    const jobs = seen.at(-1) as Received;
    expect([jobs.requestType, jobs.uuid === "put-off"]).toEqual(["ScheduleOSUpdate", false]);
    for (let nth = 0; nth < 3; nth += 1) expect((await device.poll()).command?.uuid).toBe(jobs.uuid);
    expect((await device.answer(jobs, result("DownloadOnly", "Downloading"))).command?.uuid).toBe("put-off");
  });
});

describe("guarantee 2: Installing", () => {
  it("closes the command, and the version is verified after a bounded time, without another update command", async () => {
    const device = await enrolDevice(uptick);
    const plan = await makePlan(uptick, [device.udid]);
    const seen = await device.session({
      OSUpdateStatus: DOWNLOADED,
      ScheduleOSUpdate: result("InstallASAP", "Installing"),
    });
    expect(action(seen.at(-1))).toMatch(/^(InstallASAP|Default)$/);
    expect(await updates(device.udid)).toBe(0);
    const { job } = await uptick.device(device.udid);
    expect(job).toMatchObject({ planId: plan.id, state: "installing", reason: "installing" });
    expect(job?.next?.action).toBe("look-again");
    expect(msOf(job?.next?.dueAt) - msOf(job?.sinceAt)).toBeLessThanOrEqual(60 * MINUTE);

    // Nothing before its time; then the version, and nothing that could install twice.
    expect(typesOf(await device.session())).toEqual([]);
    await uptick.restart({ later: 61 * MINUTE });
    await expect.poll(async () => (await uptick.device(device.udid)).outstanding.length, SOON).toBe(1);
    device.facts = { ...device.facts, OSVersion: "26.6.1", BuildVersion: "23G83" };
    const after = await device.session({ OSUpdateStatus: progress("Installing", 1) });
    expect(typesOf(after)).toContain("DeviceInformation");
    expect(typesOf(after)).not.toContain("ScheduleOSUpdate");
    expect((await uptick.device(device.udid)).job).toMatchObject({ state: "done", reason: "updated" });
  });
});
