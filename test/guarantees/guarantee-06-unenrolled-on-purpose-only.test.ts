/** Nothing that this server says makes a device leave, whatever the device sends and whatever breaks here. */
import { createPrivateKey } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loopbackCertificate } from "../../simulator/index.ts";
import {
  SOON,
  CHECKIN,
  CONNECT,
  commandBytes,
  type Device,
  enrolDevice,
  forget,
  makePlan,
  memoryOf,
  newDevice,
  NOTHING_IN_PROGRESS,
  rawCommand,
  type Reply,
  startUptick,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const MESSAGES = [
  "Authenticate",
  "TokenUpdate",
  "SetBootstrapToken",
  "GetBootstrapToken",
  "GetToken",
  "CheckOut",
  "New",
];
const STATUSES = ["Idle", "Acknowledged", "Error", "NotNow", "CommandFormatError", "Surprised"];

/** Everything a device can say, good and bad. */
async function sayEverything(device: Device, udids: readonly string[]): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (const UDID of udids) {
    for (const Status of STATUSES) replies.push(await device.poll(Status, { UDID, CommandUUID: "any" }));
    for (const MessageType of MESSAGES) replies.push(await device.checkIn({ MessageType, UDID }));
    replies.push(await device.tokenUpdate({ UDID }));
    const UserID = "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF";
    for (const MessageType of [...MESSAGES, "UserAuthenticate"])
      replies.push(await device.checkIn({ MessageType, UDID, UserID }));
    replies.push(await device.poll("Idle", { UDID, UserID }));
  }
  for (const type of [CHECKIN, CONNECT, "text/html", ""])
    for (const body of ["", "garbage", "<plist><dict/></plist>", Buffer.alloc(1024 * 1024 + 1)])
      replies.push(await device.put(body, type));
  return replies;
}

/** Replies that could make a device leave. With a code in its body, a 403 means "remove your profile". */
function harmful(replies: readonly Reply[]): unknown[] {
  return replies
    .filter(
      ({ status, body }) => ![200, 400, 403, 410, 413, 503].includes(status) || (status !== 200 && body.length > 0),
    )
    .map(({ status, body }) => [status, body.toString()]);
}

describe("guarantee 6: the MDM endpoint has no way to say 401", () => {
  it("whoever says whatever", async () => {
    const [known, other] = await Promise.all([enrolDevice(uptick), enrolDevice(uptick)]);
    const made = loopbackCertificate("Another authority");
    const foreign = { certificate: made.cert, key: made.key, keyObject: createPrivateKey(made.key) };
    const { profile } = known;
    const speakers = [
      known,
      await newDevice(uptick),
      await newDevice(uptick, { profile, identity: foreign }),
      await newDevice(uptick, { profile, identity: "none" }),
    ];
    for (const speaker of speakers) {
      const replies = await sayEverything(speaker, [speaker.udid, other.udid, "NOBODY"]);
      expect(harmful(replies)).toEqual([]);
      expect(replies.length).toBeGreaterThan(80);
    }
    // The other one is as it was.
    expect((await other.poll()).status).toBe(200);
  });

  it("while our own database fails: 503, and afterwards everything is as before", async () => {
    const device = await enrolDevice(uptick);
    await rawCommand(uptick, device.udid, commandBytes("survives", { RequestType: "ProfileList" }));
    const before = memoryOf(uptick);
    const mend = await uptick.fail("write");
    try {
      const replies = [
        await device.poll(),
        await device.poll("Acknowledged", { CommandUUID: "survives" }),
        await device.authenticate(),
        await device.tokenUpdate(),
        await device.checkIn({ MessageType: "CheckOut" }),
      ];
      expect(replies.map(({ status, body }) => [status, body.length])).toEqual(Array(5).fill([503, 0]));
    } finally {
      await mend();
    }
    expect(uptick.takeErrors().length).toBeGreaterThan(0);
    expect(memoryOf(uptick)).toEqual(before);
    expect((await device.poll()).command?.uuid).toBe("survives");
  });
});

