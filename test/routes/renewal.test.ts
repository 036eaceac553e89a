/** An identity is renewed before it ends; a renewal keeps everything, a new enrollment nothing. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DEVICE_WARNINGS, type DeviceView, type ServerStatus } from "../../src/contract/index.ts";
import {
  msOf,
  commandBytes,
  type Device,
  enrolDevice,
  kindsOf,
  makePlan,
  newDevice,
  newIdentity,
  NOTHING_IN_PROGRESS,
  rawCommand,
  type Received,
  renewedDevice,
  SOON,
  startUptick,
  type Uptick,
} from "../support/index.ts";

const DAY = 86_400_000;
const MAC = {
  OSVersion: "26.5",
  BuildVersion: "25F71",
  ProductName: "Mac14,2",
  SoftwareUpdateDeviceID: "J413AP",
  IsSupervised: true,
};
let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick({ flags: { "identity-days": "20" } });
});
afterAll(() => uptick.close());

/** Identities of 20 days where new ones live for two years: they are to be renewed now. */
const fallDue = () =>
  uptick.restart({
    flags: { "identity-days": "730" },
    between: (database) => database.prepare("UPDATE renewal SET due_at = 0").run(),
  });

const endsAt = async (device: Device) => msOf((await uptick.device(device.udid)).identityEndsAt);
const renewalOf = async (device: Device) =>
  (await uptick.device(device.udid)).outstanding.filter(({ requestType }) => requestType === "InstallProfile");

/** Answers other commands until the renewal comes. */
async function takeRenewal(device: Device): Promise<Received> {
  await expect.poll(() => renewalOf(device), SOON).toHaveLength(1);
  const seen = await device.session({ InstallProfile: undefined, ProfileList: { Status: "NotNow" } });
  const command = seen.find(({ requestType }) => requestType === "InstallProfile");
  if (command === undefined) throw new Error("no renewal came");
  return command;
}

async function aDueMac(): Promise<Device> {
  await uptick.restart({ flags: { "identity-days": "20" } });
  const device = await enrolDevice(uptick, { facts: MAC });
  await device.checkIn({ MessageType: "SetBootstrapToken", BootstrapToken: Buffer.from("escrowed once") });
  await makePlan(uptick, [device.udid]);
  await rawCommand(uptick, device.udid, commandBytes("waits", { RequestType: "ProfileList" }));
  await fallDue();
  return device;
}

describe("a device that refuses its renewal", () => {
  it("is found by the warning's filter, and its error stands in the warning until it is renewed", async () => {
    const device = await aDueMac();
    const command = await takeRenewal(device);
    const description = "No certificate could be had from the SCEP server";
    const ErrorChain = [{ ErrorDomain: "MDM-SCEP", ErrorCode: 15002, LocalizedDescription: description }];
    await device.answer(command, { Status: "Error", ErrorChain });
    const warning = async () => {
      const { warnings } = await uptick.web.get<ServerStatus>("/api/v1/status");
      return warnings.find(({ reason: code }) => code === "identities-end");
    };
    expect((await warning())?.sentence).toContain(`of ${device.serial} on`);
    expect((await warning())?.sentence).toContain(`MDM-SCEP 15002 "${description}"`);
    const listed = async (): Promise<string[]> => {
      const { rows } = await uptick.web.get<{ rows: DeviceView[] }>("/api/v1/devices?warning=identities-end");
      return rows.map(({ udid }) => udid);
    };
    expect(await listed()).toContain(device.udid);
    expect(await listed()).toHaveLength((await warning())?.devices ?? 0);

    await uptick.restart({ between: (database) => database.prepare("UPDATE renewal SET due_at = 0").run() });
    const renewed = await renewedDevice(uptick, device, await takeRenewal(device));
    expect((await renewed.authenticate()).status).toBe(200);
    expect(await listed()).not.toContain(device.udid);
    expect((await warning())?.sentence ?? "").not.toContain("15002");
  });

  it("is asked for by a warning that exists: any other is a 400 that names them", async () => {
    for (const code of ["push-certificate-ends", "junk", ""]) {
      const reply = await uptick.web.request("GET", `/api/v1/devices?warning=${code}`);
      expect([code, reply.status]).toEqual([code, 400]);
      for (const known of DEVICE_WARNINGS) expect(reply.problem().detail).toContain(known);
    }
    for (const code of DEVICE_WARNINGS) await uptick.web.get(`/api/v1/devices?warning=${code}`);
  });
});

