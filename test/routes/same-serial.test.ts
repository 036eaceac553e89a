/** One serial under two UDIDs, and one UDID under two serials: who is meant, what is noted, whose bootstrap token it is. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeviceDetail, ServerStatus } from "../../src/contract/index.ts";
import {
  type Device,
  enrolDevice,
  IPHONE,
  kindsOf,
  newDevice,
  newProfile,
  renewedDevice,
  SOON,
  startUptick,
  storyOf,
  type Uptick,
} from "../support/index.ts";

const MAC = { ...IPHONE, ProductName: "MacBookPro18,3", ModelName: "MacBook Pro" };
const DAY = 86_400_000;
let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const newSerial = (): string => `F2L${randomBytes(4).toString("hex").toUpperCase()}`;
const mac = (serial: string, udid?: string): Promise<Device> =>
  enrolDevice(uptick, { serial, facts: { ...MAC, SerialNumber: serial }, ...(udid === undefined ? {} : { udid }) });
const get = (ref: string) => uptick.web.request("GET", `/api/v1/devices/${encodeURIComponent(ref)}`);
const escrow = (device: Device, token: string) =>
  device.checkIn({ MessageType: "SetBootstrapToken", BootstrapToken: Buffer.from(token) });
const fetchToken = async (device: Device): Promise<string> =>
  (await device.checkIn({ MessageType: "GetBootstrapToken" })).body.toString();
const outstanding = async (device: Device): Promise<string[]> =>
  (await uptick.device(device.udid)).outstanding.map(({ requestType }) => requestType);
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("a serial that enrolls again under another UDID", () => {
  it("is noted on the timelines of both, once, on both pages and in the status, until the dead one is removed", async () => {
    const serial = newSerial();
    const [former, latter] = [await mac(serial), await mac(serial)];
    await latter.authenticate();
    for (const [device, other, kind] of [
      [former, latter, "serial-claimed-by"],
      [latter, former, "serial-claimed"],
    ] as const) {
      const noted = (await storyOf(uptick, device.udid)).filter((entry) => entry.kind === kind);
      expect(noted.map(({ sentence: text }) => text)).toEqual([expect.stringContaining(other.udid)]);
      expect((await uptick.device(device.udid)).sameSerial).toEqual([expect.objectContaining({ udid: other.udid })]);
    }
    const warning = (await uptick.web.get<ServerStatus>("/api/v1/status")).warnings.find(
      ({ reason: code }) => code === "serials-shared",
    );
    expect(warning).toMatchObject({ devices: 2, remedy: expect.stringContaining("uptick remove") });
    const shared = async () =>
      (await uptick.web.get<{ rows: { udid: string }[] }>("/api/v1/devices?warning=serials-shared")).rows.map(
        ({ udid }) => udid,
      );
    expect(await shared()).toEqual([former.udid, latter.udid]);

    await uptick.web.post(`/api/v1/devices/${former.udid}/remove`, undefined);
    expect(await shared()).toEqual([]);
    expect((await get(serial)).json<DeviceDetail>()).toMatchObject({
      udid: latter.udid,
      serial,
      sameSerial: [{ udid: former.udid, enrollment: "removed" }],
    });
    expect(await kindsOf(uptick, former.udid)).toContain("serial-handed-on");
    expect(await kindsOf(uptick, latter.udid)).toContain("serial-taken-over");
  });

  it("after the dead one was removed names the new device, and both timelines say so", async () => {
    const serial = newSerial();
    const former = await mac(serial);
    await uptick.web.post(`/api/v1/devices/${former.udid}/remove`, undefined);
    const latter = await mac(serial);
    expect((await get(serial)).json<DeviceDetail>()).toMatchObject({ udid: latter.udid, serial });
    expect(await kindsOf(uptick, former.udid)).toContain("serial-handed-on");
    expect(await kindsOf(uptick, latter.udid)).toContain("serial-taken-over");
  });

  it("does not get the bootstrap token of the former machine", async () => {
    const serial = newSerial();
    const [former, latter] = [await mac(serial), await mac(serial)];
    await escrow(former, "of the former machine");
    expect(await fetchToken(latter)).not.toContain(base64("of the former machine"));
    expect(await fetchToken(former)).toContain(base64("of the former machine"));
  });
});

describe("a UDID that comes under another serial", () => {
  it("by a new enrollment is noted, and starts without the bootstrap token of the former machine", async () => {
    const former = await mac(newSerial());
    await escrow(former, "of the former machine");
    const latter = await mac(newSerial(), former.udid);
    expect(await fetchToken(latter)).not.toContain("BootstrapToken");
    await escrow(latter, "its own");
    const story = await storyOf(uptick, former.udid);
    const noted = story.filter(({ kind }) => kind === "machine-changed").map(({ sentence: text }) => text);
    expect(noted).toEqual([expect.stringContaining(former.serial)]);
    expect(noted[0]).toContain(latter.serial);
    // What it says of itself afterwards is what it enrolled with.
    await latter.session();
    expect(await fetchToken(latter)).toContain(base64("its own"));
  });

  it("by an enrollment that was not finished does not get what that had escrowed", async () => {
    const former = await newDevice(uptick, { facts: MAC });
    await former.authenticate();
    await escrow(former, "of the former machine");
    const latter = await newDevice(uptick, { udid: former.udid, profile: await newProfile(uptick), facts: MAC });
    await latter.authenticate();
    await latter.tokenUpdate();
    expect(await fetchToken(latter)).not.toContain("BootstrapToken");
    expect(await uptick.device(latter.udid)).toMatchObject({ bootstrapTokenAt: null });
  });

  it("in its facts, with the identity of the former machine, is noted and gets no bootstrap token", async () => {
    const device = await mac(newSerial());
    await escrow(device, "of the former machine");
    device.facts = { ...device.facts, SerialNumber: newSerial() };
    await uptick.restart({ later: 2 * DAY });
    await expect.poll(async () => (await outstanding(device)).includes("DeviceInformation"), SOON).toBe(true);
    await device.session();
    expect(await kindsOf(uptick, device.udid)).toContain("machine-changed");
    expect(await fetchToken(device)).not.toContain("BootstrapToken");
    expect(await uptick.device(device.udid)).toMatchObject({ bootstrapTokenAt: null });
  });

  it("or another model by the renewal of its identity is noted and gets no bootstrap token", async () => {
    await uptick.restart({ flags: { "identity-days": "20" } });
    const device = await mac(newSerial());
    await escrow(device, "of the former machine");
    // An identity of 20 days where new ones live for two years: it is renewed now.
    await uptick.restart({
      flags: { "identity-days": "730" },
      between: (database) => database.prepare("UPDATE renewal SET due_at = 0").run(),
    });
    await expect.poll(async () => (await outstanding(device)).includes("InstallProfile"), SOON).toBe(true);
    const seen = await device.session({ InstallProfile: undefined });
    const command = seen.find(({ requestType }) => requestType === "InstallProfile");
    if (command === undefined) throw new Error("no renewal came");
    const renewed = await renewedDevice(uptick, device, command);
    renewed.facts = { ...device.facts, ProductName: "Mac15,3" };
    expect((await renewed.authenticate()).status).toBe(200);
    expect(await kindsOf(uptick, device.udid)).toContain("machine-changed");
    expect(await fetchToken(renewed)).not.toContain("BootstrapToken");
  });
});

describe("a name that several devices have", () => {
  it("is refused with who may be meant, and with a remedy that works", async () => {
    const DeviceName = `Front desk ${newSerial()}`;
    const devices = [
      await enrolDevice(uptick, { facts: { ...MAC, DeviceName } }),
      await enrolDevice(uptick, { facts: { ...IPHONE, DeviceName } }),
    ];
    const reply = await get(DeviceName);
    const { code, detail, remedy } = reply.problem();
    expect([reply.status, code]).toEqual([409, "device-ambiguous"]);
    expect(remedy).toMatch(/id or UDID/);
    for (const { udid } of devices) {
      const { id } = await uptick.device(udid);
      for (const text of [id, udid]) expect(detail).toContain(text);
    }
    for (const text of ["macOS 26.5", "iOS 26.5", "last seen 2026-08-"]) expect(detail).toContain(text);
  });

  it("lets no other device be touched: neither is removed", async () => {
    const DeviceName = `Hall ${newSerial()}`;
    const facts = { ...IPHONE, DeviceName };
    const devices = [await enrolDevice(uptick, { facts }), await enrolDevice(uptick, { facts })];
    const path = `/api/v1/devices/${encodeURIComponent(DeviceName)}/remove`;
    expect((await uptick.web.request("POST", path)).problem().code).toBe("device-ambiguous");
    for (const { udid } of devices) expect((await uptick.device(udid)).enrollment).toBe("enrolled");
  });
});

describe("names of devices", () => {
  it("are serials, UDIDs and names in any case; the very same letters come first", async () => {
    const serial = newSerial();
    const device = await enrolDevice(uptick, { serial, facts: { ...IPHONE, DeviceName: `Hall ${serial}` } });
    const other = await enrolDevice(uptick, { facts: { ...IPHONE, DeviceName: `HALL ${serial}` } });
    const { id } = await uptick.device(device.udid);
    for (const ref of [serial.toLowerCase(), device.udid.toLowerCase(), id.toUpperCase(), `Hall ${serial}`])
      expect((await get(ref)).json<DeviceDetail>().udid).toBe(device.udid);
    expect((await get(`HALL ${serial}`)).json<DeviceDetail>().udid).toBe(other.udid);
    expect((await get(`hall ${serial}`)).problem().code).toBe("device-ambiguous");
    const found = await uptick.web.get<{ rows: { udid: string }[] }>(`/api/v1/devices?search=${serial.toLowerCase()}`);
    expect(found.rows.map(({ udid }) => udid).toSorted()).toEqual([device.udid, other.udid].toSorted());
  });
});
