/** Certificates of the organisation's CA that are not known here, shown for devices that are. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeviceIdentity } from "../../simulator/index.ts";
import type { WaitingDevice } from "../../src/contract/index.ts";
import {
  type Device,
  type DeviceOptions,
  enrolDevice,
  forget,
  newDevice,
  newProfile,
  type OpensslCa,
  opensslCa,
  type Reply,
  respelt,
  SOON,
  startUptick,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let ca: OpensslCa;
/** Signatures over a message are made with RSA throughout. */
let rsaCa: OpensslCa;
let known: Device;
beforeAll(async () => {
  uptick = await startUptick();
  ca = opensslCa("Organisation CA");
  rsaCa = opensslCa("Organisation RSA CA", { rsa: true });
  const file = join(uptick.directory, "ca.pem");
  writeFileSync(file, ca.pem + rsaCa.pem);
  await uptick.restart({ flags: { "identity-ca": file } });
  known = await enrolDevice(uptick);
});
afterAll(async () => {
  ca.close();
  rsaCa.close();
  await uptick.close();
});

const empty = ({ status, body }: Reply) => [status, body.length];
const adopt = (ref: string, query = "") => uptick.web.request("POST", `/api/v1/devices/${ref}/adopt${query}`);
const external = async (identity: DeviceIdentity, udid?: string, proof: DeviceOptions["proof"] = "tls") =>
  newDevice(uptick, { profile: known.profile, identity, proof, ...(udid === undefined ? {} : { udid }) });
/** Refusals are logged together, at the latest after three seconds. */
const logged = (line: object) => expect.poll(() => uptick.log, SOON).toContainEqual(expect.objectContaining(line));
const waitingOf = async (udid: string): Promise<string[]> => {
  const { rows } = await uptick.web.get<{ rows: WaitingDevice[] }>("/api/v1/waiting-devices");
  return rows
    .filter((row) => row.udid === udid)
    .flatMap(({ certificates }) => certificates.map((one) => one.fingerprint));
};

/** What a stranger might change; renewals are looked at by the server itself meanwhile. */
const memory = (): unknown[] => [
  uptick.rows("SELECT fingerprint, enrollment_id, pending_for FROM certificate"),
  uptick.rows("SELECT id, state, certificate, topic FROM enrollment"),
  uptick.rows("SELECT owner, name, at FROM secret"),
  uptick.rows("SELECT kind, enrollment_id FROM timeline WHERE kind NOT LIKE 'push-%'"),
];

describe("certificates that wait for one device", () => {
  it("are five at most: the oldest makes room, with what it brought", async () => {
    const all: Device[] = [];
    for (let n = 0; n < 6; n += 1) {
      const device = await external(ca.issue(), known.udid);
      all.push(device);
      expect(empty(await device.poll())).toEqual([200, 0]);
      expect(empty(await device.tokenUpdate())).toEqual([200, 0]);
    }
    const newest = all.slice(1).map(({ fingerprint }) => fingerprint);
    expect((await waitingOf(known.udid)).toSorted()).toEqual(newest.toSorted());
    const owners = uptick.rows<{ owner: string }>("SELECT DISTINCT owner FROM secret WHERE owner LIKE 'pending:%'");
    expect(owners.map(({ owner }) => owner).toSorted()).toEqual(newest.map((print) => `pending:${print}`).toSorted());
    expect((await uptick.timeline(known.udid)).filter(({ kind }) => kind === "certificate-pending")).toHaveLength(5);
  });

  it("have to be named when one of several is adopted; the others wait no longer", async () => {
    const [first = "", second = ""] = await waitingOf(known.udid);
    const refused = await adopt(known.udid);
    expect([refused.status, refused.problem().code]).toEqual([409, "certificate-ambiguous"]);
    expect(refused.problem().detail).toContain(first);
    expect((await adopt(known.udid, `?certificate=${"0".repeat(64)}`)).problem().code).toBe("certificate-unknown");
    expect((await adopt(known.udid, `?certificate=${second}`)).status).toBe(200);
    expect(await waitingOf(known.udid)).toEqual([]);
    expect(uptick.rows("SELECT owner FROM secret WHERE owner LIKE 'pending:%'")).toEqual([]);
    expect(empty(await known.poll())).toEqual([403, 0]);
  });
});

describe("a certificate that names a UDID", () => {
  const claimed = "00008030-0011223344556677";
  const other = "00008030-7766554433221100";
  let device: Device;
  beforeAll(async () => {
    device = await enrolDevice(uptick, { udid: claimed });
  });

  it.each([
    ["in its subject", { subject: `/CN=${other}` }],
    ["in its alternative names", { names: `URI:urn:udid:${other}` }],
  ])("of another device is refused, and nothing is kept: %s", async (_where, options) => {
    const stranger = await external(ca.issue(options), claimed);
    const before = memory();
    for (const reply of [await stranger.poll(), await stranger.authenticate(), await stranger.tokenUpdate()])
      expect(empty(reply)).toEqual([403, 0]);
    expect(memory()).toEqual(before);
    await logged({ event: "device-refused", reason: "certificate-names-another", udid: claimed, owner: null });
  });

  it("of this device waits", async () => {
    const own = await external(ca.issue({ subject: `/CN=${claimed.toLowerCase()}` }), claimed);
    expect(empty(await own.poll())).toEqual([200, 0]);
    expect(await waitingOf(claimed)).toEqual([own.fingerprint]);
    // It speaks for nobody else meanwhile.
    expect(empty(await own.poll("Idle", { UDID: known.udid }))).toEqual([403, 0]);
    const { id } = await uptick.device(claimed);
    await logged({ event: "device-refused", reason: "certificate-of-another-device", udid: known.udid, owner: id });
    expect((await device.poll()).status).toBe(200);
  });
});

