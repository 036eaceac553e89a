/** What commands on the server's own machine work on: its store, without a server. */
import { readFileSync } from "node:fs";
import { UptickError } from "../errors/index.ts";
import type { Ports } from "../service/index.ts";
import { type Config, loadConfig } from "./config/index.ts";
import { hasDatabase } from "./data-files.ts";
import { createIds, randomBytes } from "./ids.ts";
import { createLogger, type Logger } from "./log.ts";
import { openStore } from "./open-store.ts";
import type { ServeIo } from "./serve.ts";

export interface OwnStore {
  readonly config: Config;
  readonly log: Logger;
  readonly ports: Pick<Ports, "devices" | "random" | "newId" | "now">;
}

/**
 * Opens it, does the work and closes it. In a data directory the lock keeps it from a server that runs. In PostgreSQL the database's own
 * login protects it, and servers may run. Throws `database-missing`, `data-directory-in-use`.
 */
export async function withOwnStore<T>(io: ServeIo, work: (store: OwnStore) => Promise<T>): Promise<T> {
  const config = loadConfig({ argv: io.argv, env: io.env, readFile: (path) => readFileSync(path, "utf8") });
  const { database, dataDir } = config;
  if (database === undefined && !hasDatabase(dataDir)) {
    throw new UptickError("database-missing", `There is no database of a server in ${dataDir}.`, {
      remedy: "Name the server's own data directory with --data-dir (or its database with --database).",
    });
  }
  const log = createLogger({ level: config.logLevel, format: config.logFormat, destination: io.stderr });
  const store = await openStore(config, log, (error) => log.error("store-ended", { error }));
  try {
    const newId = createIds({ now: () => Date.now(), random: randomBytes });
    const ports = { devices: store.devices, random: randomBytes, newId, now: () => Date.now() };
    return await work({ config, log, ports });
  } finally {
    await store.close();
  }
}
