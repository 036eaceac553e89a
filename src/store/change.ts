/**
 * What an object was before a change and is after it, as the audit keeps it: little, without secrets, and of an edit only the fields that
 * differ. A transaction says the two (`Decision.change`); the row of the audit gets them in the same commit.
 */
import type { Json } from "./rows.ts";
import type { Change, Pictured, Write } from "./transaction.ts";

/** Characters of a text, entries of a list, fields of an object. */
const LONGEST = 500;
const MOST = 50;
/** Lists and objects within each other. */
const DEEPEST = 6;
/** Characters of the whole as JSON; what is larger by many small parts is left out. */
const LARGEST = 16_384;

/** No picture has these. If one ever does, its value does not get into the audit. */
const SECRET = /password|passphrase|secret|token|private|challenge|credential|cookie/i;
const REMOVED = "‹removed›";

/** The two documents of a row. */
export function documentsOf({ before, after }: Change): { readonly before: Json; readonly after: Json } {
  const same = (field: string): boolean =>
    before !== null && after !== null && JSON.stringify(before[field]) === JSON.stringify(after[field]);
  const kept = (picture: Pictured | null): Json => {
    if (picture === null) return null;
    const fields = Object.entries(picture).filter(([field, value]) => value !== undefined && !same(field));
    const bounded = boundedJson(Object.fromEntries(fields) as Json, DEEPEST);
    const { length } = JSON.stringify(bounded);
    return length > LARGEST ? { leftOut: `${length} characters` } : bounded;
  };
  return { before: kept(before), after: kept(after) };
}

function boundedJson(value: Json, deep: number): Json {
  if (typeof value === "string") return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  if (typeof value !== "object" || value === null) return value;
  if (deep === 0) return "…";
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    const more = list.length > MOST ? [`… and ${list.length - MOST} more`] : [];
    return [...list.slice(0, MOST).map((one) => boundedJson(one, deep - 1)), ...more];
  }
  const fields = Object.entries(value as Readonly<Record<string, Json>>);
  const kept = fields
    .slice(0, MOST)
    .map(([name, one]) => [name, SECRET.test(name) ? REMOVED : boundedJson(one, deep - 1)]);
  const more = fields.length > MOST ? [["…", `and ${fields.length - MOST} more`]] : [];
  return Object.fromEntries([...kept, ...more]) as Json;
}

/** What is written beside a transaction; the row of the audit among it tells what the transaction has changed. */
export function alsoWritten(also: readonly Write[], change: Change | undefined): readonly Write[] {
  if (change === undefined) return also;
  return also.map((write): Write => {
    if (!("insert" in write) || write.insert !== "audit") return write;
    return { insert: "audit", row: { ...write.row, ...documentsOf(change) } };
  });
}
