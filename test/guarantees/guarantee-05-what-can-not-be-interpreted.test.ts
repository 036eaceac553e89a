/** An answer that can't be interpreted is kept and shown; it breaks no poll and no job. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PlistDict, writePlist } from "../../simulator/index.ts";
import {
  msOf,
  commandBytes,
  CONNECT,
  type Device,
  SOON,
  DOWNLOADED,
  enrolDevice,
  makePlan,
  rawCommand,
  memoryOf,
  NOTHING_IN_PROGRESS,
  type Received,
  result,
  startUptick,
  storyOf,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const MARK = "a-mark-in-the-bytes";

interface Case {
  readonly title: string;
  /** The command whose answer is odd. */
  readonly to: string;
  readonly odd: PlistDict;
  /** What the device says before, so that the job comes that far. */
  readonly status?: PlistDict;
}

const CASES: readonly Case[] = [
  { title: "DeviceInformation without QueryResponses", to: "DeviceInformation", odd: {} },
  { title: "DeviceInformation as a list", to: "DeviceInformation", odd: { QueryResponses: ["26.5"] } },
  { title: "a version that is none", to: "DeviceInformation", odd: { QueryResponses: { OSVersion: "twenty-six" } } },
  { title: "a version that is a number", to: "DeviceInformation", odd: { QueryResponses: { OSVersion: 26 } } },
  { title: "OSUpdateStatus as text", to: "OSUpdateStatus", odd: { OSUpdateStatus: "Idle" } },
  { title: "OSUpdateStatus of texts", to: "OSUpdateStatus", odd: { OSUpdateStatus: ["Idle", 7] } },
  { title: "no OSUpdateStatus", to: "OSUpdateStatus", odd: {} },
  { title: "UpdateResults as a number", to: "ScheduleOSUpdate", odd: { UpdateResults: 7 } },
  { title: "no UpdateResults", to: "ScheduleOSUpdate", odd: {} },
  { title: "empty UpdateResults", to: "ScheduleOSUpdate", odd: { UpdateResults: [] } },
  { title: "UpdateResults of empty things", to: "ScheduleOSUpdate", odd: { UpdateResults: [{}] } },
  { title: "an ErrorChain that is none", to: "ScheduleOSUpdate", odd: { Status: "Error", ErrorChain: "broken" } },
  { title: "an error without a word", to: "ScheduleOSUpdate", odd: { Status: "Error" } },
  { title: "no UpdateResults for the install", to: "ScheduleOSUpdate", odd: {}, status: DOWNLOADED },
  {
    title: "UpdateResults as text for the install",
    to: "ScheduleOSUpdate",
    odd: { UpdateResults: "yes" },
    status: DOWNLOADED,
  },
];

describe("guarantee 5: an answer that can't be interpreted", () => {
  it.each(CASES)("is kept, closes its command, marks the job and stops nothing: $title", async (one) => {
    const device = await enrolDevice(uptick);
    await makePlan(uptick, [device.udid]);
    let odd: Received | undefined;
    const usual: Record<string, PlistDict> = { OSUpdateStatus: one.status ?? NOTHING_IN_PROGRESS };
    await device.session({
      OSUpdateStatus: usual["OSUpdateStatus"],
      [one.to]: (command: Received) => {
        // The first is odd; what follows waits.
        if (odd !== undefined) return undefined;
        odd = command;
        return { ...one.odd, Note: MARK };
      },
    });
    const uuid = odd?.uuid ?? "";
    const answer = (await storyOf(uptick, device.udid)).find(
      ({ kind, data }) => kind === "answer" && Object(data).uuid === uuid,
    );
    expect(await uptick.message(device.udid, answer)).toContain(MARK);
    const { job, outstanding } = await uptick.device(device.udid);
    expect(outstanding.map((command) => command.commandUuid)).not.toContain(uuid);
    expect(job?.finishedAt).toBeNull();
    expect(msOf(job?.next?.dueAt)).toBeGreaterThan(0);
    expect(job?.verdict.sentence).toMatch(/\w/);
    expect((await device.poll()).status).toBe(200);
  });

  it("leads on once the device speaks clearly again", async () => {
    const device = await enrolDevice(uptick);
    await makePlan(uptick, [device.udid]);
    await device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: { UpdateResults: "what?" } });
    device.facts = { ...device.facts, OSVersion: "26.6.1", BuildVersion: "23G83" };
    await uptick.restart({ later: 3_600_000 });
    await expect.poll(async () => (await uptick.device(device.udid)).outstanding.length, SOON).toBe(1);
    await device.session({ OSUpdateStatus: result("InstallASAP", "Idle") });
    expect((await uptick.device(device.udid)).job).toMatchObject({ state: "done", reason: "updated" });
  });

  it("does not keep the questions of the server from the next device", async () => {
    const odd = await enrolDevice(uptick, { facts: { OSVersion: "26.5" } });
    await odd.session({ SecurityInfo: { SecurityInfo: "none" } });
    const next = await enrolDevice(uptick);
    expect(typesOf(await next.session())).toEqual([]);
    expect((await uptick.device(next.udid)).osVersion).toBe("26.5");
  });
});

const MIB = 1024 * 1024;

/** A report whose body is a list of this many bytes, in elements of 1 KB or of a few bytes. */
const long = (device: Device, uuid: string, bytes: number, element: string): Buffer => {
  const head = `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>Apps</key><array>`;
  const tail = `</array><key>CommandUUID</key><string>${uuid}</string><key>Status</key><string>Acknowledged</string><key>UDID</key><string>${device.udid}</string></dict></plist>`;
  const many = element.repeat(Math.ceil((bytes - head.length - tail.length) / element.length));
  return Buffer.from(head + many + tail);
};
const APP = `<string>${"x".repeat(1000)}</string>`;

