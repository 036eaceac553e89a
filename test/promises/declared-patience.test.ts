/** A declared update that only a person can finish ends, with its reason, two weeks after its moment. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ableDevice, inForce, jobOf, pendingBy, SOON, startUptick, type Uptick } from "../support/index.ts";

const DAY = 24 * 3_600_000;
let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

describe("a declared update that waits for its user's passcode", () => {
  it("ends with that reason, its declaration is withdrawn, and it still counts when it comes", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    await inForce(uptick, able);
    const failure = { count: 2, reason: "The passcode is required" };
    const says = {
      ...pendingBy(its),
      "softwareupdate.install-state": "failed",
      "softwareupdate.failure-reason": failure,
    };
    await its.report(says);
    const waits = await jobOf(uptick, device.udid);
    expect(waits).toMatchObject({ state: "blocked", reason: "failing-passcode" });
    expect(waits.verdict.remedy).toContain("enter the passcode");

    await uptick.restart({ later: 17 * DAY });
    await device.session();
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "blocked", reason: "failing-passcode" });
    await uptick.restart({ later: DAY });
    await expect.poll(async () => (await jobOf(uptick, device.udid)).state, SOON).toBe("failed");
    const { reason, verdict, next } = await jobOf(uptick, device.udid);
    expect([reason, next]).toEqual(["nobody-helped", null]);
    expect(verdict.sentence).toBe(
      "Failed: two weeks after its moment (2026-08-28 17:00 on its own clock) it still waited for what only a person can do (the update needs its user's passcode).",
    );

    await device.session();
    await its.sync();
    expect(its.update()).toBeUndefined();
    await its.arrive({ "device.operating-system.version": "26.6.1", "device.operating-system.build-version": "23G83" });
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "done", reason: "updated" });
  });
});