describe("renewal of an identity", () => {
  let device: Device;
  let command: Received;
  beforeEach(async () => {
    device = await aDueMac();
    command = await takeRenewal(device);
  });

  it("sends the profile as the device has it, with a challenge of its own, and shows that to nobody", async () => {
    const renewed = await renewedDevice(uptick, device, command);
    const { scep, ...rest } = renewed.profile;
    const { scep: before, ...same } = device.profile;
    expect(rest).toEqual(same);
    expect({ ...scep, challenge: before.challenge }).toEqual(before);
    expect(scep.challenge).not.toBe(before.challenge);
    const all = JSON.stringify([
      uptick.rows("SELECT * FROM command"),
      uptick.rows("SELECT * FROM timeline"),
      uptick.log,
    ]);
    expect(Buffer.from(all).includes(scep.challenge ?? "?")).toBe(false);
    for (const { bytes } of uptick.rows<{ bytes: Uint8Array }>("SELECT bytes FROM command_bytes"))
      expect(Buffer.from(bytes).includes(scep.challenge ?? "?")).toBe(false);
    for (const entry of await uptick.timeline(device.udid))
      expect(await uptick.message(device.udid, entry)).not.toContain(scep.challenge);
  });

  it.each(["the former identity", "the new one"])(
    "keeps queue, job, bootstrap token and facts; %s acknowledges",
    async (which) => {
      const before = await uptick.device(device.udid);
      const renewed = await renewedDevice(uptick, device, command);
      expect((await renewed.authenticate()).status).toBe(200);
      expect((await renewed.tokenUpdate()).status).toBe(200);
      const speaker = which === "the new one" ? renewed : device;
      expect((await speaker.answer(command)).status).toBe(200);
      const after = await uptick.device(device.udid);
      expect(after.facts).toEqual(before.facts);
      expect(after).toMatchObject({
        enrollment: "enrolled",
        enrolledAt: before.enrolledAt,
        job: { id: before.job?.id },
      });
      expect(after.outstanding.map(({ commandUuid: uuid }) => uuid)).toEqual(expect.arrayContaining(["waits"]));
      expect(await renewalOf(device)).toEqual([]);
      expect(await endsAt(device)).toBeGreaterThan(Date.now() + 700 * DAY);
      const token = await renewed.checkIn({ MessageType: "GetBootstrapToken" });
      expect(token.body.toString()).toContain(Buffer.from("escrowed once").toString("base64"));
      expect(await kindsOf(uptick, device.udid)).not.toContain("enrolled-anew");
      expect((await renewed.session({ OSUpdateStatus: NOTHING_IN_PROGRESS })).map(({ uuid }) => uuid)).toContain(
        "waits",
      );
    },
  );

  it("lets the device go back to the identity it had: then that one is renewed again", async () => {
    const renewed = await renewedDevice(uptick, device, command);
    await renewed.authenticate();
    // The TokenUpdate never got through, and the device keeps its old profile.
    expect((await device.poll()).status).toBe(200);
    expect(await kindsOf(uptick, device.udid)).toContain("identity-returned");
    expect(await endsAt(device)).toBeLessThan(Date.now() + 21 * DAY);
    expect((await renewed.poll()).status).toBe(200);
    expect(await endsAt(device)).toBeGreaterThan(Date.now() + 700 * DAY);
  });

  it("makes one certificate: the challenge is burnt", async () => {
    const renewed = await renewedDevice(uptick, device, command);
    await expect(newIdentity(renewed.profile)).rejects.toThrow("SCEP failure");
  });

  it("speaks for its own enrollment alone", async () => {
    const renewed = await renewedDevice(uptick, device, command);
    const other = await enrolDevice(uptick);
    const stolen = await renewed.checkIn({ MessageType: "Authenticate", UDID: other.udid });
    expect([stolen.status, stolen.body.length]).toEqual([403, 0]);
    const unknown = await renewed.checkIn({ MessageType: "Authenticate", UDID: "NOBODY" });
    expect([unknown.status, unknown.body.length]).toEqual([403, 0]);
  });

  it("sends a fresh challenge after a refusal or a lost answer, never two at once", async () => {
    await device.answer(command, { Status: "Error", ErrorChain: [] });
    await uptick.restart({ between: (database) => database.prepare("UPDATE renewal SET due_at = 0").run() });
    const second = await takeRenewal(device);
    expect(second.uuid).not.toBe(command.uuid);
    // No answer: the device comes back with Idle.
    await device.session({ InstallProfile: undefined, ProfileList: { Status: "NotNow" } });
    expect(await renewalOf(device)).toEqual([]);
    await uptick.restart({ between: (database) => database.prepare("UPDATE renewal SET due_at = 0").run() });
    const third = await takeRenewal(device);
    await uptick.restart({ between: (database) => database.prepare("UPDATE renewal SET due_at = 0").run() });
    await expect.poll(() => uptick.rows("SELECT 1 FROM renewal WHERE due_at = 0"), SOON).toEqual([]);
    expect((await renewalOf(device)).map(({ commandUuid: uuid }) => uuid)).toEqual([third.uuid]);
    expect(
      uptick.rows(
        "SELECT 1 FROM challenge WHERE purpose = 'renew' AND enrollment_id IS NOT NULL AND uses_left = 1 AND enrollment_id = ?",
        (await uptick.device(device.udid)).id,
      ),
    ).toHaveLength(1);
  });
});

describe("a device wiped in the middle of its renewal", () => {
  it.each(["before", "after"])(
    "begins anew, %s its new identity was issued: nothing of its former life is left",
    async (when) => {
      const device = await aDueMac();
      const command = await takeRenewal(device);
      const renewed = when === "after" ? await renewedDevice(uptick, device, command) : undefined;
      const fresh = await newDevice(uptick, { udid: device.udid, serial: device.serial });
      await fresh.authenticate();
      // Nothing is given up before the profile is sure to be there.
      expect((await device.poll()).status).toBe(200);
      expect((await fresh.tokenUpdate()).status).toBe(200);
      const after = await uptick.device(device.udid);
      expect(after).toMatchObject({ bootstrapTokenAt: null, job: { reason: "enrolled-anew" } });
      expect(after.outstanding.map(({ requestType }) => requestType)).not.toContain("InstallProfile");
      expect(after.outstanding.map(({ commandUuid: uuid }) => uuid)).not.toContain("waits");
      const ends =
        renewed === undefined
          ? await renewedDevice(uptick, device, command).catch((error: unknown) => String(error).slice(0, 25))
          : [await renewed.authenticate(), await renewed.tokenUpdate(), await renewed.poll()].map(
              ({ status }) => status,
            );
      expect(ends).toEqual(renewed === undefined ? "ScepRefused: SCEP failure" : [403, 403, 403]);
      expect((await device.poll()).status).toBe(403);
      expect((await fresh.poll()).status).toBe(200);
      expect((await uptick.device(device.udid)).bootstrapTokenAt).toBeNull();
    },
  );
});
