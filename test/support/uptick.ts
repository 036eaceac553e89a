/** The real server in this process, on loopback, with a data directory of its own that goes with it. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FakeApns, pushCertificate, startFakeApns } from "../../simulator/index.ts";
import { SAMPLE_SERVED_AT, sampleLookupService } from "../../src/catalog/index.ts";
import type { DeviceDetail, Json, TimelineEntry } from "../../src/contract/index.ts";
import { realClock } from "../../src/main/clock.ts";
import { loadConfig } from "../../src/main/config/index.ts";
import { holdReplies } from "./held-replies.ts";
import { reserveLoopbackPort } from "./loopback-port.ts";
import type { HttpLimits } from "../../src/main/http-limits.ts";
import { createLogger, type LogLevel } from "../../src/main/log.ts";
import { type RunningServer, type StartOptions, startServer } from "../../src/main/start-server.ts";
import { type Backend, newBackend } from "./backends.ts";
import type { TestDatabase } from "./database.ts";
import { pooledAuthorityKey } from "./key-pool.ts";
import { leaksSince, openHandles } from "./leaks.ts";
import { failForReplyFaults } from "./reply-faults.ts";
import { type WebClient, webClient } from "./web-client.ts";

export interface UptickOptions {
  /** Virtual time at the start, ms UTC. Default: `START`. It runs as fast as real time; `later` moves it on. */
  readonly start?: number;
  /** Another clock than that. */
  readonly clock?: StartOptions["clock"];
  /** A start without accounts shows a set-up link. Default: it does not. */
  readonly setup?: boolean;
  /** Without a push certificate nobody can enroll. Default: one is imported. */
  readonly push?: boolean;
  /** Where Apple's list is fetched from; it is fetched when a test asks for it, unless a flag says otherwise. */
  readonly lookupService?: { readonly url: string; readonly caPem: string };
  /** Settings beside those of the test, by flag. */
  readonly flags?: Readonly<Record<string, string>>;
  readonly logLevel?: LogLevel;
  /** The store has its threads, as a real server's: for what is about them, or holds the database. Default: false. */
  readonly threads?: boolean;
  /** Other limits of the HTTP faces than the usual. */
  readonly limits?: Partial<HttpLimits>;
  /** Other budgets for request bodies than the usual. */
  readonly bodies?: StartOptions["bodies"];
}

export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface Uptick {
  /** The server that runs now: `restart` puts another in its place. */
  readonly server: RunningServer;
  readonly apns: FakeApns;
  readonly web: WebClient;
  /** The admin token of the first start. */
  readonly token: string;
  /** The set-up link that the last start has shown; undefined: none. */
  readonly setupLink: string | undefined;
  readonly directory: string;
  readonly devicePort: number;
  /** What the clock of plans and jobs says, ms UTC. */
  now(): number;
  /** Every line logged so far; one of level "error" that was not taken by `takeErrors` fails `close`. */
  readonly log: readonly LogLine[];
  /** The lines of level "error" so far, which are expected then. */
  takeErrors(): LogLine[];
  device(ref: string): Promise<DeviceDetail>;
  /** The whole timeline, oldest first. */
  timeline(ref: string): Promise<TimelineEntry[]>;
  /** The message of an entry of the timeline; empty where there is none. */
  message(ref: string, entry: TimelineEntry | undefined): Promise<string>;
  readonly backend: Backend;
  /** `backend.fail`; what ends it also waits until whatever met the fault has said so in the log: `takeErrors` takes all. */
  fail(when: "write" | "commit"): Promise<() => Promise<void>>;
  /** Asks the database, read-only, through a connection of its own: what is committed is seen, nothing else. */
  rows<T = Record<string, Json>>(sql: string, ...params: (string | number)[]): T[];
  /** Stops the server and starts it again on the same data, `ms` (virtual) later. `between` may change the database. */
  restart(options?: {
    readonly later?: number;
    /** Settings that are other from now on. */
    readonly flags?: Readonly<Record<string, string>>;
    readonly between?: (database: TestDatabase) => void;
  }): Promise<void>;
  /** Starts again after a start that was refused. */
  begin(flags: Readonly<Record<string, string>>): Promise<void>;
  /** Something of the test's that ends with the server. */
  atClose(end: () => void): void;
  /** Ends everything. Throws when something is left: a handle, the directory, an error in the log. */
  close(): Promise<void>;
}

/** A Tuesday in August 2026, 14:00 UTC: the releases of the sample catalog are alive, and its list is three days old. */
export const START = Date.UTC(2026, 7, 25, 14);

