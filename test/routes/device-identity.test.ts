/** Who may speak for which device: certificates that are missing, foreign, another device's, expired or of no known device. */
import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DeviceIdentity, loopbackCertificate, pushCertificate } from "../../simulator/index.ts";
import type { Refusal } from "../../src/contract/index.ts";
import { issueIdentity, loadAuthority, openSecret } from "../../src/identity/index.ts";
import { defaultDataKeySource, loadDataKey } from "../../src/main/data-key.ts";
import {
  type Device,
  enrolDevice,
  forget,
  insertRow,
  kindsOf,
  memoryOf,
  newDevice,
  newIdentity,
  newProfile,
  startUptick,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let mine: Device;
let other: Device;

beforeAll(async () => {
  uptick = await startUptick();
  [mine, other] = await Promise.all([enrolDevice(uptick), enrolDevice(uptick)]);
});
afterAll(() => uptick.close());

/** Every message a device has, as `as` would say it. */
const MESSAGES: readonly (readonly [string, (device: Device, UDID: string) => ReturnType<Device["poll"]>])[] = [
  ["Authenticate", (device, UDID) => device.checkIn({ MessageType: "Authenticate", UDID })],
  ["TokenUpdate", (device, UDID) => device.tokenUpdate({ UDID })],
  ["SetBootstrapToken", (device, UDID) => device.checkIn({ MessageType: "SetBootstrapToken", UDID })],
  ["GetBootstrapToken", (device, UDID) => device.checkIn({ MessageType: "GetBootstrapToken", UDID })],
  ["CheckOut", (device, UDID) => device.checkIn({ MessageType: "CheckOut", UDID })],
  [
    "DeclarativeManagement",
    (device, UDID) => device.checkIn({ MessageType: "DeclarativeManagement", Endpoint: "tokens", UDID }),
  ],
  ["Idle", (device, UDID) => device.poll("Idle", { UDID })],
  ["an answer", (device, UDID) => device.poll("Acknowledged", { UDID, CommandUUID: "never-sent" })],
];

describe("a message with another device's UDID under my certificate", () => {
  it.each(MESSAGES)("is refused with an empty 403 and changes neither device: %s", async (_title, say) => {
    const [before, kinds] = [memoryOf(uptick), await kindsOf(uptick, other.udid)];
    const logged = uptick.log.length;
    const reply = await say(mine, other.udid);
    expect([reply.status, reply.body.length]).toEqual([403, 0]);
    expect(memoryOf(uptick)).toEqual(before);
    expect(await kindsOf(uptick, other.udid)).toEqual(kinds);
    // The owner's timeline says it once, however often it happens.
    expect((await kindsOf(uptick, mine.udid)).filter((kind) => kind === "identity-refused")).toHaveLength(1);
    const { id: owner } = await uptick.device(mine.udid);
    expect(uptick.log.slice(logged)).toContainEqual(
      expect.objectContaining({
        level: "warn",
        event: "device-refused",
        reason: "certificate-of-another-device",
        udid: other.udid,
        fingerprint: mine.fingerprint,
        owner,
        address: "127.0.0.1",
      }),
    );
  });

  it.each(MESSAGES)("can't bring a device that nobody knows into being: %s", async (_title, say) => {
    const before = memoryOf(uptick);
    const reply = await say(mine, "A-UDID-NOBODY-HAS");
    expect([reply.status, reply.body.length]).toEqual([403, 0]);
    expect(memoryOf(uptick)).toEqual(before);
  });
});

const foreign = (made: { cert: string; key: string }): DeviceIdentity => ({
  certificate: made.cert,
  key: made.key,
  keyObject: createPrivateKey(made.key),
});

describe("a certificate that this server did not issue", () => {
  it.each([
    ["of another authority", () => foreign(loopbackCertificate("Uptick device management CA"))],
    ["for pushes", () => foreign(pushCertificate("com.apple.mgmt.External.test"))],
  ])("is refused with an empty 403 whatever it says: %s", async (_title, make) => {
    const stranger = await newDevice(uptick, { profile: mine.profile, identity: make(), udid: mine.udid });
    const before = memoryOf(uptick);
    for (const [, say] of MESSAGES) {
      const reply = await say(stranger, mine.udid);
      expect([reply.status, reply.body.length]).toEqual([403, 0]);
    }
    expect((await stranger.put("garbage", "text/html")).status).toBe(403);
    expect(memoryOf(uptick)).toEqual(before);
    const { rows } = await uptick.web.get<{ rows: Refusal[] }>("/api/v1/refusals?source=mdm");
    expect(rows).toContainEqual(
      expect.objectContaining({ reason: "certificate-foreign", fingerprint: stranger.fingerprint, owner: null }),
    );
  });

  it("is no better than none", async () => {
    const bare = await newDevice(uptick, { profile: mine.profile, identity: "none", udid: mine.udid });
    const before = memoryOf(uptick);
    for (const [, say] of MESSAGES) {
      const reply = await say(bare, mine.udid);
      expect([reply.status, reply.body.length]).toEqual([403, 0]);
    }
    expect(memoryOf(uptick)).toEqual(before);
  });
});

describe("a certificate of ours", () => {
  it("that has ended still speaks for its device: to refuse it would strand the device", async () => {
    const identity = await expiredIdentity();
    const { raw, validToDate } = new X509Certificate(identity.certificate);
    expect(validToDate.getTime()).toBeLessThan(Date.now());
    const profile = await newProfile(uptick);
    const device = await newDevice(uptick, { identity, profile });
    await uptick.restart({
      between: (database) => {
        const row = database.prepare("SELECT * FROM certificate WHERE fingerprint = ?").get(mine.fingerprint);
        const own = {
          fingerprint: device.fingerprint,
          der: raw,
          enrollment_id: null,
          key_hash: "x",
          transaction_id: "x",
        };
        insertRow(database, "certificate", { ...row, ...own });
      },
    });
    const replies = [await device.authenticate(), await device.tokenUpdate(), await device.poll()];
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await uptick.device(device.udid)).toMatchObject({ enrollment: "enrolled" });
  });

  it("that was issued and never used to enroll is not let in by a poll", async () => {
    const profile = await newProfile(uptick);
    const early = await newDevice(uptick, { profile, identity: await newIdentity(profile) });
    const before = memoryOf(uptick);
    for (const [title, say] of MESSAGES.filter(([name]) => name !== "Authenticate")) {
      const reply = await say(early, early.udid);
      expect([title, reply.status, reply.body.length]).toEqual([title, 403, 0]);
    }
    expect(memoryOf(uptick)).toEqual(before);
  });

  it("of a device we don't know is answered 200, gets nothing to do, and is shown to the admin in quarantine", async () => {
    const lost = await enrolDevice(uptick);
    // A backup from before this device enrolled is restored.
    await uptick.restart({ between: (database) => forget(database, lost.udid) });
    const first = await lost.poll();
    expect([first.status, first.body.length]).toEqual([200, 0]);
    expect(await uptick.device(lost.udid)).toMatchObject({ enrollment: "quarantined", outstanding: [], job: null });
    expect(await kindsOf(uptick, lost.udid)).toEqual(["quarantined"]);
    // The certificate is kept: nobody else remembers it.
    const shown = new X509Certificate(lost.identity?.certificate ?? "").raw;
    const [kept] = uptick.rows<{ der: Uint8Array }>(
      `SELECT der FROM certificate WHERE fingerprint = '${lost.fingerprint}'`,
    );
    expect(Buffer.from(kept?.der ?? [])).toEqual(shown);
    // How it can be reached is kept for the day it is adopted; nothing else is.
    expect((await lost.tokenUpdate()).status).toBe(200);
    const before = memoryOf(uptick);
    for (const [title, say] of MESSAGES.filter(([name]) => name !== "TokenUpdate")) {
      const reply = await say(lost, lost.udid);
      // Nothing at all: a list of declarations that is empty would take them all from it, so it is told to ask later.
      const status = title === "DeclarativeManagement" ? 503 : 200;
      expect([title, reply.status, reply.body.length]).toEqual([title, status, 0]);
    }
    expect(memoryOf(uptick)).toEqual(before);
    const plan = await uptick.web.request("POST", "/api/v1/plans?dryRun=true", {
      body: JSON.stringify({ to: "26.6.1", action: "install", devices: [lost.udid] }),
      headers: { "content-type": "application/json" },
    });
    expect(plan.json()).toMatchObject({ refused: 1, rows: [{ reason: "not-enrolled" }] });
  });
});

/** A certificate of this server's authority that ended yesterday. */
async function expiredIdentity(): Promise<DeviceIdentity> {
  const dataKey = await loadDataKey(defaultDataKeySource(uptick.directory), { env: {}, mayCreate: false });
  const [setting] = uptick.rows<{ value: string }>("SELECT value FROM setting WHERE name = 'authority'");
  const [secret] = uptick.rows<{ sealed: Uint8Array }>("SELECT sealed FROM secret WHERE owner = '' AND name = 'CaKey'");
  const { certificatePem } = JSON.parse(setting?.value ?? "") as { certificatePem: string };
  const keyPem = openSecret([dataKey], secret?.sealed ?? new Uint8Array(), "/CaKey");
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const day = 86_400_000;
  const der = await issueIdentity({
    authority: loadAuthority(certificatePem, Buffer.from(keyPem).toString("utf8")),
    publicKey: publicKey.export({ type: "spki", format: "der" }),
    subject: "An identity of the past",
    serial: new Uint8Array(16).fill(7),
    notBefore: Date.now() - 3 * day,
    notAfter: Date.now() - day,
  });
  return {
    certificate: new X509Certificate(der).toString(),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    keyObject: privateKey,
  };
}
