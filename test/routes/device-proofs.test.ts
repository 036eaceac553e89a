/** Who is it, in all three ways: mutual TLS, a proxy's header, a signature over the body. */
import { X509Certificate } from "node:crypto";
import { request } from "node:https";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loopbackCertificate, readProfile, writePlist } from "../../simulator/index.ts";
import type { ServerStatus } from "../../src/contract/index.ts";
import {
  CONNECT,
  detachedSignature,
  type Device,
  type DeviceOptions,
  enrolDevice,
  newDevice,
  scep,
  startUptick,
  type Uptick,
} from "../support/index.ts";

type Proof = NonNullable<DeviceOptions["proof"]>;
const idle = (udid: string): Buffer => writePlist({ UDID: udid, Status: "Idle" });
const STRANGER = { status: 403, length: 0 };
const signMessage = async (uptick: Uptick): Promise<boolean> =>
  readProfile((await uptick.server.admin.enrollment.enroll(uptick.server.system, {})).profile).mdm.signMessage;

describe("behind a proxy that is trusted", () => {
  let uptick: Uptick;
  beforeAll(async () => {
    uptick = await startUptick({ flags: { "trusted-proxies": "127.0.0.0/8,::1", "sign-messages": "yes" } });
  });
  afterAll(() => uptick.close());

  it.each<Proof>(["rfc-9440", "escaped-pem", "signature"])("a device is known by %s", async (proof) => {
    const device = await enrolDevice(uptick, { proof });
    expect(await uptick.device(device.udid)).toMatchObject({ enrollment: "enrolled", osVersion: "26.5" });
  });

  it("a refused SCEP request shows the address that the proxy adds", async () => {
    expect(await refusedFrom(uptick, "1.2.3.4, 192.0.2.9")).toBe("192.0.2.9");
  });

  it("a profile can ask for signatures", async () => {
    expect(await signMessage(uptick)).toBe(true);
  });

  it("the proxy's own certificate is nobody's: only what it passes on counts", async () => {
    const device = await newDevice(uptick, { proof: "tls" });
    expect((await device.authenticate()).status).toBe(403);
  });

  describe("a header that does not hold exactly one certificate", () => {
    let one: Device;
    let two: Device;
    beforeAll(async () => {
      one = await enrolDevice(uptick, { proof: "rfc-9440" });
      two = await enrolDevice(uptick, { proof: "rfc-9440" });
    });

    it.each<[what: string, header: () => string | string[]]>([
      ["no certificate", () => ":bm9uZQ==:"],
      ["garbage", () => "%%%"],
      ["a PEM of nothing", () => encodeURIComponent("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")],
      ["a base64 without colons", () => "bm9uZQ=="],
      ["a PEM and something after it", () => `${escaped(one)}, x`],
      ["two PEM in one line", () => `${escaped(one)}, ${escaped(two)}`],
      ["two PEM in two lines", () => [escaped(one), escaped(two)]],
      ["the same PEM in two lines", () => [escaped(one), escaped(one)]],
      ["two certificates in two lines", () => [rfc9440(one), rfc9440(two)]],
      ["the same certificate in two lines", () => [rfc9440(one), rfc9440(one)]],
      ["a certificate and an empty line", () => [rfc9440(one), ""]],
      ["an empty line and a certificate", () => ["", rfc9440(one)]],
    ])("proves nothing, and no other proof counts beside it: %s", async (_what, header) => {
      for (const { udid } of [one, two])
        expect(await put(uptick, idle(udid), { "client-cert": header() })).toEqual(STRANGER);
      const body = idle(one.udid);
      const signature = signedBy(one, body);
      expect(await put(uptick, body, { "client-cert": header(), "mdm-signature": signature })).toEqual(STRANGER);
    });

    it("is not one that is empty: the proxy was shown no certificate, and a signature may speak", async () => {
      const body = idle(one.udid);
      expect(await put(uptick, body, { "client-cert": "" })).toEqual(STRANGER);
      const both = { "client-cert": "", "mdm-signature": signedBy(one, body) };
      expect((await put(uptick, body, both)).status).toBe(200);
    });
  });

  it("a device is known by a PEM that is escaped as in a form", async () => {
    const device = await enrolDevice(uptick, { proof: "rfc-9440" });
    const header = escaped(device).replaceAll("%20", "+");
    expect((await put(uptick, idle(device.udid), { "client-cert": header })).status).toBe(200);
  });
});

