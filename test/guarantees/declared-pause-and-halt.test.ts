/** A paused or halted plan's declaration is gone from the very next list; afterwards the same job declares it again, with notice. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PlanView } from "../../src/contract/index.ts";
import {
  type Able,
  ableDevice,
  declaredPlan,
  endHalt,
  inForce,
  jobOf,
  pausePlan,
  pendingBy,
  resumePlan,
  SOON,
  startHalt,
  startUptick,
  stopPlan,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterEach(() => endHalt(uptick));
afterAll(() => uptick.close());

const DAY = 86_400_000;
const job = ({ device }: Able) => jobOf(uptick, device.udid);
const told = (able: Able, reason: string) => expect.poll(async () => (await job(able)).reason, SOON).toBe(reason);
const withdrawalOf = async (id: string) => (await uptick.web.get<PlanView>(`/api/v1/plans/${id}`)).withdrawal;

const VERBS = [
  ["pause", "plan-paused", (id: string) => pausePlan(uptick, id), (id: string) => resumePlan(uptick, id)],
  ["halt", "halted", () => startHalt(uptick), () => endHalt(uptick)],
] as const;

/** The row alone: as when the process dies right after it. */
async function holdAlone(cause: "plan-paused" | "halted", id: string): Promise<void> {
  await uptick.restart({
    between: (database) => {
      if (cause === "halted")
        database
          .prepare(
            "INSERT INTO halt (id, active, since, set_by, reason) VALUES (1, 1, 0, 'token:x', ?) ON CONFLICT (id) DO UPDATE SET active = 1",
          )
          .run("why");
      else
        database
          .prepare("UPDATE plan SET state = 'paused', paused_at = 0, pause_reason = 'why', due_at = ? WHERE id = ?")
          .run(Date.UTC(2027, 0, 1), id);
    },
  });
}

describe.each(VERBS)("targets H2: after a %s, by declaration,", (_verb, cause, hold, letGo) => {
  it("the tokens are others at once", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    const before = (await able.its.ask("tokens")).body.toString();
    await holdAlone(cause, id);
    expect((await able.its.ask("tokens")).body.toString()).not.toBe(before);
    expect(await job(able)).toMatchObject({ state: "pausing", reason: "withdrawal-unconfirmed" });
  });

  it("the list has it no more", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    const identifier = able.its.update()?.Identifier ?? "none";
    await holdAlone(cause, id);
    expect((await able.its.ask("declaration-items")).body.toString()).not.toContain(identifier);
    expect(await job(able)).toMatchObject({ state: "pausing", reason: "withdrawal-fetched" });
  });

  it("the declaration itself is a 404, so that the device removes it", async () => {
    const able = await ableDevice(uptick);
    const id = await declaredPlan(uptick, able);
    const list = (await able.its.ask("declaration-items")).body.toString();
    const identifier = /uptick\.update\.[0-9a-f]+/.exec(list)?.[0] ?? "none";
    await holdAlone(cause, id);
    const reply = await able.its.ask(`declaration/configuration/${identifier}`);
    expect([reply.status, reply.body.length]).toEqual([404, 0]);
    expect(await job(able)).toMatchObject({ state: "paused", reason: "withdrawn" });
  });

  it("a device counts as not reached, then as told, then as held back; and the same job declares again", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    const { id: jobId } = await job(able);
    await hold(id);
    await told(able, "withdrawal-unconfirmed");
    expect((await job(able)).verdict.sentence).toMatch(/until it does, it may still install by 2026-08-28 17:00/);
    expect(await withdrawalOf(id)).toMatchObject({ mayInstall: 1, told: 0, held: 0 });
    await able.its.sync();
    expect(await withdrawalOf(id)).toMatchObject({ mayInstall: 0, told: 1, held: 0 });
    await able.its.report({}, { declarations: true });
    expect(await job(able)).toMatchObject({ state: "paused", reason: "withdrawal-confirmed", finishedAt: null });
    expect(await withdrawalOf(id)).toMatchObject({ mayInstall: 0, told: 0, held: 1 });
    await letGo(id);
    await expect.poll(async () => (await job(able)).state, SOON).toBe("declaring");
    expect(await job(able)).toMatchObject({ id: jobId });
    await able.its.sync();
    expect(able.its.update()?.Payload).toMatchObject({ TargetLocalDateTime: "2026-08-28T17:00:00" });
  });

  it("a device that has not let go of it keeps it, and its download, when the plan continues", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    const before = able.its.update()?.Identifier;
    await hold(id);
    await told(able, "withdrawal-unconfirmed");
    await letGo(id);
    await expect.poll(async () => (await job(able)).state, SOON).toBe("declaring");
    await able.its.sync();
    expect(able.its.update()?.Identifier).toBe(before);
  });

  it("what installs is watched to its end", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    await able.its.report({ ...pendingBy(able.its), "softwareupdate.install-state": "installing" });
    await hold(id);
    await told(able, "declared-cannot-be-recalled");
    expect(await withdrawalOf(id)).toMatchObject({ watched: 1 });
    await able.its.arrive({
      "device.operating-system.version": "26.6.1",
      "device.operating-system.build-version": "23G83",
    });
    expect(await job(able)).toMatchObject({ state: "done", reason: "updated" });
  });

  it("one that was told to drop it and installs all the same is watched", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    await hold(id);
    await told(able, "withdrawal-unconfirmed");
    await able.its.sync();
    await able.its.report({}, { declarations: true });
    await able.its.report({ ...pendingBy(able.its), "softwareupdate.install-state": "installing" });
    expect((await job(able)).state).toMatch(/^paus/);
  });
});

describe("after a pause, by declaration,", () => {
  it("a stop ends what has been let go of", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    await pausePlan(uptick, id);
    await told(able, "withdrawal-unconfirmed");
    await able.its.sync();
    await able.its.report({}, { declarations: true });
    await stopPlan(uptick, id);
    await expect.poll(async () => (await job(able)).state, SOON).toBe("stopped");
    expect((await job(able)).verdict.sentence).toMatch(/^Stopped: the plan was stopped; the device says/);
  });

  it("a stop of what has not been let go of is open, as any stop", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    await pausePlan(uptick, id);
    await told(able, "withdrawal-unconfirmed");
    await stopPlan(uptick, id);
    await expect.poll(async () => (await job(able)).state, SOON).toBe("stopping");
    await able.its.sync();
    await able.its.report({}, { declarations: true });
    expect(await job(able)).toMatchObject({ state: "stopped", reason: "withdrawal-confirmed" });
  });

  it("a deadline that has passed meanwhile moves by whole days, and the timeline says why", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    await pausePlan(uptick, id);
    await told(able, "withdrawal-unconfirmed");
    await able.its.sync();
    await able.its.report({}, { declarations: true });
    await uptick.restart({ later: 3 * DAY });
    expect(await uptick.web.post(`/api/v1/plans/${id}/resume?dryRun=true`, undefined)).toEqual({
      devices: 1,
      notGiven: 0,
      deadlinesMoved: 1,
    });
    await resumePlan(uptick, id);
    await expect.poll(async () => (await job(able)).state, SOON).toBe("declaring");
    await able.its.sync();
    expect(able.its.update()?.Payload).toMatchObject({
      TargetLocalDateTime: expect.stringMatching(/^2026-08-(29|30)T17:00:00$/),
    });
    const moved = (await uptick.timeline(able.device.udid)).find(({ kind }) => kind === "deadline-moved");
    expect(moved?.data).toMatchObject({ from: "2026-08-28T17:00", cause: "plan-resumed", by: "token:first" });
  });
});
