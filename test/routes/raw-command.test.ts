/** The raw command API as Apple's documentation shows the command, with curl itself. */
import { spawn, spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { writePlist } from "../../simulator/index.ts";
import {
  SOON,
  ASPEN,
  commandBytes,
  type Device,
  enrolDevice,
  IPHONE,
  rawCommand,
  startUptick,
  type Uptick,
} from "../support/index.ts";

const HAS_CURL = spawnSync("curl", ["--version"]).status === 0;

let uptick: Uptick;
let device: Device;

beforeAll(async () => {
  uptick = await startUptick();
  // As old as the example: a supervised iPhone on the release before.
  const facts = { ...IPHONE, OSVersion: "12.4", BuildVersion: "16G77", ProductName: "iPhone10,1" };
  device = await enrolDevice(uptick, { facts, serial: "F4GDXXXXXXXX" });
});
afterAll(() => uptick.close());

/** The command of the documentation's example, written as it stands there. */
const example = (uuid: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
    <key>Command</key>
    <dict>
        <key>RequestType</key>
        <string>ScheduleOSUpdate</string>
        <key>Updates</key>
        <array>
            <dict>
                <key>InstallAction</key>
                <string>DownloadOnly</string>
                <key>ProductKey</key>
                <string>iOSUpdate17A576</string>
                <key>ProductVersion</key>
                <string>13.0</string>
            </dict>
        </array>
    </dict>
    <key>CommandUUID</key>
    <string>${uuid}</string>
</dict>
</plist>
`;

/** The device's answer in the example. */
const answer = (uuid: string): Buffer =>
  writePlist({
    CommandUUID: uuid,
    Status: "Acknowledged",
    UDID: device.udid,
    UpdateResults: [{ InstallAction: "DownloadOnly", ProductKey: "iOSUpdate17A576", Status: "Downloading" }],
  });

interface Curled {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** curl with the admin's token and the command on its input. */
function curl(url: string, body: string): Promise<Curled> {
  return new Promise((resolve, reject) => {
    const headers = ["-H", `Authorization: Bearer ${uptick.token}`, "-H", `Content-Type: ${ASPEN}`];
    const args = ["-sS", "-X", "PUT", ...headers, "--data-binary", "@-", "-w", "\n%{http_code} %{content_type}", url];
    const child = spawn("curl", args, { stdio: ["pipe", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (part: Buffer) => (out += part.toString()));
    child.on("error", reject);
    child.on("close", () => {
      const end = out.lastIndexOf("\n");
      const [status = "", type = ""] = out.slice(end + 1).split(" ");
      resolve({ status: Number(status), type, body: out.slice(0, end) });
    });
    child.stdin.end(body);
  });
}

describe.skipIf(!HAS_CURL)(`Apple's example through curl${HAS_CURL ? "" : " (SKIPPED: there is no curl here)"}`, () => {
  it("waits for the device and gives its own answer, byte for byte", async () => {
    const uuid = "0001_ScheduleOSUpdate";
    const asked = curl(`http://127.0.0.1:${uptick.server.web.port}/mdm?device=F4GDXXXXXXXX&wait=20`, example(uuid));
    const { command } = await vi.waitFor(async () => {
      const reply = await device.poll();
      expect(reply.command).toBeDefined();
      return reply;
    }, SOON);
    expect(command?.bytes.toString()).toBe(example(uuid));
    expect((await device.put(answer(uuid), ASPEN)).status).toBe(200);
    expect(await asked).toEqual({ status: 200, type: "application/xml", body: answer(uuid).toString() });
  });
});

