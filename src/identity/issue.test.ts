import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { AT_NOW, DAY, NOW, rsaKey, serial, testAuthority } from "./authority.suite.ts";
import { type Authority, loadAuthority } from "./authority.ts";
import { issueIdentity, issueServerCertificate } from "./issue.ts";
import { spkiOf } from "./keys.ts";
import { openssl } from "./openssl.suite.ts";

let authority: Authority;
beforeAll(async () => {
  authority = await testAuthority();
});

const pemOf = (der: Uint8Array): string => new X509Certificate(der).toString();
const textOf = (pem: string): string =>
  openssl(["x509", "-in", "c.pem", "-noout", "-text"], { "c.pem": pem }).toString();
const verified = (pem: string, purpose: string): string =>
  openssl(["verify", "-x509_strict", ...AT_NOW, "-purpose", purpose, "-CAfile", "ca.pem", "c.pem"], {
    "ca.pem": authority.certificatePem,
    "c.pem": pem,
  }).toString();

const identity = (changes: { readonly serial?: Uint8Array } = {}): Promise<Uint8Array> =>
  issueIdentity({
    authority,
    publicKey: spkiOf(rsaKey().publicKey),
    subject: "Uptick identity 1",
    serial: serial(),
    notBefore: NOW - DAY,
    notAfter: NOW + DAY,
    ...changes,
  });

describe("the CA's certificate", () => {
  it("is accepted by openssl as a CA that signs no other CA and opens SCEP messages", () => {
    const text = textOf(authority.certificatePem);
    expect(verified(authority.certificatePem, "any")).toContain("OK");
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature, Key Encipherment, Certificate Sign, CRL Sign/);
    expect(text).toContain("Subject Key Identifier");
    expect(text).toContain("Signature Algorithm: sha256WithRSAEncryption");
  });

  it("holds from a day before until the years are over", () => {
    const certificate = new X509Certificate(authority.certificateDer);
    expect(certificate.validFromDate.getTime()).toBe(NOW - DAY);
    expect(certificate.validToDate.getTime()).toBe(Date.UTC(2046, 7, 1));
  });

  it("comes back from PEM with its key", () => {
    const keyPem = authority.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const loaded = loadAuthority(authority.certificatePem, keyPem);
    expect(loaded.certificateDer).toEqual(authority.certificateDer);
    expect(loaded.privateKey.equals(authority.privateKey)).toBe(true);
  });

  it("is not loaded with another key or from garbage", () => {
    const other = rsaKey().privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    expect(() => loadAuthority(authority.certificatePem, other)).toThrow("does not belong");
    expect(() => loadAuthority("garbage", other)).toThrow("can't be read");
  });
});

describe("issueIdentity", () => {
  it("makes a certificate that openssl accepts for TLS clients and not for servers", async () => {
    const pem = pemOf(await identity());
    const text = textOf(pem);
    expect(verified(pem, "sslclient")).toContain("OK");
    expect(() => verified(pem, "sslserver")).toThrow("purpose");
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature, Key Encipherment/);
    expect(text).toContain("CA:FALSE");
    expect(text).toContain("Authority Key Identifier");
    expect(text).toContain("Subject: CN = Uptick identity 1");
  });

  it.each([
    ["with its first bit set", Uint8Array.of(0xff, 1), "FF01"],
    ["with zeros in front", Uint8Array.of(0, 0, 0x7f, 2), "7F02"],
    ["of one byte", Uint8Array.of(0x80), "80"],
    ["of 20 bytes", new Uint8Array(20).fill(0x7f), "7F".repeat(20)],
  ])("reads a serial %s as a positive number", async (_, bytes, hex) => {
    expect(new X509Certificate(await identity({ serial: bytes })).serialNumber).toBe(hex);
  });

  it.each([
    ["zero", new Uint8Array(16)],
    ["empty", new Uint8Array()],
    ["too long", new Uint8Array(21).fill(1)],
  ])("refuses a serial that is %s", async (_, bytes) => {
    await expect(identity({ serial: bytes })).rejects.toMatchObject({ code: "certificate-invalid" });
  });

  it("refuses what is no public key", async () => {
    const options = { authority, subject: "x", serial: serial(), notBefore: NOW, notAfter: NOW + DAY };
    await expect(issueIdentity({ ...options, publicKey: Uint8Array.of(1, 2, 3) })).rejects.toMatchObject({
      code: "certificate-invalid",
    });
  });

  it("certifies P-256 keys, too", async () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const options = { authority, subject: "x", serial: serial(), notBefore: NOW, notAfter: NOW + DAY };
    const der = await issueIdentity({ ...options, publicKey: spkiOf(publicKey) });
    expect(new X509Certificate(der).publicKey.equals(publicKey)).toBe(true);
  });
});

describe("issueServerCertificate", () => {
  const hosts = ["mdm.example", "192.0.2.7", "2001:db8::7"];
  const server = (names: readonly string[]): Promise<{ certPem: string; keyPem: string }> =>
    issueServerCertificate({ authority, hosts: names, serial: serial(), notBefore: NOW - DAY, notAfter: NOW + DAY });

  it("makes a certificate that openssl accepts for each host and for no other", async () => {
    const { certPem } = await server(hosts);
    expect(verified(certPem, "sslserver")).toContain("OK");
    const leaf = new X509Certificate(certPem);
    expect(leaf.checkHost("mdm.example")).toBe("mdm.example");
    expect(leaf.checkHost("other.example")).toBeUndefined();
    expect(leaf.checkIP("192.0.2.7")).toBeDefined();
    expect(leaf.checkIP("2001:db8::7")).toBeDefined();
  });

  it("brings the leaf first, then the CA, and the leaf's P-256 key", async () => {
    const { certPem, keyPem } = await server(hosts);
    expect(certPem.endsWith(authority.certificatePem)).toBe(true);
    expect(certPem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    const files = { "k.pem": keyPem, "c.pem": certPem };
    expect(openssl(["pkey", "-in", "k.pem", "-pubout"], files)).toEqual(
      openssl(["x509", "-in", "c.pem", "-pubkey", "-noout"], files),
    );
    expect(openssl(["pkey", "-in", "k.pem", "-noout", "-text"], files).toString()).toContain("P-256");
  });

  it.each([[[]], [["999.1.1.1"]], [["fe80::1::2"]]])("refuses the hosts %j", async (names) => {
    await expect(server(names)).rejects.toMatchObject({ code: "certificate-invalid" });
  });
});
