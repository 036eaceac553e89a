/**
 * Gives tables their columns where they are shown: aligned, and within the width of a terminal. Where a row is too wide, its last
 * cell, which is a sentence in most tables, is wrapped, or stands below the row; names are cut off; and on a very narrow terminal
 * each cell has its own line.
 */
import stringWidth from "string-width";
import { CELL, table } from "./table.ts";

export interface Screen {
  /** Infinity where nothing is cut off: a file, or another program. */
  readonly columns: number;
  /** Colours a cell of the column with this heading. */
  readonly paint: (heading: string, cell: string) => string;
  /** True: a row takes one line, and its sentence is cut off; on a screen that is redrawn. */
  readonly oneLine?: true;
}

/** The table that the lines before these were of, which may continue. */
export interface Open {
  readonly heading: readonly string[];
  readonly widths: readonly number[];
}

const GAP = 2;
/** A sentence in a narrower column would be a tower of words. */
const LEAST_WRAPPED = 30;
/** A sentence that is cut off says what it is about in so many columns. */
const LEAST_CUT = 36;
/** Nothing is cut off shorter than this. */
const LEAST = 6;
/** A last cell that is not longer is no sentence. */
const SHORT = 20;

const PLAIN: Screen = { columns: Number.POSITIVE_INFINITY, paint: (_heading, cell) => cell };

/** Aligned lines, for whoever shows them elsewhere. */
export const alignedTable = (heading: readonly string[], rows: Parameters<typeof table>[1]): string[] => [
  ...laidOut(table(heading, rows), PLAIN).lines,
];

/** `before`: what an earlier call has left open. */
export function laidOut(
  lines: readonly string[],
  screen: Screen,
  before?: Open,
): { readonly lines: readonly string[]; readonly open: Open | undefined } {
  const shown: string[] = [];
  let open = before;
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? "";
    if (!line.includes(CELL)) {
      shown.push(line);
      open = undefined;
      at += 1;
      continue;
    }
    const begins = line.startsWith(CELL);
    const block = begins ? [line.slice(CELL.length).split(CELL)] : [];
    if (begins) at += 1;
    for (let next = lines[at]; next?.includes(CELL) === true && !next.startsWith(CELL); next = lines[at]) {
      block.push(next.split(CELL));
      at += 1;
    }
    const former = begins ? undefined : open;
    const heading = former?.heading ?? block[0] ?? [];
    const widths = heading.map((_word, column) =>
      Math.max(former?.widths[column] ?? 0, ...block.map((row) => stringWidth(row[column] ?? ""))),
    );
    open = { heading, widths };
    for (const row of fitted(block, open, screen, !begins)) shown.push(row);
  }
  return { lines: shown, open };
}

function fitted(block: readonly string[][], { heading, widths }: Open, screen: Screen, isContinued: boolean): string[] {
  const { columns } = screen;
  const last = widths.at(-1) ?? 0;
  const head = sum(widths.slice(0, -1)) + GAP * (widths.length - 1);
  if (head + last <= columns) return block.map((row) => lineOf(row, heading, widths, screen));
  if (screen.oneLine === true) {
    const names = shrink(widths.slice(0, -1), columns - LEAST_CUT - GAP) ?? shrink(widths.slice(0, -1), columns) ?? [];
    const room = columns - sum(names) - GAP * names.length;
    return block.map((row) => lineOf(room > 0 ? row : row.slice(0, -1), heading, [...names, room], screen));
  }
  if (columns - head >= LEAST_WRAPPED && last > SHORT)
    return block.flatMap((row) => wrappedLast(row, heading, widths, screen));
  const isSentence = last > SHORT;
  const shrunk = shrink(isSentence ? widths.slice(0, -1) : widths, columns);
  if (shrunk === undefined) return stacked(isContinued ? block : block.slice(1), heading, screen);
  return block.flatMap((row, at) => {
    if (!isSentence) return [lineOf(row, heading, shrunk, screen)];
    const line = lineOf(row.slice(0, -1), heading, shrunk, screen);
    const below = row.at(-1) ?? "-";
    const isHeading = at === 0 && !isContinued;
    return isHeading || below === "-"
      ? [line]
      : [line, ...wrap(below, columns - GAP).map((text) => `${" ".repeat(GAP)}${text}`)];
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** Widths with which all columns fit, the widest cut off first; undefined where they can't. */
function shrink(widths: readonly number[], columns: number): number[] | undefined {
  const shrunk = [...widths];
  for (let over = sum(shrunk) + GAP * (shrunk.length - 1) - columns; over > 0; over -= 1) {
    const widest = Math.max(...shrunk);
    if (widest <= LEAST) return undefined;
    shrunk[shrunk.lastIndexOf(widest)] = widest - 1;
  }
  return shrunk;
}

function lineOf(
  row: readonly string[],
  heading: readonly string[],
  widths: readonly number[],
  { paint }: Screen,
): string {
  return row
    .map((cell, column) => {
      const text = cut(cell, widths[column] ?? 0);
      const fill =
        column === row.length - 1 ? "" : " ".repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(text) + GAP));
      return `${paint(heading[column] ?? "", text)}${fill}`;
    })
    .join("");
}

/** The last cell within its column. */
function wrappedLast(
  row: readonly string[],
  heading: readonly string[],
  widths: readonly number[],
  screen: Screen,
): string[] {
  const head = sum(widths.slice(0, -1)) + GAP * (widths.length - 1);
  const [first = "", ...more] = wrap(row.at(-1) ?? "", screen.columns - head);
  return [
    lineOf([...row.slice(0, -1), first], heading, widths, screen),
    ...more.map((text) => `${" ".repeat(head)}${text}`),
  ];
}

/** A line for each cell, and an empty one between two rows. */
function stacked(rows: readonly string[][], heading: readonly string[], { columns, paint }: Screen): string[] {
  return rows.flatMap((row, at) => [
    ...(at === 0 ? [] : [""]),
    ...row.flatMap((cell, column) => {
      if (cell === "-") return [];
      const name = heading[column] ?? "";
      const [first = "", ...more] = wrap(`${name.trim()}: ${cell}`, Math.max(columns, LEAST));
      return [`${name.trim()}: ${paint(name, first.slice(name.trim().length + 2))}`, ...more];
    }),
  ]);
}

/** At most so many columns of a text, whole characters. */
function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(kept) + stringWidth(segment) > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Words on lines of at most so many columns; a word that is longer is broken. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((one) => pieces(one, width))) {
    if (line !== "" && stringWidth(line) + 1 + stringWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function pieces(word: string, width: number): string[] {
  if (stringWidth(word) <= width) return [word];
  const found: string[] = [""];
  for (const { segment } of new Intl.Segmenter().segment(word)) {
    const last = found.at(-1) ?? "";
    if (last !== "" && stringWidth(last) + stringWidth(segment) > width) found.push(segment);
    else found[found.length - 1] = last + segment;
  }
  return found;
}