describe("the raw command API", () => {
  it("answers 202 with a place to look when it is not to wait, and the place has the answer later", async () => {
    const uuid = "0002_ScheduleOSUpdate";
    const first = await rawCommand(uptick, device.serial, Buffer.from(example(uuid)));
    expect([first.status, first.json()]).toEqual([
      202,
      { kind: "pending", commandUuid: uuid, state: "queued", resent: true },
    ]);
    const place = first.headers.location ?? "";
    expect((await uptick.web.request("GET", place)).status).toBe(202);

    const { command } = await device.poll();
    expect(command?.uuid).toBe(uuid);
    expect((await uptick.web.request("GET", place)).json()).toMatchObject({ state: "offered" });

    await device.put(answer(uuid), ASPEN);
    const later = await uptick.web.request("GET", place);
    expect([later.status, later.headers["content-type"], later.text]).toEqual([
      200,
      "application/xml",
      answer(uuid).toString(),
    ]);
    expect(later.headers["uptick-status"]).toBe("Acknowledged");
    const again = await rawCommand(uptick, device.serial, Buffer.from(example(uuid)));
    expect([again.status, again.text]).toEqual([200, answer(uuid).toString()]);
    expect((await device.poll()).command).toBeUndefined();
  });

  it("wakes who waits when the answer comes, and gives the device's refusal as it is", async () => {
    const uuid = "0003_ScheduleOSUpdate";
    const asked = rawCommand(uptick, device.serial, Buffer.from(example(uuid)), 20);
    await vi.waitFor(async () => expect((await device.poll()).command).toBeDefined(), SOON);
    const ErrorChain = [{ ErrorCode: 12048, ErrorDomain: "MCMDMErrorDomain", USEnglishDescription: "No update" }];
    await device.poll("Error", { CommandUUID: uuid, ErrorChain });
    const reply = await asked;
    expect([reply.status, reply.headers["uptick-status"], reply.text]).toEqual([
      200,
      "Error",
      expect.stringContaining("<integer>12048</integer>"),
    ]);
  });

  it("pushes the device, so that it comes", async () => {
    const before = uptick.apns.pushes.length;
    await rawCommand(uptick, device.serial, Buffer.from(example("0004_ScheduleOSUpdate")));
    await expect.poll(() => uptick.apns.pushes.length, SOON).toBeGreaterThan(before);
    expect(uptick.apns.pushes.at(-1)).toMatchObject({
      token: device.secrets.token.toString("hex"),
      magic: device.secrets.magic,
      status: 200,
    });
  });

  it("hands a question out again where its answer is lost, and an order never", async () => {
    await device.session();
    const ask = commandBytes("0010_ProfileList", { RequestType: "ProfileList" });
    const asked = await rawCommand(uptick, device.serial, ask);
    expect([asked.status, asked.json()]).toMatchObject([202, { resent: true }]);
    expect((await device.poll()).command?.uuid).toBe("0010_ProfileList");
    expect((await device.poll()).command?.uuid).toBe("0010_ProfileList");
    await device.session();

    const order = commandBytes("0011_RestartDevice", { RequestType: "RestartDevice" });
    const ordered = await rawCommand(uptick, device.serial, order, 0, "RestartDevice");
    expect([ordered.status, ordered.json()]).toMatchObject([202, { resent: false }]);
    const place = ordered.headers.location ?? "";
    expect((await device.poll()).command?.uuid).toBe("0011_RestartDevice");
    expect((await device.poll()).command).toBeUndefined();
    const lost = await uptick.web.request("GET", place);
    expect([lost.status, lost.problem().code]).toEqual([410, "command-closed"]);
    expect(lost.problem().detail).toContain("answer-lost. The device took it and may have carried it out.");
    const late = await device.put(answer("0011_RestartDevice"), ASPEN);
    expect(late.status).toBe(200);
    expect((await uptick.web.request("GET", place)).status).toBe(200);
  });

  it("gives the answer of a command that the device could no longer take: it has it already", async () => {
    const uuid = "0005_ScheduleOSUpdate";
    await device.session();
    expect((await rawCommand(uptick, device.serial, Buffer.from(example(uuid)))).status).toBe(202);
    expect((await device.poll()).command?.uuid).toBe(uuid);
    await device.put(answer(uuid), ASPEN);
    Object.assign(device.facts, { OSVersion: "27.0", BuildVersion: "24A300" });
    const query = commandBytes("0006_DeviceInformation", { RequestType: "DeviceInformation", Queries: ["OSVersion"] });
    await rawCommand(uptick, device.serial, query);
    await device.session();
    expect((await uptick.device(device.serial)).osVersion).toBe("27.0");
    expect((await rawCommand(uptick, device.serial, Buffer.from(example("0007_ScheduleOSUpdate")))).status).toBe(422);
    const again = await rawCommand(uptick, device.serial, Buffer.from(example(uuid)));
    expect([again.status, again.text]).toEqual([200, answer(uuid).toString()]);
  });
});
