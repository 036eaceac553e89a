/** The data key, which seals stored secrets: read from a file, a variable or a command, or made at the first start. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { link, mkdir, open, readFile, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UptickError } from "../errors/index.ts";
import type { DataKeySource } from "./config/index.ts";
import { type RandomBytes, randomBytes } from "./ids.ts";
import { fileTrouble } from "./setting-files.ts";

const KEY_BYTES = 32;

export interface DataKey {
  /** First 8 hex digits of the SHA-256 of the key: kept beside what it sealed, and safe to show. */
  readonly id: string;
  /** 32 bytes, for AES-256-GCM. */
  readonly key: Uint8Array;
}

export interface DataKeyOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Make a missing key file. False once the data directory holds sealed secrets: a new key could not open them. */
  readonly mayCreate: boolean;
  readonly random?: RandomBytes;
  /** The key has been made just now. */
  onMade?(): void;
}

function decodeKey(text: string, where: string): DataKey {
  const trimmed = text.trim();
  const key = new Uint8Array(Buffer.from(trimmed, "base64"));
  // Node skips what is not base64; only what comes out the same again was a key.
  if (key.length !== KEY_BYTES || Buffer.from(key).toString("base64") !== trimmed) {
    throw new UptickError("data-key-invalid", `The data key from ${where} is not ${KEY_BYTES} bytes in base64.`);
  }
  return { id: createHash("sha256").update(key).digest("hex").slice(0, 8), key };
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";
const isThere = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "EEXIST";

async function readKeyFile(path: string): Promise<DataKey> {
  const { mode } = await stat(path);
  if ((mode & 0o007) !== 0) {
    throw new UptickError("data-key-invalid", `The data key file ${path} is open to every user of this machine.`, {
      remedy: `Close it: chmod 600 ${path}`,
    });
  }
  return decodeKey(await readFile(path, "utf8"), `the file ${path}`);
}

/** Syncs what a folder lists, so that a new name in it survives a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Written whole under another name first; `link` then gives it its name only if nobody else was faster. */
async function makeKeyFile(path: string, random: RandomBytes): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `.data-key-${Buffer.from(random(8)).toString("hex")}`);
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(`${Buffer.from(random(KEY_BYTES)).toString("base64")}\n`);
    await handle.sync();
    await link(draft, path);
  } catch (error) {
    if (!isThere(error)) throw error;
  } finally {
    await handle.close();
    await unlink(draft);
  }
  await syncFolder(folder);
}

async function loadFromFile(path: string, options: DataKeyOptions): Promise<DataKey> {
  try {
    return await readKeyFile(path).catch(async (error: unknown) => {
      if (!isMissing(error) || !options.mayCreate) throw error;
      await makeKeyFile(path, options.random ?? randomBytes);
      options.onMade?.();
      return readKeyFile(path);
    });
  } catch (error) {
    if (error instanceof UptickError) throw error;
    const what = isMissing(error) ? "is missing" : (fileTrouble(error) ?? "can't be read or made");
    throw new UptickError("data-key-invalid", `The data key file ${path} ${what}.`, { cause: error });
  }
}

/** What a shell command prints. Its complaints go to our own stderr: they may help, and are not ours to keep. */
function outputOf(command: string, env: DataKeyOptions["env"]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("/bin/sh", ["-c", command], { stdio: ["ignore", "pipe", "inherit"], env: { ...env } });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(Buffer.concat(chunks).toString("utf8"));
      else reject(new Error(signal === null ? `exit code ${code}` : `signal ${signal}`));
    });
  });
}

async function loadFromCommand(command: string, env: DataKeyOptions["env"]): Promise<DataKey> {
  const output = await outputOf(command, env).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new UptickError("data-key-invalid", `The command for the data key failed (${why}).`, {
      remedy: "Run the command of the setting data-key by hand: it must print the key in base64 and end with 0.",
      cause: error,
    });
  });
  return decodeKey(output, "the command");
}

function loadFromVariable(name: string, env: DataKeyOptions["env"]): DataKey {
  const text = env[name];
  if (text !== undefined && text !== "") return decodeKey(text, `the variable ${name}`);
  throw new UptickError("data-key-invalid", `The variable ${name}, which the data key is to come from, is not set.`, {
    remedy: `Set ${name} to the key in base64, or change the setting data-key.`,
  });
}

/** Where the key lies when no setting says so. */
export function defaultDataKeySource(dataDir: string): DataKeySource {
  return { kind: "file", path: join(dataDir, "data-key") };
}

/** Whether a file that is to hold the key is there; true for any other source. */
export function isKeyThere(source: DataKeySource): boolean {
  return source.kind !== "file" || existsSync(source.path);
}

/** @throws UptickError data-key-invalid, never with any part of the key. */
export async function loadDataKey(source: DataKeySource, options: DataKeyOptions): Promise<DataKey> {
  switch (source.kind) {
    case "file":
      return loadFromFile(source.path, options);
    case "env":
      return loadFromVariable(source.name, options.env);
    case "command":
      return loadFromCommand(source.command, options.env);
  }
}
