/** Several server processes on one PostgreSQL database. Here they are two servers in one process: they share nothing else. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushCertificate } from "../../simulator/index.ts";
import { loadConfig } from "../../src/main/config/index.ts";
import { createLogger } from "../../src/main/log.ts";
import { type RunningServer, startServer } from "../../src/main/start-server.ts";
import { listOf, SMALL_LIST, startLookupService } from "../support/lookup-service.ts";
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

  async function start(dataDir: string, more: readonly string[] = []): Promise<RunningServer> {
    const flags = [
      "--device-listen=127.0.0.1:0",
      "--web-listen=127.0.0.1:0",
      "--public-url=https://localhost:8443",
      "--catalog-fetch=off",
    ];
    const config = loadConfig({
      argv: [...flags, ...more, `--data-dir=${join(folder, dataDir)}`],
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

  it("fetch Apple's list once between them", async () => {
    const lookup = await startLookupService();
    writeFileSync(join(folder, "lookup.pem"), lookup.caPem);
    const flags = [`--lookup-service-url=${lookup.url}`, `--lookup-service-ca=${join(folder, "lookup.pem")}`];
    try {
      const servers = [await start("same", flags), await start("same", flags)];
      const asked = servers.map(({ admin, system }) => admin.server.fetchCatalog(system));
      const results = await Promise.allSettled(asked);
      expect(results.toSorted((a, b) => (a.status < b.status ? -1 : 1))).toMatchObject([
        { status: "fulfilled", value: { changed: true } },
        { status: "rejected", reason: { code: expect.stringMatching(/^catalog-fetch-(busy|limited)$/) as string } },
      ]);
      expect(lookup.requests).toHaveLength(1);
      const lists = await Promise.all(servers.map(({ admin }) => admin.server.status()));
      expect(lists.map(({ catalog }) => catalog?.listDateFrom)).toEqual(["fetch", "fetch"]);
      // Neither is the list confirmed, nor a smaller one accepted, otherwise than in the embedded store.
      const [first] = servers;
      lookup.answer = listOf(SMALL_LIST);
      await postgres?.query(
        url,
        "UPDATE setting SET value = jsonb_set(value::jsonb, '{fetch,askedAt}', 'null')::text WHERE name = 'catalog'",
      );
      await expect(first?.admin.server.fetchCatalog(first.system)).rejects.toMatchObject({ code: "catalog-smaller" });
      await expect(first?.admin.server.acceptCatalog(first.system)).resolves.toMatchObject({ releases: 3 });
    } finally {
      await Promise.all(running.splice(0).map((server) => server.stop()));
      await lookup.close();
    }
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
