/** Identities that end, that come of another CA, that a backup forgot; and the URL that must not change under devices. */
import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import forge from "node-forge";
import { createPrivateKey } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DeviceIdentity, readProfile } from "../../simulator/index.ts";
import {
  commandBytes,
  type Device,
  enrolDevice,
  forget,
  kindsOf,
  newDevice,
  newIdentity,
  newProfile,
  rawCommand,
  SOON,
  startUptick,
  typesOf,
  type Uptick,
} from "../support/index.ts";

const DAY = 86_400_000;
let uptick: Uptick;
let ca: OtherCa;
beforeAll(async () => {
  uptick = await startUptick();
  ca = otherCa("Organisation CA");
  writeFileSync(join(uptick.directory, "ca.pem"), ca.pem);
  await uptick.restart({ flags: { "identity-ca": join(uptick.directory, "ca.pem") } });
});
afterAll(() => uptick.close());

const warnings = async (): Promise<string[]> =>
  (await uptick.web.get<{ warnings: { reason: string }[] }>("/api/v1/status")).warnings.map(({ reason }) => reason);

describe("an identity of the organisation's own CA", () => {
  const external = async (options: { udid?: string; identity?: DeviceIdentity } = {}) =>
    newDevice(uptick, { profile: await newProfile(uptick), identity: options.identity ?? ca.issue(365), ...options });

  it("is bound at its first Authenticate, to that device alone", async () => {
    const device = await external();
    expect([(await device.authenticate()).status, (await device.tokenUpdate()).status]).toEqual([200, 200]);
    await device.session();
    expect(await uptick.device(device.udid)).toMatchObject({ enrollment: "enrolled", osVersion: "26.5" });
    const other = await enrolDevice(uptick);
    for (const UDID of [other.udid, "A-UDID-NOBODY-HAS"]) {
      expect((await device.checkIn({ MessageType: "Authenticate", UDID })).status).toBe(403);
      expect((await device.poll("Idle", { UDID })).status).toBe(403);
    }
  });

  it("is not taken over an existing binding before the admin says so; then as a new enrollment, pushes and all", async () => {
    const first = await enrolDevice(uptick);
    await first.checkIn({ MessageType: "SetBootstrapToken", BootstrapToken: Buffer.from("of the first") });
    const second = await external({ udid: first.udid });
    for (const reply of [await second.authenticate(), await second.tokenUpdate(), await second.poll()])
      expect([reply.status, reply.body.length]).toEqual([200, 0]);
    const token = await second.checkIn({ MessageType: "GetBootstrapToken" });
    expect([token.status, token.body.length]).toEqual([200, 0]);
    expect((await first.poll()).status).toBe(200);
    expect(await kindsOf(uptick, first.udid)).toContain("certificate-pending");

    expect((await uptick.web.request("POST", `/api/v1/devices/${first.udid}/adopt`)).status).toBe(200);
    expect(await uptick.device(first.udid)).toMatchObject({
      enrollment: "enrolled",
      bootstrapTokenAt: null,
      pushable: true,
    });
    expect((await first.poll()).status).toBe(403);
    await expect.poll(async () => typesOf(await second.session()), SOON).toContain("DeviceInformation");
    await rawCommand(uptick, first.udid, commandBytes("wake", { RequestType: "ProfileList" }));
    await expect
      .poll(() => uptick.apns.pushes.some(({ token: to }) => to === second.secrets.token.toString("hex")), SOON)
      .toBe(true);
  });

  it("is refused when that CA did not issue it, or it is that CA itself", async () => {
    for (const identity of [otherCa("Organisation CA").issue(365), ca.own]) {
      const device = await external({ identity });
      expect((await device.authenticate()).status).toBe(403);
    }
  });

  it("counts among those that end", async () => {
    const device = await external({ identity: ca.issue(10) });
    await device.authenticate();
    await device.tokenUpdate();
    expect(await warnings()).toContain("identities-end");
  });
});

describe("an identity that has ended", () => {
  it("is let in and shown as a warning; with expired-identities=refuse it gets an empty 403", async () => {
    const device = await newDevice(uptick, { profile: await newProfile(uptick), identity: ca.issue(-1) });
    expect([(await device.authenticate()).status, (await device.tokenUpdate()).status]).toEqual([200, 200]);
    expect(await warnings()).toContain("identities-ended");
    await uptick.restart({ flags: { "expired-identities": "refuse" } });
    const reply = await device.poll();
    expect([reply.status, reply.body.length]).toEqual([403, 0]);
    await uptick.restart({ flags: { "expired-identities": "accept" } });
    expect((await device.poll()).status).toBe(200);
  });
});

