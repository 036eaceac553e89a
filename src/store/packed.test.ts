import fc from "fast-check";
import { expect, it } from "vitest";
import { packed, unpacked } from "./packed.ts";

const number = fc.option(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), { nil: null });
const text = fc.option(fc.constantFrom("", "0", "26.6.2", "naïve ✓"), { nil: null });

it("gives back the rows that were packed, numbers, texts and null", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(number, text, number, text)), (rows) => {
      const back = unpacked(packed(rows), (row) => [
        row.numberOrNull(0),
        row.textOrNull(1),
        row.numberOrNull(2),
        row.textOrNull(3),
      ]);
      expect(back).toEqual(rows);
    }),
  );
});

it("keeps each text once", () => {
  const found = packed([
    ["a", 1],
    ["b", 2],
    ["a", 3],
  ]);
  expect([found.width, found.texts, unpacked(found, (row) => row.number(1))]).toEqual([2, ["a", "b"], [1, 2, 3]]);
});
