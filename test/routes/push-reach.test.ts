/** A device that cannot be woken: what an admin reads of it, over the real server and a push service that refuses. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { JobView } from "../../src/contract/index.ts";
import {
  ableDevice,
  declaredPlan,
  type Device,
  enrolDevice,
  inForce,
  jobOf,
  makePlan,
  SOON,
  START,
  startUptick,
  type Uptick,
} from "../support/index.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let uptick: Uptick;
beforeEach(async () => {
  uptick = await startUptick();
});
afterEach(() => uptick.close());

const tokenOf = (device: Device): string => device.secrets.token.toString("hex");
const pushesTo = (device: Device, status: number) =>
  uptick.apns.pushes.filter((push) => push.token === tokenOf(device) && push.status === status);
/** Waits until the push service has refused a push and the server has written what that means. */
const refusedOnce = (device: Device, status: number, kind: string) =>
  vi.waitFor(async () => {
    expect(pushesTo(device, status).length).toBeGreaterThan(0);
    expect((await uptick.timeline(device.udid)).map((entry) => entry.kind)).toContain(kind);
  }, SOON);
/** The job once its next action has come and gone `times` times after a leap of the clock. */
async function afterSilence(device: Device, later: number, reason: string): Promise<JobView> {
  await uptick.restart({ later });
  return vi.waitFor(async () => {
    const job = await jobOf(uptick, device.udid);
    expect(job.reason).toBe(reason);
    return job;
  }, SOON);
}

describe("a device whose push token is dead", () => {
  it("is said to be so, with the pushes that Apple accepted, until it sends a new token", async () => {
    uptick.apns.fail("*", { status: 410, reason: "Unregistered", timestamp: START + 30 * DAY });
    const device = await enrolDevice(uptick);
    await makePlan(uptick, [device.udid]);
    await refusedOnce(device, 410, "push-token-dead");

    const { verdict } = await afterSilence(device, 2 * DAY, "silent");
    expect(verdict).toMatchObject({ reason: "push-token-dead", params: { pushes: 0, trouble: "Unregistered" } });
    expect(verdict.sentence).toContain("Apple has accepted no push since");
    expect(verdict.sentence).toContain("Uptick cannot wake the device: since 2026-08-25 14:0");
    expect(verdict.sentence).toContain("Uptick asks it if it checks in");
    expect(verdict.sentence).not.toContain("sends a push");
    expect(verdict.remedy).toContain("Wait for the device to check in");
    expect(pushesTo(device, 410)).toHaveLength(1);
    expect((await uptick.device(device.udid)).pushTrouble).toMatchObject({
      reason: "push-token-dead",
      appleReason: "Unregistered",
    });

    uptick.apns.fail("*", undefined);
    await device.tokenUpdate();
    expect(await uptick.device(device.udid)).toMatchObject({
      pushable: true,
      pushTrouble: null,
      job: { verdict: { reason: "silent" } },
    });
  });

  it("is not one where the verdict is on a former token", async () => {
    const device = await enrolDevice(uptick);
    uptick.apns.fail(tokenOf(device), { status: 410, reason: "Unregistered", timestamp: START - DAY });
    await makePlan(uptick, [device.udid]);
    await refusedOnce(device, 410, "push-token-dead");
    expect(await uptick.device(device.udid)).toMatchObject({ pushable: true });
    const entry = (await uptick.timeline(device.udid)).find(({ kind }) => kind === "push-token-dead");
    expect(entry?.sentence).toBe(
      "Apple rejected a former push token (Unregistered); the device has sent a newer one, which counts",
    );
  });
});

describe("a device that enrolled with another topic", () => {
  it("has its own reason and remedy, and the log names it", async () => {
    uptick.apns.fail("*", { status: 400, reason: "DeviceTokenNotForTopic" });
    const device = await enrolDevice(uptick);
    await makePlan(uptick, [device.udid]);
    await refusedOnce(device, 400, "push-delayed");
    const { verdict } = await afterSilence(device, 2 * DAY, "silent");
    expect(verdict).toMatchObject({ reason: "push-topic-refused", params: { pushes: 0 } });
    expect(verdict.remedy).toContain("topic");
    uptick.apns.fail("*", undefined);
    // What is under way ends with the process.
    await uptick.restart();
    const lines = uptick.takeErrors().filter(({ event }) => event === "push-misconfigured");
    expect(lines[0]).toMatchObject({ reason: "DeviceTokenNotForTopic", udid: device.udid });
  });
});

describe("a device that does half of what its declaration needs", () => {
  it("fetches the list and not the declaration: that is said, and what to do", async () => {
    const able = await ableDevice(uptick);
    await declaredPlan(uptick, able);
    await able.device.session();
    await able.its.ask("tokens");
    await able.its.ask("declaration-items");
    const { verdict } = await afterSilence(able.device, HOUR, "listed-not-fetched");
    expect(verdict.sentence).toContain("fetched the list of its declarations but not the declaration itself");
    expect(verdict.remedy).toContain("Restart the device");
  });

  it("fetches the declaration and reports nothing: that is said after a day", async () => {
    const able = await ableDevice(uptick);
    await declaredPlan(uptick, able);
    await able.device.session();
    await able.its.sync();
    expect((await jobOf(uptick, able.device.udid)).reason).toBe("taken");
    const { verdict } = await afterSilence(able.device, DAY + HOUR, "taken-not-reported");
    expect(verdict.sentence).toContain("has sent no status report about it since");
  });

  it("is not told to be switched on while it speaks every day", async () => {
    const able = await ableDevice(uptick);
    await declaredPlan(uptick, able);
    await uptick.restart({ later: DAY });
    // It answers, and does not sync.
    await able.device.session({ DeclarativeManagement: {} });
    await vi.waitFor(async () => expect((await jobOf(uptick, able.device.udid)).reason).toBe("not-taken-up"), SOON);
    const { verdict } = await jobOf(uptick, able.device.udid);
    expect(verdict.remedy).not.toContain("switched on");
    expect(verdict.remedy).toContain("does not sync its declarations");
  });

  it("keeps its own words while nothing is in the way", async () => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    expect((await jobOf(uptick, able.device.udid)).verdict.reason).toBe("in-force");
  });
});
