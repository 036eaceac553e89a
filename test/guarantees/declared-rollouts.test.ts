/** A paused or aborted rollout's declaration is gone from the very next list; after a pause the same job declares it again. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ringPlan, type RolloutGiven } from "../support/rollouts.ts";
import {
  type Able,
  ableDevice,
  declaredPlan,
  inForce,
  jobOf,
  SOON,
  startUptick,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const job = ({ device }: Able) => jobOf(uptick, device.udid);
const told = (able: Able, reason: string) => expect.poll(async () => (await job(able)).reason, SOON).toBe(reason);

/** The row alone, as when the process dies right after it. */
const inRollout = (planId: string, given: RolloutGiven = {}): Promise<void> =>
  uptick.restart({ between: (database) => ringPlan(database, planId, `${planId}-rollout`, given) });
const say = (planId: string, verb: string) =>
  uptick.web.post(`/api/v1/rollouts/${planId}-rollout/${verb}`, { reason: "a bad update" });

describe.each([
  ["paused", "pausing", "paused"],
  ["aborted", "stopping", "stopped"],
] as const)("in a rollout that is %s", (state, while_, ended) => {
  it("the tokens are others at once", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    const before = (await able.its.ask("tokens")).body.toString();
    await inRollout(id, { state });
    expect((await able.its.ask("tokens")).body.toString()).not.toBe(before);
    expect(await job(able)).toMatchObject({ state: while_, reason: "withdrawal-unconfirmed" });
  });

  it("the list has the declaration no more", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    const identifier = able.its.update()?.Identifier ?? "none";
    await inRollout(id, { state });
    expect((await able.its.ask("declaration-items")).body.toString()).not.toContain(identifier);
    expect(await job(able)).toMatchObject({ state: while_, reason: "withdrawal-fetched" });
  });

  it("the declaration itself is a 404", async () => {
    const able = await ableDevice(uptick);
    const id = await declaredPlan(uptick, able);
    const list = (await able.its.ask("declaration-items")).body.toString();
    const identifier = /uptick\.update\.[0-9a-f]+/.exec(list)?.[0] ?? "none";
    await inRollout(id, { state });
    const reply = await able.its.ask(`declaration/configuration/${identifier}`);
    expect([reply.status, reply.body.length]).toEqual([404, 0]);
    expect(await job(able)).toMatchObject({ state: ended, reason: "withdrawn" });
  });
});

describe("a declared job of a rollout", () => {
  it("comes to rest in a pause, and declares again after it", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    const { id: jobId } = await job(able);
    await inRollout(id);
    await say(id, "pause");
    await told(able, "withdrawal-unconfirmed");
    await able.its.sync();
    await able.its.report({}, { declarations: true });
    expect(await job(able)).toMatchObject({ state: "paused", reason: "withdrawal-confirmed", finishedAt: null });
    await say(id, "resume");
    await expect.poll(async () => (await job(able)).state, SOON).toBe("declaring");
    expect(await job(able)).toMatchObject({ id: jobId });
    await able.its.sync();
    expect(able.its.update()?.Payload).toMatchObject({ TargetLocalDateTime: "2026-08-28T17:00:00" });
  });

  it("moves its deadline where the rollout is resumed too late for 24 hours' notice, and says why", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    await inRollout(id);
    await say(id, "pause");
    await told(able, "withdrawal-unconfirmed");
    await able.its.sync();
    await able.its.report({}, { declarations: true });
    await uptick.restart({ later: 3 * 86_400_000 });
    await say(id, "resume");
    await expect.poll(async () => (await job(able)).state, SOON).toBe("declaring");
    const { timeline } = await uptick.device(able.device.udid);
    expect(timeline.find(({ kind }) => kind === "deadline-moved")?.sentence).toMatch(
      /^The deadline moves from 2026-08-28 17:00 to 2026-08-29 17:00: the rollout was resumed \(token:first\)$/,
    );
  });

  it("is withdrawn for good when the rollout is aborted", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    await inRollout(id);
    await say(id, "abort");
    await told(able, "withdrawal-unconfirmed");
    await able.its.sync();
    await able.its.report({}, { declarations: true });
    expect(await job(able)).toMatchObject({ state: "stopped", reason: "withdrawal-confirmed", next: null });
  });
});
