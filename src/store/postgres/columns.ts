/** What type each column has, asked of the database once: arrays of values are sent with it. */
import type { ClientBase } from "pg";
import { camel, snake } from "../mapping.ts";
import type { TableName } from "../rows.ts";
import { TABLES } from "../tables.ts";

/** table → column (as rows name it) → "text", "bigint" or "bytea" */
export type ColumnTypes = ReadonlyMap<TableName, ReadonlyMap<string, string>>;

export async function readColumnTypes(client: ClientBase): Promise<ColumnTypes> {
  const sql = `SELECT table_name AS "table", column_name AS "column", data_type AS type
    FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY ordinal_position`;
  const { rows } = await client.query<{ table: string; column: string; type: string }>(sql);
  const types = new Map<TableName, Map<string, string>>();
  for (const name of Object.keys(TABLES) as TableName[]) {
    const own = rows.filter(({ table }) => table === snake(name));
    types.set(name, new Map(own.map(({ column, type }) => [camel(column), type])));
  }
  return types;
}

/** What was asked makes no sense here: the asker's fault, not the database's. */
export class Fault extends Error {}

export function typeOf(types: ColumnTypes, table: TableName, column: string): string {
  const type = types.get(table)?.get(column);
  if (type === undefined) throw new Fault(`there is no column ${column} in ${table}`);
  return type;
}
