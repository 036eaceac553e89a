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
export function table(heading: readonly string[], rows: readonly (readonly (string | null)[])[]): string[] {
  const lines = [
    heading.map((word) => word.toUpperCase()),
    ...rows.map((row) =>
      row.map((cell, column) => (column === row.length - 1 ? clean(cell ?? "") : short(clean(cell ?? ""))) || "-"),
    ),
  ];
  const widths = heading.map((_word, column) => Math.max(...lines.map((line) => stringWidth(line[column] ?? ""))));
  return lines.map((line) =>
    line
      .map((cell, column) =>
        column === line.length - 1 ? cell : cell + " ".repeat((widths[column] ?? 0) - stringWidth(cell) + 2),
      )
      .join(""),
  );
}
