/** A rehearsal as somebody begins and ends it: the program, its server and its devices. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { reserveLoopbackPort } from "../../test/support/loopback-port.ts";
import { SOON } from "../../test/support/soon.ts";
import { runCli } from "../cli/index.ts";
import { world } from "../cli/world.suite.ts";

const BIN = fileURLToPath(new URL("../../bin/uptick.js", import.meta.url));

let folder: string;
let child: ChildProcess;
let said = "";
let ended: Promise<number | null>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "uptick-tryout-"));
  const argv = [
    "serve",
    "--rehearsal",
    `--device-listen=127.0.0.1:${await reserveLoopbackPort()}`,
    "--web-listen=127.0.0.1:0",
  ];
  // Settings of a real server must not matter.
  const env = { ...process.env, TMPDIR: folder, UPTICK_DATABASE: "postgres://nobody@127.0.0.1:1/none" };
  child = spawn(process.execPath, [BIN, ...argv], { env, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (part: Buffer) => (said += part.toString()));
  ended = new Promise((resolve) => void child.once("close", resolve));
  await vi.waitUntil(() => /Token: +uptick_/.test(said), SOON);
});
afterAll(() => {
  child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** A command as it is typed with what the rehearsal has said. */
async function typed(...argv: string[]): Promise<string> {
  const env = Object.fromEntries(
    [...said.matchAll(/export (UPTICK_\w+)=(\S+)/g)].map(([, name, value]) => [name ?? "", value]),
  );
  const { io, out, err } = world(argv, { env, now: () => Date.now() });
  expect([await runCli(io), err()]).toEqual([0, ""]);
  return out();
}

describe("a rehearsal", () => {
  it("says what it is before all else, and fits a terminal of 80 columns", () => {
    expect(said).toMatch(/^=+\nREHEARSAL\. Nothing here is real\.\n/);
    expect(
      Math.max(
        ...said
          .split("\n")
          .filter((line) => !line.includes("TOKEN="))
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(80);
  });

  it("has devices within seconds, which the commands show by the time of the rehearsal", async () => {
    await vi.waitFor(async () => expect(await typed("devices")).toMatch(/(?:just now|\d+ (?:s|min|h) ago)/), SOON);
    expect(await typed("devices")).not.toMatch(/\bin \d+ (?:min|h|days)\b|\d+ days ago/);
  });

  it("is named by status, and can make a plan", async () => {
    expect(await typed("status")).toMatch(/^REHEARSAL: /);
    expect(await typed("status")).toContain("Devices can enroll.");
    expect(await typed("update", "--to", "latest-minor", "--devices", "all", "--dry-run")).toContain(
      "this was a dry run",
    );
  });

  it("ends cleanly with Ctrl-C, and leaves nothing behind", async () => {
    expect(readdirSync(folder)).toHaveLength(1);
    child.kill("SIGINT");
    expect(await ended).toBe(0);
    expect(said).toContain("its data is deleted");
    expect(readdirSync(folder)).toEqual([]);
  });
});
