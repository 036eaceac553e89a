import { createPublicKey } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { isUptickError } from "../../errors/index.ts";
import { rsaKey, testAuthority } from "../authority.suite.ts";
import type { Authority, KeyPair } from "../authority.ts";
import { openssl } from "../openssl.suite.ts";
import {
  type ForgeCipher,
  type ForgeDigest,
  makeCsr,
  makeEnvelope,
  makePkiOperation,
  makeTemporary,
  NONCE,
  type RequestOptions,
} from "./forge-client.suite.ts";
import { openPkiOperation, type ScepRequest } from "./open.ts";

const refused = (message: string): object => ({
  code: "scep-invalid",
  message: expect.stringContaining(message) as string,
});

let authority: Authority;
let device: KeyPair;
let stranger: KeyPair;
let temporary: Buffer;
let csr: Buffer;
beforeAll(async () => {
  authority = await testAuthority();
  device = rsaKey();
  stranger = rsaKey();
  temporary = makeTemporary(device.privateKey);
  csr = makeCsr(device.privateKey, "the challenge");
});

type Changes = Partial<RequestOptions>;

function message(changes: Changes = {}): Buffer {
  const usual = { csr, certificate: temporary, key: device.privateKey, recipient: authority.certificateDer };
  return makePkiOperation({ ...usual, ...changes });
}

const open = (changes: Changes = {}): Promise<ScepRequest> => openPkiOperation(authority, message(changes));

