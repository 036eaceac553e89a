/** How connections to the database are made, and what their failures mean. */
import { type ClientBase, type ClientConfig, DatabaseError, Pool, type QueryResult } from "pg";
import { UptickError } from "../../errors/index.ts";
import type { Row } from "../mapping.ts";
import { Fault } from "./columns.ts";
import type { Statement } from "./sql.ts";
import { fromText } from "./text.ts";

/** Real ms. A process that hangs inside a transaction must not hold up the others for longer than this. */
const HUNG_TRANSACTION = 10_000;
const LONGEST_STATEMENT = 30_000;
/** Longer than the server's own limit: only a connection that is dead without saying so gets here. */
const LONGEST_SILENCE = 40_000;
const CONNECT = 10_000;

/** Numbers of PostgreSQL's types. */
const OID = { bytea: 17, bigint: 20, integer: 23, text: 25 } as const;
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.slice(2), "hex"));
const PARSERS: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [OID.bytea, hex],
  // Every number here is below 2^53.
  [OID.bigint, Number],
  // No column has it: it is the type of a number that a query writes.
  [OID.integer, Number],
  [OID.text, fromText],
]);
const types = { getTypeParser: (oid: number) => PARSERS.get(oid) ?? ((text: string) => text) };

export function openPool(url: string, max: number, onLost: (error: Error) => void): Pool {
  const config: ClientConfig & { max: number; onConnect(client: ClientBase): Promise<void> } = {
    connectionString: url,
    max,
    types: types as NonNullable<ClientConfig["types"]>,
    // Statements that do not need each other's answers go out together.
    pipeline: true,
    keepAlive: true,
    application_name: "uptick",
    connectionTimeoutMillis: CONNECT,
    statement_timeout: LONGEST_STATEMENT,
    query_timeout: LONGEST_SILENCE,
    idle_in_transaction_session_timeout: HUNG_TRANSACTION,
    onConnect: prepare,
  };
  const pool = new Pool(config as ClientConfig);
  // A connection that ends (the database restarts) is replaced when the next one is needed. Also one that is in use
  // needs its own listener: without it, its end would end the process.
  pool.on("connect", (client) => client.on("error", onLost));
  pool.on("error", () => undefined);
  return pool;
}

/** What was committed survives a crash, even where the database's own default is less than that. */
async function prepare(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ now: string }>("SELECT current_setting('synchronous_commit') AS now");
  if (rows[0]?.now === "off" || rows[0]?.now === "local") await client.query("SET synchronous_commit = on");
}

const names = new Map<string, string>();
/** Prepared once for each connection. */
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `uptick_${names.size}`;
    names.set(text, name);
  }
  return name;
}

export function send(client: ClientBase, { text, values }: Statement): Promise<QueryResult<Row>> {
  return client.query<Row>({ name: nameOf(text), text, values: [...values] });
}

export type Failing =
  /** The connection is of no use any more; whether a commit arrived is not known. */
  | "lost"
  /** Two transactions met; nothing is written and the same may go well the next time. */
  | "again"
  /** What was asked is at fault. */
  | "asked"
  /** The database can't do it now: no space, too many connections, … Nothing is written. */
  | "refused";

export function failingOf(error: unknown): Failing {
  if (error instanceof Fault) return "asked";
  if (!(error instanceof DatabaseError) || error.code === undefined) return "lost";
  if (error.severity === "FATAL" || error.severity === "PANIC" || /^(08|57P)/.test(error.code)) return "lost";
  if (error.code.startsWith("40")) return "again";
  return /^(21|22|23|42)/.test(error.code) ? "asked" : "refused";
}

/** For the caller. Never holds the URL: pg keeps the password out of its messages. */
export function unavailable(error: unknown, what = "The database can't be used"): UptickError {
  if (error instanceof UptickError) return error;
  const why = error instanceof AggregateError ? error.errors.map(String).join("; ") : (error as Error).message;
  return new UptickError("store-unavailable", `${what}: ${why}`, { cause: error });
}
