/** Aligned columns of text. */
import { clean } from "./clean.ts";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const WIDE = /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u;

/** Columns of a terminal that a text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/**
 * Lines with the columns aligned, under a heading in capitals. Cells are made harmless; an empty one is shown as "-".
 * The last column is as long as it is.
 */
export function table(heading: readonly string[], rows: readonly (readonly (string | null)[])[]): string[] {
  const lines = [
    heading.map((word) => word.toUpperCase()),
    ...rows.map((row) => row.map((cell) => clean(cell ?? "") || "-")),
  ];
  const widths = heading.map((_word, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ""))));
  return lines.map((line) =>
    line
      .map((cell, column) =>
        column === line.length - 1 ? cell : cell + " ".repeat((widths[column] ?? 0) - widthOf(cell) + 2),
      )
      .join(""),
  );
}
