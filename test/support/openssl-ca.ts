/** A CA made with openssl, which shares nothing with the server: its identities have whatever names a test wants. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeviceIdentity } from "../../simulator/index.ts";

export interface OpensslCa {
  readonly pem: string;
  /** `subject` as openssl takes it (`/` is empty), `names` as in subjectAltName. */
  issue(options?: { readonly subject?: string; readonly names?: string; readonly rsa?: boolean }): DeviceIdentity;
  close(): void;
}

const P256 = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
const RSA = ["-newkey", "rsa:2048", "-nodes"];

/** `rsa`: whether the CA signs with RSA; with ECDSA otherwise. */
export function opensslCa(name: string, { rsa: signsRsa = false } = {}): OpensslCa {
  const folder = mkdtempSync(join(tmpdir(), "uptick-ca-"));
  const openssl = (...args: string[]): string =>
    execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] }).toString();
  const root = ["-subj", `/CN=${name}`, "-keyout", "ca.key", "-out", "ca.pem"];
  openssl(
    "req",
    "-x509",
    "-days",
    "30",
    ...(signsRsa ? RSA : P256),
    ...root,
    "-addext",
    "basicConstraints=critical,CA:TRUE",
  );
  return {
    pem: readFileSync(join(folder, "ca.pem"), "utf8"),
    issue({ subject = "/CN=a device", names, rsa = false } = {}) {
      openssl("req", "-new", ...(rsa ? RSA : P256), "-subj", subject, "-keyout", "one.key", "-out", "one.csr");
      const alternative = names === undefined ? "" : `subjectAltName=${names}\n`;
      writeFileSync(join(folder, "one.ext"), `extendedKeyUsage=clientAuth\n${alternative}`);
      const by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
      const certificate = openssl("x509", "-req", "-in", "one.csr", "-days", "20", "-extfile", "one.ext", ...by);
      const key = readFileSync(join(folder, "one.key"), "utf8");
      return { certificate, key, keyObject: createPrivateKey(key) };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The order of P-256. */
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The same certificate with the other signature that is valid for it: (r, n - s) for (r, s). */
export function respelt({ certificate, ...rest }: DeviceIdentity): DeviceIdentity {
  const der = new X509Certificate(certificate).raw;
  // The signature is what ends a certificate: BIT STRING, no unused bits, SEQUENCE of two INTEGERs.
  // It has some 72 bytes, fewer where a number happens to be short, and any byte may be one of a number's.
  const start = Array.from({ length: 24 }, (_none, n) => der.length - 76 + n).find(
    (i) => der[i] === 0x03 && i + 2 + (der[i + 1] ?? 0) === der.length && der[i + 2] === 0 && der[i + 3] === 0x30,
  );
  if (start === undefined) throw new Error("no ECDSA signature");
  const rAt = start + 5;
  const rEnd = rAt + 2 + (der[rAt + 1] ?? 0);
  const s = BigInt(`0x${der.subarray(rEnd + 2).toString("hex")}`);
  const digits = Buffer.from((N - s).toString(16).padStart(64, "0"), "hex");
  const first = digits.findIndex((byte) => byte !== 0);
  const short = digits.subarray(first);
  const value = (short[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), short]) : short;
  const pair = Buffer.concat([der.subarray(rAt, rEnd), Buffer.of(0x02, value.length), value]);
  const bits = Buffer.concat([Buffer.of(0x03, pair.length + 3, 0, 0x30, pair.length), pair]);
  // SEQUENCE with a length of two bytes, as any certificate of this size has.
  const content = Buffer.concat([der.subarray(4, start), bits]);
  const whole = Buffer.concat([Buffer.of(0x30, 0x82, content.length >> 8, content.length & 0xff), content]);
  return { ...rest, certificate: new X509Certificate(whole).toString() };
}