describe("the valid certificate of another device", () => {
  it("is refused and does not wait", async () => {
    const other = await enrolDevice(uptick);
    const before = memory();
    expect(empty(await other.poll("Idle", { UDID: known.udid }))).toEqual([403, 0]);
    expect(memory()).toEqual(before);
    const { id } = await uptick.device(other.udid);
    await logged({ event: "device-refused", reason: "certificate-of-another-device", udid: known.udid, owner: id });
  });
});

describe("a certificate in another spelling", () => {
  it("is the same certificate: one device, and no second", async () => {
    const identity = ca.issue();
    const twin = respelt(identity);
    expect(new X509Certificate(twin.certificate).fingerprint256).not.toBe(
      new X509Certificate(identity.certificate).fingerprint256,
    );
    const device = await external(identity);
    expect([(await device.authenticate()).status, (await device.tokenUpdate()).status]).toEqual([200, 200]);
    const same = await external(twin, device.udid);
    const second = await external(twin);
    const certificates = uptick.rows("SELECT fingerprint FROM certificate");
    for (const reply of [await second.authenticate(), await second.tokenUpdate(), await second.poll()])
      expect(empty(reply)).toEqual([403, 0]);
    expect((await same.poll()).status).toBe(200);
    expect([(await same.authenticate()).status, (await same.tokenUpdate()).status]).toEqual([200, 200]);
    expect(uptick.rows("SELECT fingerprint FROM certificate")).toEqual(certificates);
    expect((await device.poll()).status).toBe(200);
    expect(await waitingOf(device.udid)).toEqual([]);
  });

  it("is known where the certificate was stored by an earlier version", async () => {
    const identity = ca.issue();
    const device = await external(identity);
    expect([(await device.authenticate()).status, (await device.tokenUpdate()).status]).toEqual([200, 200]);
    await uptick.restart({
      between: (database) => database.prepare("UPDATE certificate SET identity_hash = NULL").run(),
    });
    expect(uptick.rows("SELECT fingerprint FROM certificate WHERE identity_hash IS NULL")).toEqual([]);
    expect(empty(await (await external(respelt(identity))).authenticate())).toEqual([403, 0]);
  });
});

describe("a device in quarantine", () => {
  it("can enroll again by itself, whoever has taken its place there", async () => {
    const [lost, stranger] = await Promise.all([enrolDevice(uptick), enrolDevice(uptick)]);
    await uptick.restart({
      between: (database) => {
        for (const { udid } of [lost, stranger]) forget(database, udid);
      },
    });
    expect(empty(await stranger.poll("Idle", { UDID: lost.udid }))).toEqual([200, 0]);
    // Its own certificate waits beside the other.
    expect(empty(await lost.poll())).toEqual([200, 0]);
    expect((await waitingOf(lost.udid)).toSorted()).toEqual([lost.fingerprint, stranger.fingerprint].toSorted());
    expect((await adopt(lost.udid)).problem().code).toBe("certificate-ambiguous");
    const again = await newDevice(uptick, { udid: lost.udid, profile: await newProfile(uptick) });
    expect([(await again.authenticate()).status, (await again.tokenUpdate()).status]).toEqual([200, 200]);
    await expect.poll(async () => typesOf(await again.session()), SOON).toContain("DeviceInformation");
    expect(await uptick.device(lost.udid)).toMatchObject({ enrollment: "enrolled", pendingCertificates: 0 });
    expect(empty(await stranger.poll("Idle", { UDID: lost.udid }))).toEqual([403, 0]);
  });
});

describe("a certificate with an empty subject", () => {
  it("waits, and is shown by its alternative names", async () => {
    const { udid } = await enrolDevice(uptick);
    const device = await external(ca.issue({ subject: "/", names: "DNS:device.example.org" }), udid);
    expect(empty(await device.poll())).toEqual([200, 0]);
    expect(await uptick.device(udid)).toMatchObject({
      pending: [{ subject: "DNS:device.example.org", issuer: "CN=Organisation CA" }],
    });
  });

  it.each(["tls", "signature"] as const)("enrolls its device: by %s", enrols);

  describe("behind a proxy", () => {
    beforeAll(() => uptick.restart({ flags: { "trusted-proxies": "127.0.0.0/8,::1" } }));
    it.each(["rfc-9440", "escaped-pem"] as const)("enrolls its device: by %s", enrols);
  });

  async function enrols(proof: NonNullable<DeviceOptions["proof"]>): Promise<void> {
    const rsa = proof === "signature";
    const identity = (rsa ? rsaCa : ca).issue({ subject: "/", names: "DNS:device.example.org", rsa });
    expect(new X509Certificate(identity.certificate).subject).toBeUndefined();
    const device = await external(identity, undefined, proof);
    expect([(await device.authenticate()).status, (await device.tokenUpdate()).status]).toEqual([200, 200]);
    expect(typesOf(await device.session())).toContain("DeviceInformation");
  }
});
