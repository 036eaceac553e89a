/** What a change made of its object, on one line: `state: active → stopped`. */
import type { AuditEntry } from "../contract/index.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Characters of one value, and of the whole. */
const LONGEST = 60;
const WHOLE = 200;

const short = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function valueWords(value: unknown): string {
  if (value === undefined || value === null) return "none";
  return short(typeof value === "string" ? value : JSON.stringify(value), LONGEST);
}

const fieldsOf = (value: AuditEntry["before"]): Fields | null =>
  typeof value === "object" ? (value as Fields | null) : null;

/** Null where nothing is known of it. */
export function changeWords({ before, after }: Pick<AuditEntry, "before" | "after">): string | null {
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  if (was === null && is === null) return null;
  const fields = [...new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})])];
  const words = fields
    .filter((field) => (was?.[field] ?? null) !== null || (is?.[field] ?? null) !== null)
    .map((field) => {
      if (was === null) return `${field}: ${valueWords(is?.[field])}`;
      if (is === null) return `${field}: ${valueWords(was[field])}`;
      return `${field}: ${valueWords(was[field])} → ${valueWords(is[field])}`;
    });
  const done = was === null ? "new, " : is === null ? "removed, " : "";
  return short(`${done}${words.join("; ")}`, WHOLE);
}
