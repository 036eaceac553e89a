/** What a dry run says before anything is done: who must help, what may be lost, what is never tried. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DryRun, PlanRequest } from "../../src/contract/index.ts";
import { type Device, enrolDevice, IPHONE, SOON, startUptick, type Uptick } from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const MAC = {
  OSVersion: "26.5",
  BuildVersion: "25F70",
  ProductName: "MacBookPro18,3",
  SoftwareUpdateDeviceID: "J314sAP",
  IsSupervised: true,
};

async function mac(security: Record<string, string | boolean>, facts: Device["facts"] = MAC): Promise<Device> {
  const device = await enrolDevice(uptick, { facts });
  // What must be known of it was asked once; now it says more of its security.
  await uptick.restart({ later: 25 * 3_600_000 });
  await expect.poll(async () => (await uptick.device(device.udid)).outstanding.length, SOON).toBe(2);
  await device.session({ SecurityInfo: { SecurityInfo: security } });
  return device;
}

async function decisionFor(device: Device, request: Partial<PlanRequest>): Promise<DryRun["rows"][number]> {
  const body = { to: "macOS=26.6.2,iOS=26.6.1", action: "install", devices: [device.udid], ...request };
  const { rows: decisions } = await uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", body);
  if (decisions[0] === undefined) throw new Error("the dry run decides nothing");
  return decisions[0];
}

describe("a dry run", () => {
  it("says of a Mac without a bootstrap token that its user must help, until the token comes", async () => {
    const needy = { BootstrapTokenRequiredForSoftwareUpdate: true, BootstrapTokenAllowedForAuthentication: "allowed" };
    const device = await mac(needy);
    const before = await decisionFor(device, {});
    expect(before).toMatchObject({ kind: "job", remedy: expect.stringContaining("log in once") });
    expect(before.sentence).toContain("none is escrowed here");
    await device.checkIn({ MessageType: "SetBootstrapToken", BootstrapToken: Buffer.alloc(64, 7) });
    const after = await decisionFor(device, {});
    expect([after.kind, after.remedy, after.sentence]).toEqual([
      "job",
      undefined,
      "To 26.6.2 by command: install as soon as it is downloaded (only a command can say now).",
    ]);
  });

  it.each<[string, Partial<PlanRequest>, string, string]>([
    ["a forced restart", { action: "force-restart", allowDataLoss: true }, "job", "whether or not work is saved"],
    ["deferrals", { action: "install-later", maxUserDeferrals: 3 }, "job", "who may put it off 3 times"],
    ["updates besides macOS", { to: "macOS=other-updates" }, "job", "Updates other than macOS"],
    ["telling its user", { action: "notify" }, "job", "notify the user"],
  ])("says of a Mac what %s means", async (_what, request, kind, words) => {
    const device = await enrolDevice(uptick, { facts: MAC });
    const decision = await decisionFor(device, request);
    expect(decision.kind).toBe(kind);
    expect(decision.sentence).toContain(words);
  });

  it.each(["force-restart", "install-later"] as const)("refuses %s for a major version", async (action) => {
    const device = await enrolDevice(uptick, { facts: { ...MAC, OSVersion: "15.7.7", BuildVersion: "24G720" } });
    const major = { action, allowMajor: true, allowDataLoss: true };
    expect(await decisionFor(device, major)).toMatchObject({ kind: "refused", reason: "action-not-for-major" });
    expect(await decisionFor(device, { allowMajor: true })).toMatchObject({ kind: "job", release: "26.6.2" });
  });

  it("refuses updates besides the OS for what is no Mac", async () => {
    const device = await enrolDevice(uptick, { facts: IPHONE });
    const decision = await decisionFor(device, { to: "other-updates" });
    expect(decision).toMatchObject({ kind: "refused", reason: "other-updates-mac-only" });
  });
});
