/** Several server processes on one PostgreSQL database. Here they are two servers in one process: they share nothing else. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushCertificate } from "../../simulator/index.ts";
import { loadConfig } from "../../src/main/config/index.ts";
import { createLogger } from "../../src/main/log.ts";
import { type RunningServer, startServer } from "../../src/main/start-server.ts";
import { runPostgres } from "../support/run-postgres.ts";
import { SOON } from "../support/soon.ts";

const postgres = await runPostgres();

describe.skipIf(postgres === undefined)("servers on one PostgreSQL database", () => {
  let folder: string;
  let url: string;
  let running: RunningServer[];
  let logged: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "uptick-many-"));
    url = (await postgres?.database()) ?? "";
    running = [];
    logged = "";
  });
  afterEach(async () => {
    await Promise.all(running.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(dataDir: string): Promise<RunningServer> {
    const flags = ["--device-listen=127.0.0.1:0", "--web-listen=127.0.0.1:0", "--public-url=https://localhost:8443"];
    const config = loadConfig({
      argv: [...flags, `--data-dir=${join(folder, dataDir)}`],
      env: { UPTICK_DATABASE: url },
      readFile: () => "",
    });
    const destination = { write: (line: string) => void (logged += line) };
    const log = createLogger({ level: "debug", format: "json", destination });
    const server = await startServer({ config, env: {}, log, onFatal: () => undefined });
    running.push(server);
    return server;
  }

  it("make one CA and one first token, when they start at once for the first time", async () => {
    const servers = await Promise.all([start("same"), start("same"), start("same")]);
    expect(new Set(servers.map(({ caPem }) => caPem)).size).toBe(1);
    expect(servers.filter(({ firstToken }) => firstToken !== undefined)).toHaveLength(1);
    const [one, other] = servers;
    await one?.admin.server.importPush(one.system, pushCertificate("com.apple.mgmt.External.test").pem);
    expect((await other?.admin.server.status())?.push).toMatchObject({ topic: "com.apple.mgmt.External.test" });
  });

  it("do not start with a data key that is not the one of the others", async () => {
    const [first, second] = await Promise.allSettled([start("one"), start("other")]);
    const refused = [first, second].filter((result) => result.status === "rejected");
    // It had made a key of its own, or came after the first had sealed something.
    expect(refused).toMatchObject([
      { reason: { code: expect.stringMatching(/^(secret-unreadable|data-key-invalid)$/) } },
    ]);
    await expect(start("third")).rejects.toMatchObject({ code: "data-key-invalid" });
    expect(running).toHaveLength(1);
  });

  it("never log the password", async () => {
    const server = await start("same");
    await postgres?.query(
      url,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'uptick' AND datname = current_database()",
    );
    // An idle connection is lost by itself; one in use takes its question along.
    await expect.poll(() => logged, SOON).toMatch(/database-connection-lost|terminating connection/);
    await expect.poll(() => server.admin.server.status().catch(() => undefined)).toBeDefined();
    expect(new URL(url).password.length).toBeGreaterThan(8);
    expect(logged).not.toContain(new URL(url).password);
  });
});
