/** Tables as lines whose cells are apart; where they are shown, `layout.ts` gives them columns. */
import { clean } from "./clean.ts";

/** Between the cells of a line, and before the first of a heading. No text that was made harmless has it. */
export const CELL = "\u001f";

type Row = readonly (string | null)[];

/** Longest cell, in characters: a name of 100 KB would make every line of the table as long. */
const LONGEST = 80;
const short = (cell: string): string =>
  cell.length <= LONGEST ? cell : `${cell.slice(0, LONGEST - 1).replace(/[\ud800-\udbff]$/, "")}…`;

/**
 * The lines of a table, its heading in capitals. Cells are made harmless; an empty one is shown as "-". The last column is as long as
 * it is, the others are cut off where they are longer than any name should be.
 */
export const table = (heading: readonly string[], rows: readonly Row[]): string[] => [
  `${CELL}${heading.map((word) => word.toUpperCase()).join(CELL)}`,
  ...rows.map(lineOf),
];

const lineOf = (row: Row): string =>
  row
    .map((cell, column) => (column === row.length - 1 ? clean(cell ?? "") : short(clean(cell ?? ""))) || "-")
    .join(CELL);

/** A table of which the rows come some at a time: what is shown first has the heading. */
export function growingTable(heading: readonly string[]): (rows: readonly Row[]) => string[] {
  let isFirst = true;
  return (rows) => {
    const lines = table(heading, rows);
    const shown = isFirst ? lines : lines.slice(1);
    isFirst = false;
    return shown;
  };
}
