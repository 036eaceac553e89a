/** How PostgreSQL writes the admin's queries. Columns are collated "C", so case is that of ASCII letters, as in SQLite. */
import { PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, type RawBuilder, sql } from "kysely";
import type { AdminSql } from "../admin-sql.ts";

export const postgresSql: AdminSql = {
  createAdapter: () => new PostgresAdapter(),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
  member: { reachedAt: sql`NULL`, momentAt: sql`NULL`, whole: sql`j.member` },
  sameTextAsOne: (column, texts): RawBuilder<boolean> =>
    sql`lower(${sql.ref(column)}) IN (${sql.join(texts.map((text) => sql`lower(${text} COLLATE "C")`))})`,
  databaseBytes: sql`pg_database_size(current_database())`,
  apart: (value) => value,
  indexedBy: () => sql``,
  isOneOf: (text, texts): RawBuilder<boolean> =>
    sql`${text} IN (SELECT value FROM json_array_elements_text(CAST(${JSON.stringify(texts)} AS json)))`,
  contains: (text, part): RawBuilder<boolean> => sql`strpos(${text}, ${part}) > 0`,
  // By trigrams where the extension is there.
  textHolds: (part) =>
    sql`SELECT s.n FROM listed_text s WHERE s.text LIKE ${`%${part.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`}`,
};
