import { execFileSync } from "node:child_process";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loopbackCertificate } from "./push-certificate.ts";
import type { ScepCipher, ScepDigest } from "./scep-message.ts";
import { certificateRequest, pkcsRequest, temporaryCertificate } from "./scep-message.ts";

describe("SCEP request", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "simulator-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const openssl = (...args: string[]): Buffer =>
    execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });

  it.each<[ScepCipher, ScepDigest]>([
    ["aes128-CBC", "sha256"],
    ["des-EDE3-CBC", "sha1"],
  ])("with %s and %s is signed, sealed and signed again, as openssl finds", (cipher, digest) => {
    const { privateKey: key } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const authority = loopbackCertificate("Authority");
    const subject = [["O", "Uptick"] as const, ["2.5.4.3", "Gerät 7"] as const];
    const certificate = temporaryCertificate(key, subject, digest);
    const message = pkcsRequest({
      request: certificateRequest(key, subject, "the-challenge", digest),
      recipient: new X509Certificate(authority.cert),
      signer: { certificate, key },
      cipher,
      digest,
      transactionId: "TRANSACTION",
      senderNonce: Buffer.alloc(16, 1),
    });
    writeFileSync(join(folder, "message"), message);
    writeFileSync(join(folder, "authority.pem"), authority.pem);
    openssl("cms", "-verify", "-inform", "DER", "-in", "message", "-noverify", "-binary", "-out", "sealed");
    openssl(..."cms -decrypt -inform DER -in sealed -recip authority.pem -binary -out request".split(" "));
    const text = openssl(
      ..."req -inform DER -in request -noout -text -verify -nameopt utf8,sep_comma_plus".split(" "),
    ).toString();
    expect(text).toContain("O=Uptick,CN=Gerät 7");
    expect(text).toMatch(/challengePassword\s*:the-challenge/);
    const printed = openssl("cms", "-cmsout", "-print", "-inform", "DER", "-in", "message").toString();
    expect(printed).toContain("PRINTABLESTRING:TRANSACTION");
    expect(printed).toContain("PRINTABLESTRING:19");
  });
});
