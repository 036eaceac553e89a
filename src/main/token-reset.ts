/**
 * `uptick token reset`: a new admin token for whoever may write to the server's data, where no token is at hand. In a data
 * directory the lock keeps it from a server that runs. In PostgreSQL the database's own login protects it, and servers may
 * run: they look tokens up with every request.
 */
import { readFileSync } from "node:fs";
import { UptickError } from "../errors/index.ts";
import { addResetToken } from "../service/index.ts";
import { loadConfig } from "./config/index.ts";
import { hasDatabase } from "./data-files.ts";
import { createIds, randomBytes } from "./ids.ts";
import { createLogger } from "./log.ts";
import { openStore } from "./open-store.ts";
import type { ServeIo } from "./serve.ts";

/** The token alone goes to stdout. Throws `database-missing`, `data-directory-in-use`. */
export async function tokenReset(io: ServeIo): Promise<number> {
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
    // Stored, then printed: what is printed works, and a token that nobody has seen lets nobody in.
    const { name, token } = await addResetToken(ports);
    log.warn("admin-token-reset", { name, at: new Date(ports.now()).toISOString() });
    io.stdout.write(`${token}\n`);
    io.stderr.write(
      `This is the admin token "${name}", shown only this once. All other tokens still work: see them with uptick token list,\n` +
        "end those that should not with uptick token revoke NAME.\n",
    );
    return 0;
  } finally {
    await store.close();
  }
}
