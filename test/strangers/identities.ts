/** Certificates made by openssl at the time of the test: an organisation's CA, the server's certificate, and strangers'. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  /** Files for the server's settings. */
  readonly caFile: string;
  readonly tlsCertFile: string;
  readonly tlsKeyFile: string;
  readonly caPem: string;
  /** `subject` as openssl takes it; "/" is empty. `names`: a subjectAltName. */
  issue(subject: string, names?: string): Pair;
  close(): void;
}

export function authority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), "uptick-strangers-"));
  const make = (name: string, subject: string, extensions: readonly string[], signed: boolean): Pair => {
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    const by = signed ? ["-CA", "ca.pem", "-CAkey", "ca.key"] : [];
    const more = extensions.flatMap((extension) => ["-addext", extension]);
    const out = ["-keyout", `${name}.key`, "-out", `${name}.pem`];
    const args = ["req", "-x509", "-days", "30", "-subj", subject, ...curve, ...by, ...more, ...out];
    execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
    const [cert, key] = [`${name}.pem`, `${name}.key`].map((file) => readFileSync(join(folder, file), "utf8"));
    return { cert: cert ?? "", key: key ?? "" };
  };
  const ca = make("ca", "/CN=An organisation", ["keyUsage=keyCertSign"], false);
  make("tls", "/CN=localhost", ["basicConstraints=CA:FALSE", "subjectAltName=DNS:localhost"], true);
  return {
    caFile: join(folder, "ca.pem"),
    tlsCertFile: join(folder, "tls.pem"),
    tlsKeyFile: join(folder, "tls.key"),
    caPem: ca.cert,
    issue: (subject, names) =>
      make(
        "one",
        subject,
        [
          "basicConstraints=CA:FALSE",
          "extendedKeyUsage=clientAuth",
          ...(names === undefined ? [] : [`subjectAltName=${names}`]),
        ],
        true,
      ),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
