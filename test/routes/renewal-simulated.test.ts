/** A simulated Mac, which shares nothing with the server, renews its identity as Apple's devices do. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDevice, scaledClock, type SimDevice, type SimRecord } from "../../simulator/index.ts";
import { msOf, commandBytes, rawCommand, SOON, startUptick, type Uptick } from "../support/index.ts";

let uptick: Uptick;
const ending = new AbortController();
const running: Promise<void>[] = [];
beforeAll(async () => {
  uptick = await startUptick({ flags: { "identity-days": "20" } });
});
afterAll(async () => {
  ending.abort();
  await Promise.all(running);
  await uptick.close();
});

async function aMac(index: number): Promise<SimDevice> {
  const clock = scaledClock({ start: Date.UTC(2026, 7, 25), factor: 600 });
  const device = createDevice("mac-apple-silicon", { seed: "renewal", index, clock, apns: uptick.apns });
  running.push(
    device.run(
      async () => (await uptick.server.admin.enrollment.enroll(uptick.server.system, {})).profile,
      ending.signal,
    ),
  );
  await expect.poll(() => whatOf(device), SOON).toContain("bootstrap-token-escrowed");
  return device;
}
const whatOf = (device: SimDevice): string[] => device.record().events.map(({ what }) => what);
const statusOf = (record: SimRecord): string | undefined =>
  record.commandsExecuted.find(({ requestType }) => requestType === "InstallProfile")?.status;

describe("a simulated Mac", () => {
  it("renews its identity and stays what it is; one answers as it was before, another as it is now", async () => {
    const macs = await Promise.all([0, 1, 2, 3].map(aMac));
    const before = await Promise.all(macs.map(({ udid }) => uptick.device(udid)));
    await uptick.restart({
      flags: { "identity-days": "730" },
      between: (database) => database.prepare("UPDATE renewal SET due_at = 0").run(),
    });
    for (const mac of macs) await expect.poll(() => statusOf(mac.record()), SOON).toBe("Acknowledged");
    for (const [index, { udid }] of macs.entries()) {
      const outstanding = async () => (await uptick.device(udid)).outstanding.map(({ requestType }) => requestType);
      await expect.poll(outstanding, SOON).not.toContain("InstallProfile");
      const after = await uptick.device(udid);
      expect(msOf(after.identityEndsAt)).toBeGreaterThan(Date.now() + 700 * 86_400_000);
      expect(after).toMatchObject({ enrollment: "enrolled", bootstrapTokenAt: before[index]?.bootstrapTokenAt });
    }
    for (const mac of macs) {
      expect(whatOf(mac).filter((what) => what === "bootstrap-token-escrowed")).toHaveLength(1);
      expect(whatOf(mac)).not.toContain("renewal-failed");
      expect(mac.record().unenrolled).toBe(false);
    }
  });

  it.each([
    ["ServerURL", (text: string) => text.replace(/\/mdm<\/string>/, "/mdm2</string>")],
    ["AccessRights", (text: string) => text.replace("<integer>7191</integer>", "<integer>8191</integer>")],
    ["Topic", (text: string) => text.replace("External.test", "External.other")],
  ])("refuses a profile with another %s, and keeps the one it has", async (key, change) => {
    const mac = await aMac(10 + key.length);
    const { profile } = await uptick.server.admin.enrollment.enroll(uptick.server.system, {});
    const signed = Buffer.from(profile).toString("latin1");
    const plain = signed.slice(signed.indexOf("<?xml"), signed.indexOf("</plist>") + 8);
    const payload = Buffer.from(change(plain), "latin1");
    expect(payload.equals(Buffer.from(plain, "latin1"))).toBe(false);
    const command = commandBytes(`wrong-${key}`, { RequestType: "InstallProfile", Payload: payload });
    await rawCommand(uptick, mac.udid, command, 0, "InstallProfile");
    await expect.poll(() => statusOf(mac.record()), SOON).toBe("Error");
    expect(mac.record().events).toContainEqual(expect.objectContaining({ what: "renewal-refused", changed: key }));
    expect(await uptick.device(mac.udid)).toMatchObject({ enrollment: "enrolled" });
  });
});
