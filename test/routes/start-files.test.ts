/**
 * Every setting that names a file, with every kind of file that is not the right one: the start is refused in words an
 * admin can act on, before it has made anything.
 */
import { generateKeyPairSync } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorText } from "../../src/cli/index.ts";
import { isUptickError, type UptickError } from "../../src/errors/index.ts";
import { type Authority, createAuthority, issueServerCertificate } from "../../src/identity/index.ts";
import { loadConfig } from "../../src/main/config/index.ts";
import { createLogger } from "../../src/main/log.ts";
import { type RunningServer, startServer } from "../../src/main/start-server.ts";
import { pooledAuthorityKey } from "../support/key-pool.ts";

const DAY = 86_400_000;
let authority: Authority;
let authorityKey: ReturnType<typeof pooledAuthorityKey>;
let leaf: { certPem: string; keyPem: string };
let otherHost: { certPem: string; keyPem: string };
const otherKey = generateKeyPairSync("ec", { namedCurve: "P-256" });
const OTHER_KEY = otherKey.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
const LOCKED_KEY = otherKey.privateKey.export({
  type: "pkcs8",
  format: "pem",
  cipher: "aes-256-cbc",
  passphrase: "secret words",
}) as string;

beforeAll(async () => {
  const now = Date.now();
  const key = await pooledAuthorityKey();
  authorityKey = pooledAuthorityKey();
  authority = await createAuthority({ name: "Test CA", key, serial: Buffer.alloc(16, 7), now, years: 1 });
  const issue = (hosts: readonly string[], serial: number) =>
    issueServerCertificate({
      authority,
      hosts,
      serial: Buffer.alloc(16, serial),
      notBefore: now - DAY,
      notAfter: now + 100 * DAY,
    });
  leaf = await issue(["localhost"], 8);
  otherHost = await issue(["mail.example.org"], 9);
});

let folder: string;
let data: string;
let log: { level: string; event: string; [field: string]: unknown }[];
let running: RunningServer[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "uptick-files-"));
  data = join(folder, "data");
  log = [];
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(flags: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
  const all = {
    "data-dir": data,
    "device-listen": "127.0.0.1:0",
    "web-listen": "127.0.0.1:0",
    "catalog-fetch": "off",
    ...flags,
  };
  const argv = Object.entries(all).map(([name, value]) => `--${name}=${value}`);
  const config = loadConfig({ argv, env: {}, readFile: () => "" });
  const destination = { write: (line: string) => void log.push(JSON.parse(line) as (typeof log)[number]) };
  const logger = createLogger({ level: "debug", format: "json", destination });
  const server = await startServer({
    config,
    env: {},
    log: logger,
    onFatal: () => undefined,
    // No two of these servers live at the same time.
    makeAuthorityKey: () => authorityKey,
  });
  running.push(server);
  return server;
}

async function refusalOf(flags: Readonly<Record<string, string>>): Promise<UptickError> {
  const error: unknown = await start(flags).then(
    () => new Error("the server started"),
    (reason: unknown) => reason,
  );
  if (!isUptickError(error)) throw error;
  expect(errorText(error)).not.toContain("an internal fault");
  expect(error.remedy).not.toMatch(/report it/);
  return error;
}

/** How a file can be wrong, whatever it is for. */
const TROUBLES: Readonly<Record<string, (path: string) => void>> = {
  missing: () => undefined,
  directory: (path) => mkdirSync(path),
  empty: (path) => writeFileSync(path, "\n"),
  garbage: (path) => writeFileSync(path, "-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n\u0000\u0001"),
  // A mode does not keep root out, a link that leads to itself does.
  unreadable: (path) => symlinkSync(path, path),
};

/** A file that would do for another setting; undefined: there is no such thing. */
const FILES: Readonly<
  Record<string, { readonly code: string; mismatched(path: string): void; beside?(): Record<string, string> }>
