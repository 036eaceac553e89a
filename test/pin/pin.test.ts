/** What a server's store is asked can be recorded from outside, done again, and held to another version of the server. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { compareFile, compareTask } from "./compare.ts";
import type { Side } from "./side.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "uptick-pin-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SERVES = '"event":"serving"';

/** A first start and its end, the asks of its store recorded. */
function serveOnce(asks: string): Promise<void> {
  const ports = ["--device-listen", "127.0.0.1:0", "--web-listen", "127.0.0.1:0"];
  const argv = [
    "bin/uptick.js",
    "serve",
    "--data-dir",
    join(folder, "data"),
    "--public-url",
    "https://localhost",
    "--catalog-fetch=off",
    ...ports,
  ];
  const preload = `--import ${pathToFileURL(join(ROOT, "test/pin/record.js")).href}`;
  const env = { ...process.env, NODE_OPTIONS: preload, PIN_FOLDER: asks };
  const child = spawn(process.execPath, argv, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  return new Promise((resolve, reject) => {
    let result = "";
    const heard = (chunk: Buffer): void => {
      const before = result.includes(SERVES);
      result += chunk.toString();
      if (!before && result.includes(SERVES)) child.kill("SIGTERM");
    };
    child.stdout.on("data", heard);
    child.stderr.on("data", heard);
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`serve ended with ${code}: ${result}`))));
  });
}

describe("what a server's store was asked", () => {
  it("comes to the same when it is done again", async () => {
    const asks = join(folder, "asks");
    await serveOnce(asks);
    const [file, ...more] = readdirSync(asks);
    expect(more).toEqual([]);
    const done = await compareFile({ old: ROOT, now: ROOT }, join(asks, file ?? ""), { most: 5 });
    expect(done.asks).toBeGreaterThan(3);
    expect(done.differences).toEqual([]);
  });
});

describe("a difference between two versions", () => {
  const side = (ok: unknown, rows: readonly object[], table = "enrollment", where: object = { id: "e" }): Side => ({
    run: () => ({ outcome: { ok }, touched: [{ table, where: where as Record<string, unknown> }] }),
    take: () => undefined,
    rows: () => rows as readonly Record<string, unknown>[],
    close: () => {},
  });
  const task = { kind: "run", transaction: "poll" };

  it.each<[string, Side, Side, readonly string[]]>([
    ["there is none", side("a", [{ id: "e", n: 1 }]), side("a", [{ id: "e", n: 1 }]), []],
    ["in the reply", side("a", []), side("b", []), ["poll: reply"]],
    [
      "in a row",
      side("a", [{ id: "e", n: 1 }]),
      side("a", [{ id: "e", n: 2 }]),
      ['poll: {"table":"enrollment","where":{"id":"e"}}'],
    ],
    [
      "in what is told",
      side("a", [], "timeline", { kind: "x" }),
      side("a", [], "timeline", { kind: "y" }),
      ["poll: timeline"],
    ],
  ])("is seen: %s", (_what, old, now, found) => {
    expect(compareTask(old, now, task).map(({ what }) => what)).toEqual(found);
  });
});
