/** The enrollment profile, read back as a device reads it. */
import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readProfile } from "../../simulator/index.ts";
import { startUptick, type Uptick } from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const made = async () =>
  readProfile((await uptick.server.admin.enrollment.enroll(uptick.server.system, { uses: 1 })).profile);

describe("an enrollment profile", () => {
  it("says where the server is, for which topic, with which rights and capabilities", async () => {
    const { mdm } = await made();
    const host = `https://localhost:${uptick.devicePort}`;
    expect(mdm).toMatchObject({
      serverUrl: `${host}/mdm`,
      checkInUrl: `${host}/mdm`,
      topic: "com.apple.mgmt.External.test",
      accessRights: 7191,
      serverCapabilities: ["com.apple.mdm.per-user-connections", "com.apple.mdm.bootstraptoken"],
      checkOutWhenRemoved: true,
      signMessage: false,
    });
  });

  it("asks for an identity with an RSA key of 2048 bits and a challenge of its own", async () => {
    const [one, other] = [await made(), await made()];
    expect(one.scep).toMatchObject({ url: `https://localhost:${uptick.devicePort}/scep`, keySize: 2048 });
    expect(one.scep.challenge).toBeTruthy();
    expect(other.scep.challenge).not.toBe(one.scep.challenge);
    expect(other.identifier).toBe(one.identifier);
  });

  it("is signed, and brings the CA to trust where no public one signed the server's certificate", async () => {
    const { signedBy, roots } = await made();
    expect(signedBy).toBeTruthy();
    expect(roots.map((pem) => new X509Certificate(pem).fingerprint256)).toEqual([
      new X509Certificate(uptick.server.caPem).fingerprint256,
    ]);
  });
});
