/** Simulated devices, which share nothing with the server, get a policy for all: by declaration and by profile. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDevice, scaledClock, type KindName, type SimDevice } from "../../simulator/index.ts";
import { makePolicy, policyDevice, removePolicy, SOON, startUptick, type Uptick } from "../support/index.ts";

let uptick: Uptick;
const ending = new AbortController();
const running: Promise<void>[] = [];
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(async () => {
  ending.abort();
  await Promise.all(running);
  await uptick.close();
});

function simulated(kind: KindName, index: number): SimDevice {
  const clock = scaledClock({ start: Date.UTC(2026, 7, 25), factor: 600 });
  const options = { seed: "policies", index, clock, apns: uptick.apns, awaitsConfiguration: true } as const;
  const device = createDevice(kind, options);
  running.push(
    device.run(
      async () => (await uptick.server.admin.enrollment.enroll(uptick.server.system, {})).profile,
      ending.signal,
    ),
  );
  return device;
}
const whatOf = (device: SimDevice): string[] => device.record().events.map(({ what }) => what);

describe("a policy for all on simulated devices", () => {
  it("is in force on each, in its own way, and gone from each when it is removed", async () => {
    const { id } = await makePolicy(uptick, ["all"], { Deferrals: { CombinedPeriodInDays: 7, MinorPeriodInDays: 7 } });
    const declared = simulated("iphone-declared", 0);
    const old = simulated("mac-macos-11", 1);
    const stateOf = async ({ udid }: SimDevice) =>
      policyDevice(uptick, id, udid).then(
        (row) => `${row?.way} ${row?.state}`,
        () => "not enrolled",
      );
    await expect.poll(() => stateOf(declared), SOON).toBe("declaration applied");
    await expect.poll(() => stateOf(old), SOON).toBe("profile applied");
    expect(whatOf(old)).toContain("profile-installed");
    expect(whatOf(declared)).not.toContain("profile-installed");
    // They waited in Setup Assistant for what has to hold from the first use.
    for (const [device, has] of [
      [declared, "synced"],
      [old, "profile-installed"],
    ] as const) {
      await expect.poll(() => whatOf(device), SOON).toContain("configured");
      expect(whatOf(device).indexOf(has)).toBeLessThan(whatOf(device).indexOf("configured"));
    }
    await removePolicy(uptick, id);
    await expect.poll(() => stateOf(old), SOON).toBe("undefined undefined");
    expect(whatOf(old)).toContain("profile-removed");
    await expect.poll(() => stateOf(declared), SOON).toBe("undefined undefined");
  });
});
