/** The first start of a server, and those that fail before it. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/main/config/index.ts";
import { createLogger } from "../../src/main/log.ts";
import { type RunningServer, startServer } from "../../src/main/start-server.ts";
import { pooledAuthorityKey } from "../support/key-pool.ts";

let folder: string;
let shown: string[];
let running: RunningServer[];
let taken: Server;
let port: number;
let authorityKey: ReturnType<typeof pooledAuthorityKey>;
beforeAll(() => {
  authorityKey = pooledAuthorityKey();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "uptick-first-"));
  shown = [];
  running = [];
  taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  port = (taken.address() as { port: number }).port;
});
afterEach(async () => {
  await Promise.all(running.map((server) => server.stop()));
  taken.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(
  flags: Readonly<Record<string, string>> = {},
  showFirstToken: (token: string) => void = (token) => void shown.push(token),
): Promise<RunningServer> {
  const all = {
    "data-dir": join(folder, "data"),
    "device-listen": "127.0.0.1:0",
    "web-listen": "127.0.0.1:0",
    "catalog-fetch": "off",
    ...flags,
  };
  const argv = Object.entries(all).map(([name, value]) => `--${name}=${value}`);
  const config = loadConfig({ argv, env: {}, readFile: () => "" });
  const log = createLogger({ level: "error", format: "json", destination: { write: () => undefined } });
  const server = await startServer({
    config,
    env: {},
    log,
    onFatal: () => undefined,
    showFirstToken,
    // No two of these servers live at the same time.
    makeAuthorityKey: () => authorityKey,
  });
  running.push(server);
  return server;
}

describe("the first admin token", () => {
  it.each([
    ["the port of the MDM endpoint is taken", () => ({ "device-listen": `127.0.0.1:${port}` }), "listen-failed"],
    ["the port of the admin API is taken", () => ({ "web-listen": `127.0.0.1:${port}` }), "listen-failed"],
    ["a file is missing", () => ({ "apns-ca": join(folder, "none.pem") }), "config-invalid"],
  ])("outlives a first start that fails: %s", async (_why, flags, code) => {
    await expect(start(flags())).rejects.toMatchObject({ code });
    expect(shown).toEqual([]);
    const server = await start();
    expect(shown).toEqual([server.firstToken]);
    expect(await server.admin.server.authenticate(shown[0] ?? "")).toMatchObject({ name: "first", role: "admin" });
  });

  it("is shown before it is stored: a start that ends between the two has locked nobody out", async () => {
    const lost: string[] = [];
    const dies = (token: string): void => {
      lost.push(token);
      throw new Error("the terminal is gone");
    };
    await expect(start({}, dies)).rejects.toThrow("the terminal is gone");
    expect(lost).toHaveLength(1);
    const server = await start();
    expect(await server.admin.server.authenticate(lost[0] ?? "")).toBeUndefined();
    expect(await server.admin.server.authenticate(shown[0] ?? "")).toMatchObject({ name: "first", role: "admin" });
  });

  it("is made once", async () => {
    await (await start()).stop();
    running = [];
    expect((await start()).firstToken).toBeUndefined();
    expect(shown).toHaveLength(1);
  });

  it("is not made where a file ends the start: the data directory is not even begun", async () => {
    await expect(start({ "identity-ca": join(folder, "none.pem") })).rejects.toMatchObject({ code: "config-invalid" });
    expect(existsSync(join(folder, "data"))).toBe(false);
  });
});
