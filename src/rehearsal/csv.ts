/**
 * Reads CSV (RFC 4180) piece by piece, strictly: what is broken is refused with its line, as a guess would shift columns unseen.
 * Lines end with CRLF or LF. The separator is the first of `,` `;` and tab that the first row has outside quotes: spreadsheets
 * in much of Europe write semicolons.
 */
import { UptickError } from "../errors/index.ts";

export interface CsvRow {
  /** The line of the file on which it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** More than any inventory needs, and little enough that a file that is no CSV can't fill the memory. */
export const MOST_CELLS = 500;
export const LONGEST_CELL = 65_536;

const SEPARATORS: ReadonlySet<string> = new Set([",", ";", "\t"]);
const BOM = "\uFEFF";

/** `cr`: after a carriage return, which only a line feed may follow. `closed`: after a quote that may have ended its cell. */
type Where = "start" | "bare" | "quoted" | "closed" | "cr";

/** Give it the text in pieces of any size. Errors: `inventory-invalid`. Lines without any character are left out. */
export class CsvReader {
  #where: Where = "start";
  #separator: string | undefined;
  #cell = "";
  #cells: string[] = [];
  #line = 1;
  #rowLine = 1;
  #isFirst = true;
  /** The cell was in quotes: a row of one empty cell in quotes is a row, an empty line is none. */
  #isQuoted = false;

  /** The rows that end in this piece. */
  *push(text: string): Generator<CsvRow> {
    for (const char of this.#isFirst && text.startsWith(BOM) ? text.slice(1) : text) {
      const row = this.#take(char);
      if (row !== undefined) yield row;
    }
    if (text !== "") this.#isFirst = false;
  }

  /** The last row, where the file does not end with a line break. */
  *end(): Generator<CsvRow> {
    if (this.#where === "quoted") throw invalid(this.#rowLine, "a quote is opened here and never closed");
    if (this.#where === "cr") throw invalid(this.#line, "a carriage return stands without a line feed");
    const row = this.#endRow();
    if (row !== undefined) yield row;
  }

  #take(char: string): CsvRow | undefined {
    if (this.#where === "quoted") {
      if (char === '"') this.#where = "closed";
      else this.#add(char);
      return undefined;
    }
    if (this.#where === "closed" && char === '"') {
      this.#where = "quoted";
      this.#add(char);
      return undefined;
    }
    if (char === "\n") return this.#endLine();
    if (this.#where === "cr") throw invalid(this.#line, "a carriage return stands without a line feed");
    if (char === "\r") this.#where = "cr";
    else if (this.#separates(char)) this.#endCell();
    else if (this.#where === "closed") throw invalid(this.#line, "characters follow a closing quote");
    else if (char !== '"') {
      this.#where = "bare";
      this.#add(char);
    } else if (this.#where === "start") {
      this.#where = "quoted";
      this.#isQuoted = true;
    } else throw invalid(this.#line, "a quote stands inside a cell that is not quoted");
    return undefined;
  }

  #separates(char: string): boolean {
    if (this.#separator === undefined && SEPARATORS.has(char)) this.#separator = char;
    return char === this.#separator;
  }

  #add(char: string): void {
    if (this.#cell.length >= LONGEST_CELL)
      throw invalid(this.#rowLine, `a cell is longer than ${LONGEST_CELL} characters`);
    if (char === "\n") this.#line += 1;
    this.#cell += char;
  }

  #endCell(): void {
    if (this.#cells.length >= MOST_CELLS) throw invalid(this.#rowLine, `a row has more than ${MOST_CELLS} cells`);
    this.#cells.push(this.#cell);
    this.#cell = "";
    this.#where = "start";
  }

  #endLine(): CsvRow | undefined {
    const row = this.#endRow();
    this.#line += 1;
    this.#rowLine = this.#line;
    return row;
  }

  #endRow(): CsvRow | undefined {
    const isEmpty = this.#cells.length === 0 && this.#cell === "" && !this.#isQuoted;
    this.#endCell();
    const cells = this.#cells;
    this.#cells = [];
    this.#isQuoted = false;
    if (isEmpty) return undefined;
    // A file of one column shows no separator, and none may appear later.
    this.#separator ??= ",";
    return { line: this.#rowLine, cells };
  }
}

export const invalid = (line: number, why: string): UptickError =>
  new UptickError("inventory-invalid", `Line ${line} of the inventory can't be read: ${why}.`);
