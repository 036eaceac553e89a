/** Writes of one row, joined: a transaction that changes a row in several steps writes it once. */
import type { Rows, TableName, Write } from "../../store/index.ts";

/**
 * Adds a patch of the row that `where` names. Where the last write of that row puts or patches it, the patch becomes a part
 * of that: writes of other rows in between see no difference, since a write reads nothing.
 */
export function patchInto<T extends TableName>(
  writes: Write[],
  table: T,
  where: Partial<Rows[T]>,
  set: Partial<Rows[T]>,
): void {
  const at = writes.findLastIndex((write) => isOf(write, table, where));
  const last = writes[at];
  if (last === undefined || "drop" in last) writes.push({ patch: table, where, set } as Write);
  else if ("patch" in last) writes[at] = { ...last, set: { ...last.set, ...set } } as Write;
  else writes[at] = { ...last, row: { ...last.row, ...set } } as Write;
}

/** Adds a whole row; one that was put or patched before is not written twice. */
export function putInto<T extends TableName>(writes: Write[], table: T, where: Partial<Rows[T]>, row: Rows[T]): void {
  const at = writes.findLastIndex((write) => isOf(write, table, where));
  const put = { put: table, row } as Write;
  const last = writes[at];
  if (last !== undefined && "put" in last) writes[at] = put;
  else writes.push(put);
}

function isOf(write: Write, table: TableName, where: object): boolean {
  const [of, its] =
    "put" in write
      ? [write.put, write.row]
      : "insert" in write
        ? [write.insert, write.row]
        : "patch" in write
          ? [write.patch, write.where]
          : [write.drop, write.where];
  if (of !== table) return false;
  const named: Readonly<Record<string, unknown>> = { ...its };
  return Object.entries(where).every(([column, value]) => named[column] === value);
}
