/** What the commands say of a plan that was made or stopped, by the real server; and which job a device is shown by. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../src/cli/index.ts";
import { world } from "../../src/cli/world.suite.ts";
import type { NewPlan, PlanView } from "../../src/contract/index.ts";
import {
  DOWNLOADED,
  enrolDevice,
  IPHONE,
  makePlan,
  planJob,
  startUptick,
  stopPlan,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
  await enrolDevice(uptick, { facts: { ...IPHONE }, serial: "ONE" });
  for (const n of [1, 2, 3, 4, 5, 6]) {
    await enrolDevice(uptick, { facts: { ...IPHONE, IsSupervised: false, DeviceName: `Own ${n}` }, serial: `OWN${n}` });
  }
});
afterAll(() => uptick.close());

async function cli(...argv: string[]) {
  const url = `http://127.0.0.1:${uptick.server.web.port}`;
  const sleep = () => new Promise<void>((resolve) => setImmediate(resolve));
  const made = world([...argv, "--url", url], { env: { UPTICK_TOKEN: uptick.token }, sleep });
  const code = await runCli(made.io);
  return { code, out: made.out(), err: made.err() };
}

const OWN = "OWN1,OWN2,OWN3,OWN4,OWN5,OWN6";

describe("plan create", () => {
  it("says whom it refused and why, by the reason, and fails where nothing was accepted", async () => {
    const { code, out, err } = await cli("plan", "create", "--to", "26.6.1", "--devices", OWN);
    expect(code).toBe(1);
    expect(out).toContain("6 devices: 0 to update, 0 there already, 6 refused");
    expect(out).toMatch(
      /Refused, 6 devices \(not-supervised\): .+\n {2}remedy: .+\n {2}Own 1, Own 2, Own 3, Own 4, Own 5 and 1 more\n/,
    );
    expect(err).toContain("code: plan-refused");
    const json = await cli("plan", "create", "--to", "26.6.1", "--devices", "OWN1", "--json");
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({
      decided: { jobs: 0, compliant: 0, refused: 1, refusals: [{ reason: "not-supervised", count: 1 }] },
    });
  });

  it("succeeds where a device is updated, or is there already, and names the others all the same", async () => {
    const some = await cli("plan", "create", "--to", "26.6.1", "--devices", `ONE,${OWN}`, "--action", "download");
    expect([some.code, some.err]).toEqual([0, ""]);
    expect(some.out).toContain("7 devices: 1 to update, 0 there already, 6 refused");
    const id = /\(([0-9a-f-]{36})\)/.exec(some.out)?.[1] ?? "";
    await stopPlan(uptick, id);
    const facts = { ...IPHONE, OSVersion: "26.6.1", BuildVersion: "23G83" };
    await enrolDevice(uptick, { facts, serial: "THERE" });
    const there = await cli("plan", "create", "--to", "26.6.1", "--devices", "THERE");
    expect([there.code, there.err]).toEqual([0, ""]);
    expect(there.out).toContain("0 to update, 1 there already, 0 refused");
  });
});

describe("the job that a device is shown by", () => {
  it("is the live one, whatever later plans decided, and then the newest that began", async () => {
    const device = await enrolDevice(uptick, { facts: { ...IPHONE }, serial: "TWO" });
    const live = await makePlan(uptick, ["TWO"]);
    const shown = async (): Promise<string | undefined> => (await uptick.device(device.udid)).job?.planId;
    const listed = async (state: string): Promise<string[]> => {
      const { rows } = await uptick.web.get<{ rows: { serial: string }[] }>(`/api/v1/devices?jobState=${state}`);
      return rows.map(({ serial }) => serial);
    };
    // Refused as busy, and for its target.
    const busy = await makePlan(uptick, ["TWO"]);
    const other = await makePlan(uptick, ["TWO"], { to: "26.5.9" });
    expect((await planJob(uptick, busy.id, device.udid)).job).toMatchObject({ state: "refused", reason: "busy" });
    expect((await planJob(uptick, other.id, device.udid)).job).toMatchObject({ state: "refused" });
    expect(await shown()).toBe(live.id);
    expect(await listed("refused")).not.toContain("TWO");
    await stopPlan(uptick, live.id);
    await expect
      .poll(async () => (await uptick.device(device.udid)).job)
      .toMatchObject({ planId: live.id, state: "stopped" });
    // Of a device that never had a job, the newest decision is all there is to say.
    expect((await uptick.device("OWN6")).job).toMatchObject({ state: "refused", reason: "not-supervised" });
  });
});

describe("plan stop", () => {
  it("prints how each device stands after the stop", async () => {
    await enrolDevice(uptick, { facts: { ...IPHONE }, serial: "THREE" });
    const left = await enrolDevice(uptick, { facts: { ...IPHONE }, serial: "FOUR" });
    const plan = await makePlan(uptick, ["THREE", "FOUR", "OWN1"]);
    // Its install order has left, and it has not answered.
    await left.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: undefined });
    const { code, out } = await cli("plan", "stop", plan.id);
    expect(code).toBe(0);
    const after = await uptick.web.get<PlanView>(`/api/v1/plans/${plan.id}`);
    expect(after).toMatchObject({ working: false, states: { stopped: 1, stopping: 1, refused: 1 } });
    expect(out).toContain(
      "\n  1 device: withdrawn and confirmed\n  1 device: cannot be recalled\n  1 device: had ended before\n",
    );
  });

  it("is still the plan that was made, with what it decided", async () => {
    const made = await uptick.web.post<NewPlan>("/api/v1/plans", {
      to: "26.6.1",
      devices: ["OWN1"],
      action: "install",
    });
    expect(made.decided?.refusals[0]?.devices).toMatchObject([{ serial: "OWN1", name: "Own 1" }]);
  });
});
