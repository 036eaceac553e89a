/** Many rows in little space: numbers that come over from another thread at once, with no object for a row, a value or a name. */
export interface Packed {
  /** Cells of a row. */
  readonly width: number;
  /** Row after row. A number is itself, null is NaN, and a text is its place in `texts`. */
  readonly cells: Float64Array<ArrayBuffer>;
  readonly texts: readonly string[];
}

/** `rows`: the values of each in the order of the columns, numbers, texts and null. */
export function packed(rows: readonly (readonly unknown[])[]): Packed {
  const width = rows[0]?.length ?? 0;
  const cells = new Float64Array(rows.length * width);
  const places = new Map<string, number>();
  let at = 0;
  for (const row of rows)
    for (let i = 0; i < width; i += 1) {
      const value = row[i];
      cells[at] = typeof value === "number" ? value : value === null ? Number.NaN : placeOf(value as string, places);
      at += 1;
    }
  return { width, cells, texts: [...places.keys()] };
}

function placeOf(text: string, places: Map<string, number>): number {
  const known = places.get(text);
  if (known !== undefined) return known;
  places.set(text, places.size);
  return places.size - 1;
}

/** The values of a row, by their place in it. */
export interface PackedRow {
  number(column: number): number;
  numberOrNull(column: number): number | null;
  textOrNull(column: number): string | null;
}

/** What `of` makes of each row. It is shown the same object each time. */
export function unpacked<T>({ width, cells, texts }: Packed, of: (row: PackedRow) => T): T[] {
  let at = 0;
  const cell = (column: number): number => cells[at + column] ?? Number.NaN;
  const row: PackedRow = {
    number: cell,
    numberOrNull(column) {
      const value = cell(column);
      return Number.isNaN(value) ? null : value;
    },
    textOrNull: (column) => texts[cell(column)] ?? null,
  };
  const made: T[] = [];
  for (; at < cells.length; at += width) made.push(of(row));
  return made;
}
