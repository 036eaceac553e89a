/** How SQLite writes the admin's queries. */
import { type RawBuilder, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from "kysely";
import type { AdminSql } from "../admin-sql.ts";
import { lengthOf } from "../list-keys.ts";

/** As the index `job_member` has them, or none of it is read from there. */
const MEMBER = {
  reachedAt: sql`json_extract(j.member, '$.reachedAt')`,
  momentAt: sql`json_extract(j.member, '$.momentAt')`,
  whole: sql`CASE WHEN json_extract(j.member, '$.wentBackAt', '$.installingAt', '$.signs', '$.signSince', '$.report', '$.jobFailedAt', '$.hinderedSince') <> '[null,null,null,null,null,null,null]' THEN j.member END`,
};

/** Characters of what the index of texts consists of: it finds no shorter part. */
const TRIGRAM = 3;
/** Text as FTS5 takes it literally, whatever its own signs are. */
const phrase = (part: string): string => `"${part.replaceAll('"', '""')}"`;

export const sqliteSql: AdminSql = {
  createAdapter: () => new SqliteAdapter(),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
  member: MEMBER,
  sameTextAsOne: (column, texts): RawBuilder<boolean> => sql`${sql.ref(column)} COLLATE NOCASE IN (${sql.join(texts)})`,
  databaseBytes: sql`(SELECT page_count * page_size FROM pragma_page_count, pragma_page_size)`,
  apart: (value) => sql`+${value}`,
  indexedBy: (index) => sql`INDEXED BY ${sql.ref(index)}`,
  isOneOf: (text, texts): RawBuilder<boolean> =>
    sql`${text} IN (SELECT value FROM json_each(${JSON.stringify(texts)}))`,
  contains: (text, part): RawBuilder<boolean> => sql`instr(${text}, ${part}) > 0`,
  textHolds: (part) =>
    lengthOf(part) < TRIGRAM
      ? undefined
      : sql`SELECT rowid FROM listed_search WHERE listed_search MATCH ${phrase(part)}`,
};
