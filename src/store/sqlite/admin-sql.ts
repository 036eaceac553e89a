/** How SQLite writes the admin's queries. LIKE is blind to the case of ASCII letters by default. */
import { type RawBuilder, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from "kysely";
import type { AdminSql } from "../admin-sql.ts";

/** As the index `job_member` has them, or none of it is read from there. */
const MEMBER = {
  reachedAt: sql`json_extract(j.member, '$.reachedAt')`,
  momentAt: sql`json_extract(j.member, '$.momentAt')`,
  whole: sql`CASE WHEN json_extract(j.member, '$.wentBackAt', '$.installingAt', '$.signs', '$.signSince', '$.report', '$.jobFailedAt', '$.hinderedSince') <> '[null,null,null,null,null,null,null]' THEN j.member END`,
};

export const sqliteSql: AdminSql = {
  createAdapter: () => new SqliteAdapter(),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
  member: MEMBER,
  sameTextAsOne: (column, texts): RawBuilder<boolean> => sql`${sql.ref(column)} COLLATE NOCASE IN (${sql.join(texts)})`,
  like: (column, pattern): RawBuilder<boolean> => sql`${sql.ref(column)} LIKE ${pattern} ESCAPE '\\'`,
  databaseBytes: sql`(SELECT page_count * page_size FROM pragma_page_count, pragma_page_size)`,
};
