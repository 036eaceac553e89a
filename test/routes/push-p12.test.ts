/** A push certificate as Keychain Access and openssl export it: opened as the command does, taken by a real server. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isPkcs12, openPkcs12 } from "../../src/cli/push-p12.ts";
import { pushCertificate } from "../../simulator/index.ts";
import { enrolDevice, startUptick, type Uptick } from "../support/index.ts";

const HAS_OPENSSL = spawnSync("openssl", ["version"]).status === 0;
const topicOf = (name: string): string => `com.apple.mgmt.External.${name}`;

describe.skipIf(!HAS_OPENSSL)(`a PKCS#12 file${HAS_OPENSSL ? "" : " (SKIPPED: there is no openssl here)"}`, () => {
  let uptick: Uptick;
  let folder: string;
  beforeAll(async () => {
    uptick = await startUptick({ push: false });
    folder = mkdtempSync(join(tmpdir(), "uptick-p12-"));
    for (const name of ["one", "two"]) {
      const files = ["-keyout", `${name}.key`, "-out", `${name}.pem`, "-days", "2"];
      openssl("req", "-x509", "-nodes", "-newkey", "rsa:2048", ...files, "-subj", `/UID=${topicOf(name)}/CN=APSP`);
    }
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await uptick.close();
  });
  function openssl(...args: string[]): void {
    const { status, stderr } = spawnSync("openssl", args, { cwd: folder });
    if (status !== 0) throw new Error(stderr.toString());
  }
  function p12(name: string, ...how: string[]): Uint8Array {
    return p12With("open sesame", name, ...how);
  }
  function p12With(passphrase: string, name: string, ...how: string[]): Uint8Array {
    const files = ["-inkey", `${name}.key`, "-in", `${name}.pem`, "-out", "push.p12"];
    openssl("pkcs12", "-export", ...files, "-passout", `pass:${passphrase}`, ...how);
    return readFileSync(join(folder, "push.p12"));
  }
  const put = (body: string) =>
    uptick.web.request("PUT", "/api/v1/push-certificate", {
      body,
      headers: { "content-type": "application/x-pem-file" },
    });

  it.each<[string, string[]]>([
    ["AES and PBKDF2", []],
    ["3DES", ["-legacy", "-descert"]],
    ["RC2-40", ["-legacy", "-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-3DES"]],
    ["another certificate before its own", ["-certfile", "two.pem"]],
  ])("is imported: %s", async (_what, how) => {
    const bytes = p12("one", ...how);
    expect(isPkcs12(bytes)).toBe(true);
    expect((await put(openPkcs12(bytes, "open sesame"))).status).toBe(200);
    expect(await uptick.web.get("/api/v1/status")).toMatchObject({ push: { topic: topicOf("one") } });
  });

  describe.each(["Schlüssel ß", "パス 🔑"])("with the passphrase %s", (passphrase) => {
    it.each<[string, string[]]>([
      ["AES and PBKDF2", []],
      ["AES-128 and PBKDF2 with SHA-1", ["-certpbe", "AES-128-CBC", "-keypbe", "AES-128-CBC", "-macalg", "sha1"]],
      ["3DES", ["-legacy", "-descert"]],
      ["RC2-40", ["-legacy", "-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-3DES"]],
      ["3DES for the certificate and AES for the key", ["-certpbe", "PBE-SHA1-3DES", "-keypbe", "AES-256-CBC"]],
    ])("is opened: %s", (_what, how) => {
      const bytes = p12With(passphrase, "one", ...how);
      expect(openPkcs12(bytes, passphrase)).toMatch(/BEGIN CERTIFICATE[^]+BEGIN PRIVATE KEY/);
      expect(() => openPkcs12(bytes, `${passphrase}!`)).toThrow(/passphrase/);
    });
  });

  it.each<[string, string[], string, RegExp]>([
    ["the wrong passphrase", [], "close sesame", /passphrase/],
    ["no key", ["-nokeys"], "open sesame", /no private key/],
    ["no MAC", ["-nomac"], "open sesame", /no MAC/],
  ])("is refused with %s", (_what, how, passphrase, why) => {
    expect(() => openPkcs12(p12("one", ...how), passphrase)).toThrow(why);
  });

  it("is not taken with another topic while devices are enrolled", async () => {
    await put(pushCertificate("com.apple.mgmt.External.test").pem);
    await enrolDevice(uptick);
    const reply = await put(openPkcs12(p12("two"), "open sesame"));
    expect([reply.status, reply.problem().code]).toEqual([409, "push-topic-fixed"]);
  });
});
