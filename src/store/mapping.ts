/** Rows as a database stores them: snake_case columns, JSON as text. Every backend maps with this. */
import type { TableName } from "./rows.ts";
import type { DueRows } from "./store.ts";
import { TABLES } from "./tables.ts";

export type StoredValue = string | number | bigint | Uint8Array | null;
export type Row = Record<string, unknown>;

const SNAKE = new Map<string, string>();
/** "enrollmentId" → "enrollment_id" */
export function snake(name: string): string {
  let known = SNAKE.get(name);
  if (known === undefined) {
    known = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    SNAKE.set(name, known);
  }
  return known;
}

const CAMEL = new Map<string, string>();
/** "enrollment_id" → "enrollmentId" */
export function camel(name: string): string {
  let known = CAMEL.get(name);
  if (known === undefined) {
    known = name.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
    CAMEL.set(name, known);
  }
  return known;
}

/** A row, or some of its columns, as the database takes it; what is undefined is left out. */
export function toSql(table: TableName, row: object): Record<string, StoredValue> {
  const json = TABLES[table].json as readonly string[];
  const stored: Record<string, StoredValue> = {};
  for (const [column, value] of Object.entries(row)) {
    if (value === undefined) continue;
    stored[snake(column)] = json.includes(column) ? JSON.stringify(value) : (value as StoredValue);
  }
  return stored;
}

/** A row as the database gives it, with its JSON columns read. */
export function fromSql(table: TableName, row: object): Row {
  const json = TABLES[table].json as readonly string[];
  const read: Row = {};
  for (const [column, value] of Object.entries(row)) {
    const name = camel(column);
    read[name] = json.includes(name) ? JSON.parse(String(value)) : value;
  }
  return read;
}

/** What moves with the clock when it steps back, and which of its rows. An exclusion ends on a day, whatever the clock has said before. */
export const SHIFTED: readonly (readonly [kind: keyof DueRows, more: string])[] = [
  ["job", ""],
  ["enrollment", ""],
  ["plan", ""],
  ["policy", ""],
  ["block", ""],
  ["blackout", ""],
  ["outbox", ""],
  // The first moment is told by the certificate; only those that were tried count from when that was.
  ["renewal", " AND attempts > 0"],
  ["compliance", ""],
  ["sweep", ""],
];

/** Decisions of which nothing comes: the plan was never accepted, or was stopped first. Whom a plan has refused it shows. */
export const UNUSED_DECISIONS = `done_at IS NULL AND (plan_id NOT IN (SELECT id FROM plan)
  OR (kind <> 'refused' AND plan_id NOT IN (SELECT id FROM plan WHERE state = 'active')))`;

/** Versions of `version_history` that a later one had followed before a moment: no report of a day since then reads them. */
export const followedBefore = (before: string): string =>
  `first_seen_at < ${before} AND EXISTS (SELECT 1 FROM version_history n WHERE n.enrollment_id = version_history.enrollment_id
    AND n.first_seen_at > version_history.first_seen_at AND n.first_seen_at < ${before})`;

/** Silent by their class, which a contact that only now is written did not know: their class is due. */
export const BACK_FROM_SILENCE = "flags LIKE '% silent %'";

/** Enrollments that an admin removed before a moment, the first of them; the placeholders of a backend's SQL come in. */
const goneBefore = (n: string, before: string): string =>
  `(SELECT id FROM (SELECT id, removed_at FROM enrollment WHERE removed_at IS NOT NULL ORDER BY removed_at LIMIT ${n}) g
    WHERE g.removed_at < ${before})`;

/** All that goes with a forgotten enrollment, itself last. Its finished jobs and decisions stay: they count in their plans. */
export function forgetRemoved(n: string, before: string): readonly string[] {
  const gone = goneBefore(n, before);
  const owned = [
    "facts",
    "version_history",
    "timeline",
    "closed_command",
    "command_bytes",
    "challenge",
    "renewal",
    "declarative",
    "declaration",
    "device_status",
    "body",
    "body_batch",
    "device_tag",
    "given",
  ];
  return [
    `DELETE FROM secret WHERE owner IN (SELECT 'pending:' || fingerprint FROM certificate WHERE pending_for IN ${gone})`,
    `DELETE FROM secret WHERE owner IN ${gone}`,
    `DELETE FROM certificate WHERE pending_for IN ${gone}`,
    `DELETE FROM certificate WHERE renews IN ${gone}`,
    `DELETE FROM certificate WHERE enrollment_id IN ${gone}`,
    ...owned.map((table) => `DELETE FROM ${table} WHERE enrollment_id IN ${gone}`),
    `DELETE FROM enrollment WHERE id IN ${gone}`,
  ];
}

/** The newest stays: by its number one knows what came since. */
export const forgetEvents = (n: string, before: string): string =>
  `DELETE FROM event WHERE seq IN (SELECT seq FROM event ORDER BY seq LIMIT ${n}) AND at < ${before} AND seq < (SELECT max(seq) FROM event)`;

/** What still waits is not forgotten. */
export const forgetDeliveries = (before: string, n: string): string =>
  `DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery WHERE created_at < ${before} AND state <> 'waiting'
    ORDER BY created_at LIMIT ${n})`;
