/** A clock that steps back by a day amid a plan: what waits for a moment does not wait a day longer. */
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type Device,
  enrolDevice,
  makePlan,
  planJob,
  result,
  SOON,
  startUptick,
  type Uptick,
} from "../support/index.ts";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 24 * 3_600_000];
/** No job of these waits longer for its next action. */
const LONGEST = 8 * HOUR;

let uptick: Uptick;
/** The server stops, and when it starts its clock says something else. */
const restart = (later: number): Promise<void> => uptick.restart({ later });

afterEach(() => uptick.close());
afterEach(() => vi.restoreAllMocks());

/** The system clock may be set (`step`), and time may pass for it and the monotonic clock alike. */
function clocks(): { step(ms: number): void; pass(ms: number): void } {
  let [stepped, passed] = [0, 0];
  const [wall, mono] = [Date.now.bind(Date), performance.now.bind(performance)];
  vi.spyOn(Date, "now").mockImplementation(() => wall() + stepped + passed);
  vi.spyOn(performance, "now").mockImplementation(() => mono() + passed);
  return { step: (ms) => void (stepped += ms), pass: (ms) => void (passed += ms) };
}

/** How long it is (ms) until the next thing of a kind is due; undefined: never. */
function wait(table: "job" | "enrollment" | "outbox" | "plan"): number | undefined {
  const [row] = uptick.rows<{ at: number | null }>(`SELECT min(due_at) AS at FROM ${table} WHERE due_at IS NOT NULL`);
  return typeof row?.at === "number" ? row.at - uptick.now() : undefined;
}

/** The device's version is what it was told to install; it says so whenever it is asked. */
async function goesOn(device: Device): Promise<void> {
  await device.session({
    ScheduleOSUpdate: ({ body }) => {
      const [update] = body["Updates"] as { InstallAction: string }[];
      device.facts = { ...device.facts, OSVersion: "26.6.1", BuildVersion: "23G83" };
      return result(update?.InstallAction ?? "", "Installing");
    },
    OSUpdateStatus: { OSUpdateStatus: [] },
    ScheduleOSUpdateScan: { ScanInitiated: true },
    AvailableOSUpdates: { AvailableOSUpdates: [] },
  });
}

async function prepare(): Promise<{ device: Device; plan: string }> {
  uptick = await startUptick();
  const device = await enrolDevice(uptick);
  const { id } = await makePlan(uptick, [device.udid]);
  return { device, plan: id };
}

/** Time goes on to whatever is next, and the device comes; until the job is at its end. */
async function ends(device: Device, plan: string, passes: (ms: number) => Promise<void> | void): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await goesOn(device);
    if ((await planJob(uptick, plan, device.udid)).job.state === "done") return;
    const next = wait("job") ?? 0;
    expect(next).toBeLessThan(LONGEST);
    await passes(Math.max(0, next) + 1000);
    // The server has looked after what was due.
    await expect.poll(() => wait("job") ?? 1, SOON).toBeGreaterThan(0);
  }
  throw new Error(`the job is ${(await planJob(uptick, plan, device.udid)).job.state}`);
}

const stepped = (): unknown[] => uptick.log.filter(({ event }) => event === "clock-stepped-back");

describe("a clock that steps back by a day", () => {
  it("while the server runs is noticed, and jobs, pushes and maintenance continue as before", async () => {
    const { step, pass } = clocks();
    const { device, plan } = await prepare();
    const before = { job: wait("job") ?? 0, enrollment: wait("enrollment") ?? 0 };
    step(-DAY);
    await expect.poll(stepped, SOON).toHaveLength(1);
    expect(wait("job")).toBeLessThan(before.job + MINUTE);
    expect(wait("enrollment")).toBeLessThan(before.enrollment + MINUTE);
    await expect.poll(() => wait("outbox"), SOON).toBeUndefined();
    await ends(device, plan, pass);
    expect(stepped()).toHaveLength(1);
  });

  it("while the server is stopped is noticed at its start", async () => {
    const { device, plan } = await prepare();
    const before = wait("job") ?? 0;
    await restart(-DAY);
    await expect.poll(stepped, SOON).toHaveLength(1);
    expect(wait("job")).toBeLessThan(before + MINUTE);
    await ends(device, plan, restart);
  });

  it("by less than a minute is none", async () => {
    const { step, pass } = clocks();
    const { device, plan } = await prepare();
    step(-50_000);
    await ends(device, plan, pass);
    expect(stepped()).toEqual([]);
  });
});
