/** How SQLite writes the admin's queries. LIKE is blind to the case of ASCII letters by default. */
import { type RawBuilder, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from "kysely";
import type { AdminSql } from "../admin-sql.ts";

export const sqliteSql: AdminSql = {
  createAdapter: () => new SqliteAdapter(),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
  sameTextAsOne: (column, texts): RawBuilder<boolean> => sql`${sql.ref(column)} COLLATE NOCASE IN (${sql.join(texts)})`,
  like: (column, pattern): RawBuilder<boolean> => sql`${sql.ref(column)} LIKE ${pattern} ESCAPE '\\'`,
};
