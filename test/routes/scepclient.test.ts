/**
 * Debian's scepclient (micromdm/scep) against the real server. Whatever GetCACaps offers, it seals with single DES and
 * signs with SHA-1; without POSTPKIOperation it sends by GET, which a relay that cuts the capabilities down brings it to.
 */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { childrenOf, contentOf, dotted, nodeOf } from "../../simulator/cms.ts";
import { newProfile, scep, startUptick, type Uptick } from "../support/index.ts";

const HAS_CLIENT = spawnSync("scepclient", ["-version"]).error === undefined;

/** What the client said on the way: how it sent its message, and the cipher and digest of it. */
interface Spoken {
  method?: string;
  cipher?: string;
  digest?: string;
}

const NAMES: Readonly<Record<string, string>> = {
  "1.3.14.3.2.7": "des",
  "1.2.840.113549.3.7": "3des",
  "2.16.840.1.101.3.4.1.2": "aes128",
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.1": "sha256",
};

describe.skipIf(!HAS_CLIENT)(
  `scepclient${HAS_CLIENT ? "" : " (SKIPPED: there is no scepclient here; Debian's package scep has it)"}`,
  () => {
    let uptick: Uptick;
    let folder: string;
    beforeAll(async () => {
      uptick = await startUptick();
      folder = mkdtempSync(join(tmpdir(), "uptick-scepclient-"));
      writeFileSync(join(folder, "ca.pem"), uptick.server.caPem);
    });
    afterAll(async () => {
      rmSync(folder, { recursive: true, force: true });
      await uptick.close();
    });

    async function enrol(url: string, name: string): Promise<X509Certificate> {
      const challenge = (await newProfile(uptick)).scep.challenge ?? "";
      // The client leaves its request and its temporary certificate behind, and takes what it finds of them.
      const own = mkdtempSync(join(folder, "client-"));
      const [key, certificate] = [join(own, "key.pem"), join(own, "certificate.pem")];
      const files = ["-private-key", key, "-certificate", certificate];
      const args = ["-server-url", url, "-challenge", challenge, "-cn", name, ...files];
      await promisify(execFile)("scepclient", args, {
        cwd: own,
        timeout: 60_000,
        env: { ...process.env, SSL_CERT_FILE: join(folder, "ca.pem") },
      });
      const issued = new X509Certificate(readFileSync(certificate));
      expect(issued.checkPrivateKey(createPrivateKey(readFileSync(key)))).toBe(true);
      return issued;
    }

    it("enrolls over TLS with what the server offers", async () => {
      const authority = new X509Certificate(uptick.server.caPem);
      const issued = await enrol(`https://localhost:${uptick.devicePort}/scep`, "direct");
      expect(issued.verify(authority.publicKey)).toBe(true);
    });

    it.each<[string, string[], Spoken]>([
      ["nothing", [], { method: "GET", cipher: "des", digest: "sha1" }],
      ["AES and SHA-256, but no POST", ["AES", "SHA-256"], { method: "GET", cipher: "des", digest: "sha1" }],
      ["POST", ["POSTPKIOperation"], { method: "POST", cipher: "des", digest: "sha1" }],
    ])("enrolls where the server offers %s", async (name, capabilities, expected) => {
      const spoken: Spoken = {};
      const relay = http.createServer((request, response) => {
        const parts: Buffer[] = [];
        request.on("data", (part: Buffer) => parts.push(part));
        request.on("end", () => {
          const query = new URL(request.url ?? "", "http://relay").search;
          const body = Buffer.concat(parts);
          if (query.includes("PKIOperation")) note(spoken, request.method ?? "", query, body);
          scep(uptick, request.method ?? "", query, body).then(
            (reply) => {
              const caps = query.includes("GetCACaps") ? Buffer.from(capabilities.join("\n")) : reply.body;
              response.writeHead(reply.status, { "content-type": reply.type }).end(caps);
            },
            () => response.destroy(),
          );
        });
      });
      await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
      try {
        const { port } = relay.address() as AddressInfo;
        await enrol(`http://127.0.0.1:${port}/scep`, name.replaceAll(" ", "-"));
        expect(spoken).toEqual(expected);
      } finally {
        await new Promise((resolve) => relay.close(resolve));
      }
    });
  },
);

/** Read without a look at the signature: the server checks that. */
function note(spoken: Spoken, method: string, query: string, body: Buffer): void {
  const text = new URLSearchParams(query).get("message") ?? "";
  const message = method === "POST" ? body : Buffer.from(text.replaceAll(" ", "+"), "base64");
  const named = (node: Parameters<typeof dotted>[0]): string => NAMES[dotted(node)] ?? dotted(node);
  const signed = childrenOf(childrenOf(childrenOf(nodeOf(message))[1])[0]);
  const envelope = contentOf(childrenOf(childrenOf(signed[2])[1])[0]);
  const sealed = childrenOf(childrenOf(childrenOf(nodeOf(envelope))[1])[0])[2];
  spoken.method = method;
  spoken.cipher = named(childrenOf(childrenOf(sealed)[1])[0]);
  spoken.digest = named(childrenOf(childrenOf(signed[1])[0])[0]);
}
