/** Which lookups of a batch must be done again after what an ask before them has written: too often is slow, too seldom wrong. */
import { describe, expect, it } from "vitest";
import type { Write } from "../exchange.ts";
import type { Row } from "../mapping.ts";
import { commandRow, enrollmentRow } from "../suite-rows.ts";
import { type Look, Touched } from "./touched.ts";

const a = commandRow("e1", "a", { rank: 1 });
const look = (more: Partial<Look> = {}): Look => ({
  table: "command",
  conditions: [["enrollmentId", "e1"]],
  limited: false,
  rows: [a as unknown as Row],
  ...more,
});
const none = look({ rows: [] });
const key = (uuid: string, enrollmentId = "e1") => ({ enrollmentId, uuid });
const patch = (where: object, set: object): Write => ({ patch: "command", where, set }) as Write;

type Case = readonly [title: string, before: readonly Write[], look: Look, again: boolean, seen?: Look];
const CASES: readonly Case[] = [
  ["nothing was written", [], look(), false],
  ["another table was written", [{ put: "enrollment", row: enrollmentRow("e1") }], look(), false],
  ["a row that it found was patched", [patch(key("a"), { rank: 5 })], look(), true],
  ["a row that it found was dropped", [{ drop: "command", where: key("a") }], look(), true],
  ["a row of another device was patched", [patch(key("a", "e2"), { rank: 5 })], look(), false],
  ["a row that fits was inserted", [{ insert: "command", row: commandRow("e1", "b") }], look(), true],
  ["a row that does not fit was inserted", [{ insert: "command", row: commandRow("e2", "b") }], look(), false],
  ["a row that fits was put where it found none", [{ put: "command", row: a }], none, true],
  ["rows were patched by another column than their key", [patch({ rank: 1 }, { skip: 1 })], look(), true],
  ["rows it did not find were patched by another column", [patch({ rank: 9 }, { skip: 1 })], look(), false],
  ["a row that nobody had looked up was made to fit", [patch(key("b", "e2"), { enrollmentId: "e1" })], none, true],
  [
    "a row that was looked up was made to fit",
    [patch(key("a", "e2"), { state: "offered" })],
    look({
      conditions: [
        ["enrollmentId", "e2"],
        ["state", "offered"],
      ],
      rows: [],
    }),
    true,
    look({ rows: [commandRow("e2", "a") as unknown as Row] }),
  ],
  [
    "a row of its own device, which it did not find, got another place in the order",
    [patch(key("b"), { rank: 0 })],
    look(),
    false,
  ],
  ["that happened, and it was cut short by a limit", [patch(key("b"), { rank: 0 })], look({ limited: true }), true],
  [
    "it was cut short, and only another table was written",
    [{ put: "enrollment", row: enrollmentRow("e1") }],
    look({ limited: true }),
    false,
  ],
  [
    "it looked for all rows and one of them was written",
    [patch(key("x", "e9"), { rank: 0 })],
    look({ conditions: [] }),
    true,
  ],
];

describe("a lookup is done again", () => {
  it.each(CASES.map((row) => ({ title: row[0], row })))(
    "or not, after $title",
    ({ row: [, before, of, again, seen] }) => {
      const touched = new Touched();
      touched.add(before, seen === undefined ? [] : [seen]);
      expect(touched.meets(of)).toBe(again);
    },
  );
});
