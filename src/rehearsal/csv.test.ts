import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CsvReader, LONGEST_CELL, MOST_CELLS } from "./csv.ts";

const read = (...pieces: readonly string[]): readonly (readonly string[])[] =>
  rows(...pieces).map(({ cells }) => cells);

function rows(...pieces: readonly string[]) {
  const reader = new CsvReader();
  return [...pieces.flatMap((piece) => [...reader.push(piece)]), ...reader.end()];
}

describe("a CSV file", () => {
  it.each([
    [
      "rows that end with LF or CRLF",
      "a,b\n1,2\r\n3,4",
      [
        ["a", "b"],
        ["1", "2"],
        ["3", "4"],
      ],
    ],
    ["quotes, separators and line breaks in quotes", 'a\n"x ""y"", \r\nz"\n', [["a"], ['x "y", \r\nz']]],
    [
      "empty cells, also quoted ones",
      'a,b\n,\n"",""\n',
      [
        ["a", "b"],
        ["", ""],
        ["", ""],
      ],
    ],
    ["empty lines, which are left out", "a\n\n\r\n1\n\n", [["a"], ["1"]]],
    ["one quoted empty cell, which is a row", 'a\n""\r\n', [["a"], [""]]],
    ["a byte order mark", '\uFEFF"a",b\n', [["a", "b"]]],
    [
      "semicolons",
      "a;b\n1,5;2\n",
      [
        ["a", "b"],
        ["1,5", "2"],
      ],
    ],
    [
      "tabs",
      "a\tb\n1\t2,3\n",
      [
        ["a", "b"],
        ["1", "2,3"],
      ],
    ],
    [
      "a separator in a quoted header, which is none",
      '"a,b";c\n1;2\n',
      [
        ["a,b", "c"],
        ["1", "2"],
      ],
    ],
    ["one column, in which a later semicolon is text", "a\nx;y\n", [["a"], ["x;y"]]],
    ["formulas, which are text", "a\n=1+1\n", [["a"], ["=1+1"]]],
    ["nothing", "", []],
  ])("has %s", (_title, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it("names the line on which a row begins", () => {
    expect(rows('a\n\n"x\ny"\nz').map(({ line }) => line)).toEqual([1, 3, 5]);
  });

  it.each([
    ["an open quote", 'a\n"x\ny\n', "Line 2 .* never closed"],
    ["a quote inside a cell", 'a\nx"y\n', "Line 2 .* not quoted"],
    ["characters after a closing quote", 'a\n"x"y\n', "Line 2 .* follow a closing quote"],
    ["a lone carriage return", "a\rb\n", "Line 1 .* carriage return"],
    ["a carriage return at the end", "a\nb\r", "Line 2 .* carriage return"],
    ["a cell that is too long", `a\n${"x".repeat(LONGEST_CELL + 1)}`, "Line 2 .* longer than"],
    ["too many cells", `a,b\n${",".repeat(MOST_CELLS)}`, "Line 2 .* more than"],
  ])("is refused for %s", (_title, text, why) => {
    expect(() => read(text)).toThrow(new RegExp(why));
  });

  it("may have cells and rows as large as is allowed", () => {
    const cells = [...Array.from({ length: MOST_CELLS - 1 }, () => "x"), "x".repeat(LONGEST_CELL)];
    expect(read(cells.join(","))).toEqual([cells]);
  });

  it("is read as it was written, however it is cut into pieces", () => {
    const cell = fc.oneof(
      fc.string({ unit: fc.constantFrom('"', ",", ";", "\r", "\n", "x", "😀", "\uFEFF") }),
      fc.string(),
    );
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(
        table,
        fc.constantFrom(",", ";", "\t"),
        fc.constantFrom("\n", "\r\n"),
        fc.integer({ min: 1, max: 9 }),
        (cells, separator, end, size) => {
          const text = cells.map((row) => row.map(quoted).join(separator)).join(end);
          const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, n) =>
            text.slice(n * size, (n + 1) * size),
          );
          expect(read(...pieces)).toEqual(cells);
        },
      ),
    );
  });

  it("is read or refused, whatever it has", () => {
    const noise = fc.string({ unit: fc.constantFrom('"', ",", ";", "\r", "\n", "x"), maxLength: 40 });
    fc.assert(
      fc.property(noise, (text) => {
        const outcome = ((): string => {
          try {
            return read(text).every((cells) => cells.length > 0) ? "read" : "empty row";
          } catch (error) {
            return (error as { code?: string }).code ?? "fault";
          }
        })();
        expect(["read", "inventory-invalid"]).toContain(outcome);
      }),
      { numRuns: 500 },
    );
  });
});
