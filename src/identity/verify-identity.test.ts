import { createHash, X509Certificate } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { identityHash } from "./certificate-names.ts";
import { DAY, NOW, rsaKey, serial, testAuthority } from "./authority.suite.ts";
import type { Authority } from "./authority.ts";
import { issueIdentity, issueServerCertificate } from "./issue.ts";
import { spkiOf } from "./keys.ts";
import { type IdentityVerdict, refusedNow, verifyIdentity } from "./verify-identity.ts";

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

const ask = (certificate: Uint8Array): IdentityVerdict =>
  verifyIdentity({ der: certificate, authorityDer: authority.certificateDer });

describe("verifyIdentity", () => {
  it("knows an identity of its CA", () => {
    expect(ask(der)).toEqual({
      ok: true,
      fingerprint: createHash("sha256").update(der).digest("hex"),
      subject: "CN=Device",
      identityHash: identityHash(der),
      udids: [],
      validity: { notBefore: NOW - DAY, notAfter: NOW + DAY },
    });
  });

  it("accepts an expired identity only where that is allowed, and one from the future never", () => {
    const validity = { notBefore: NOW - DAY, notAfter: NOW + DAY };
    expect(refusedNow(validity, NOW, false)).toBeUndefined();
    expect(refusedNow(validity, NOW + 2 * DAY, false)).toBe("it has expired");
    expect(refusedNow(validity, NOW + 2 * DAY, true)).toBeUndefined();
    expect(refusedNow(validity, NOW - 2 * DAY, true)).toBe("it is not valid yet");
    expect(refusedNow(validity, NOW - 2 * DAY, false, NOW)).toBeUndefined();
    expect(refusedNow(validity, NOW, false, NOW + 400 * DAY)).toBeUndefined();
  });

  it.each([
    ["a moment before it begins", NOW - DAY - 1, "it is not valid yet"],
    ["at its first moment", NOW - DAY, undefined],
    ["at its last moment", NOW + DAY, undefined],
    ["a moment after it has ended", NOW + DAY + 1, "it has expired"],
  ])("judges an identity %s", (_when, now, reason) => {
    expect(refusedNow({ notBefore: NOW - DAY, notAfter: NOW + DAY }, now, false)).toBe(reason);
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
