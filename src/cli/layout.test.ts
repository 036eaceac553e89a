import fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { laidOut, type Screen } from "./layout.ts";
import { growingTable, table } from "./table.ts";

const at = (columns: number): Screen => ({ columns, paint: (_heading, cell) => cell });
const HEAD = ["device", "serial", "state", "verdict"];
const ROWS = [
  [
    "MacBook Pro of the third meeting room",
    "C02XXXXXXXXX",
    "blocked",
    "Blocked: the battery is too low. Plug the device in.",
  ],
  ["iPad", "DMPXXXXXXXXX", "done", "Up to date: seen on 26.6.1 after the update."],
  ["iPhone", null, "asking", null],
];
const shown = (columns: number): readonly string[] => laidOut(table(HEAD, ROWS), at(columns)).lines;

describe("a table on a terminal", () => {
  it("is as wide as it is where there is room, and in a file", () => {
    expect(shown(Number.POSITIVE_INFINITY)).toEqual(shown(200));
    expect(shown(200)[1]).toMatch(
      /^MacBook Pro of the third meeting room {2}C02XXXXXXXXX {2}blocked {2}Blocked: .* in\.$/,
    );
  });

  it("wraps its sentences within their column where that is wide enough", () => {
    expect(shown(100).slice(1, 4)).toEqual([
      "MacBook Pro of the third meeting room  C02XXXXXXXXX  blocked  Blocked: the battery is too low. Plug",
      `${" ".repeat(62)}the device in.`,
      `iPad${" ".repeat(35)}DMPXXXXXXXXX  done     Up to date: seen on 26.6.1 after the`,
    ]);
  });

  it("cuts names off and puts sentences below their row where it is not", () => {
    expect(shown(44)).toEqual([
      "DEVICE                 SERIAL        STATE",
      "MacBook Pro of the t…  C02XXXXXXXXX  blocked",
      "  Blocked: the battery is too low. Plug the",
      "  device in.",
      "iPad                   DMPXXXXXXXXX  done",
      "  Up to date: seen on 26.6.1 after the",
      "  update.",
      "iPhone                 -             asking",
    ]);
  });

  it("gives each cell a line on a terminal that is very narrow", () => {
    expect(shown(20).slice(0, 7)).toEqual([
      "DEVICE: MacBook Pro",
      "of the third meeting",
      "room",
      "SERIAL: C02XXXXXXXXX",
      "STATE: blocked",
      "VERDICT: Blocked:",
      "the battery is too",
    ]);
  });

  it("never is wider than the terminal, and loses no row and no sentence", () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom("会議室の端末", "👩\u200d👩\u200d👧 left", "x".repeat(70), "a b c d e f g"),
    );
    const cells = fc.array(fc.array(text, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(cells, fc.integer({ min: 20, max: 120 }), (rows, columns) => {
        const lines = table(HEAD, rows);
        const found = laidOut(lines, at(columns)).lines;
        for (const line of found) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
        expect(found.length).toBeGreaterThanOrEqual(rows.length);
        const letters = (some: readonly string[]): string => some.join("").replaceAll(/\s/g, "");
        for (const line of lines.slice(1)) {
          const sentence = (line.split("\u001f").at(-1) ?? "").replace(/^-$/, "");
          for (const letter of stringWidth(sentence) > 20 ? letters([sentence]) : "")
            expect(letters(found)).toContain(letter);
        }
      }),
    );
  });

  it("keeps the columns of what was shown before, and begins again with each heading", () => {
    const grow = growingTable(["name", "id"]);
    const first = laidOut(grow([["a long name", "1"]]), at(80));
    const second = laidOut(grow([["b", "2"]]), at(80), first.open);
    expect([...first.lines, ...second.lines]).toEqual(["NAME         ID", "a long name  1", "b            2"]);
    const third = laidOut(table(["name", "id"], [["c", "3"]]), at(80), second.open);
    expect(third.lines).toEqual(["NAME  ID", "c     3"]);
    expect(laidOut(["a line"], at(80), third.open).open).toBeUndefined();
  });

  it("leaves lines that are no table as they are, whatever they hold", () => {
    const lines = ["", "a\tb", "x".repeat(200), "é  b"];
    expect(laidOut(lines, at(20)).lines).toEqual(lines);
  });
});
