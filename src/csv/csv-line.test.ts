import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvLine } from "./csv-line.ts";

const one = (text: string): string => csvLine([text]).slice(0, -2);

describe("a cell of CSV", () => {
  it.each<[string, string]>([
    ["Room 4", "Room 4"],
    ["", ""],
    ["a,b", '"a,b"'],
    ['12" Mac', '"12"" Mac"'],
    ["a\nb", '"a\nb"'],
    ["a\r\nb", '"a\r\nb"'],
    ["a\tb", "a\tb"],
    // Formulas.
    ["=1+1", "'=1+1"],
    ['=HYPERLINK("https://x","y")', `"'=HYPERLINK(""https://x"",""y"")"`],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ["\r=1", `"'\r=1"`],
    ["a=1", "a=1"],
    // What a terminal would obey.
    ["\u001b[2J", "\\u{1b}[2J"],
    ["a\u202eb", "a\\u{202e}b"],
  ])("%j is %j", (text, expected) => expect(one(text)).toBe(expected));

  it("is empty where nothing is known, and a number and a boolean are their words", () =>
    expect(csvLine([null, 3, "x", true])).toBe(",3,x,true\r\n"));
});

/** A reader of RFC 4180. */
function read(text: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  while (at < text.length) {
    let cell = "";
    if (text[at] === '"') {
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
        cell += text[at];
        if (text[at] === '"') at += 1;
      }
      at += 1;
    } else for (; !/[,\r]/.test(text[at] ?? ","); at += 1) cell += text[at];
    rows.at(-1)?.push(cell);
    if (text[at] === ",") at += 1;
    else {
      at += 2;
      if (at < text.length) rows.push([]);
    }
  }
  return rows;
}

describe("rows of CSV", () => {
  const hostile = fc.string({
    unit: fc.constantFrom("=", "+", "-", "@", "\t", "\r", "\n", '"', ",", "'", "a", "\0", "é"),
  });

  it("are read again as they were, and no cell begins as a formula does", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(hostile, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        (rows) => {
          const cells = read(rows.map(csvLine).join(""));
          const written = rows.map((row) => row.map((cell) => cell.replaceAll("\0", "\\u{00}")));
          expect(cells.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
          expect(cells).toEqual(
            written.map((row) => row.map((cell) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell))),
          );
        },
      ),
    );
  });
});
