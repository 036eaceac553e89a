/** stdout lies on a full disk: a command says so in a sentence, and a server serves on. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SOON } from "../support/index.ts";

const FULL = "/dev/full";
const program = join(import.meta.dirname, "../../bin/uptick.js");

describe.skipIf(!existsSync(FULL))("a full disk under stdout", () => {
  let folder: string;
  const children: ChildProcess[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "uptick-stdout-"));
  });
  afterAll(() => {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  function run(...args: string[]): {
    readonly said: () => string;
    readonly ended: Promise<number | null>;
    child: ChildProcess;
  } {
    const file = openSync(FULL, "w");
    const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", file, "pipe"] });
    closeSync(file);
    children.push(child);
    let stderr = "";
    child.stderr?.on("data", (part: Buffer) => (stderr += part.toString()));
    return { said: () => stderr, ended: new Promise((resolve) => child.once("close", resolve)), child };
  }

  it("ends a command with 1, a code and a remedy, without a stack", async () => {
    const { said, ended } = run("--help");
    expect(await ended).toBe(1);
    expect(said()).toMatch(/code: disk-full\n {2}remedy: \w/);
    expect(said()).not.toMatch(/\n\s+at |internal fault/);
  });

  it("does not end a server", async () => {
    const listen = ["--device-listen", "127.0.0.1:0", "--web-listen", "127.0.0.1:0", "--catalog-fetch=off"];
    const { said, ended, child } = run("serve", "--data-dir", join(folder, "data"), "--log-level", "debug", ...listen);
    await expect.poll(said, SOON).toMatch(/Admin API: +http:\S+/);
    const web = /Admin API: +(http:\S+)/.exec(said())?.[1] ?? "";
    for (let nth = 0; nth < 3; nth += 1) expect((await fetch(`${web}/healthz`)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(said()).not.toMatch(/\n\s+at /);
  });
});
