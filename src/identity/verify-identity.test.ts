import { createHash, X509Certificate } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { DAY, NOW, rsaKey, serial, testAuthority } from "./authority.suite.ts";
import type { Authority } from "./authority.ts";
import { issueIdentity, issueServerCertificate } from "./issue.ts";
import { spkiOf } from "./keys.ts";
import { type IdentityVerdict, verifyIdentity } from "./verify-identity.ts";

let authority: Authority;
let der: Uint8Array;
const issue = (from: Authority): Promise<Uint8Array> =>
  issueIdentity({
    authority: from,
    publicKey: spkiOf(rsaKey().publicKey),
    subject: "Device",
    serial: serial(),
    notBefore: NOW - DAY,
    notAfter: NOW + DAY,
  });

beforeAll(async () => {
  authority = await testAuthority();
  der = await issue(authority);
});

const ask = (certificate: Uint8Array, now = NOW, allowExpired = false): IdentityVerdict =>
  verifyIdentity({ der: certificate, authorityDer: authority.certificateDer, now, allowExpired });

describe("verifyIdentity", () => {
  it("knows an identity of its CA", () => {
    expect(ask(der)).toEqual({
      ok: true,
      fingerprint: createHash("sha256").update(der).digest("hex"),
      subject: "CN=Device",
      notBefore: NOW - DAY,
      notAfter: NOW + DAY,
    });
  });

  it("accepts an expired identity only where that is allowed, and one from the future never", () => {
    expect(ask(der, NOW + 2 * DAY)).toEqual({ ok: false, reason: "it has expired" });
    expect(ask(der, NOW + 2 * DAY, true).ok).toBe(true);
    expect(ask(der, NOW - 2 * DAY, true)).toEqual({ ok: false, reason: "it is not valid yet" });
  });

  it("refuses an identity of another CA, even one of the same name", async () => {
    expect(ask(await issue(await testAuthority()))).toMatchObject({ ok: false });
    expect(ask(await issue(await testAuthority("Other CA")))).toMatchObject({ ok: false });
  });

  it("refuses the CA's own certificate and the server's", async () => {
    const options = { authority, hosts: ["mdm.example"], serial: serial(), notBefore: NOW - DAY, notAfter: NOW + DAY };
    const { certPem } = await issueServerCertificate(options);
    expect(ask(authority.certificateDer)).toMatchObject({ ok: false, reason: "it is an authority's certificate" });
    expect(ask(new X509Certificate(certPem).raw)).toMatchObject({ ok: false, reason: "it is not meant for clients" });
  });

  it("refuses the same certificate in another spelling", () => {
    const pem = Buffer.from(new X509Certificate(der).toString());
    expect(ask(pem)).toMatchObject({ ok: false });
    expect(ask(Buffer.concat([der, Buffer.from([0])]))).toMatchObject({ ok: false });
  });

  it("refuses a certificate with any byte changed", () => {
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Uint8Array.from(der);
        changed[at] = (changed[at] ?? 0) ^ change;
        expect(ask(changed)).toMatchObject({ ok: false });
      }),
      { numRuns: 200 },
    );
  });

  it("refuses garbage with a reason and does not throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(ask(bytes)).toMatchObject({ ok: false });
      }),
      { numRuns: 200 },
    );
  });
});
