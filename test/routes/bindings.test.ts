/** What a device calls itself: profiles for one device, and serial numbers that two report. */
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EnrollmentProfile, readProfile } from "../../simulator/index.ts";
import {
  type Declarative,
  declarative,
  type Device,
  enrolDevice,
  IPHONE,
  memoryOf,
  newDevice,
  newIdentity,
  startUptick,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let victim: Device;
beforeAll(async () => {
  uptick = await startUptick();
  victim = await enrolDevice(uptick);
});
afterAll(() => uptick.close());

const REFUSED = [403, 0];
let nth = 0;
/** A serial number that no device of these has. */
const newSerial = (): string => `SNEW${1000 + (nth += 1)}`;
const newUdid = (): string => `00008030-${String(1000 + (nth += 1)).padStart(16, "0")}`;

async function bound(device: string): Promise<EnrollmentProfile> {
  return readProfile((await uptick.server.admin.enrollment.enroll(uptick.server.system, { uses: 9, device })).profile);
}

/** What is answered to an Authenticate with a profile for one device. Throws where a refusal has changed anything. */
async function tries(profile: EnrollmentProfile, udid: string, serial: string): Promise<[number, number]> {
  const device = await newDevice(uptick, { profile, identity: await newIdentity(profile), udid, serial });
  const before = memoryOf(uptick);
  const { status, body } = await device.authenticate();
  if (status === 403 && !isDeepStrictEqual(memoryOf(uptick), before)) throw new Error("a refusal was remembered");
  return [status, body.length];
}

describe("a profile for a UDID", () => {
  it("enrolls no device that says another UDID and this one as its serial number", async () => {
    const udid = newUdid();
    const profile = await bound(udid);
    expect(await tries(profile, victim.udid, udid)).toEqual(REFUSED);
    expect(await tries(profile, newUdid(), udid)).toEqual(REFUSED);
    expect(await tries(profile, udid, newSerial())).toEqual([200, 0]);
  });

  it("means the same in small letters", async () => {
    const udid = newUdid();
    expect(await tries(await bound(udid.toLowerCase()), udid, newSerial())).toEqual([200, 0]);
  });

  it("is what a known device gets that is named by its id", async () => {
    const profile = await bound((await uptick.device(victim.udid)).id);
    expect(await tries(profile, newUdid(), victim.serial)).toEqual(REFUSED);
    expect(await tries(profile, victim.udid, victim.serial)).toEqual([200, 0]);
  });
});

describe("a profile for a serial number", () => {
  it("enrolls no device that says the UDID of another", async () => {
    const serial = newSerial();
    const profile = await bound(serial);
    expect(await tries(profile, victim.udid, serial)).toEqual(REFUSED);
    expect(await tries(profile, serial, newSerial())).toEqual(REFUSED);
    expect(await tries(profile, newUdid(), newSerial())).toEqual(REFUSED);
    expect(await tries(profile, newUdid(), serial.toLowerCase())).toEqual([200, 0]);
  });

  it("enrolls the known device that has it again", async () => {
    const profile = await bound(victim.serial.toLowerCase());
    expect(await tries(profile, victim.udid, victim.serial)).toEqual([200, 0]);
  });
});

describe("any profile", () => {
  it("enrolls no device whose UDID is another one's in other letters, or another one's serial number", async () => {
    const profile = readProfile(
      (await uptick.server.admin.enrollment.enroll(uptick.server.system, { uses: 9 })).profile,
    );
    expect(await tries(profile, victim.udid.toLowerCase(), newSerial())).toEqual(REFUSED);
    expect(await tries(profile, victim.serial, newSerial())).toEqual(REFUSED);
  });
});

describe("a serial number that two devices report", () => {
  async function pair(): Promise<{ first: Device; second: Device; its: Declarative }> {
    const serial = newSerial();
    const facts = { ...IPHONE, SerialNumber: serial };
    const first = await enrolDevice(uptick, { serial, facts });
    const second = await enrolDevice(uptick, { serial, facts, refusesDeclarations: false });
    return { first, second, its: declarative(second) };
  }
  const claims = (text: string): object => ({ serial: null, claimedSerial: text });

  it("names the first one, and is shown as a claim of the second, whichever way it says it", async () => {
    const { first, second, its } = await pair();
    const { serial } = first;
    // So far it has said it as it enrolled, and in its answer to DeviceInformation.
    expect((await uptick.device(second.udid)).facts).toContainEqual(
      expect.objectContaining({ name: "SerialNumber", value: serial }),
    );
    expect(await uptick.device(second.udid)).toMatchObject(claims(serial));
    await its.report({ "device.identifier.serial-number": serial });
    expect(await uptick.device(second.udid)).toMatchObject(claims(serial));
    expect(await uptick.device(serial)).toMatchObject({ udid: first.udid, serial, claimedSerial: null });
    expect(await uptick.device(serial.toLowerCase())).toMatchObject({ udid: first.udid });
    const notes = (await uptick.timeline(second.udid)).filter(({ kind }) => kind === "serial-claimed");
    expect(notes).toMatchObject([{ sentence: expect.stringContaining(first.udid) }]);
  });

  it("is the second one's when the first has left, and the first one's no more when it comes back", async () => {
    const { first, second } = await pair();
    await first.checkIn({ MessageType: "CheckOut" });
    const { serial } = first;
    expect(await uptick.device(second.udid)).toMatchObject({ serial, claimedSerial: null });
    const kinds = (await uptick.timeline(second.udid)).map(({ kind }) => kind);
    expect(kinds).toContain("serial-taken-over");
    expect(await uptick.device(serial)).toMatchObject({ udid: second.udid });
    expect(await uptick.device(first.udid)).toMatchObject({ ...claims(serial), enrollment: "checked-out" });
    await enrolDevice(uptick, { udid: first.udid, serial, facts: first.facts });
    expect(await uptick.device(first.udid)).toMatchObject({ ...claims(serial), enrollment: "enrolled" });
    expect(await uptick.device(serial)).toMatchObject({ udid: second.udid });
  });

  it("is the second one's at once where the first had left before", async () => {
    const serial = newSerial();
    const first = await enrolDevice(uptick, { serial });
    await first.checkIn({ MessageType: "CheckOut" });
    expect(await uptick.device(serial)).toMatchObject({ udid: first.udid });
    const second = await enrolDevice(uptick, { serial });
    expect(await uptick.device(serial)).toMatchObject({ udid: second.udid });
  });

  it("that is the UDID or the id of another is kept as a claim", async () => {
    const { id } = await uptick.device(victim.udid);
    for (const text of [victim.udid, id]) {
      const stranger = await enrolDevice(uptick, { serial: text, facts: { ...IPHONE, SerialNumber: text } });
      expect(await uptick.device(stranger.udid)).toMatchObject(claims(text.toUpperCase()));
      expect(await uptick.device(text)).toMatchObject({ udid: victim.udid });
    }
  });
});
