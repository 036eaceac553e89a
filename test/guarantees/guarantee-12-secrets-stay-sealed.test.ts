/** Secrets are cut out before anything is kept, sealed and stored apart, and never shown, logged or exported. */
import { createPrivateKey, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pushCertificate, type PlistDict, text, writePlist } from "../../simulator/index.ts";
import {
  SOON,
  commandBytes,
  type Device,
  enrolDevice,
  IPHONE,
  rawCommand,
  startUptick,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let device: Device;
/** Everything that must be nowhere, by name. */
const secrets = new Map<string, Buffer>();
/** Every reply of the API. */
const replies: string[] = [];

const secretText = (name: string, value: string): string => {
  secrets.set(name, Buffer.from(value));
  return value;
};
const secretData = (name: string, length: number): Buffer => {
  const value = randomBytes(length);
  secrets.set(name, value);
  return value;
};
const random = (): string => randomBytes(12).toString("hex");

/** Commands made of a secret, and the place where it must still arrive. */
const COMMANDS: Readonly<Record<string, { of(secret: string): PlistDict; at: string }>> = {
  unlock: { of: (it) => ({ RequestType: "ClearPasscode", UnlockToken: Buffer.from(it) }), at: "UnlockToken" },
  lock: { of: (PIN) => ({ RequestType: "DeviceLock", PIN }), at: "PIN" },
  account: {
    of: (it) => ({ RequestType: "SetAutoAdminPassword", GUID: "g", passwordHash: Buffer.from(it) }),
    at: "passwordHash",
  },
  profile: { of: (it) => ({ RequestType: "InstallProfile", Payload: profileWith(it) }), at: "Payload" },
};

const profileWith = (password: string): Buffer =>
  writePlist({
    PayloadType: "Configuration",
    PayloadContent: [{ PayloadType: "com.apple.wifi.managed", Password: password }],
  });

beforeAll(async () => {
  uptick = await startUptick({ push: false, logLevel: "debug" });
  secrets.set("admin token", Buffer.from(uptick.token));
  const push = pushCertificate("com.apple.mgmt.External.test");
  const body = push.key.replaceAll(/-----[^-]+-----|\s/g, "");
  secrets.set("push key", createPrivateKey(push.key).export({ type: "pkcs8", format: "der" }).subarray(-200));
  secrets.set("push key in PEM", Buffer.from(body.slice(100, 164)));
  await say("PUT", "/api/v1/push-certificate", push.pem, "application/x-pem-file");

  device = await enrolDevice(uptick, { facts: { ...IPHONE } });
  secrets.set("challenge", Buffer.from(device.profile.scep.challenge ?? ""));
  secrets.set("push token", device.secrets.token);
  secrets.set("push magic", Buffer.from(device.secrets.magic));
  secrets.set("unlock token", device.secrets.unlock);
  await device.tokenUpdate({ UnlockToken: device.secrets.unlock });
  const BootstrapToken = secretData("bootstrap token", 96);
  await device.checkIn({ MessageType: "SetBootstrapToken", BootstrapToken });
  const told = await device.checkIn({ MessageType: "GetBootstrapToken" });
  if (!found(told.body).includes("bootstrap token")) throw new Error("the device did not get its bootstrap token");
});
afterAll(() => uptick.close());

async function say(method: string, path: string, body?: string | Buffer, type = "application/json"): Promise<void> {
  const reply = await uptick.web.request(
    method,
    path,
    body === undefined ? {} : { body, headers: { "content-type": type } },
  );
  replies.push(`${JSON.stringify(reply.headers)}\n${reply.text}`);
}

/** The secrets that occur in these bytes, plain, in base64 or in hexadecimal. */
function found(bytes: Buffer): string[] {
  // White space is what property lists break base64 with, JSON has it as \n and \t.
  const squeezed = Buffer.from(bytes.toString("latin1").replaceAll(/\s|\\[nt]/g, ""), "latin1");
  return [...secrets]
    .filter(([, secret]) => formsOf(secret).some((form) => bytes.includes(form) || squeezed.includes(form)))
    .map(([name]) => name);
}

function formsOf(secret: Buffer): Buffer[] {
  const hex = secret.toString("hex");
  const texts = [hex, hex.toUpperCase(), secret.toString("base64").replace(/=+$/, ""), secret.toString("base64url")];
  // Base64 of something longer that holds the secret begins at another bit.
  for (const shift of [1, 2])
    texts.push(
      secret
        .subarray(3 - shift)
        .toString("base64")
        .replace(/.?.?=*$/, ""),
    );
  return [secret, ...texts.map((form) => Buffer.from(form))];
}

/** Every place where a secret was found. */
function leaks(): string[] {
  const files = readdirSync(uptick.directory).filter((name) => name.startsWith("uptick."));
  const places: readonly (readonly [string, Buffer])[] = [
    ...files.map((name) => [name, readFileSync(join(uptick.directory, name))] as const),
    ["the log", Buffer.from(JSON.stringify(uptick.log))],
    ["a reply", Buffer.from(replies.join("\n"))],
  ];
  return places.flatMap(([place, bytes]) => found(bytes).map((name) => `${name} in ${place}`));
}

async function lookEverywhere(): Promise<void> {
  for (const path of ["", "/timeline?limit=1000"]) await say("GET", `/api/v1/devices/${device.udid}${path}`);
  for (const entry of await uptick.timeline(device.udid))
    if (entry.raw !== null) await say("GET", `/api/v1/devices/${device.udid}/timeline/${entry.seq}/raw`);
  for (const path of ["devices?limit=100", "plans", "tokens", "status"]) await say("GET", `/api/v1/${path}`);
}

describe("guarantee 12: secrets", () => {
  it("are looked for with a search that would find them", () => {
    for (const [name, secret] of secrets) {
      const around = Buffer.concat([Buffer.from("x"), secret, Buffer.from("y")]);
      for (const form of [around, Buffer.from(secret.toString("hex")), Buffer.from(around.toString("base64"))])
        expect(found(form)).toContain(name);
    }
  });

  it("of an enrollment are in no file of the database, no reply and no line of the log", async () => {
    await lookEverywhere();
    expect(leaks()).toEqual([]);
  });

  it("are there all the same, sealed: they work after a restart", async () => {
    await uptick.restart();
    const told = await device.checkIn({ MessageType: "GetBootstrapToken" });
    expect(found(told.body)).toEqual(["bootstrap token"]);
    const pushed = uptick.apns.pushes.length;
    await rawCommand(uptick, device.udid, commandBytes("wakes", { RequestType: "ProfileList" }));
    await expect.poll(() => uptick.apns.pushes.length, SOON).toBeGreaterThan(pushed);
    expect(uptick.apns.pushes.at(-1)).toMatchObject({ magic: device.secrets.magic, status: 200 });
    expect((await device.poll()).command?.uuid).toBe("wakes");
    await device.poll("Acknowledged", { CommandUUID: "wakes" });
  });

  it.each(Object.entries(COMMANDS))(
    "of a raw command reach the device and nothing else: %s",
    async (uuid, { of, at }) => {
      const command = of(secretText(`secret of ${uuid}`, random()));
      const bytes = commandBytes(uuid, command);
      await say(
        "PUT",
        `/mdm?device=${device.udid}&wait=0&allow=${text(command, "RequestType")}`,
        bytes,
        "application/x-apple-aspen-mdm",
      );
      await lookEverywhere();
      expect(leaks()).toEqual([]);
      const received = (await device.poll()).command;
      expect(received?.bytes).toEqual(bytes);
      expect(received?.body[at]).toEqual(command[at]);
      await device.poll("Acknowledged", { CommandUUID: uuid });
      // The same bytes are still known as the same, and another secret as another command.
      const allow = text(command, "RequestType");
      expect((await rawCommand(uptick, device.udid, bytes, 0, allow)).status).toBe(200);
      const other = await rawCommand(uptick, device.udid, commandBytes(uuid, of(random())), 0, allow);
      expect([other.status, other.problem().code]).toEqual([409, "command-conflict"]);
      const { timeline } = await uptick.device(device.udid);
      const entry = (wanted: string) =>
        timeline.find(({ kind, data }) => kind === wanted && Object(data).uuid === uuid);
      const queued = await uptick.message(device.udid, entry("command-queued"));
      expect(queued).toContain(text(command, "RequestType"));
      // What was sent can't be shown, sealed bytes neither.
      expect(entry("command-sent")).toMatchObject({ raw: null });
      await lookEverywhere();
      expect(leaks()).toEqual([]);
    },
  );

  it("of an answer are not kept, and neither is what can't be read", async () => {
    await rawCommand(uptick, device.udid, commandBytes("tells", { RequestType: "SecurityInfo" }));
    expect((await device.poll()).command?.uuid).toBe("tells");
    const ActivationLockBypassCode = secretText("bypass code of an answer", random());
    const SecurityInfo = { FDE_PersonalRecoveryKeyCMS: secretData("recovery key of an answer", 90) };
    await device.poll("Acknowledged", { CommandUUID: "tells", ActivationLockBypassCode, SecurityInfo });
    const broken = `<plist><dict><key>PushMagic</key><string>${secretText("magic in what can't be read", random())}`;
    expect((await device.put(broken, "application/x-apple-aspen-mdm-checkin")).status).toBe(400);
    await say("GET", `/api/v1/devices/${device.udid}/commands/tells`);
    await lookEverywhere();
    expect(leaks()).toEqual([]);
  });

  it("of a new admin token are shown once, by the reply that made it", async () => {
    const { token } = await uptick.web.post<{ token: string }>("/api/v1/tokens", { name: "second" });
    secretText("second admin token", token);
    await say("GET", "/api/v1/tokens");
    expect(leaks()).toEqual([]);
    expect((await uptick.web.request("GET", "/api/v1/status", { token })).status).toBe(200);
  });
});