describe("openPkiOperation", () => {
  const table: [ForgeCipher, ForgeDigest, string][] = [
    ["aes128-CBC", "sha256", "aes128"],
    ["aes128-CBC", "sha1", "aes128"],
    ["des-EDE3-CBC", "sha256", "des3"],
    ["des-EDE3-CBC", "sha1", "des3"],
    ["aes192-CBC", "sha512", "aes192"],
    ["aes256-CBC", "sha512", "aes256"],
    ["desCBC", "sha1", "des"],
  ];
  it.each(table)("reads a request in %s and %s", async (cipher, digest, name) => {
    const request = await open({ cipher, digest });
    expect(request).toMatchObject({ transactionId: "0123ABCD", messageType: 19, cipher: name, digest });
    expect(request.csr).toMatchObject({ subject: "O=Test, CN=Device 1", challengePassword: "the challenge" });
    expect(Buffer.from(request.csr.der)).toEqual(csr);
    expect(Buffer.from(request.signerCertificate)).toEqual(temporary);
    expect(request.senderNonce).toEqual(NONCE);
    const spki = createPublicKey({ key: Buffer.from(request.csr.publicKey), type: "spki", format: "der" });
    expect(spki.equals(device.publicKey)).toBe(true);
  });

  it("reads indefinite lengths and a content in pieces", async () => {
    const bytes = message({ indefinite: true });
    expect(bytes.subarray(0, 2)).toEqual(Buffer.from([0x30, 0x80]));
    expect((await openPkiOperation(authority, bytes)).csr.challengePassword).toBe("the challenge");
  });

  it("reads an envelope that openssl streams with indefinite lengths", async () => {
    const args = ["cms", "-encrypt", "-stream", "-binary", "-outform", "DER", "-aes-256-cbc", "-in", "csr", "ca.pem"];
    const content = openssl(args, { csr, "ca.pem": authority.certificatePem });
    expect(content.subarray(0, 2)).toEqual(Buffer.from([0x30, 0x80]));
    expect(await open({ content })).toMatchObject({ cipher: "aes256" });
  });

  it("reads a signer whose subject is empty", async () => {
    const certificate = makeTemporary(device.privateKey, "");
    expect(Buffer.from((await open({ certificate })).signerCertificate)).toEqual(certificate);
  });

  it("leaves the challenge out where there is none", async () => {
    expect((await open({ csr: makeCsr(device.privateKey, undefined) })).csr).not.toHaveProperty("challengePassword");
  });

  it.each(["17", "19"])(
    "takes a request of type %s that is signed with another key than its own",
    async (messageType) => {
      const certificate = makeTemporary(stranger.privateKey);
      const { csr: read, ...request } = await open({ certificate, key: stranger.privateKey, messageType });
      expect(request.messageType).toBe(Number(messageType));
      expect(Buffer.from(read.der)).toEqual(csr);
      expect(Buffer.from(request.signerCertificate)).toEqual(certificate);
    },
  );

  it.each([1, 15, 16, 17, 64])("takes a nonce of %i bytes as it is", async (length) => {
    const senderNonce = new Uint8Array(length).map((_, at) => 255 - at);
    expect((await open({ senderNonce })).senderNonce).toEqual(senderNonce);
  });

  it.each([1, 255, 256])("takes a transactionID of %i characters as it is", async (length) => {
    const transactionId = "~".repeat(length);
    expect((await open({ transactionId })).transactionId).toBe(transactionId);
  });

  it("takes a signer whose key is just large enough for an answer", async () => {
    const { privateKey: key } = rsaKey(1024);
    const certificate = makeTemporary(key);
    expect(Buffer.from((await open({ certificate, key })).signerCertificate)).toEqual(certificate);
  });

  it.each([0, 65, 1000])("refuses a nonce of %i bytes", async (length) => {
    const senderNonce = new Uint8Array(length);
    await expect(open({ senderNonce })).rejects.toMatchObject(refused("senderNonce of 1 to 64 bytes"));
  });

  it("refuses a signer whose key is too small for an answer, before anything is opened", async () => {
    const { privateKey: key } = rsaKey(512);
    const content = Buffer.from("nothing that could be opened");
    const weak = open({ certificate: makeTemporary(key), key, content });
    await expect(weak).rejects.toMatchObject(refused("no answer can be sealed to"));
  });

  it("refuses a signature by another key than its certificate's", async () => {
    await expect(open({ key: stranger.privateKey })).rejects.toMatchObject(refused("signature does not verify"));
  });

  it("refuses a request that is not signed with the key it names", async () => {
    const stolen = makeCsr(device.privateKey, "the challenge", stranger.privateKey);
    await expect(open({ csr: stolen })).rejects.toMatchObject(refused("no certificate request"));
  });

  it("refuses an RSA key of less than 2048 bits", async () => {
    const { privateKey: key } = rsaKey(1024);
    const weak = { csr: makeCsr(key, "c"), certificate: makeTemporary(key), key };
    await expect(open(weak)).rejects.toMatchObject(refused("no certificate request"));
  });

  it("refuses what is sealed for another authority", async () => {
    const { certificateDer: recipient } = await testAuthority();
    await expect(open({ recipient })).rejects.toMatchObject(refused("no certificate request"));
  });

  it("says the same of an envelope that opens to garbage as of one that does not open", async () => {
    const garbage = makeEnvelope(Buffer.from("garbage"), authority.certificateDer, "aes128-CBC");
    const closed = Buffer.from(garbage);
    closed[closed.length - 1] = (closed.at(-1) ?? 0) ^ 1;
    const why = (content: Uint8Array): Promise<unknown> => open({ content }).catch((error: Error) => error.message);
    expect(await why(garbage)).toBe(await why(closed));
  });

  it.each(["messageType", "transactionId", "senderNonce", "messageDigest"] as const)(
    "refuses a message without %s",
    async (without) => {
      await expect(open({ without })).rejects.toMatchObject(refused(""));
    },
  );

  it.each([
    ["an unknown messageType", { messageType: "20" }],
    ["a messageType in words", { messageType: "PKCSReq" }],
    ["an empty transactionID", { transactionId: "" }],
    ["a line break in the transactionID", { transactionId: "a\nb" }],
    ["a transactionID without end", { transactionId: "a".repeat(257) }],
  ])("refuses %s", async (_, changes) => {
    await expect(open(changes)).rejects.toMatchObject(refused("lacks what it must say"));
  });

  /** What became of a message: the request, or the code of the error. Anything but an UptickError is thrown on. */
  const outcome = async (bytes: Uint8Array): Promise<ScepRequest | string> => {
    try {
      return await openPkiOperation(authority, bytes);
    } catch (error) {
      if (isUptickError(error)) return error.code;
      throw error;
    }
  };

  it("refuses garbage", async () => {
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
      expect(await outcome(bytes)).toBe("scep-invalid");
    });
    await fc.assert(property, { numRuns: 200 });
    expect(await outcome(Buffer.alloc(4000, Buffer.from([0x30, 0x80])))).toBe("scep-invalid");
  });

  it("refuses a message that was cut or has bytes after its end", async () => {
    const whole = message();
    expect(await outcome(Buffer.concat([whole, Buffer.from([0])]))).toBe("scep-invalid");
    const property = fc.asyncProperty(fc.nat(whole.length - 1), async (at) => {
      expect(await outcome(whole.subarray(0, at))).toBe("scep-invalid");
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it("gives nothing else than the request when a byte was changed, or refuses it", async () => {
    const whole = message();
    // What the signature does not cover, such as the temporary certificate's own one, may change.
    const { signerCertificate: _, ...meant } = await openPkiOperation(authority, whole);
    let refusals = 0;
    const property = fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ bits;
      const found = await outcome(changed);
      if (found === "scep-invalid") refusals += 1;
      expect(found === "scep-invalid" ? meant : found).toMatchObject(meant);
    });
    await fc.assert(property, { numRuns: 200 });
    expect(refusals).toBeGreaterThan(100);
  });

  it("refuses a changed envelope that was signed again", async () => {
    const content = makeEnvelope(csr, authority.certificateDer, "aes128-CBC");
    const property = fc.asyncProperty(fc.nat(csr.length - 1), async (back) => {
      const changed = Buffer.from(content);
      const at = content.length - 1 - back;
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await outcome(message({ content: changed }))).toBe("scep-invalid");
    });
    await fc.assert(property, { numRuns: 50 });
  });
});
