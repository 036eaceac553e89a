import { createPrivateKey, generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { AT_NOW, DAY, NOW, rsaKey, serial, testAuthority } from "./authority.suite.ts";
import type { Authority } from "./authority.ts";
import { sequence, TAG, tlv } from "./der.ts";
import { issueServerCertificate } from "./issue.ts";
import { openssl } from "./openssl.suite.ts";
import { type ProfileSigner, signProfile } from "./profile-signature.ts";

let authority: Authority;
beforeAll(async () => {
  authority = await testAuthority();
});

const profile = Buffer.from(`<?xml version="1.0"?>\n<plist/>\r\n${"x".repeat(500)}`);
const verified = (signed: Uint8Array): Buffer =>
  openssl(
    ["cms", "-verify", "-binary", "-inform", "DER", "-in", "p.der", "-CAfile", "ca.pem", "-purpose", "any", ...AT_NOW],
    { "p.der": signed, "ca.pem": authority.certificatePem },
  );

describe("signProfile", () => {
  it("signs with the CA's key what openssl verifies, byte for byte", async () => {
    expect(verified(await signProfile(profile, authority))).toEqual(profile);
  });

  it("signs with a P-256 key and brings its chain along", async () => {
    const options = { authority, hosts: ["mdm.example"], serial: serial(), notBefore: NOW - DAY, notAfter: NOW + DAY };
    const { certPem, keyPem } = await issueServerCertificate(options);
    const signer: ProfileSigner = {
      certificateDer: new X509Certificate(certPem).raw,
      privateKey: createPrivateKey(keyPem),
      chain: [authority.certificateDer],
    };
    const signed = await signProfile(profile, signer);
    expect(verified(signed)).toEqual(profile);
    expect(Buffer.from(signed).includes(Buffer.from(authority.certificateDer))).toBe(true);
  });

  it("carries certificates as they are, also what no strict encoder would write", async () => {
    // A BOOLEAN that is true as 1, a name of no standard's string type, a length in more bytes than it takes.
    const odd = sequence(
      tlv(TAG.boolean, Uint8Array.of(1)),
      tlv(0x14, Buffer.from("Zo\xeb", "latin1")),
      Uint8Array.of(0x05, 0x81, 0x00),
    );
    const signed = await signProfile(profile, { ...authority, chain: [odd] });
    expect(Buffer.from(signed).includes(Buffer.from(odd))).toBe(true);
    expect(Buffer.from(signed).includes(Buffer.from(authority.certificateDer))).toBe(true);
  });

  it("makes a signature that fails once the profile is changed", async () => {
    const signed = Buffer.from(await signProfile(profile, authority));
    const at = signed.indexOf("<plist/>");
    signed[at + 1] = 0x71;
    expect(() => verified(signed)).toThrow("content verify error");
  });

  it("signs profiles of any size", async () => {
    for (const size of [0, 127, 128, 255, 256, 65_535, 65_536]) {
      const body = randomBytes(size);
      expect(verified(await signProfile(body, authority)).equals(body)).toBe(true);
    }
  });

  it("refuses a key of another certificate, of another kind, and no certificate", async () => {
    const { certificateDer, privateKey } = authority;
    const ed = generateKeyPairSync("ed25519").privateKey;
    const refused = { code: "certificate-invalid" };
    await expect(signProfile(profile, { certificateDer, privateKey: rsaKey().privateKey })).rejects.toMatchObject(
      refused,
    );
    await expect(signProfile(profile, { certificateDer, privateKey: ed })).rejects.toMatchObject(refused);
    await expect(signProfile(profile, { certificateDer: profile, privateKey })).rejects.toMatchObject(refused);
  });
});
