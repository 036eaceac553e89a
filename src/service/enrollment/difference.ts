/** How the rows of one enrollment differ from what they were, as writes: each row once, whatever became of it in between. */
import type { Rows, TableName, Write } from "../../store/index.ts";
import type { UnitRows } from "./rows.ts";

/** Rows that ended go before those that begin: a device has one live job at most at every moment. */
export function difference(before: UnitRows, after: UnitRows): Write[] {
  const { id } = before.enrollment;
  const ofDevice = { enrollmentId: id };
  return [
    ...changed("enrollment", { id }, before.enrollment, after.enrollment),
    ...changed("facts", ofDevice, before.factsRow, after.factsRow),
    ...changedAll("job", before.jobs, after.jobs, ({ id: job }) => ({ id: job })),
    ...changedAll("command", before.outstanding, after.outstanding, ({ uuid }) => ({ ...ofDevice, uuid })),
    ...changed("declarative", ofDevice, before.declarative, after.declarative),
    ...changed("assignment", ofDevice, before.assignment, after.assignment),
    ...replaced("outbox", before.pushRow, after.pushRow),
  ];
}

function changedAll<T extends TableName>(
  table: T,
  before: ReadonlyMap<string, Rows[T]>,
  after: ReadonlyMap<string, Rows[T]>,
  keyOf: (row: Rows[T]) => Partial<Rows[T]>,
): Write[] {
  const writes: Write[] = [];
  for (const [name, row] of before) writes.push(...changed(table, keyOf(row), row, after.get(name)));
  for (const [name, row] of after) {
    if (!before.has(name)) writes.push({ insert: table, row } as Write);
  }
  return writes;
}

function changed<T extends TableName>(
  table: T,
  where: Partial<Rows[T]>,
  before: Rows[T] | undefined,
  after: Rows[T] | undefined,
): Write[] {
  if (before === after) return [];
  if (after === undefined) return [{ drop: table, where } as Write];
  if (before === undefined) return [{ put: table, row: after } as Write];
  // Most rows of most messages are as they were: nothing is made before something differs.
  let set: Record<string, unknown> | undefined;
  for (const column in after) {
    const value = after[column];
    if (value !== before[column]) (set ??= {})[column] = value;
  }
  return set === undefined ? [] : [{ patch: table, where, set } as Write];
}

/** A push is written whole: a sender may have deleted it meanwhile. */
function replaced(table: "outbox", before: Rows["outbox"] | undefined, after: Rows["outbox"] | undefined): Write[] {
  if (before === after) return [];
  if (after !== undefined) return [{ put: table, row: after }];
  return before === undefined ? [] : [{ drop: table, where: { id: before.id } }];
}
