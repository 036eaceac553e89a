/** Which work a write makes due, so that whoever waits for the next of it need not ask again and again. */
import type { DueRows } from "./store.ts";
import type { Write } from "./transaction.ts";

/** What can be due, and its table. */
export const DUE_KINDS = [
  "enrollment",
  "job",
  "plan",
  "policy",
  "block",
  "outbox",
  "renewal",
] as const satisfies readonly (keyof DueRows)[];

const KINDS: ReadonlySet<string> = new Set(DUE_KINDS);

/** The earliest moment (ms UTC) at which something of a kind that was written may be claimed. */
export type Due = Map<keyof DueRows, number>;

/** Adds what `write` makes due. A lease that is given back says nothing of the moment: that may be now. */
export function addDue(due: Due, write: Write): void {
  const [table, values] =
    "put" in write
      ? [write.put, write.row]
      : "insert" in write
        ? [write.insert, write.row]
        : "patch" in write
          ? [write.patch, write.set]
          : [write.drop, {}];
  if (!KINDS.has(table)) return;
  const { dueAt, leaseUntil } = values as { dueAt?: number | null; leaseUntil?: number };
  if (dueAt === null || (dueAt === undefined && leaseUntil === undefined)) return;
  const kind = table as keyof DueRows;
  const at = dueAt ?? 0;
  if (at < (due.get(kind) ?? Number.POSITIVE_INFINITY)) due.set(kind, at);
}

/** Tells `listener`, where there is one. */
export function tellDue(due: Due, listener: ((kind: keyof DueRows, at: number) => void) | undefined): void {
  if (listener !== undefined) for (const [kind, at] of due) listener(kind, at);
}
