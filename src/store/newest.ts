/** Lists of rows with an id, the newest first: by when they were made, and by id where that is the same. */
import type { Compilable, Kysely } from "kysely";
import type { Columns } from "./admin-connection.ts";
import { page } from "./page.ts";
import type { Page } from "./admin-store.ts";
import type { TableName } from "./rows.ts";

interface Made {
  readonly id: string;
  readonly createdAt: number;
}

interface Ask {
  readonly build: Kysely<Columns>;
  readonly rows: <R>(table: TableName, query: Compilable) => Promise<R[]>;
}

/** `sqlTable`: its name in the database. `after`: `next` of the page before. */
export async function newestPage<T extends Made>(
  { build, rows }: Ask,
  [table, sqlTable]: readonly [table: TableName, sqlTable: string],
  after: string | undefined,
  limit: number,
): Promise<Page<T>> {
  let query = build
    .selectFrom(sqlTable)
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(limit + 1);
  if (after !== undefined) {
    const at = Number(after.split(" ", 1)[0]);
    const id = after.slice(after.indexOf(" ") + 1);
    query = query.where((where) =>
      where.or([where("created_at", "<", at), where.and([where("created_at", "=", at), where("id", "<", id)])]),
    );
  }
  return page(await rows<T>(table, query), limit, (row) => `${row.createdAt} ${row.id}`);
}
