/** A TLS certificate that has only alternative names: its subject is empty, as public CAs may issue them today. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startUptick } from "../support/index.ts";

it("does not stop the server, and is named by its alternative names", async () => {
  const folder = mkdtempSync(join(tmpdir(), "uptick-san-only-"));
  const [key, cert] = [join(folder, "tls.key"), join(folder, "tls.pem")];
  const names = ["-subj", "/", "-addext", "subjectAltName=critical,DNS:localhost"];
  const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert];
  try {
    execFileSync("openssl", ["req", "-x509", "-days", "2", ...names, ...made], { stdio: "pipe" });
    const uptick = await startUptick({ flags: { "tls-cert": cert, "tls-key": key } });
    try {
      const { warnings } = await uptick.web.get<{ warnings: { reason: string; sentence: string }[] }>("/api/v1/status");
      expect(warnings.find(({ reason }) => reason === "tls-certificate-ends")?.sentence).toContain(
        "DNS:localhost, ends",
      );
    } finally {
      await uptick.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
