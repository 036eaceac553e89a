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
  like: (column, pattern): RawBuilder<boolean> => sql`${sql.ref(column)} ILIKE ${pattern} ESCAPE '\\'`,
  databaseBytes: sql`pg_database_size(current_database())`,
};
