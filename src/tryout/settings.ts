/** What a rehearsal may be told, and the settings that it runs with. */
import { join } from "node:path";
import { UptickError } from "../errors/index.ts";

/** All else would point to data, devices or services that are real. */
const TAKEN: ReadonlySet<string> = new Set([
  "--device-listen",
  "--web-listen",
  "--metrics-listen",
  "--log-level",
  "--log-format",
]);

const USUAL = {
  "--device-listen": "127.0.0.1:8443",
  "--web-listen": "127.0.0.1:8080",
  "--log-level": "error",
  "--log-format": "pretty",
};

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]):\d+$/;

/** Where the push service is, which only the rehearsal knows. */
export interface Push {
  readonly host: string;
  readonly port: number;
}

/**
 * The flags of the server, as `uptick serve` would be given them. Variables and the configuration file are not read: those of a
 * real server may be there. Throws `usage-invalid`.
 */
export function rehearsalFlags(argv: readonly string[], directory: string, push: Push): string[] {
  const given = new Map<string, string>(Object.entries(USUAL));
  const words = argv.filter((word) => word !== "--rehearsal");
  for (let at = 0; at < words.length; at += 1) {
    const [flag = "", ...value] = (words[at] ?? "").split("=");
    if (!TAKEN.has(flag))
      throw new UptickError("usage-invalid", `uptick serve --rehearsal does not take ${flag}.`, {
        remedy: `It keeps its data in a temporary directory, and takes only ${[...TAKEN].join(", ")}. Leave ${flag} out.`,
      });
    given.set(flag, value.length > 0 ? value.join("=") : (words[(at += 1)] ?? ""));
  }
  for (const flag of ["--device-listen", "--web-listen"]) {
    const address = given.get(flag) ?? "";
    if (!LOOPBACK.test(address))
      throw new UptickError("usage-invalid", `${flag}: a rehearsal listens on this machine alone, not at ${address}.`, {
        remedy: `Give an address such as 127.0.0.1:9443.`,
      });
  }
  const port = given.get("--device-listen")?.split(":").at(-1) ?? "";
  return [
    ...[...given].map(([flag, value]) => `${flag}=${value}`),
    `--data-dir=${join(directory, "data")}`,
    `--public-url=https://localhost:${port}`,
    "--organization=Uptick rehearsal: nothing here is real",
    `--apns-host=${push.host}:${push.port}`,
    `--apns-ca=${join(directory, "push-service.pem")}`,
    "--catalog-fetch=off",
  ];
}
