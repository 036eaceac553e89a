import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const guard = new URL("../bin/pinned-node.js", import.meta.url).href;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "uptick-guard-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an entry point that takes itself for an old Node, and `script` for the program under the pinned one. */
function runOld(options: { pinned: string | undefined; script: string; args?: string[]; killWith?: NodeJS.Signals }) {
  const script = join(folder, "program.mjs");
  const entry = join(folder, "entry.mjs");
  const found = { version: "20.20.2", ...(options.pinned === undefined ? {} : { pinned: options.pinned }) };
  writeFileSync(script, options.script);
  writeFileSync(
    entry,
    `import { readyToRun } from ${JSON.stringify(guard)};\n` +
      `if (readyToRun(${JSON.stringify(script)}, ${JSON.stringify(found)})) console.log("went on");\n`,
  );
  return new Promise<Ended>((resolve, reject) => {
    const child = spawn(process.execPath, [entry, ...(options.args ?? [])], { stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    let killWith = options.killWith;
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      if (killWith === undefined || !stdout.includes("ready")) return;
      // Once: when it has said its last word it may no longer be listening.
      child.kill(killWith);
      killWith = undefined;
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Another path to the running Node: the guard refuses to start itself once more. */
function wrapper(): string {
  const path = join(folder, "pinned-node");
  writeFileSync(path, `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} "$@"\n`, { mode: 0o755 });
  return path;
}

describe("entry point under an old Node", () => {
  it("says what to do when the pinned Node is missing", async () => {
    const ended = await runOld({ pinned: undefined, script: "" });
    expect(ended.stderr).toBe("uptick: the bundled Node is missing: run npm ci again, or install Node 24\n");
    expect(ended.code).toBe(1);
    expect(ended.stdout).toBe("");
  });

  it("runs the script with the pinned Node, its arguments and its exit code", async () => {
    const script = "console.log(process.argv.slice(2).join()); process.exitCode = 7;";
    const ended = await runOld({ pinned: wrapper(), script, args: ["serve", "--x=1"] });
    expect(ended).toMatchObject({ code: 7, stdout: "serve,--x=1\n" });
  });

  it.each(["SIGTERM", "SIGINT"] as const)("forwards %s and waits for the orderly end", async (signal) => {
    const script =
      `process.on("${signal}", () => { console.log("drained"); process.exit(3); });` +
      `setInterval(() => {}, 1000); console.log("ready");`;
    const ended = await runOld({ pinned: wrapper(), script, killWith: signal });
    expect(ended).toMatchObject({ code: 3, stdout: "ready\ndrained\n" });
  });

  it("dies of the signal that the script died of", async () => {
    const ended = await runOld({ pinned: wrapper(), script: 'process.kill(process.pid, "SIGKILL");' });
    expect(ended.signal).toBe("SIGKILL");
  });
});

describe("version guard", () => {
  it.each([
    ["20.20.2", false],
    ["23.11.0", false],
    ["24.0.0", true],
    ["26.1.0", true],
  ])("judges Node %s as new enough: %s", async (version, enough) => {
    const { isNewEnough } = (await import(guard)) as { isNewEnough: (version: string) => boolean };
    expect(isNewEnough(version)).toBe(enough);
  });

  it("finds no pinned Node where none is installed", async () => {
    const { findPinnedNode } = (await import(guard)) as {
      findPinnedNode: (from: string) => string | undefined;
    };
    expect(findPinnedNode(pathToFileURL(join(folder, "x.js")).href)).toBeUndefined();
  });
});
