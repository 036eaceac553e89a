/** Which lookups of a batch must be done again after what an ask before them has written: too often is slow, too seldom wrong. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { transaction, type Lookups, type Write } from "../transaction.ts";
import { transact } from "../in-memory.suite.ts";
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
  [
    "rows were patched by a column that it has not read",
    [patch({ rank: 1 }, { skip: 1 })],
    look({ rows: [{ ...key("a"), state: "queued" }] }),
    true,
  ],
  [
    "a row of which the column was not read was made to fit",
    [patch(key("a", "e2"), { state: "offered" })],
    look({
      conditions: [
        ["rank", 5],
        ["state", "offered"],
      ],
      rows: [],
    }),
    true,
    look({ rows: [key("a", "e2")] }),
  ],
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
    "a row that was looked up was put and then patched, and fits by both",
    [{ put: "command", row: commandRow("e2", "a", { rank: 5 }) }, patch(key("a", "e2"), { state: "offered" })],
    look({
      conditions: [
        ["rank", 5],
        ["state", "offered"],
      ],
      rows: [],
    }),
    true,
    look({ rows: [commandRow("e2", "a") as unknown as Row] }),
  ],
  [
    "a row that was looked up was patched twice, and fits by both",
    [patch(key("a", "e2"), { rank: 5 }), patch(key("a", "e2"), { state: "offered" })],
    look({
      conditions: [
        ["rank", 5],
        ["state", "offered"],
      ],
      rows: [],
    }),
    true,
    look({ rows: [commandRow("e2", "a") as unknown as Row] }),
  ],
  [
    "it looked for all rows and one of them was written",
    [patch(key("x", "e9"), { rank: 0 })],
    look({ conditions: [] }),
    true,
  ],
];

// A batch as PostgreSQL does it, on rows in memory: all asks read first, then those that meet nothing are decided in order.
describe("whatever the asks of a batch are", () => {
  const uuid = fc.constantFrom("a", "b");
  const enrollmentId = fc.constantFrom("e1", "e2");
  const rank = fc.constantFrom(1, 2);
  const state = fc.constantFrom("queued" as const, "offered" as const);
  const some = { requiredKeys: [] };
  const KEY = ["enrollmentId", "uuid"] as const;
  const where = fc.record({ enrollmentId, uuid, rank, state }, some).filter((named) => Object.keys(named).length > 0);
  const put = fc
    .record({ enrollmentId, uuid, rank, state })
    .map((row) => ({ put: "command" as const, row: commandRow(row.enrollmentId, row.uuid, row) }));
  const patched = fc
    .record({
      where: fc.oneof(where, fc.record({ enrollmentId, uuid })),
      set: fc.record({ rank, state }, some),
    })
    .map((one) => ({ patch: "command" as const, ...one }));
  const dropped = where.map((named) => ({ drop: "command" as const, where: named }));
  const lookup = fc.record({
    where: fc.record({ enrollmentId, uuid, rank, state }, some),
    limit: fc.option(fc.constant(1)),
    columns: fc.option(fc.constantFrom([...KEY], [...KEY, "rank" as const])),
  });
  const input = fc.record({
    lookups: fc.array(lookup, { maxLength: 2 }),
    writes: fc.array(fc.oneof(put, patched, dropped) as fc.Arbitrary<Write>, { maxLength: 3 }),
  });
  type Input = typeof input extends fc.Arbitrary<infer T> ? T : never;
  const asked = transaction({
    name: "asked",
    reads: ({ lookups }: Input): Lookups =>
      Object.fromEntries(
        lookups.map(({ where: named, limit, columns }, at) => [
          at,
          {
            from: "command",
            where: named,
            ...(limit === null ? {} : { limit }),
            ...(columns === null ? {} : { columns }),
          },
        ]),
      ),
    decide: ({ writes }: Input, seen) => ({
      writes,
      result: seen as unknown as Readonly<Record<string, readonly Row[]>>,
    }),
  });

  it("one that is not done again has seen what it would see after those before it", () => {
    fc.assert(
      fc.property(fc.array(put, { maxLength: 4 }), fc.array(input, { minLength: 2, maxLength: 5 }), (first, asks) => {
        const before = transact(asked, { lookups: [], writes: first }, {}).rows;
        const touched = new Touched();
        let now = before;
        for (const one of asks) {
          const seen = transact(asked, one, before).reply;
          const looks = one.lookups.map(
            ({ where: named, limit }, at): Look => ({
              table: "command",
              conditions: Object.entries(named),
              limited: limit !== null,
              rows: seen[at] ?? [],
            }),
          );
          if (looks.some((of) => touched.meets(of))) continue;
          const done = transact(asked, one, now);
          expect(sorted(seen)).toEqual(sorted(done.reply));
          touched.add(one.writes, looks);
          now = done.rows;
        }
      }),
    );
  });
  /** Rows of one place in the order come in any order. */
  const sorted = (seen: Readonly<Record<string, readonly Row[]>>): unknown =>
    Object.values(seen).map((rows) => rows.map((row) => JSON.stringify(row)).toSorted());
});

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
