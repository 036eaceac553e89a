/** Which work a write makes due, so that whoever waits for the next of it need not ask again and again. */
import type { TableName } from "./rows.ts";
import type { DueRows } from "./store.ts";
import type { Write } from "./transaction.ts";

/** Where it stands when a kind of work is due, and until when it is leased. */
export interface DueColumns {
  readonly table: TableName;
  readonly due: string;
  readonly lease: string;
}

const own = (table: TableName): DueColumns => ({ table, due: "dueAt", lease: "leaseUntil" });

/** What can be due. */
export const DUE: { readonly [K in keyof DueRows]: DueColumns } = {
  enrollment: own("enrollment"),
  job: own("job"),
  plan: own("plan"),
  policy: own("policy"),
  block: own("block"),
  blackout: own("blackout"),
  outbox: own("outbox"),
  renewal: own("renewal"),
  compliance: { table: "enrollment", due: "classDueAt", lease: "classLeaseUntil" },
  exclusion: { table: "enrollment", due: "excludedDueAt", lease: "excludedLeaseUntil" },
  sweep: own("sweep"),
  webhook: own("webhook"),
};
export const DUE_KINDS = Object.keys(DUE) as readonly (keyof DueRows)[];

const BY_TABLE: ReadonlyMap<string, readonly (keyof DueRows)[]> = Map.groupBy(DUE_KINDS, (kind) => DUE[kind].table);

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
  for (const kind of BY_TABLE.get(table) ?? []) {
    const { [DUE[kind].due]: dueAt, [DUE[kind].lease]: leaseUntil } = values as Readonly<Record<string, number | null>>;
    if (dueAt === null || (dueAt === undefined && leaseUntil === undefined)) continue;
    const at = dueAt ?? 0;
    if (at < (due.get(kind) ?? Number.POSITIVE_INFINITY)) due.set(kind, at);
  }
}

/** Tells `listener`, where there is one. */
export function tellDue(due: Due, listener: ((kind: keyof DueRows, at: number) => void) | undefined): void {
  if (listener !== undefined) for (const [kind, at] of due) listener(kind, at);
}
