import { randomBytes, X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { AT_NOW, DAY, NOW, rsaKey, serial, testAuthority } from "../authority.suite.ts";
import type { Authority, KeyPair } from "../authority.ts";
import { parts } from "../ber.ts";
import { contentOf } from "../cms-read.ts";
import { TAG } from "../der.ts";
import { issueIdentity } from "../issue.ts";
import { OID } from "../oids.ts";
import { openssl } from "../openssl.suite.ts";
import {
  attributesOf,
  type ForgeCipher,
  type ForgeDigest,
  makeCsr,
  makePkiOperation,
  makeTemporary,
  type RequestOptions,
} from "./forge-client.suite.ts";
import { openPkiOperation, type ScepRequest } from "./open.ts";
import { type ScepResult, sealCertRep } from "./seal.ts";

const random = (n: number): Uint8Array => new Uint8Array(randomBytes(n));

let authority: Authority;
let device: KeyPair;
let temporary: Buffer;
let csr: Buffer;
beforeAll(async () => {
  authority = await testAuthority();
  device = rsaKey();
  temporary = makeTemporary(device.privateKey);
  csr = makeCsr(device.privateKey, "the challenge");
});

/** Nothing where it can't be opened. */
function whatOpens(open: () => Buffer): Buffer {
  try {
    return open();
  } catch {
    return Buffer.alloc(0);
  }
}

type Changes = Partial<Pick<RequestOptions, "cipher" | "digest" | "certificate" | "key" | "senderNonce">>;

function open(changes: Changes = {}): Promise<ScepRequest> {
  const usual = { csr, certificate: temporary, key: device.privateKey, recipient: authority.certificateDer };
  return openPkiOperation(authority, makePkiOperation({ ...usual, ...changes }));
}

describe("sealCertRep", () => {
  const senderNonce = new Uint8Array(16).fill(9);
  const seal = (request: ScepRequest, result: ScepResult): Promise<Uint8Array> =>
    sealCertRep(authority, request, result, { senderNonce, random });
  const types = "2.16.840.1.113733.1.9.";
  /** What openssl says is signed, after it has verified that the CA did. */
  const verified = (reply: Uint8Array): Buffer => {
    const args = [
      "cms",
      "-verify",
      "-binary",
      "-inform",
      "DER",
      "-in",
      "r",
      "-CAfile",
      "ca",
      "-purpose",
      "any",
      ...AT_NOW,
    ];
    return openssl(args, { r: reply, ca: authority.certificatePem });
  };
  const issue = (publicKey: Uint8Array): Promise<Uint8Array> =>
    issueIdentity({
      authority,
      publicKey,
      subject: "Device",
      serial: serial(),
      notBefore: NOW - DAY,
      notAfter: NOW + DAY,
    });

  const table: [ForgeCipher, ForgeDigest, string][] = [
    ["aes128-CBC", "sha256", "aes-128-cbc"],
    ["aes128-CBC", "sha1", "aes-128-cbc"],
    ["aes256-CBC", "sha512", "aes-256-cbc"],
    ["des-EDE3-CBC", "sha256", "des-ede3-cbc"],
    ["des-EDE3-CBC", "sha1", "des-ede3-cbc"],
  ];
  it.each(table)("answers %s and %s in kind with a certificate that openssl can open", async (cipher, digest, name) => {
    const request = await open({ cipher, digest });
    const certificateDer = await issue(request.csr.publicKey);
    const reply = await seal(request, { status: "success", certificateDer });
    const envelope = verified(reply);
    const files = {
      e: envelope,
      "k.pem": device.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      "t.pem": new X509Certificate(temporary).toString(),
    };
    const print = (bytes: Uint8Array): string =>
      openssl(["cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", "x"], { x: bytes }).toString();
    expect(print(envelope)).toContain(`(${pkiName(name)})`);
    expect(print(reply)).toMatch(new RegExp(`digestAlgorithm:\\s+algorithm: ${digest} `));
    const args = ["cms", "-decrypt", "-binary", "-inform", "DER", "-in", "e", "-recip", "t.pem", "-inkey", "k.pem"];
    const degenerate = openssl(args, files);
    const pems = openssl(["pkcs7", "-inform", "DER", "-in", "d", "-print_certs"], { d: degenerate }).toString();
    const certificates = pems.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
    expect(certificates.map((pem) => new Uint8Array(new X509Certificate(pem).raw))).toEqual([certificateDer]);
  });

  it("seals the answer to the key that signed the request, not to the key of the request", async () => {
    const signer = rsaKey();
    const certificate = makeTemporary(signer.privateKey);
    const request = await open({ certificate, key: signer.privateKey });
    const certificateDer = await issue(request.csr.publicKey);
    const e = verified(await seal(request, { status: "success", certificateDer }));
    const opened = (key: KeyPair): Buffer => {
      const args = ["cms", "-decrypt", "-binary", "-inform", "DER", "-in", "e", "-recip", "t.pem", "-inkey", "k.pem"];
      const pem = key.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
      return openssl(args, { e, "k.pem": pem, "t.pem": new X509Certificate(certificate).toString() });
    };
    expect(opened(signer).includes(Buffer.from(certificateDer))).toBe(true);
    // OpenSSL decrypts with a random key when the key is wrong: one time in 256 the padding looks right, and noise comes out.
    expect(whatOpens(() => opened(device)).includes(Buffer.from(certificateDer))).toBe(false);
  });

  it.each([1, 16, 64])("repeats a nonce of %i bytes", async (length) => {
    const nonce = new Uint8Array(length).fill(length);
    const reply = await seal(await open({ senderNonce: nonce }), { status: "failure", failInfo: 2 });
    expect(attributesOf(reply).get(`${types}6`)).toBe(Buffer.from(nonce).toString("hex"));
  });

  it("answers a single DES request in single DES", async () => {
    const request = await open({ cipher: "desCBC", digest: "sha1" });
    const reply = await seal(request, { status: "success", certificateDer: await issue(request.csr.publicKey) });
    const print = openssl(["asn1parse", "-inform", "DER", "-in", "e"], { e: verified(reply) }).toString();
    expect(print).toContain(":des-cbc");
  });

  it("says which request it answers, and how", async () => {
    const request = await open();
    const reply = await seal(request, { status: "success", certificateDer: await issue(request.csr.publicKey) });
    const attributes = attributesOf(reply);
    expect(attributes.get(`${types}2`)).toBe("3");
    expect(attributes.get(`${types}3`)).toBe("0");
    expect(attributes.has(`${types}4`)).toBe(false);
    expect(attributes.get(`${types}5`)).toBe("09".repeat(16));
    expect(attributes.get(`${types}6`)).toBe("07".repeat(16));
    expect(attributes.get(`${types}7`)).toBe("0123ABCD");
  });

  it("carries its attributes in the order in which DER signs them", async () => {
    const reply = await seal(await open(), { status: "failure", failInfo: 2 });
    const [signerInfo] = parts(parts(contentOf(reply, OID.signedData), TAG.sequence).at(-1), TAG.set);
    const attributes = parts(parts(signerInfo, TAG.sequence)[3], TAG.context0).map(({ raw }) => Buffer.from(raw));
    expect(attributes).toHaveLength(8);
    expect(attributes).toEqual(attributes.toSorted(Buffer.compare));
  });

  it("says why not, signed and with nothing in it", async () => {
    const reply = await seal(await open(), { status: "failure", failInfo: 2 });
    expect(verified(reply)).toHaveLength(0);
    const attributes = attributesOf(reply);
    expect(attributes.get(`${types}3`)).toBe("2");
    expect(attributes.get(`${types}4`)).toBe("2");
    expect(attributes.get(`${types}7`)).toBe("0123ABCD");
  });
});

/** Object identifiers by the names that openssl takes on its command line. */
const pkiName = (name: string): string =>
  ({ "aes-128-cbc": "2.16.840.1.101.3.4.1.2", "aes-256-cbc": "2.16.840.1.101.3.4.1.42" })[name] ?? "1.2.840.113549.3.7";
