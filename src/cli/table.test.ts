import fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { alignedTable as table } from "./layout.ts";

/** Names that people give to devices, and the columns a terminal gives to each. */
const NAMES: readonly (readonly [string, number, string])[] = [
  ["iPad 7", 6, "ASCII"],
  ["会議室", 6, "Han"],
  ["かいぎ", 6, "Hiragana"],
  ["ｶｲｷﾞ", 4, "half-width Katakana with a voiced mark"],
  ["ＭＡＣ", 6, "full-width Latin"],
  ["회의실", 6, "Hangul syllables"],
  ["\u1112\u116c", 2, "a Hangul syllable in two parts"],
  ["ㄅㄆ", 4, "Bopomofo"],
  ["לוח", 3, "Hebrew"],
  ["Zoe\u0308", 3, "a letter with a combining mark"],
  ["a\u200bb", 2, "a zero-width space"],
  ["📱 left", 7, "an emoji"],
  ["❤\ufe0f", 2, "a sign that a variation selector makes an emoji"],
  ["❤", 1, "the same sign as text"],
  ["👩\u200d👩\u200d👧", 2, "a family of three, joined"],
  ["👍🏽", 2, "a hand with a skin tone"],
  ["🇯🇵", 2, "a flag of two letters"],
  ["1\ufe0f\u20e3", 2, "a key cap"],
  ["\u{1b}[31m", 10, "an escape sequence, written out"],
];

describe("table", () => {
  it.each(NAMES)("leaves the right space after %j: %i columns (%s)", (name, columns) => {
    const [, line, ruler] = table(
      ["", "os"],
      [
        [name, "26.1"],
        ["x".repeat(12), "26.1"],
      ],
    );
    expect(ruler).toBe(`${"x".repeat(12)}  26.1`);
    expect(/ +(?=26\.1$)/.exec(line ?? "")?.[0].length).toBe(12 - columns + 2);
  });

  it("begins each column at the same place whatever the cells hold", () => {
    const cell = fc.oneof(
      fc.string({ unit: fc.integer({ min: 0, max: 0x1ffff }).map((point) => String.fromCodePoint(point)) }),
      fc.string(),
      fc.constantFrom(...NAMES.map(([name]) => name)),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), (rows) => {
        const starts = table(
          ["one", "two"],
          rows.map(([a, b]) => [a, `\u00b6${b?.replaceAll("\u00b6", "") ?? ""}`]),
        )
          .slice(1)
          .map((line) => stringWidth(line.slice(0, line.lastIndexOf("  \u00b6") + 2)));
        expect(new Set(starts).size).toBe(1);
      }),
    );
  });

  it("shows an empty cell as a dash", () => {
    expect(table(["a", "b"], [[null, ""]])).toEqual(["A  B", "-  -"]);
  });
});
