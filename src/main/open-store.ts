/** Opens the store that the settings ask for. Only that backend's code is loaded. */
import { TRANSACTIONS_MODULE } from "../service/index.ts";
import type { AdminStore, DeviceStore } from "../store/index.ts";
import type { Config } from "./config/index.ts";
import { makeDatabaseFiles, prepareDataDirectory } from "./data-files.ts";
import type { Logger } from "./log.ts";

export interface OpenedStore {
  readonly devices: DeviceStore;
  readonly admin: AdminStore;
  /** Other processes of this server may use it at the same time. */
  readonly shared: boolean;
  /** Of the embedded store only. */
  readonly pragmas?: () => Promise<{ readonly synchronous: number; readonly journalMode: string }>;
  close(): Promise<void>;
}

/**
 * `threads`: false for an embedded store that works on the event loop of its caller. Throws `config-invalid`,
 * `data-directory-in-use`, `schema-newer`, `store-unavailable`.
 */
export async function openStore(
  { database, dataDir }: Pick<Config, "database" | "dataDir">,
  log: Logger,
  onFatal: (error: unknown) => void,
  threads = true,
): Promise<OpenedStore> {
  prepareDataDirectory(dataDir, log, { make: database === undefined });
  if (database !== undefined) {
    const { openPostgresStore } = await import("../store/postgres/index.ts");
    const onLost = (error: Error): void => log.warn("database-connection-lost", { error });
    return { ...(await openPostgresStore({ url: database, onLost })), shared: true };
  }
  makeDatabaseFiles(dataDir);
  const { openSqliteInProcess, openSqliteStore } = await import("../store/sqlite/index.ts");
  const options = { directory: dataDir, transactions: TRANSACTIONS_MODULE };
  const store = threads ? openSqliteStore({ ...options, onFatal }) : openSqliteInProcess(options);
  return { ...(await store), shared: false };
}
