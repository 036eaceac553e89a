/**
 * Columns that repeat what another column of their row says, so that rows are found and sorted by them and no text is searched. The
 * store fills them, whoever writes that column: they can't say anything else than it does.
 */
import type { Job, PushTrouble } from "../plans/index.ts";
import { textKey, versionKey } from "./list-keys.ts";
import type { Write } from "./transaction.ts";
import type { Row } from "./mapping.ts";
import type { TableName } from "./rows.ts";

interface Derived {
  readonly from: string;
  readonly columns: (document: unknown) => Row;
}

const DERIVED: { readonly [T in TableName]?: readonly Derived[] } = {
  job: [
    {
      from: "doc",
      columns: (doc) => ({
        needsUser: (doc as Partial<Job>).bootstrapToken === undefined ? 0 : 1,
        mechanism: mechanismIn(doc as Partial<Job>),
      }),
    },
  ],
  enrollment: [
    {
      from: "pushTrouble",
      columns(document) {
        const trouble = document as PushTrouble | null;
        return { pushTroubleReason: trouble?.reason ?? null, pushTroubleSince: trouble?.since ?? null };
      },
    },
    { from: "deviceName", columns: (name) => ({ nameKey: textKey(name as string | null) }) },
    { from: "osVersion", columns: (version) => ({ osKey: versionKey(version as string | null) }) },
  ],
};

/** As a view of the job shows it. Null: it was over before the device could be told. */
function mechanismIn({ target, state, mechanism }: Partial<Job>): string | null {
  return target === undefined || state === "refused" ? null : (mechanism ?? "command");
}

/** The columns to be written, with those that follow from others among them. */
export function withDerived(table: TableName, columns: Row): Row {
  const derived = DERIVED[table];
  if (derived === undefined) return columns;
  let all = columns;
  for (const { from, columns: of } of derived) if (columns[from] !== undefined) all = { ...all, ...of(columns[from]) };
  return all;
}

/** The write as a backend has to do it. */
export function derivedWrite(write: Write): Write {
  if ("put" in write) return { ...write, row: withDerived(write.put, write.row as unknown as Row) } as unknown as Write;
  if ("insert" in write)
    return { ...write, row: withDerived(write.insert, write.row as unknown as Row) } as unknown as Write;
  if ("patch" in write) return { ...write, set: withDerived(write.patch, write.set as Row) } as unknown as Write;
  return write;
}