> = {
  "tls-cert": {
    code: "config-invalid",
    mismatched: (path) => writeFileSync(path, authority.certificatePem),
    beside: () => ({ "tls-key": put("key.pem", leaf.keyPem) }),
  },
  "tls-key": {
    code: "config-invalid",
    mismatched: (path) => writeFileSync(path, OTHER_KEY),
    beside: () => ({ "tls-cert": put("cert.pem", leaf.certPem) }),
  },
  "apns-ca": { code: "config-invalid", mismatched: (path) => writeFileSync(path, leaf.certPem) },
  "lookup-service-ca": { code: "config-invalid", mismatched: (path) => writeFileSync(path, leaf.certPem) },
  "identity-ca": { code: "config-invalid", mismatched: (path) => writeFileSync(path, leaf.certPem) },
};

function put(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("a start whose setting names a wrong file", () => {
  const rows = Object.keys(FILES).flatMap((setting) =>
    [...Object.keys(TROUBLES), "mismatched"].map((trouble) => [setting, trouble] as const),
  );
  it.each(rows)("%s, %s: is refused with setting, file and remedy, and makes nothing", async (setting, trouble) => {
    const row = FILES[setting];
    const path = join(folder, "the-file");
    (TROUBLES[trouble] ?? row?.mismatched)?.(path);
    const error = await refusalOf({ ...row?.beside?.(), [setting]: path });
    expect(error.code).toBe(row?.code);
    expect(error.message).toContain(setting);
    expect(error.message).toContain(path);
    expect(existsSync(data)).toBe(false);
  });

  it("says that a TLS key must have no passphrase", async () => {
    const flags = { "tls-cert": put("cert.pem", leaf.certPem), "tls-key": put("key.pem", LOCKED_KEY) };
    const error = await refusalOf(flags);
    expect(error.remedy).toContain("without a passphrase");
  });

  it.each(Object.keys(TROUBLES).filter((trouble) => trouble !== "missing"))(
    "data-key, %s: is refused as data-key-invalid, and names the file",
    async (trouble) => {
      const path = join(folder, "the-key");
      TROUBLES[trouble]?.(path);
      if (trouble === "empty" || trouble === "garbage") chmodSync(path, 0o600);
      const error = await refusalOf({ "data-key": path });
      expect(error).toMatchObject({ code: "data-key-invalid" });
      expect(error.message).toContain(path);
    },
  );

  it.each(["empty", "garbage", "unreadable"])("data-dir, %s: is refused, and names the directory", async (trouble) => {
    TROUBLES[trouble]?.(data);
    const error = await refusalOf({});
    expect(error).toMatchObject({ code: "config-invalid" });
    expect(error.message).toContain(`data-dir: ${data} `);
  });

  it.each(["directory", "garbage", "unreadable"])("uptick.sqlite, %s: is refused with a remedy", async (trouble) => {
    mkdirSync(data);
    TROUBLES[trouble]?.(join(data, "uptick.sqlite"));
    expect(["config-invalid", "store-unavailable", "database-damaged"]).toContain((await refusalOf({})).code);
  });

  it.each(["directory", "garbage", "unreadable"])("uptick.lock, %s: is not called another process", async (trouble) => {
    mkdirSync(data);
    TROUBLES[trouble]?.(join(data, "uptick.lock"));
    const error = await refusalOf({});
    expect(["config-invalid", "store-unavailable"]).toContain(error.code);
  });
});

describe("the data directory at a start", () => {
  const all = (): string[] => readdirSync(data).filter((name) => (statSync(join(data, name)).mode & 0o777) !== 0o600);

  it("is not given a new CA beside an old data key", async () => {
    mkdirSync(data);
    writeFileSync(join(data, "data-key"), `${Buffer.alloc(32, 1).toString("base64")}\n`, { mode: 0o600 });
    const error = await refusalOf({});
    expect(error).toMatchObject({ code: "database-missing" });
    expect(readdirSync(data)).toEqual(["data-key"]);
  });

  it("is not opened with a database whose data key is gone or another", async () => {
    await (await start()).stop();
    running = [];
    rmSync(join(data, "data-key"));
    expect(await refusalOf({})).toMatchObject({ code: "data-key-invalid" });
    expect(existsSync(join(data, "data-key"))).toBe(false);
    writeFileSync(join(data, "data-key"), `${Buffer.alloc(32, 1).toString("base64")}\n`, { mode: 0o600 });
    expect(await refusalOf({})).toMatchObject({ code: "secret-unreadable" });
  });

  it("gets a new CA with a key from elsewhere, and the log says so", async () => {
    const key = put("key", Buffer.alloc(32, 1).toString("base64"));
    chmodSync(key, 0o600);
    await start({ "data-key": key });
    expect(log).toContainEqual(expect.objectContaining({ level: "warn", event: "authority-is-new" }));
  });

  it("holds files of mode 0600 only, whatever the umask is", async () => {
    const umask = process.umask(0);
    try {
      await start();
    } finally {
      process.umask(umask);
    }
    expect(readdirSync(data)).toEqual(expect.arrayContaining(["data-key", "uptick.sqlite", "uptick.sqlite-wal"]));
    expect(all()).toEqual([]);
    expect(log.filter(({ event }) => event === "file-mode-mended")).toEqual([]);
    expect(log.filter(({ event }) => event === "authority-is-new")).toEqual([]);
  });

  it("is mended where files are open to others, with a line for each, and leaves files that are not ours", async () => {
    await (await start()).stop();
    running = [];
    for (const name of ["uptick.sqlite", "data-key"]) chmodSync(join(data, name), 0o644);
    writeFileSync(join(data, "backup-before-schema-8-7.sqlite"), "");
    chmodSync(join(data, "backup-before-schema-8-7.sqlite"), 0o640);
    writeFileSync(join(data, "of-the-admin.pem"), "");
    chmodSync(join(data, "of-the-admin.pem"), 0o644);
    await start();
    expect(all()).toEqual(["of-the-admin.pem"]);
    const mended = log.filter(({ event }) => event === "file-mode-mended").map(({ file, before }) => [file, before]);
    expect(mended.toSorted(([a], [b]) => String(a).localeCompare(String(b)))).toEqual([
      [join(data, "backup-before-schema-8-7.sqlite"), "0640"],
      [join(data, "data-key"), "0644"],
      [join(data, "uptick.sqlite"), "0644"],
    ]);
  });

  it("gets its backup before a migration with mode 0600", async () => {
    await (await start()).stop();
    running = [];
    // As an earlier release left it, as far as a backup looks at it.
    const database = new DatabaseSync(join(data, "uptick.sqlite"));
    const { user_version: now } = database.prepare("PRAGMA user_version").get() as { user_version: number };
    database.exec("PRAGMA user_version = 7");
    database.close();
    const umask = process.umask(0);
    try {
      await start().catch(() => undefined);
    } finally {
      process.umask(umask);
    }
    expect(statSync(join(data, `backup-before-schema-${now}-7.sqlite`)).mode & 0o777).toBe(0o600);
  });
});

describe("a TLS certificate for another host than public-url", () => {
  const tls = (made: { certPem: string; keyPem: string }): Record<string, string> => ({
    "tls-cert": put("cert.pem", made.certPem),
    "tls-key": put("key.pem", made.keyPem),
    "public-url": "https://localhost:8443",
  });
  const codes = async (flags: Record<string, string>): Promise<string[]> =>
    (await (await start(flags)).admin.server.status()).warnings.map(({ reason: code }) => code);

  /** No list of releases was imported here. */
  const NO_LIST = ["catalog-empty"];

  it("is a warning in the state of the server and in its log", async () => {
    expect(await codes(tls(otherHost))).toEqual(["tls-certificate-other-host", ...NO_LIST]);
    await expect
      .poll(() => log.find(({ event, reason }) => event === "warning" && reason === "tls-certificate-other-host"))
      .toMatchObject({ sentence: expect.stringContaining("mail.example.org") as string });
  });

  it("is none where it is for that host, or where a proxy ends TLS", async () => {
    expect(await codes(tls(leaf))).toEqual(NO_LIST);
    expect(
      await codes({ ...tls(otherHost), "data-dir": join(folder, "other"), "trusted-proxies": "10.0.0.1" }),
    ).toEqual(NO_LIST);
  });
});