describe("a device that a restored backup forgot", () => {
  it("is adopted with its real certificate, can be pushed if it said how, and is renewed like any other", async () => {
    const device = await enrolDevice(uptick);
    await uptick.restart({ between: (database) => forget(database, device.udid) });
    expect([(await device.poll()).status, (await device.tokenUpdate()).status]).toEqual([200, 200]);
    expect(await warnings()).toContain("devices-to-adopt");
    expect((await uptick.web.request("POST", `/api/v1/devices/${device.udid}/adopt`)).status).toBe(200);
    const { raw, validToDate } = new X509Certificate(device.identity?.certificate ?? "");
    const [row] = uptick.rows<{ der: Uint8Array }>(
      "SELECT der FROM certificate WHERE fingerprint = ?",
      device.fingerprint,
    );
    expect(Buffer.from(row?.der ?? []).equals(raw)).toBe(true);
    expect(await uptick.device(device.udid)).toMatchObject({
      pushable: true,
      identityEndsAt: validToDate.toISOString(),
    });
    await expect.poll(async () => typesOf(await device.session()), SOON).toContain("DeviceInformation");
    await uptick.restart({
      between: (database) =>
        database
          .prepare("UPDATE renewal SET due_at = 0, attempts = 1 WHERE enrollment_id IN (SELECT id FROM enrollment)")
          .run(),
    });
    await expect.poll(async () => typesOf(await device.session()), SOON).toContain("InstallProfile");
  });
});

describe("a profile bound to one device", () => {
  it("enrolls that device by serial or UDID, and no other", async () => {
    const { profile } = await uptick.server.admin.enrollment.enroll(uptick.server.system, {
      uses: 3,
      device: "SERIAL7",
    });
    const bound = readProfile(profile);
    const identity = await newIdentity(bound);
    const other: Device = await newDevice(uptick, { profile: bound, identity });
    const refused = await other.authenticate();
    expect([refused.status, refused.body.length]).toEqual([403, 0]);
    const meant = await newDevice(uptick, { profile: bound, identity, serial: "SERIAL7" });
    expect((await meant.authenticate()).status).toBe(200);
  });
});

describe("the public URL", () => {
  it("can't change while devices are enrolled, unless the admin gives them up", async () => {
    const port = uptick.devicePort;
    await expect(
      uptick.restart({ flags: { "public-url": `https://other.example.org:${port}` } }),
    ).rejects.toMatchObject({
      code: "public-url-fixed",
    });
    // Case and a trailing slash make no other URL.
    await uptick.begin({ "public-url": `https://LOCALHOST:${port}/` });
    await uptick.restart({ flags: { "public-url": `https://127.0.0.1:${port}`, "public-url-change": "accept" } });
    expect((await uptick.web.get<{ publicUrl: string }>("/api/v1/status")).publicUrl).toBe(`https://127.0.0.1:${port}`);
  });
});

interface OtherCa {
  readonly pem: string;
  readonly own: DeviceIdentity;
  /** An identity that ends in so many days. */
  issue(days: number): DeviceIdentity;
}

/** A CA that shares nothing with the server. */
function otherCa(name: string): OtherCa {
  const subject = [{ name: "commonName", value: name }];
  const make = (
    names: forge.pki.CertificateField[],
    days: number,
    extensions: object[],
    signer?: forge.pki.rsa.PrivateKey,
  ) => {
    const keys = forge.pki.rsa.generateKeyPair(2048);
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = keys.publicKey;
    certificate.serialNumber = `01${Math.floor(Math.random() * 2 ** 40).toString(16)}`;
    certificate.validity.notBefore = new Date(Date.now() - 100 * DAY);
    certificate.validity.notAfter = new Date(Date.now() + days * DAY);
    certificate.setSubject(names);
    certificate.setIssuer(subject);
    certificate.setExtensions(extensions);
    certificate.sign(signer ?? keys.privateKey, forge.md.sha256.create());
    const key = forge.pki.privateKeyToPem(keys.privateKey);
    const pem = forge.pki.certificateToPem(certificate);
    return { keys, identity: { certificate: pem, key, keyObject: createPrivateKey(key) } };
  };
  const root = make(subject, 3650, [{ name: "basicConstraints", cA: true, critical: true }]);
  return {
    pem: root.identity.certificate,
    own: root.identity,
    issue: (days) =>
      make(
        [{ name: "commonName", value: "a device" }],
        days,
        [{ name: "extKeyUsage", clientAuth: true }],
        root.keys.privateKey,
      ).identity,
  };
}
