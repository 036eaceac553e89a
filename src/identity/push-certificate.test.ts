import { beforeAll, describe, expect, it } from "vitest";
import { rsaKey } from "./authority.suite.ts";
import { openssl } from "./openssl.suite.ts";
import { readPushCertificate } from "./push-certificate.ts";

const topic = "com.apple.mgmt.External.8e4cf5c0-0000-4000-8000-000000000001";
const invalid = (message: string): Error =>
  expect.objectContaining({
    code: "push-certificate-invalid",
    message: expect.stringContaining(message) as string,
  }) as Error;
const pkcs8 = (): string => rsaKey().privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const selfSigned = (keyPem: string, subject: string): string => {
  const args = ["req", "-x509", "-new", "-key", "k.pem", "-subj", subject, "-days", "30"];
  return openssl(args, { "k.pem": keyPem }).toString();
};

let key: string;
let certificate: string;
beforeAll(() => {
  key = pkcs8();
  certificate = selfSigned(key, `/UID=${topic}/CN=APSP:test/C=US`);
});

describe("readPushCertificate", () => {
  it("finds topic, validity, certificate and key in either order, with other text and line ends between", () => {
    const read = readPushCertificate(`Bag Attributes\n${certificate}\nKey:\n${key}`);
    expect(read).toMatchObject({ topic, keyPem: key, certPem: certificate });
    expect(read.subject).toBe(`UID=${topic}, CN=APSP:test, C=US`);
    expect(read.notAfter - read.notBefore).toBe(30 * 24 * 3_600_000);
    expect(readPushCertificate(`${key}${certificate}`.replaceAll("\n", "\r\n"))).toEqual(read);
  });

  it("reads older key formats", () => {
    const old = openssl(["rsa", "-in", "k.pem", "-traditional"], { "k.pem": key }).toString();
    expect(old).toContain("BEGIN RSA PRIVATE KEY");
    expect(readPushCertificate(certificate + old).keyPem).toBe(key);
  });

  it("puts the certificate that fits the key first", () => {
    const chain = selfSigned(pkcs8(), "/CN=Intermediate");
    expect(readPushCertificate(chain + certificate + key)).toMatchObject({ topic, certPem: certificate + chain });
  });

  it("refuses a file that lacks one half, has two keys, or a key of another certificate", () => {
    expect(() => readPushCertificate("")).toThrow(invalid("no certificate"));
    expect(() => readPushCertificate(key)).toThrow(invalid("no certificate"));
    expect(() => readPushCertificate(certificate)).toThrow(invalid("no private key"));
    expect(() => readPushCertificate(certificate + key + pkcs8())).toThrow(invalid("more than one"));
    expect(() => readPushCertificate(certificate + pkcs8())).toThrow(invalid("does not belong"));
  });

  it("refuses a certificate that is not for MDM", () => {
    expect(() => readPushCertificate(key + selfSigned(key, "/CN=web"))).toThrow(invalid("not one for MDM"));
    expect(() => readPushCertificate(key + selfSigned(key, "/UID=com.example.app/CN=app"))).toThrow(
      invalid("not one for MDM"),
    );
    expect(() => readPushCertificate(key + selfSigned(key, `/CN=UID=${topic}`))).toThrow(invalid("not one for MDM"));
  });

  it.each([["-v2", "aes256"], ["-traditional"]])("tells how to open a key with a password (%s)", (...form) => {
    const files = { "k.pem": key };
    const args =
      form[0] === "-v2"
        ? ["pkcs8", "-topk8", "-in", "k.pem", ...form, "-passout", "pass:secret"]
        : ["rsa", "-in", "k.pem", ...form, "-aes128", "-passout", "pass:secret"];
    const locked = openssl(
      args.filter((arg) => arg !== undefined),
      files,
    ).toString();
    expect(() => readPushCertificate(certificate + locked)).toThrow(
      expect.objectContaining({
        code: "push-certificate-invalid",
        remedy: expect.stringContaining("openssl pkey") as string,
      }) as Error,
    );
  });

  it("refuses damaged PEM without showing the key", () => {
    const damaged = key.replace(/\n.{20}/, "\n!!!!");
    expect(() => readPushCertificate(certificate + damaged)).toThrow(invalid("The private key can't be read."));
    expect(() => readPushCertificate(certificate.replace(/\n.{20}/, "\n") + key)).toThrow(invalid("can't be read"));
  });
});
