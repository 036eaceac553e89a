/** A stopped plan's declaration is gone from the very next list, and each device shows whether it has let it go. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  msOf,
  type Able,
  ableDevice,
  BY_FRIDAY,
  declaredPlan,
  inForce,
  jobOf,
  makePlan,
  pendingBy,
  planJob,
  SOON,
  startUptick,
  stopPlan,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const job = ({ device }: Able) => jobOf(uptick, device.udid);
const stopped = (able: Able, reason: string) => expect.poll(async () => (await job(able)).reason, SOON).toBe(reason);

/** The plan is stopped and the loop that withdraws its jobs has not run: as when the process dies right after the stop. */
async function stopAlone(planId: string): Promise<void> {
  await uptick.restart({
    between: (database) => {
      const due = Date.UTC(2027, 0, 1);
      database
        .prepare("UPDATE plan SET state = 'stopped', stopped_at = ?, due_at = ? WHERE id = ?")
        .run(Date.UTC(2026, 7, 25, 15), due, planId);
    },
  });
}

describe("guarantee 7 by declaration: the stop holds at the very next request", () => {
  it("for the tokens, which are others at once", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    const before = (await able.its.ask("tokens")).body.toString();
    await stopAlone(id);
    expect((await able.its.ask("tokens")).body.toString()).not.toBe(before);
    expect(await job(able)).toMatchObject({ state: "stopping", reason: "withdrawal-unconfirmed" });
  });

  it("for the list, which has it no more", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    const identifier = able.its.update()?.Identifier ?? "";
    expect((await able.its.ask("declaration-items")).body.toString()).toContain(identifier);
    await stopAlone(id);
    expect((await able.its.ask("declaration-items")).body.toString()).not.toContain(identifier);
    expect(await job(able)).toMatchObject({ state: "stopping", reason: "withdrawal-fetched" });
  });

  it("for the declaration itself, listed a moment ago: 404, so that the device removes it", async () => {
    const able = await ableDevice(uptick);
    const id = await declaredPlan(uptick, able);
    const list = (await able.its.ask("declaration-items")).body.toString();
    const identifier = /uptick\.update\.[0-9a-f]+/.exec(list)?.[0] ?? "none";
    await stopAlone(id);
    const reply = await able.its.ask(`declaration/configuration/${identifier}`);
    expect([reply.status, reply.body.length]).toEqual([404, 0]);
    expect(await job(able)).toMatchObject({ state: "stopped", reason: "withdrawn", next: null });
  });

  it("and a report that comes between brings nothing of it back", async () => {
    const able = await ableDevice(uptick);
    const id = await declaredPlan(uptick, able);
    await stopAlone(id);
    expect((await able.its.report({}, { declarations: true })).status).toBe(200);
    await able.its.sync();
    expect(able.its.update()).toBeUndefined();
  });
});

