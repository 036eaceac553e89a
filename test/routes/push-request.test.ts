/** A push certificate from the request to its import, with openssl in the parts of Apple's portal and of a vendor. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPlist } from "../../simulator/index.ts";
import type { PushRequest } from "../../src/contract/index.ts";
import { startUptick, type Uptick } from "../support/index.ts";

const HAS_OPENSSL = spawnSync("openssl", ["version"]).status === 0;

describe.skipIf(!HAS_OPENSSL)(`a push certificate${HAS_OPENSSL ? "" : " (SKIPPED: there is no openssl here)"}`, () => {
  let uptick: Uptick;
  let folder: string;
  beforeAll(async () => {
    uptick = await startUptick({ push: false });
    folder = mkdtempSync(join(tmpdir(), "uptick-push-"));
    for (const [name, subject] of [
      ["root", "/CN=Root"],
      ["other", "/CN=Other"],
    ] as const) {
      const files = ["-keyout", `${name}.key`, "-out", `${name}.pem`];
      openssl("req", "-x509", "-nodes", "-newkey", "rsa:2048", ...files, "-subj", subject, "-days", "2");
    }
    openssl(
      "req",
      "-nodes",
      "-newkey",
      "rsa:2048",
      "-keyout",
      "vendor.key",
      "-out",
      "vendor.csr",
      "-subj",
      "/CN=Vendor",
    );
    issue("vendor.csr", "vendor.pem");
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await uptick.close();
  });

  function openssl(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync("openssl", args, { cwd: folder });
    if (status !== 0) throw new Error(stderr.toString());
    return stdout.toString() + stderr.toString();
  }
  const file = (name: string): string => readFileSync(join(folder, name), "utf8");
  const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);
  const issue = (request: string, out: string, ...more: string[]): string =>
    openssl(
      "x509",
      "-req",
      "-in",
      request,
      "-CA",
      "root.pem",
      "-CAkey",
      "root.key",
      "-out",
      out,
      "-days",
      "2",
      ...more,
    );
  const ask = (body: object): Promise<PushRequest> => uptick.web.post("/api/v1/push-certificate/request", body);

  it("is asked for with a request that openssl takes, always of the same key, which is nowhere in clear", async () => {
    const [first, ...more] = await Promise.all([ask({}), ask({}), ask({})]);
    write("push.csr", first.csr);
    expect(openssl("req", "-in", "push.csr", "-noout", "-verify", "-subject")).toMatch(
      /CN ?= ?Uptick MDM push[\s\S]*verify OK/,
    );
    await uptick.restart();
    const keyOf = (csr: string): string => {
      write("one.csr", csr);
      return openssl("req", "-in", "one.csr", "-noout", "-pubkey");
    };
    const keys = [first, ...more, await ask({})].map(({ csr }) => keyOf(csr));
    expect(new Set(keys).size).toBe(1);
    expect(first.signed).toBeNull();
    expect(JSON.stringify(uptick.rows("SELECT name, hex(sealed) AS sealed FROM secret"))).not.toContain(
      Buffer.from("PRIVATE KEY").toString("hex").toUpperCase(),
    );
  });

  it("is signed for by a vendor in the form that the portal takes", async () => {
    const { csr, signed } = await ask({ vendor: file("vendor.key") + file("root.pem") + file("vendor.pem") });
    const plist = readPlist(Buffer.from(signed ?? "", "base64")) as Record<string, string>;
    expect(Object.keys(plist).toSorted()).toEqual([
      "PushCertCertificateChain",
      "PushCertRequestCSR",
      "PushCertSignature",
    ]);
    write("signed.csr", Buffer.from(plist["PushCertRequestCSR"] ?? "", "base64"));
    write("signature", Buffer.from(plist["PushCertSignature"] ?? "", "base64"));
    write("vendor.pub", openssl("x509", "-in", "vendor.pem", "-noout", "-pubkey"));
    write("plain.csr", csr);
    expect(openssl("req", "-inform", "DER", "-in", "signed.csr")).toBe(openssl("req", "-in", "plain.csr"));
    expect(openssl("dgst", "-sha256", "-verify", "vendor.pub", "-signature", "signature", "signed.csr")).toContain(
      "OK",
    );
    const chain = plist["PushCertCertificateChain"] ?? "";
    expect(chain).toBe(file("vendor.pem") + file("root.pem"));
  });

  it.each<[string, () => string]>([
    ["of a vendor without the certificate above it", () => file("vendor.key") + file("vendor.pem")],
    ["of a vendor with another's key", () => file("other.key") + file("vendor.pem") + file("root.pem")],
    ["of a vendor without a key", () => file("vendor.pem") + file("root.pem")],
  ])("is refused a signature %s", async (_what, vendor) => {
    const body = JSON.stringify({ vendor: vendor() });
    const headers = { "content-type": "application/json" };
    const reply = await uptick.web.request("POST", "/api/v1/push-certificate/request", { body, headers });
    expect([reply.status, reply.problem().code]).toEqual([400, "certificate-invalid"]);
    expect(reply.text).not.toContain("PRIVATE");
  });

  it("is imported without its key, where the request was made here, and not with a certificate of another", async () => {
    const put = (body: string) =>
      uptick.web.request("PUT", "/api/v1/push-certificate", {
        body,
        headers: { "content-type": "application/x-pem-file" },
      });
    write("push.csr", (await ask({})).csr);
    const subject = ["-subj", "/UID=com.apple.mgmt.External.made-here/CN=APSP"];
    openssl("req", "-x509", "-key", "other.key", "-out", "foreign.pem", ...subject, "-days", "2");
    expect((await put(file("foreign.pem"))).problem().code).toBe("push-certificate-invalid");
    const pub = openssl("req", "-in", "push.csr", "-noout", "-pubkey");
    write("push.pub", pub);
    openssl("req", "-new", "-key", "root.key", "-out", "template.csr", ...subject);
    issue("template.csr", "push.pem", "-force_pubkey", "push.pub");
    const reply = await put(file("push.pem"));
    expect(reply.json()).toMatchObject({ topic: "com.apple.mgmt.External.made-here" });
  });
});
