/** Signatures made by openssl, in the forms that devices send. */
import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { claimedSigner, signerOfMessage } from "./message-signature.ts";

const HAS_OPENSSL = spawnSync("openssl", ["version"]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "uptick-signature-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function openssl(args: readonly string[], input?: Buffer): Buffer {
  const { status, stdout, stderr } = spawnSync("openssl", args, { cwd: folder, ...(input && { input }) });
  if (status !== 0) throw new Error(stderr.toString());
  return stdout;
}

const BODY = Buffer.from('<?xml version="1.0"?><plist version="1.0"><dict/></plist>\n\u00e4\r\n');
const KEYS = { rsa: ["rsa:2048"], ec: ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"] } as const;
type KeyKind = keyof typeof KEYS;

const signOver = (body: Buffer, key: KeyKind, ...more: readonly string[]): string => {
  const flags = ["-binary", "-outform", "DER", "-signer", `${key}.pem`, "-inkey", `${key}.key`, ...more];
  return openssl(["cms", "-sign", ...flags], body).toString("base64");
};
const sign = (key: KeyKind, ...more: readonly string[]): string => signOver(BODY, key, ...more);

describe.skipIf(!HAS_OPENSSL)(`Mdm-Signature${HAS_OPENSSL ? "" : " (SKIPPED: there is no openssl here)"}`, () => {
  beforeAll(() => {
    for (const [name, kind] of Object.entries(KEYS)) {
      // As some devices have it: the subject of the identity is empty.
      const files = ["-keyout", `${name}.key`, "-out", `${name}.pem`];
      openssl(["req", "-x509", "-nodes", "-newkey", ...kind, ...files, "-subj", "/", "-days", "2"]);
    }
  });
  const der = (key: KeyKind): Buffer => new X509Certificate(readFileSync(join(folder, `${key}.pem`))).raw;

  it.each<[string, KeyKind, string[]]>([
    ["RSA and SHA-256", "rsa", ["-md", "sha256"]],
    ["RSA and SHA-1", "rsa", ["-md", "sha1"]],
    ["ECDSA and SHA-256", "ec", ["-md", "sha256"]],
    ["ECDSA and SHA-1", "ec", ["-md", "sha1"]],
    ["ECDSA in BER with indefinite lengths", "ec", ["-md", "sha256", "-stream"]],
    ["RSA and SHA-1 in BER with indefinite lengths", "rsa", ["-md", "sha1", "-stream"]],
    ["RSA without signed attributes", "rsa", ["-md", "sha256", "-noattr"]],
    ["RSA and SHA-1 without signed attributes", "rsa", ["-md", "sha1", "-noattr"]],
    ["ECDSA without signed attributes", "ec", ["-md", "sha256", "-noattr"]],
    ["BER with indefinite lengths", "rsa", ["-md", "sha256", "-stream"]],
    ["the body carried along", "rsa", ["-md", "sha256", "-nodetach"]],
  ])("names the signer: %s", (_what, key, flags) => {
    expect(signerOfMessage(sign(key, ...flags), BODY)).toEqual(der(key));
  });

  it.each(["sha1", "sha256"])("names the signer in BER with indefinite lengths, detached, with %s", (digest) => {
    const attached = Buffer.from(sign("rsa", "-md", digest, "-stream"), "base64");
    // [0] and OCTET STRING around the body in pieces, each with an end of its own: cut out, nothing else changes.
    const begins = attached.indexOf(Buffer.from([0xa0, 0x80, 0x24, 0x80]));
    const ends = attached.indexOf(BODY) + BODY.length + 4;
    const detached = Buffer.concat([attached.subarray(0, begins), attached.subarray(ends)]);
    expect(begins).toBeGreaterThan(0);
    expect(signerOfMessage(detached.toString("base64"), BODY)).toEqual(der("rsa"));
  });

  it.each([
    [40_000, true],
    [50_000, false],
  ])("is looked at only up to 64 KiB: with %i bytes carried along, %s", (size, seen) => {
    const body = Buffer.alloc(size, "a");
    const header = signOver(body, "ec", "-md", "sha256", "-nodetach");
    const signer = seen ? der("ec") : undefined;
    expect([claimedSigner(header), signerOfMessage(header, body)]).toEqual([signer, signer]);
  });

  it("names a signer that nothing proves before the body has come", () => {
    expect(claimedSigner(sign("rsa", "-md", "sha256"))).toEqual(der("rsa"));
    expect(claimedSigner("====")).toBeUndefined();
  });

  it("is over every byte of the body", () => {
    for (const header of [sign("rsa", "-md", "sha256"), sign("rsa", "-md", "sha256", "-noattr")]) {
      expect(signerOfMessage(header, Buffer.concat([BODY, Buffer.from("\n")]))).toBeUndefined();
      expect(signerOfMessage(header, BODY.subarray(1))).toBeUndefined();
      expect(signerOfMessage(header, new Uint8Array())).toBeUndefined();
    }
  });

  it("is none when it does not carry its certificate", () => {
    expect(signerOfMessage(sign("rsa", "-md", "sha256", "-nocerts"), BODY)).toBeUndefined();
  });

  it("is none when it carries another body than the one that came", () => {
    const header = sign("rsa", "-md", "sha256", "-nodetach");
    expect(signerOfMessage(header, Buffer.concat([BODY, BODY]))).toBeUndefined();
  });

  it("is none when what it carries is not what came, though what came is signed", () => {
    const header = Buffer.from(sign("rsa", "-md", "sha256", "-nodetach"), "base64");
    const at = header.indexOf(BODY);
    expect(signerOfMessage(header.toString("base64"), BODY)).toEqual(der("rsa"));
    header[at] = (header[at] ?? 0) ^ 1;
    expect(signerOfMessage(header.toString("base64"), BODY)).toBeUndefined();
  });

  it("is none when a bit of it is another", () => {
    const header = Buffer.from(sign("rsa", "-md", "sha256"), "base64");
    const key = new X509Certificate(der("rsa")).publicKey;
    fc.assert(
      fc.property(fc.nat(header.length - 1), fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const broken = Buffer.from(header);
        broken[at] = (broken[at] ?? 0) ^ (1 << bit);
        // Beside the certificate's key nothing of it is signed over here: whether it is ours is asked of it later.
        const signer = signerOfMessage(broken.toString("base64"), BODY);
        expect(signer === undefined || new X509Certificate(signer).publicKey.equals(key)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each(["", "x", "====", "MIIB", "A".repeat(70_000), "\u0000", ":AAAA:"])("is none when it is %j", (header) => {
    expect(signerOfMessage(header, BODY)).toBeUndefined();
  });
});