describe("without a proxy", () => {
  let uptick: Uptick;
  beforeAll(async () => {
    uptick = await startUptick();
  });
  afterAll(() => uptick.close());

  it("a refused SCEP request shows the address of the connection, whatever stands in its headers", async () => {
    expect(await refusedFrom(uptick, "192.0.2.9")).toBe("127.0.0.1");
  });

  it("a device is known by its signature alone, though the profile does not ask for one", async () => {
    const device = await enrolDevice(uptick, { proof: "signature" });
    expect((await uptick.device(device.udid)).enrollment).toBe("enrolled");
    expect(await signMessage(uptick)).toBe(false);
  });

  it("knows the same device by handshake and by signature", async () => {
    const device = await enrolDevice(uptick);
    const body = idle(device.udid);
    expect((await put(uptick, body, { "mdm-signature": signedBy(device, body) })).status).toBe(200);
  });

  it("a certificate in a header proves nothing", async () => {
    const device = await enrolDevice(uptick);
    const der = new X509Certificate(device.identity?.certificate ?? "").raw.toString("base64");
    expect(await put(uptick, idle(device.udid), { "client-cert": `:${der}:` })).toEqual(STRANGER);
  });

  it("a signature proves nothing over another body, or by a key that our CA does not know", async () => {
    const device = await enrolDevice(uptick, { proof: "signature" });
    const body = idle(device.udid);
    expect(await put(uptick, body, { "mdm-signature": signedBy(device, idle("another")) })).toEqual(STRANGER);
    const { cert, key } = loopbackCertificate("stranger");
    expect(await put(uptick, body, { "mdm-signature": detachedSignature(body, cert, key) })).toEqual(STRANGER);
  });

  it("a signature that comes twice proves nothing", async () => {
    const device = await enrolDevice(uptick, { proof: "signature" });
    const body = idle(device.udid);
    const signature = signedBy(device, body);
    expect(await put(uptick, body, { "mdm-signature": [signature, signature] })).toEqual(STRANGER);
  });

  it("a device's signature speaks for that device alone", async () => {
    const [one, two] = [await enrolDevice(uptick), await enrolDevice(uptick)];
    const body = idle(one.udid);
    expect(await put(uptick, body, { "mdm-signature": signedBy(two, body) })).toEqual(STRANGER);
  });
});

/** The address in the refusal of what is no SCEP. */
async function refusedFrom(uptick: Uptick, forwarded: string): Promise<string> {
  await scep(uptick, "POST", "?operation=PKIOperation", "garbage", { "x-forwarded-for": forwarded });
  const { refusals } = await uptick.web.get<ServerStatus>("/api/v1/status");
  return refusals.find(({ reason }) => reason === "scep-invalid")?.address ?? "";
}

const signedBy = ({ identity }: Device, body: Buffer): string =>
  detachedSignature(body, identity?.certificate ?? "", identity?.key ?? "");

const escaped = ({ identity }: Device): string => encodeURIComponent(identity?.certificate ?? "");
const rfc9440 = ({ identity }: Device): string =>
  `:${new X509Certificate(identity?.certificate ?? "").raw.toString("base64")}:`;

/** A poll over TLS without a client certificate. */
function put(uptick: Uptick, body: Buffer, headers: Record<string, string | string[]>) {
  return new Promise<{ status: number; length: number }>((resolve, reject) => {
    const sent = request(
      {
        host: "localhost",
        port: uptick.devicePort,
        path: "/mdm",
        method: "PUT",
        ca: uptick.server.caPem,
        agent: false,
        headers: { "content-type": CONNECT, ...headers },
      },
      (response) => {
        let length = 0;
        response.on("data", (chunk: Buffer) => (length += chunk.length));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, length }));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