interface Unreadable {
  readonly title: string;
  readonly body: (device: Device, uuid: string) => Buffer | string;
  /** The statuses of the same answer, said again and again. */
  readonly replies: readonly number[];
  readonly code: string;
}

const UNREADABLE: readonly Unreadable[] = [
  {
    title: "without a Status",
    body: ({ udid }, uuid) => writePlist({ UDID: udid, CommandUUID: uuid, Note: MARK }),
    replies: [200, 200],
    code: "message-invalid",
  },
  {
    title: "with a number for its Status",
    body: ({ udid }, uuid) => writePlist({ UDID: udid, CommandUUID: uuid, Status: 7, Note: MARK }),
    replies: [200, 200],
    code: "message-invalid",
  },
  {
    title: "that does not say whose it is",
    body: (_device, uuid) => writePlist({ CommandUUID: uuid, Status: "Acknowledged", Note: MARK }),
    replies: [200, 200],
    code: "message-invalid",
  },
  {
    title: "of more elements than are read",
    body: (device, uuid) =>
      long(device, uuid, 5 * MIB, "<true/><true/>")
        .toString()
        .replace("<array>", `<array><string>${MARK}</string>`),
    replies: [200, 200],
    code: "plist-too-large",
  },
  {
    title: "of more bytes than are kept",
    body: (device, uuid) => long(device, uuid, 9 * MIB, APP.replace("xxxx", MARK)),
    replies: [200, 200],
    code: "plist-too-large",
  },
  {
    title: "that is not well formed, once it has come three times",
    body: ({ udid }, uuid) =>
      writePlist({ UDID: udid, CommandUUID: uuid, Status: "Acknowledged", Note: MARK })
        .toString()
        .replace("</dict>", ""),
    replies: [400, 400, 200, 200],
    code: "plist-invalid",
  },
];

describe("guarantee 5: an answer that can't be read, of which only the command is known", () => {
  it.each(UNREADABLE)(
    "is kept, ends its command, marks the job, and need not be said again: one $title",
    async (one) => {
      const device = await enrolDevice(uptick);
      await makePlan(uptick, [device.udid]);
      const { command } = await device.poll();
      const uuid = command?.uuid ?? "";
      const body = one.body(device, uuid);
      const statuses: number[] = [];
      for (const _reply of one.replies) statuses.push((await device.put(body, CONNECT)).status);
      expect(statuses).toEqual(one.replies);
      const entries = (await storyOf(uptick, device.udid)).filter(({ kind }) => kind === "answer-unreadable");
      expect(entries).toMatchObject([{ data: { uuid, code: one.code } }]);
      expect(await uptick.message(device.udid, entries[0])).toContain(MARK);
      const { job, outstanding } = await uptick.device(device.udid);
      expect(outstanding.map((waiting) => waiting.commandUuid)).not.toContain(uuid);
      expect(job?.finishedAt).toBeNull();
      expect(msOf(job?.next?.dueAt)).toBeGreaterThan(0);
      expect((await device.poll()).status).toBe(200);
    },
  );

  it("ends an admin's command too, and the admin gets what came", async () => {
    const device = await enrolDevice(uptick);
    await rawCommand(uptick, device.udid, commandBytes("raw-1", { RequestType: "ProfileList" }));
    expect((await device.poll()).command?.uuid).toBe("raw-1");
    expect((await device.put(writePlist({ CommandUUID: "raw-1", Note: MARK }), CONNECT)).status).toBe(200);
    const told = await rawCommand(uptick, device.udid, commandBytes("raw-1", { RequestType: "ProfileList" }), 1);
    expect([told.status, told.text]).toEqual([200, expect.stringContaining(MARK)]);
  });

  it("is nothing where it names no command that this device was given", async () => {
    const [device, other] = [await enrolDevice(uptick), await enrolDevice(uptick)];
    await rawCommand(uptick, other.udid, commandBytes("raw-2", { RequestType: "ProfileList" }));
    await rawCommand(uptick, device.udid, commandBytes("raw-3", { RequestType: "ProfileList" }));
    expect((await other.poll()).command?.uuid).toBe("raw-2");
    const before = memoryOf(uptick);
    // The other's, one that nobody was given, and one that is still in the queue.
    for (const uuid of ["raw-2", "never", "raw-3"]) {
      for (let nth = 0; nth < 4; nth += 1) {
        expect((await device.put(writePlist({ CommandUUID: uuid, UDID: other.udid }), CONNECT)).status).toBe(400);
      }
    }
    expect(memoryOf(uptick)).toEqual(before);
  });

  it("is read like any other up to 8 MiB", async () => {
    const device = await enrolDevice(uptick);
    await rawCommand(uptick, device.udid, commandBytes("raw-4", { RequestType: "InstalledApplicationList" }));
    await device.poll();
    const answer = long(device, "raw-4", 7 * MIB, APP);
    expect((await device.put(answer, CONNECT)).status).toBe(200);
    const told = await rawCommand(
      uptick,
      device.udid,
      commandBytes("raw-4", { RequestType: "InstalledApplicationList" }),
      1,
    );
    expect(told.status).toBe(200);
    expect(told.body.equals(answer)).toBe(true);
  });
});