describe("guarantee 7 by declaration: per device", () => {
  it("one that never fetched it is withdrawn at once", async () => {
    const able = await ableDevice(uptick);
    const id = await declaredPlan(uptick, able);
    await stopPlan(uptick, id);
    await stopped(able, "withdrawn");
    expect(await job(able)).toMatchObject({ state: "stopped", next: null });
    await able.its.sync();
    expect(able.its.update()).toBeUndefined();
  });

  it("one that fetched it is unconfirmed, with last contact, next action and what it would do, and is pushed", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    const pushed = uptick.apns.pushes.length;
    await stopPlan(uptick, id);
    await stopped(able, "withdrawal-unconfirmed");
    const row = await planJob(uptick, id, able.device.udid);
    expect(msOf(row.device.lastSeenAt)).toBeGreaterThan(0);
    expect(msOf(row.job.next?.dueAt)).toBeGreaterThan(0);
    expect(row.job.verdict.sentence).toMatch(
      /not confirmed that it dropped the declaration; until it does, it may still install by 2026-08-28 17:00/,
    );
    await expect.poll(() => uptick.apns.pushes.length, SOON).toBeGreaterThan(pushed);
    expect((await able.device.session()).map(({ requestType }) => requestType)).toContain("DeclarativeManagement");
  });

  it("is confirmed by a report only after the device has fetched a list without it", async () => {
    const able = await ableDevice(uptick);
    const id = await declaredPlan(uptick, able);
    // Fetched, and not reported yet: what the server remembers of the device's list is older.
    await able.its.sync();
    await stopPlan(uptick, id);
    await stopped(able, "withdrawal-unconfirmed");
    await able.its.report({ "softwareupdate.install-state": "none" });
    expect(await job(able)).toMatchObject({ state: "stopping", reason: "withdrawal-unconfirmed" });
    await able.its.sync();
    expect(await job(able)).toMatchObject({ state: "stopping", reason: "withdrawal-fetched" });
    await able.its.report({}, { declarations: true });
    expect(await job(able)).toMatchObject({ state: "stopped", reason: "withdrawal-confirmed", next: null });
  });

  it("stays open while the device still reports it after the list", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    await stopPlan(uptick, id);
    await stopped(able, "withdrawal-unconfirmed");
    await able.its.ask("declaration-items");
    await able.its.report({}, { declarations: true });
    expect(await job(able)).toMatchObject({ state: "stopping", reason: "withdrawal-fetched" });
  });

  it("can't be recalled once it installs, and says so to its end", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    await able.its.report({ ...pendingBy(able.its), "softwareupdate.install-state": "installing" });
    expect(await job(able)).toMatchObject({ state: "installing" });
    await stopPlan(uptick, id);
    await stopped(able, "declared-cannot-be-recalled");
    await able.its.sync();
    await able.its.report({}, { declarations: true });
    expect(await job(able)).toMatchObject({ state: "stopping", reason: "declared-cannot-be-recalled" });
    await able.its.arrive({
      "device.operating-system.version": "26.6.1",
      "device.operating-system.build-version": "23G83",
    });
    expect(await job(able)).toMatchObject({ state: "done", reason: "updated" });
  });
});

describe("guarantee 7 by declaration: another plan in its place", () => {
  it("ends the former one, and the device gets the new one in the same list", async () => {
    const able = await ableDevice(uptick);
    const first = await inForce(uptick, able);
    const before = able.its.update()?.Identifier;
    await declaredPlan(uptick, able, { deadline: "2026-08-29T17:00", replace: true });
    await expect
      .poll(async () => (await planJob(uptick, first, able.device.udid)).job, SOON)
      .toMatchObject({ state: "stopped", next: null });
    await able.its.sync();
    expect(able.its.update()?.Payload).toMatchObject({ TargetLocalDateTime: "2026-08-29T17:00:00" });
    expect(able.its.update()?.Identifier).not.toBe(before);
  });

  it("is not confirmed as stopped while the device may still hold the former one's declaration", async () => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    const second = await declaredPlan(uptick, able, { deadline: "2026-08-29T17:00", replace: true });
    // It has not synced since the first.
    await stopPlan(uptick, second);
    await stopped(able, "withdrawal-unconfirmed");
    await able.its.sync();
    await able.its.report({}, { declarations: true });
    expect(await job(able)).toMatchObject({ state: "stopped", reason: "withdrawal-confirmed" });
  });

  it("knows that the device has it already where it says the same", async () => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    await makePlan(uptick, [able.device.udid], { ...BY_FRIDAY, replace: true });
    await expect.poll(async () => (await job(able)).reason, SOON).toBe("in-force");
    expect(await able.its.sync()).toBe(false);
  });

  it("is not confirmed either where the other one is by command and waits", async () => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    const { id } = await makePlan(uptick, [able.device.udid], { replace: true });
    await expect.poll(async () => (await job(able)).planId, SOON).toBe(id);
    await stopPlan(uptick, id);
    await stopped(able, "withdrawal-unconfirmed");
    expect(await job(able)).toMatchObject({ state: "stopping", next: { action: "push-again" } });
    await able.its.sync();
    expect(await job(able)).toMatchObject({ state: "stopped", next: null });
  });
});
