import { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { loopbackCertificate } from "../../../simulator/index.ts";
import { certificateInHeader } from "./client-cert-header.ts";

let own: Made;
let other: Made;

interface Made {
  /** One line end at its end, as OpenSSL writes it. */
  readonly pem: string;
  readonly base64: string;
  readonly der: Uint8Array;
}

function made(name: string): Made {
  const der = new Uint8Array(new X509Certificate(loopbackCertificate(name).cert).raw);
  const base64 = Buffer.from(der).toString("base64");
  const lines = base64.match(/.{1,64}/g) ?? [];
  return { pem: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`, base64, der };
}

beforeAll(() => {
  own = made("own");
  other = made("other");
});

const url = encodeURIComponent;
/** As Go's url.QueryEscape does: a blank is a plus. */
const form = (text: string): string => encodeURIComponent(text).replaceAll("%20", "+");
const bytes = (text: string): string => `:${Buffer.from(text).toString("base64")}:`;

describe("a certificate in a header", () => {
  it("has a plus in it: else the cases below say less than they are meant to", () => {
    expect(own.base64).toContain("+");
  });

  it.each<[what: string, header: () => string]>([
    ["RFC 9440", () => `:${own.base64}:`],
    ["RFC 9440 without padding", () => `:${own.base64.replaceAll("=", "")}:`],
    ["a PEM escaped as in a URL", () => url(own.pem)],
    ["the same without a line end", () => url(own.pem.trim())],
    ["the same with line ends of two characters", () => url(own.pem.replaceAll("\n", "\r\n"))],
    ["the same, every plus as it is", () => url(own.pem).replaceAll("%2B", "+")],
    ["the same, hexadecimal in lower case", () => url(own.pem).replaceAll(/%../g, (at) => at.toLowerCase())],
    ["a PEM escaped as in a form", () => form(own.pem)],
  ])("is read from %s", (_what, header) => {
    expect(certificateInHeader(header())).toEqual(own.der);
  });

  it.each<[what: string, header: () => string]>([
    ["nothing", () => ""],
    ["an empty byte sequence", () => "::"],
    ["one colon", () => ":"],
    ["base64 without colons", () => own.base64],
    ["a base64 that breaks off in a colon", () => `:${own.base64}`],
    ["two byte sequences", () => `:${own.base64}:, :${other.base64}:`],
    ["the same one twice", () => `:${own.base64}:, :${own.base64}:`],
    ["a byte sequence with a parameter", () => `:${own.base64}:;a=b`],
    ["a byte sequence after something", () => `a, :${own.base64}:`],
    ["a byte sequence with a blank in it", () => `:${own.base64.slice(0, 100)} ${own.base64.slice(100)}:`],
    ["a byte sequence with padding in its middle", () => `:${own.base64}==${other.base64}:`],
    ["a byte sequence of a PEM", () => bytes(own.pem)],
    ["a byte sequence of two certificates", () => bytes(own.pem + other.pem)],
    ["bytes after the certificate", () => `:${Buffer.concat([own.der, Buffer.from("x")]).toString("base64")}:`],
    ["another certificate after it", () => `:${Buffer.concat([own.der, other.der]).toString("base64")}:`],
    ["a certificate that is cut off", () => `:${Buffer.from(own.der.subarray(0, -1)).toString("base64")}:`],
    ["bytes that are none", () => bytes("none")],
    ["a PEM twice", () => url(own.pem + other.pem)],
    ["a PEM twice, as Node joins two headers", () => `${url(own.pem)}, ${url(other.pem)}`],
    ["a PEM twice, form and URL", () => `${form(own.pem)}, ${url(other.pem)}`],
    ["a PEM and its chain", () => url(`${own.pem}\n${other.pem}`)],
    ["a PEM and text after it", () => `${url(own.pem)}x`],
    ["a PEM and a header's list after it", () => `${url(own.pem)}, x`],
    ["a PEM and text before it", () => url(`subject=CN\n${own.pem}`)],
    ["a PEM with text in it", () => url(own.pem.replace("\n", "\nComment: x\n"))],
    ["a PEM with blanks for line ends", () => url(own.pem.replaceAll("\n", " "))],
    ["a PEM that is not escaped, as if in a form", () => own.pem.replaceAll("\n", "").replace("N C", "N+C")],
    ["a PEM with bytes after the certificate", () => url(own.pem.replaceAll(/\n=*-----END/g, "AAAA\n-----END"))],
    ["a PEM of nothing", () => url("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")],
    ["a PEM of no base64", () => url("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----")],
    ["a PEM without an end", () => url(own.pem.slice(0, 300))],
    ["a trusted certificate of OpenSSL", () => url(own.pem.replaceAll("CERTIFICATE", "TRUSTED CERTIFICATE"))],
    ["an X509 certificate", () => url(own.pem.replaceAll("CERTIFICATE", "X509 CERTIFICATE"))],
    ["a public key", () => url(own.pem.replaceAll("CERTIFICATE", "PUBLIC KEY"))],
    ["a PEM with another end", () => url(own.pem.replace("END CERTIFICATE", "END PUBLIC KEY"))],
    ["a PEM escaped twice", () => url(url(own.pem))],
    ["an escape that is none", () => `${url(own.pem)}%`],
    ["an escape of no text", () => `%ff${url(own.pem)}`],
    ["words that a proxy writes for no certificate", () => "(null)"],
    ["more than a header may be long", () => `:${own.base64}${"A".repeat(64 * 1024)}:`],
    ["a PEM with line ends without end", () => url(own.pem) + "%0A".repeat(22_000)],
  ])("is not read from %s", (_what, header) => {
    expect(certificateInHeader(header())).toBeUndefined();
  });
});
