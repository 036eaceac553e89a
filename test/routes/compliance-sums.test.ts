/** The six classes sum to all enrolled devices, and each count is exactly those devices that the list has for it (console K5, P2). */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ComplianceSummary, DeviceView, ServerStatus } from "../../src/contract/index.ts";
import { COMPLIANCE_CLASSES, COMPLIANCE_FLAGS } from "../../src/contract/index.ts";
import {
  type Device,
  enrolDevice,
  IPHONE,
  makePlan,
  SOON,
  startUptick,
  stopPlan,
  type Uptick,
} from "../support/index.ts";

const DAY = 86_400_000;
let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const fate = fc.record({
  version: fc.constantFrom("26.5", "26.6.1", "18.6"),
  model: fc.constantFrom("iPhone15,2", "iPhone99,9"),
  to: fc.constantFrom(null, "latest-minor", "27.0", "26.6.1", "26.5"),
  then: fc.constantFrom("stays", "updates", "leaves", "removed", "silent", "freed"),
});
type Fate = typeof fate extends fc.Arbitrary<infer T> ? T : never;

async function live({ version, model, to, then }: Fate): Promise<{ device: Device; silent: boolean }> {
  const device = await enrolDevice(uptick, { facts: { ...IPHONE, OSVersion: version, ProductName: model } });
  await device.session();
  const plan = to === null ? undefined : await makePlan(uptick, [device.udid], { to });
  if (then === "updates") {
    device.facts = { ...device.facts, OSVersion: "26.6.1", BuildVersion: "23G83" };
    await device.session();
  }
  if (then === "freed" && plan !== undefined) await stopPlan(uptick, plan.id);
  if (then === "leaves") await device.checkIn({ MessageType: "CheckOut" });
  if (then === "removed") await uptick.web.post(`/api/v1/devices/${device.udid}/remove`, undefined);
  return { device, silent: then !== "stays" && then !== "updates" };
}

const summary = (): Promise<ComplianceSummary> => uptick.web.get("/api/v1/compliance");
const listed = async (query: string): Promise<readonly DeviceView[]> =>
  (await uptick.web.get<{ rows: DeviceView[] }>(`/api/v1/devices?limit=1000&${query}`)).rows;
/** What is due for the server's own work; nothing changes between two requests once there is none. */
const due = (): number =>
  ["enrollment WHERE class_due_at <= ?", "sweep WHERE due_at <= ?", "plan WHERE due_at <= ?", "job WHERE due_at <= ?"]
    .flatMap((from) => uptick.rows<{ n: number }>(`SELECT count(*) AS n FROM ${from}`, uptick.now()))
    .reduce((sum, { n }) => sum + Number(n), 0);

/** Each count against the list that it stands for. */
async function expectSums(): Promise<void> {
  await expect.poll(due, SOON).toBe(0);
  const { devices, classes, flags, reasons } = await summary();
  expect(reasons.filter(({ reason }) => reason === "not-classified")).toEqual([]);
  const enrolled = await listed("enrollment=enrolled");
  const sum = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0);
  expect([devices, sum(Object.values(classes)), sum(reasons.map((one) => one.devices))]).toEqual(
    Array.from({ length: 3 }, () => enrolled.length),
  );
  for (const kind of COMPLIANCE_CLASSES) expect(await listed(`class=${kind}`)).toHaveLength(classes[kind]);
  for (const flag of COMPLIANCE_FLAGS) expect(await listed(`flag=${flag}`)).toHaveLength(flags[flag]);
  for (const { class: kind, reason, devices: n } of reasons) {
    const rows = await listed(`class=${kind}&reason=${reason}`);
    expect(rows.map(({ compliance }) => [compliance?.class, compliance?.reason])).toEqual(
      Array.from({ length: n }, () => [kind, reason]),
    );
  }
  expect((await uptick.web.get<ServerStatus>("/api/v1/status")).compliance).toEqual({ classes, flags });
}

describe("the classes of a random fleet", () => {
  it("sum to all that is enrolled, whatever becomes of each device, and after silence too", async () => {
    const fleet: { device: Device; silent: boolean }[] = [];
    for (const one of fc.sample(fate, 16)) fleet.push(await live(one));
    await expectSums();
    const before = await summary();
    expect(Object.values(before.classes).filter((n) => n > 0).length).toBeGreaterThan(3);
    await uptick.restart({ later: 10 * DAY });
    for (const { device, silent } of fleet) if (!silent) await device.poll();
    await expect.poll(async () => (await summary()).flags.silent, SOON).toBeGreaterThan(0);
    await expectSums();
    await uptick.restart({ later: 40 * DAY });
    await expect.poll(async () => (await summary()).classes.unknown, SOON).toBe(before.devices);
    await expectSums();
  });
});
