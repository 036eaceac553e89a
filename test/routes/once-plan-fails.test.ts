/** The fail rule over plans that are decided once (targets R8, P2), by the API: the gate pauses such a plan, and a person resumes it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlanView, ServerStatus } from "../../src/contract/index.ts";
import {
  type Device,
  DOWNLOADED,
  enrolDevice,
  makePlan,
  planJob,
  result,
  resumePlan,
  SOON,
  startUptick,
  typesOf,
  type Uptick,
} from "../support/index.ts";

const HOUR = 3_600_000;
const FAILS = { OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: result("InstallASAP", "InstallFailed") };

let uptick: Uptick;
let devices: Device[];
let others: Device[];
/** By default 5 % may fail, and with the other plan all. */
let plan: string;
let careless: string;

const three = () => Promise.all([0, 1, 2].map(() => enrolDevice(uptick)));
const show = (id: string): Promise<PlanView> => uptick.web.get(`/api/v1/plans/${id}`);
/** The gate has looked `n` times more, at the moment that the clock shows. */
async function gateLooks(): Promise<void> {
  const dueAt = (): number =>
    Number(uptick.rows<{ due_at: number }>("SELECT due_at FROM sweep WHERE name = 'gate'")[0]?.due_at);
  await expect.poll(() => dueAt() > uptick.now(), SOON).toBe(true);
}
const later = async (hours: number): Promise<void> => {
  await uptick.restart({ later: hours * HOUR });
  await gateLooks();
};

beforeAll(async () => {
  uptick = await startUptick();
  devices = await three();
  others = await three();
  plan = (
    await makePlan(
      uptick,
      devices.map(({ udid }) => udid),
    )
  ).id;
  careless = (
    await makePlan(
      uptick,
      others.map(({ udid }) => udid),
      { maxFailurePercent: 100 },
    )
  ).id;
  for (const device of [...devices, ...others]) await device.session(FAILS);
});
afterAll(() => uptick.close());

describe("targets R8: a once plan of which all devices fail", () => {
  it("is active while their failures may still be over: none has failed twice or for 24 h", async () => {
    await later(23);
    expect(await show(plan)).toMatchObject({ state: "active", maxFailurePercent: 5 });
  });

  it("is paused by the gate, with the cause and a warning, and its devices are told nothing more", async () => {
    await later(2);
    await expect.poll(async () => (await show(plan)).state, SOON).toBe("paused");
    expect(await show(plan)).toMatchObject({
      pauseReason:
        "3 of 3 devices that started failed; chance does not explain that where 5 % may fail (maxFailurePercent)",
    });
    const { warnings } = await uptick.web.get<ServerStatus>("/api/v1/status");
    expect(warnings.filter(({ reason: code }) => code === "plans-paused")).toHaveLength(1);
    const [first] = devices as [Device, ...Device[]];
    expect(typesOf(await first.session(FAILS))).not.toContain("ScheduleOSUpdate");
    const { job } = await planJob(uptick, plan, first.udid);
    expect(job.state).toBe("paused");
    expect(job.verdict.sentence).toMatch(/^Paused: the plan was paused, .*; it continues when the plan is resumed/);
    expect(uptick.log.filter(({ event }) => event === "plan-paused")).toMatchObject([
      { level: "warn", plan, started: 3, failures: 3, maxFailurePercent: 5 },
    ]);
  });

  it("is not paused where all may fail", async () =>
    expect(await show(careless)).toMatchObject({ state: "active", maxFailurePercent: 100, pauseReason: null }));

  it("continues when a person resumes it, and these failures count no longer", async () => {
    await resumePlan(uptick, plan);
    await later(1);
    expect(await show(plan)).toMatchObject({ state: "active", pauseReason: null });
    const { warnings } = await uptick.web.get<ServerStatus>("/api/v1/status");
    expect(warnings.filter(({ reason: code }) => code === "plans-paused")).toEqual([]);
  });
});

describe("a plan's maxFailurePercent", () => {
  it.each([0, 101, 2.5])("refuses %s", async (maxFailurePercent) => {
    const body = { to: "26.6.1", devices: ["none"], action: "install", maxFailurePercent };
    const reply = await uptick.web.request("POST", "/api/v1/plans?dryRun=true", {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
    expect(reply.status).toBe(400);
  });
});