export async function startUptick(options: UptickOptions = {}): Promise<Uptick> {
  const before = openHandles();
  const directory = mkdtempSync(join(tmpdir(), "uptick-test-"));
  const apns = await startFakeApns();
  writeFileSync(join(directory, "apns.pem"), apns.caPem);
  const { lookupService: fake } = options;
  writeFileSync(join(directory, "lookup.pem"), fake?.caPem ?? "");
  const lookup =
    fake === undefined
      ? // Nothing listens there: what is asked without a fake must not reach Apple.
        { "lookup-service-url": "https://127.0.0.1:1/v2/pmv" }
      : { "lookup-service-url": fake.url, "lookup-service-ca": join(directory, "lookup.pem") };
  const devicePort = await reserveLoopbackPort();
  const data = join(directory, "data");
  const backend = await newBackend(data);
  const log: LogLine[] = [];
  const fatal: unknown[] = [];
  const ends: (() => void)[] = [];
  let taken = 0;
  let setup: string | undefined;
  let changed: Readonly<Record<string, string>> = {};
  /** How far the clock of plans and jobs is from the system's (ms). */
  let ahead = (options.start ?? START) - Date.now();

  async function start(): Promise<RunningServer> {
    const flags = {
      "data-dir": data,
      "device-listen": `127.0.0.1:${devicePort}`,
      "web-listen": "127.0.0.1:0",
      "public-url": `https://localhost:${devicePort}`,
      "apns-host": `${apns.host}:${apns.port}`,
      "apns-ca": join(directory, "apns.pem"),
      "catalog-fetch": "off",
      ...lookup,
      ...backend.flags,
      ...options.flags,
      ...changed,
    };
    const argv = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    const config = loadConfig({ argv, env: {}, readFile: () => "" });
    const destination = { write: (line: string) => void log.push(JSON.parse(line) as LogLine) };
    setup = undefined;
    return startServer({
      config,
      env: {},
      log: createLogger({ level: options.logLevel ?? "debug", format: "json", destination }),
      onFatal: (error) => void fatal.push(error),
      threads: options.threads ?? false,
      clock: options.clock ?? ((believed) => realClock(() => believed() + ahead)),
      makeAuthorityKey: pooledAuthorityKey,
      watchAdmin: holdReplies,
      passwordCost: 10,
      ...(options.setup === true ? { showSetup: (link: string) => void (setup = link) } : {}),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
      ...(options.bodies === undefined ? {} : { bodies: options.bodies }),
    });
  }

  let server = await start();
  const token = server.firstToken ?? "";
  const web = webClient(
    () => server.web.port,
    () => token,
  );
  if (options.push !== false)
    await server.admin.server.importPush(server.system, pushCertificate("com.apple.mgmt.External.test").pem);
  await server.admin.server.importCatalog(server.system, sampleLookupService(), { modifiedAt: SAMPLE_SERVED_AT });
  const errors = (): LogLine[] => log.filter((line) => line.level === "error");

  return {
    get server() {
      return server;
    },
    get setupLink() {
      return setup;
    },
    apns,
    backend,
    web,
    token,
    directory: data,
    devicePort,
    now: () => Date.now() + ahead,
    log,
    takeErrors() {
      const lines = errors().slice(taken);
      taken += lines.length;
      return lines;
    },
    device: (ref) => web.get(`/api/v1/devices/${encodeURIComponent(ref)}`),
    async timeline(ref) {
      const { rows } = await web.get<{ rows: TimelineEntry[] }>(
        `/api/v1/devices/${encodeURIComponent(ref)}/timeline?limit=1000`,
      );
      return rows.toReversed();
    },
    async message(ref, entry) {
      if (entry === undefined || entry.raw === null) return "";
      const reply = await web.request("GET", `/api/v1/devices/${encodeURIComponent(ref)}/timeline/${entry.seq}/raw`);
      return reply.body.toString("utf8");
    },
    async fail(when) {
      const mend = await backend.fail(when);
      return async () => {
        await mend();
        // The store writes in the order of asking: this changes nothing, and is done when all before it was.
        await server.admin.server.revokeToken(server.system, "never given").catch(() => undefined);
      };
    },
    rows<T>(sql: string, ...params: (string | number)[]) {
      const database = backend.look();
      try {
        return database.prepare(sql).all(...params) as T[];
      } finally {
        database.close();
      }
    },
    async restart({ later = 0, flags, between } = {}) {
      changed = { ...changed, ...flags };
      await server.stop();
      ahead += later;
      if (between !== undefined) {
        const database = backend.change();
        try {
          between(database);
        } finally {
          database.close();
        }
      }
      server = await start();
    },
    async begin(flags) {
      changed = { ...changed, ...flags };
      server = await start();
    },
    atClose: (end) => void ends.push(end),
    async close() {
      for (const end of ends) end();
      web.close();
      await server.stop();
      await apns.close();
      rmSync(directory, { recursive: true, force: true });
      const left = await leaksSince(before);
      const problems = [
        ...left.map((what) => `left open: ${what}`),
        ...(existsSync(directory) ? [`left behind: ${directory}`] : []),
        ...fatal.map((error) => `fatal: ${String(error)}`),
        ...errors()
          .slice(taken)
          .map((line) => `logged: ${JSON.stringify(line)}`),
      ];
      if (problems.length > 0) throw new Error(problems.join("\n"));
      failForReplyFaults();
    },
  };
}
