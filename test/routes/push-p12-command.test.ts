/** `uptick push import` of a PKCS#12 file as its own process: where the passphrase may come from, and where it never shows. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import forge from "node-forge";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pushCertificate } from "../../simulator/index.ts";
import type { ServerStatus } from "../../src/contract/index.ts";
import { startUptick, type Uptick } from "../support/index.ts";

const BIN = fileURLToPath(new URL("../../bin/uptick.js", import.meta.url));
const PASSPHRASE = " open sésame ";
const WRONG = "close sesame";
/** util-linux's: it runs a command at a terminal of its own. */
const HAS_SCRIPT = spawnSync("script", ["--version"]).stdout?.toString().includes("util-linux") ?? false;

let uptick: Uptick;
let folder: string;
let p12: string;
let key: string;
let topic: string;
let count = 0;

beforeAll(async () => {
  uptick = await startUptick({ push: false });
  folder = mkdtempSync(join(tmpdir(), "uptick-p12-command-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await uptick.close();
});
/** A topic of its own for each test, so that what the server has shows which import did it. */
beforeEach(() => {
  topic = `com.apple.mgmt.External.p12-${(count += 1)}`;
  const made = pushCertificate(topic);
  key = made.key;
  const bags = [forge.pki.privateKeyFromPem(made.key), forge.pki.certificateFromPem(made.cert)] as const;
  const pfx = forge.pkcs12.toPkcs12Asn1(...bags, PASSPHRASE, { algorithm: "3des" });
  p12 = file("push.p12", Buffer.from(forge.asn1.toDer(pfx).getBytes(), "binary"));
});

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

interface Ended {
  readonly code: number | null;
  /** All it wrote, to either stream. */
  readonly output: string;
}

/** `typed` is written once the question is there. */
function run(program: string, args: readonly string[], env: Record<string, string>, typed?: string): Promise<Ended> {
  const child = spawn(program, args, {
    stdio: [typed === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    timeout: 60_000,
    env: { ...process.env, UPTICK_TOKEN: uptick.token, UPTICK_URL: url(), ...env },
  });
  let output = "";
  let answered = false;
  const take = (part: Buffer): void => {
    output += part.toString();
    if (typed === undefined || answered || !output.includes("Passphrase")) return;
    answered = true;
    child.stdin?.write(`${typed}\r`);
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}

const url = (): string => `http://127.0.0.1:${uptick.server.web.port}`;
const importP12 = (args: readonly string[] = [], env: Record<string, string> = {}): Promise<Ended> =>
  run(process.execPath, [BIN, "push", "import", p12, ...args], env);
/** The same at a terminal, where somebody types. */
const importAtTerminal = (typed: string): Promise<Ended> =>
  run("script", ["-qec", `'${process.execPath}' '${BIN}' push import '${p12}'`, "/dev/null"], {}, typed);

const topicThere = async (): Promise<string | undefined> =>
  (await uptick.web.get<ServerStatus>("/api/v1/status")).push?.topic;

/** What came of it: exit code, the error's code, whether the server has the certificate now, and secrets that it wrote out. */
async function outcome({ code, output }: Ended) {
  const secrets = [PASSPHRASE.trim(), WRONG, "PRIVATE KEY", key.split("\n")[3] ?? "PRIVATE KEY"];
  return {
    code,
    said:
      / {2}code: (\S+)/.exec(output)?.[1] ??
      (output.includes(`Push certificate for ${topic}`) ? "imported" : "nothing"),
    imported: (await topicThere()) === topic,
    shown: secrets.filter((secret) => output.includes(secret)),
  };
}
const IMPORTED = { code: 0, said: "imported", imported: true, shown: [] };
const refused = (said: string) => ({ code: 1, said, imported: false, shown: [] });

describe("uptick push import of a PKCS#12 file", () => {
  it.each([
    ["without a line break", ""],
    ["that ends as editors end a line", "\n"],
    ["that ends as on Windows", "\r\n"],
  ])("takes the passphrase from a file %s", async (_how, end) => {
    expect(await outcome(await importP12(["--passphrase-file", file("passphrase", `${PASSPHRASE}${end}`)]))).toEqual(
      IMPORTED,
    );
  });

  it("takes it from the environment, and rather from the file", async () => {
    expect(await outcome(await importP12([], { UPTICK_P12_PASSPHRASE: PASSPHRASE }))).toEqual(IMPORTED);
    const both = await importP12(["--passphrase-file", file("wrong", WRONG)], { UPTICK_P12_PASSPHRASE: PASSPHRASE });
    expect([both.code, both.output]).toEqual([1, expect.stringContaining("The passphrase does not open")]);
  });

  it("refuses the wrong one, wherever it comes from, and the server's certificate stays", async () => {
    expect(await outcome(await importP12(["--passphrase-file", file("wrong", WRONG)]))).toEqual(
      refused("push-certificate-invalid"),
    );
    expect(await outcome(await importP12([], { UPTICK_P12_PASSPHRASE: WRONG }))).toEqual(
      refused("push-certificate-invalid"),
    );
    expect(await outcome(await importP12([], { UPTICK_P12_PASSPHRASE: "" }))).toEqual(
      refused("push-certificate-invalid"),
    );
  });

  it("says how to give one where nobody can be asked", async () => {
    const ended = await importP12();
    expect(await outcome(ended)).toEqual(refused("request-invalid"));
    expect(ended.output).toContain("--passphrase-file FILE, or set UPTICK_P12_PASSPHRASE");
  });

  it("says which file it can't read", async () => {
    const absent = join(folder, "absent");
    const ended = await importP12(["--passphrase-file", absent]);
    expect(await outcome(ended)).toEqual(refused("file-unreadable"));
    expect(ended.output).toContain(absent);
  });
});

describe.skipIf(!HAS_SCRIPT)(
  `uptick push import at a terminal${HAS_SCRIPT ? "" : " (SKIPPED: there is no util-linux script here)"}`,
  () => {
    it("asks for the passphrase, and what is typed does not show", async () => {
      const ended = await importAtTerminal(PASSPHRASE);
      expect(ended.output).toContain("Passphrase of the PKCS#12 file: ");
      expect(await outcome(ended)).toEqual(IMPORTED);
    });

    it("refuses a wrong one", async () => {
      expect(await outcome(await importAtTerminal(WRONG))).toEqual(refused("push-certificate-invalid"));
    });

    it("ends where it is interrupted", async () => {
      expect(await outcome(await importAtTerminal("\u0003"))).toEqual(refused("request-invalid"));
    });
  },
);
