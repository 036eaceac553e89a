/** `uptick serve` as a process of its own on loopback, to be killed and started again on the same data. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const SERVE = [pathOf("../../bin/uptick.js"), "serve"];
const SERVE_ON_CLOCK = pathOf("./serve-on-clock.ts");
/** The flags of `npm start`. */
const AS_NPM_START = ["--max-semi-space-size=8"];
/** A start that takes longer than this (real ms) is a fault, however busy the machine is. */
const START_LIMIT = 120_000;

export interface ChildServer {
  /** Where the admin API listens, once it runs. */
  readonly webUrl: string;
  /** The admin token of the first start. */
  readonly token: string;
  /** Of the process that runs now. */
  readonly pid: number;
  start(): Promise<void>;
  /** SIGKILL, whatever it is doing; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export interface ChildServerOptions {
  readonly flags: Readonly<Record<string, string>>;
  readonly webPort: number;
  /** More flags of Node itself. */
  readonly node?: readonly string[];
  /** Its clock of plans and jobs is so far ahead of the system's (ms). */
  readonly ahead?: number;
  /** They live on a shared time, which this hands to a process that starts. */
  readonly join?: (started: ChildProcess) => Promise<void>;
}

export function childServer({ flags, webPort, node = [], ahead, join }: ChildServerOptions): ChildServer {
  // It lives for hours of its time, and must ask nothing of Apple.
  const all = { "catalog-fetch": "off", ...flags, "web-listen": `127.0.0.1:${webPort}` };
  const argv = Object.entries(all).map(([k, v]) => `--${k}=${v}`);
  const clock = join === undefined ? ahead : "shared";
  const script = clock === undefined ? SERVE : [SERVE_ON_CLOCK, String(clock)];
  let child: ChildProcess | undefined;
  let token = "";

  async function start(): Promise<void> {
    const started = spawn(process.execPath, [...AS_NPM_START, ...node, ...script, ...argv], {
      stdio: ["ignore", "pipe", "pipe", ...(join === undefined ? [] : (["ipc"] as const))],
      serialization: "advanced",
    });
    child = started;
    let said = "";
    const ready = Promise.withResolvers<void>();
    const limit = setTimeout(() => ready.reject(new Error(`the server did not start: ${said}`)), START_LIMIT);
    started.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    started.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      token = /only this once: (\S+)/.exec(said)?.[1] ?? token;
      if (said.includes("Admin API:")) ready.resolve();
    });
    started.once("exit", () => ready.reject(new Error(`the server ended while it started: ${said}`)));
    try {
      await Promise.all([ready.promise, join?.(started)]);
    } finally {
      clearTimeout(limit);
    }
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const running = child;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return null;
    const gone = once(running, "exit");
    running.kill(signal);
    const [code] = (await gone) as [number | null];
    return code;
  }

  return {
    webUrl: `http://127.0.0.1:${webPort}`,
    get token() {
      return token;
    },
    get pid() {
      return child?.pid ?? 0;
    },
    start,
    kill: async () => void (await end("SIGKILL")),
    stop: () => end("SIGTERM"),
  };
}
