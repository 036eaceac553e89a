/**
 * Rows as CSV (RFC 4180). A cell that a spreadsheet would take for a formula gets an apostrophe in front, as others choose the
 * names of devices (console P2); what a terminal would obey is written out, except tabs and line breaks.
 */
import { clean } from "./clean.ts";

/** What a spreadsheet takes for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;

type Cell = string | number | boolean | null;

function cell(value: Cell): string {
  if (value === null) return "";
  const harmless = String(value)
    .split(/([\t\r\n])/)
    .map((part, n) => (n % 2 === 0 ? clean(part) : part))
    .join("");
  const text = FORMULA.test(harmless) ? `'${harmless}` : harmless;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One row with its end (CRLF); null is an empty cell, a boolean is `true` or `false`. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(cell).join(",")}\r\n`;
