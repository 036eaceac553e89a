/**
 * Columns that repeat what a JSON column of their row says, so that rows are found by them and no text is searched. The
 * store fills them, whoever writes the document: they can't say anything else than it does.
 */
import type { Job, PushTrouble } from "../plans/index.ts";
import type { Write } from "./transaction.ts";
import type { Row } from "./mapping.ts";
import type { TableName } from "./rows.ts";

interface Derived {
  readonly from: string;
  readonly columns: (document: unknown) => Row;
}

const DERIVED: { readonly [T in TableName]?: Derived } = {
  job: {
    from: "doc",
    columns: (doc) => ({ needsUser: (doc as Partial<Job>).bootstrapToken === undefined ? 0 : 1 }),
  },
  enrollment: {
    from: "pushTrouble",
    columns(document) {
      const trouble = document as PushTrouble | null;
      return { pushTroubleReason: trouble?.reason ?? null, pushTroubleSince: trouble?.since ?? null };
    },
  },
};

/** The columns to be written, with those that follow from a document among them. */
export function withDerived(table: TableName, columns: Row): Row {
  const derived = DERIVED[table];
  if (derived === undefined || columns[derived.from] === undefined) return columns;
  return { ...columns, ...derived.columns(columns[derived.from]) };
}

/** The write as a backend has to do it. */
export function derivedWrite(write: Write): Write {
  if ("put" in write) return { ...write, row: withDerived(write.put, write.row as unknown as Row) } as unknown as Write;
  if ("insert" in write)
    return { ...write, row: withDerived(write.insert, write.row as unknown as Row) } as unknown as Write;
  if ("patch" in write) return { ...write, set: withDerived(write.patch, write.set as Row) } as unknown as Write;
  return write;
}
