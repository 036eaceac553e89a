import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { issuerOf, labelOf, subjectOf, udidsIn } from "./certificate-names.ts";
import { openssl } from "./openssl.suite.ts";

const UDID = "00008030-001A2B3C4D5E6F70";

function certificate(subject: string, ...names: string[]): X509Certificate {
  const more = names.length === 0 ? [] : ["-addext", `subjectAltName=${names.join(",")}`];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key"];
  return new X509Certificate(openssl(["req", "-x509", "-days", "2", "-subj", subject, ...more, ...key]));
}

describe("the names of a certificate", () => {
  it("are empty texts where subject and issuer are empty", () => {
    const empty = certificate("/", "DNS:localhost");
    expect([subjectOf(empty), issuerOf(empty)]).toEqual(["", ""]);
    expect(labelOf(empty)).toBe("DNS:localhost");
    expect(udidsIn(empty)).toEqual([]);
  });

  it.each([
    ["the common name", `/CN=${UDID}`, []],
    ["a part of the common name", `/CN=device ${UDID.toLowerCase()}/O=Example`, []],
    ["an address in the alternative names", "/", [`URI:https://example.org/${UDID}`]],
    ["a DNS name", "/CN=a device", [`DNS:${UDID.toLowerCase()}.example.org`]],
  ])("give the UDID in %s", (_where, subject, names) => {
    expect(udidsIn(certificate(subject, ...names))).toEqual([UDID]);
  });

  it.each([
    ["a UUID", "/CN=5A5F3C1E-0D5B-4C8B-9C39-2D0D3F4F0A11", ["5A5F3C1E-0D5B-4C8B-9C39-2D0D3F4F0A11"]],
    ["40 digits", `/CN=${"0f".repeat(20)}`, ["0F".repeat(20)]],
    ["41 digits, which are no UDID", `/CN=${"0f".repeat(20)}0`, []],
    ["a longer word", `/CN=x${UDID}`, []],
  ])("know the forms of a UDID: %s", (_form, subject, udids) => {
    expect(udidsIn(certificate(subject))).toEqual(udids);
  });
});
