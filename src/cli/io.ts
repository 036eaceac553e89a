/** All a command may touch of the world, so that a test can hand it another one. */
import { readFileSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { UptickError } from "../errors/index.ts";
import { takesColours } from "./paint.ts";

export interface Sink {
  write(data: string | Uint8Array): unknown;
}

export interface CliIo {
  /** The arguments, without the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly fetch: typeof fetch;
  /** True when stdout is a terminal, which can be redrawn. */
  readonly isTty: boolean;
  /** True where stdout takes colours. */
  readonly hasColours: boolean;
  /** Columns and rows of the terminal. */
  size(): { readonly columns: number; readonly rows: number };
  readFile(path: string): Promise<Uint8Array>;
  /** When a file was last changed, integer ms UTC. */
  modifiedAt(path: string): Promise<number>;
  /** Only the owner may read what is written: it may be an enrollment profile. */
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
  readStdin(): Promise<Uint8Array>;
  /** Asks and gives the answer; only where a person sits at a terminal. */
  readonly ask?: (question: string) => Promise<string>;
  /** Asks without echo; only where a person sits at a terminal. */
  readonly askSecret?: (question: string) => Promise<string>;
  /** Integer ms UTC. */
  now(): number;
  /** The time zone of who reads, an IANA name. */
  zone(): string;
  sleep(ms: number): Promise<void>;
}

async function readAll(stream: AsyncIterable<Buffer | string>): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** The question goes to stderr: stdout may be a file. An end of input is an empty answer. */
async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise<string>((resolve) => {
      lines.once("close", () => resolve(""));
      lines.question(question, resolve);
    });
  } finally {
    lines.close();
  }
}

async function askSecret(question: string): Promise<string> {
  // The terminal's own echo is off from here on, and what readline would write goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stderr.write(question);
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once("close", () => reject(new UptickError("request-invalid", "No passphrase was given.")));
      lines.question("", resolve);
    });
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}

function versionOfPackage(): string {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return manifest.version;
}

/** The world as the process has it. `onBroken` is told why stdout can't be written to, before the process ends with 1. */
export function processIo(argv: readonly string[], onBroken: (error: Error) => void): CliIo {
  // `uptick devices | head` closes the pipe early: that ends the command, and is no fault.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") onBroken(error);
    process.exit(error.code === "EPIPE" ? 0 : 1);
  });
  return {
    argv,
    env: process.env,
    version: versionOfPackage(),
    stdout: process.stdout,
    stderr: process.stderr,
    fetch,
    isTty: process.stdout.isTTY === true,
    hasColours: takesColours(process.stdout),
    size: () => ({ columns: process.stdout.columns ?? 100, rows: process.stdout.rows ?? 40 }),
    readFile: (path) => readFile(path),
    modifiedAt: async (path) => Math.floor((await stat(path)).mtimeMs),
    writeFile: (path, bytes) => writeFile(path, bytes, { mode: 0o600 }),
    readStdin: () => readAll(process.stdin),
    ...(process.stdin.isTTY === true ? { ask, askSecret } : {}),
    now: () => Date.now(),
    zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    sleep: async (ms) => {
      await sleep(ms);
    },
  };
}
