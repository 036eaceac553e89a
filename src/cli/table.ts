/** Aligned columns of text. */
import stringWidth from "string-width";
import { clean } from "./clean.ts";

/** Longest cell, in characters: a name of 100 KB would make every line of the table as long. */
const LONGEST = 80;
const short = (cell: string): string =>
  cell.length <= LONGEST ? cell : `${cell.slice(0, LONGEST - 1).replace(/[\ud800-\udbff]$/, "")}…`;

/**
 * Lines with the columns aligned, under a heading in capitals. Cells are made harmless; an empty one is shown as "-".
 * The last column is as long as it is, the others are cut off where they are longer than any name should be.
 */
export const table = (heading: readonly string[], rows: readonly Row[]): string[] => growingTable(heading)(rows);

type Row = readonly (string | null)[];

/** A table of which the rows come some at a time: a column grows where they are wider than those before, and never shrinks. */
export function growingTable(heading: readonly string[]): (rows: readonly Row[]) => string[] {
  let head = [heading.map((word) => word.toUpperCase())];
  const widths = heading.map(() => 0);
  return (rows) => {
    const lines = [
      ...head,
      ...rows.map((row) =>
        row.map((cell, column) => (column === row.length - 1 ? clean(cell ?? "") : short(clean(cell ?? ""))) || "-"),
      ),
    ];
    head = [];
    for (const line of lines)
      for (const [column, cell] of line.entries()) widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell));
    return lines.map((line) =>
      line
        .map((cell, column) =>
          column === line.length - 1 ? cell : cell + " ".repeat((widths[column] ?? 0) - stringWidth(cell) + 2),
        )
        .join(""),
    );
  };
}