describe("guarantee 6: enrolling again", () => {
  it("changes nothing before the TokenUpdate, then begins anew: what was meant for the former life is withdrawn", async () => {
    const first = await enrolDevice(uptick);
    await first.checkIn({ MessageType: "SetBootstrapToken", BootstrapToken: Buffer.from("of the former life") });
    await makePlan(uptick, [first.udid]);
    await rawCommand(uptick, first.udid, commandBytes("former", { RequestType: "ProfileList" }));

    const second = await newDevice(uptick, { udid: first.udid, serial: first.serial });
    expect((await second.authenticate()).status).toBe(200);
    expect((await first.poll()).command).toBeDefined();
    expect(await uptick.device(first.udid)).toMatchObject({ enrollment: "enrolled", job: { finishedAt: null } });

    expect((await second.tokenUpdate()).status).toBe(200);
    const after = await uptick.device(first.udid);
    expect(after).toMatchObject({ bootstrapTokenAt: null, job: { state: "failed", reason: "enrolled-anew" } });
    expect(after.outstanding.map(({ commandUuid: uuid }) => uuid)).not.toContain("former");
    const token = await second.checkIn({ MessageType: "GetBootstrapToken" });
    expect([token.status, token.body.toString()]).toEqual([200, expect.not.stringContaining("BootstrapToken")]);
    // The former identity is refused, not told to leave.
    const former = await first.poll();
    expect([former.status, former.body.length]).toEqual([403, 0]);
    expect(typesOf(await second.session({ OSUpdateStatus: NOTHING_IN_PROGRESS }))).not.toContain("ProfileList");
  });

  it("is possible after a CheckOut, with the same identity and with a new one", async () => {
    const device = await enrolDevice(uptick);
    await device.checkIn({ MessageType: "CheckOut" });
    expect(await uptick.device(device.udid)).toMatchObject({ enrollment: "checked-out", pushable: false });
    expect([(await device.authenticate()).status, (await device.tokenUpdate()).status]).toEqual([200, 200]);
    expect(await uptick.device(device.udid)).toMatchObject({ enrollment: "enrolled" });
    await device.checkIn({ MessageType: "CheckOut" });
    const anew = await enrolDevice(uptick, { udid: device.udid });
    expect(await uptick.device(anew.udid)).toMatchObject({ enrollment: "enrolled", osVersion: "26.5" });
  });
});

describe("guarantee 6: a device that a restored backup does not know", () => {
  it("is quarantined with 200, adopted by the admin, and then managed as before", async () => {
    const device = await enrolDevice(uptick);
    await uptick.restart({ between: (database) => forget(database, device.udid) });
    for (let nth = 0; nth < 3; nth += 1) {
      const reply = await device.poll();
      expect([reply.status, reply.body.length]).toEqual([200, 0]);
    }
    const { rows } = await uptick.web.get<{ rows: unknown[] }>("/api/v1/devices?enrollment=quarantined");
    expect(rows).toMatchObject([{ udid: device.udid }]);

    const adopt = () => uptick.web.request("POST", `/api/v1/devices/${device.udid}/adopt`);
    expect((await adopt()).status).toBe(200);
    expect((await adopt()).problem().code).toBe("not-quarantined");
    await expect.poll(async () => typesOf(await device.session()), SOON).toContain("DeviceInformation");
    expect(await uptick.device(device.udid)).toMatchObject({ enrollment: "enrolled", osVersion: "26.5" });
    expect((await device.tokenUpdate()).status).toBe(200);
    expect(await uptick.device(device.udid)).toMatchObject({ pushable: true });
  });

  it("can't be taken over meanwhile by another certificate of ours", async () => {
    const [device, thief] = await Promise.all([enrolDevice(uptick), newDevice(uptick)]);
    await uptick.restart({ between: (database) => forget(database, device.udid) });
    await device.poll();
    const before = memoryOf(uptick);
    const reply = await thief.poll("Idle", { UDID: device.udid });
    expect([reply.status, reply.body.length]).toEqual([403, 0]);
    expect(memoryOf(uptick)).toEqual(before);
  });
});
