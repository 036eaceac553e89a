/** Nothing of a plan leaves for a device while it is excluded, whatever its plan says; and the same job continues at the end, with notice. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeviceDetail, ExclusionEnd, ExclusionResult, PlanView } from "../../src/contract/index.ts";
import {
  ableDevice,
  DOWNLOADED,
  enrolDevice,
  inForce,
  jobOf,
  makePlan,
  NOTHING_IN_PROGRESS,
  pausePlan,
  planJob,
  result,
  resumePlan,
  SOON,
  startUptick,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const SECOND = 1000;
const DAY = 86_400_000;
const dayIn = (days: number): string => new Date(uptick.now() + days * DAY).toISOString().slice(0, 10);
const exclude = (udid: string, days: number, query = ""): Promise<ExclusionResult> =>
  uptick.web.post(`/api/v1/devices/exclude${query}`, { devices: [udid], until: dayIn(days), reason: "trade fair" });
const end = (udid: string): Promise<ExclusionEnd> =>
  uptick.web.post("/api/v1/devices/end-exclusion", { devices: [udid] });

/** Until this long (ms) before the exclusion ends, or after it. */
async function passTo(udid: string, from: number): Promise<void> {
  const { exclusion } = await uptick.device(udid);
  if (exclusion === null) throw new Error("the device is not excluded");
  await uptick.restart({ later: Date.parse(exclusion.endsAt) + from - uptick.now() });
}
const orders = (types: readonly string[]) => types.filter((type) => /OSUpdate/.test(type));
const exempt = ({ compliance }: DeviceDetail) => [compliance?.class, compliance?.reason, compliance?.sentence];

describe("an excluded device, by command,", () => {
  it("gets nothing at its next poll, and the same job continues when an admin ends it", async () => {
    const device = await enrolDevice(uptick);
    const { id } = await makePlan(uptick, [device.udid]);
    await device.session({ OSUpdateStatus: undefined });
    expect(await exclude(device.udid, 20, "?dryRun=true")).toMatchObject({
      ...{ dryRun: true, devices: 1, waiting: { command: 1, declaration: 0 }, excludedBefore: 0 },
    });
    const { job } = await planJob(uptick, id, device.udid);
    expect(job.state).not.toBe("paused");
    expect(await exclude(device.udid, 20)).toMatchObject({ dryRun: false, waiting: { command: 1, declaration: 0 } });
    expect(orders(typesOf(await device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS })))).toEqual([]);
    const held = await planJob(uptick, id, device.udid);
    expect(held.job).toMatchObject({ id: job.id, state: "paused", finishedAt: null });
    expect(held.job.verdict.sentence).toMatch(
      /^Paused: the device was excluded .*; it continues when the exclusion ends/,
    );
    expect(exempt(await uptick.device(device.udid))).toEqual([
      ...["no-plan", "excluded"],
      expect.stringMatching(/^Exempt until \d+ Sep 2026: trade fair \(token:first\)\.$/),
    ]);
    expect(await end(device.udid)).toMatchObject({ devices: 1, ended: 1, withJob: 1 });
    const after = typesOf(
      await device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: result("InstallASAP", "Installing") }),
    );
    expect(after).toContain("ScheduleOSUpdate");
    expect((await planJob(uptick, id, device.udid)).job).toMatchObject({ id: job.id, state: "installing" });
  });

  it("gets a job of a new plan, which rests; the plan's work ends, and a pause and its end change nothing", async () => {
    const device = await enrolDevice(uptick);
    await exclude(device.udid, 3);
    const { id } = await makePlan(uptick, [device.udid]);
    const held = async () => (await planJob(uptick, id, device.udid)).job;
    expect(await held()).toMatchObject({ state: "paused" });
    await pausePlan(uptick, id);
    await resumePlan(uptick, id);
    const working = async () => (await uptick.web.get<PlanView>(`/api/v1/plans/${id}`)).working;
    await expect.poll(working, SOON).toBe(false);
    expect(orders(typesOf(await device.session()))).toEqual([]);
    expect(await held()).toMatchObject({ state: "paused" });
    await passTo(device.udid, -60 * SECOND);
    expect(orders(typesOf(await device.session()))).toEqual([]);
    await passTo(device.udid, SECOND);
    // No message of the device is needed.
    await expect.poll(async () => (await held()).state, SOON).toBe("asking");
    expect((await uptick.device(device.udid)).exclusion).toBeNull();
    await expect.poll(async () => exempt(await uptick.device(device.udid))[0], SOON).toBe("under-way");
  });

  it("holds in the transaction of the poll, where the process died before anything followed", async () => {
    const device = await enrolDevice(uptick);
    const { id } = await makePlan(uptick, [device.udid]);
    await device.session({ OSUpdateStatus: undefined });
    await uptick.restart({
      between: (database) =>
        database
          .prepare("UPDATE enrollment SET excluded_ends_at = ? WHERE apple_id = ?")
          .run(Date.UTC(2027, 0, 1), device.udid),
    });
    expect(orders(typesOf(await device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS })))).toEqual([]);
    expect((await planJob(uptick, id, device.udid)).job).toMatchObject({ state: "paused" });
  });
});

describe("an excluded device, by declaration,", () => {
  it("has the declaration no more in its next list, and at the end again, with notice", async () => {
    const able = await ableDevice(uptick);
    const { udid } = able.device;
    await inForce(uptick, able);
    const identifier = able.its.update()?.Identifier ?? "none";
    const tokens = (await able.its.ask("tokens")).body.toString();
    const { id: jobId } = await jobOf(uptick, udid);
    expect(await exclude(udid, 9)).toMatchObject({ underWay: { command: 0, declaration: 1 } });
    expect((await able.its.ask("tokens")).body.toString()).not.toBe(tokens);
    expect((await able.its.ask("declaration-items")).body.toString()).not.toContain(identifier);
    expect((await able.its.ask(`declaration/configuration/${identifier}`)).status).toBe(404);
    await able.its.sync();
    await able.its.report({}, { declarations: true });
    expect(await jobOf(uptick, udid)).toMatchObject({ id: jobId, state: "paused", reason: "withdrawal-confirmed" });
    await passTo(udid, SECOND);
    await expect.poll(async () => (await jobOf(uptick, udid)).state, SOON).toMatch(/asking|awaiting|declaring/);
    await able.device.session();
    await able.its.sync();
    const moved = (await uptick.timeline(udid)).find(({ kind }) => kind === "deadline-moved");
    expect(moved?.data).toMatchObject({ from: "2026-08-28T17:00", cause: "device-excluded", by: "token:first" });
    expect(moved?.sentence).toMatch(/: the device was excluded \(token:first\)$/);
    const to = (moved?.data as { to: string } | undefined)?.to ?? "none";
    expect(able.its.update()?.Payload).toMatchObject({ TargetLocalDateTime: `${to}:00` });
  });
});
