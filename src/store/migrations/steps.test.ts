/** One list of steps, and the numbers that databases have of it. */
import { describe, expect, it } from "vitest";
import { step } from "./step.ts";
import { postgresNumber, postgresSteps, STEPS, stepsBefore } from "./steps.ts";

describe("steps of the schema", () => {
  it("are all named, each once, and none is empty for both backends", () => {
    expect(new Set(STEPS.map(({ name }) => name)).size).toBe(STEPS.length);
    expect(STEPS.filter(({ sqlite }) => sqlite === "")).toEqual([]);
    expect(STEPS.filter(({ postgres }) => postgres === "").map(({ name }) => name)).toEqual([
      "facts-asked",
      "gate-members",
    ]);
  });

  it("keep the numbers that databases have", () => {
    expect([stepsBefore("catalog-list").length + 1, postgresNumber(20)]).toEqual([20, 19]);
    expect(() => stepsBefore("nothing")).toThrow("there is no step");
  });

  it.each([
    [0, 0],
    [1, 2],
    [2, 3],
    [19, 20],
    [21, 21],
    [30, 30],
  ])("PostgreSQL's number %i is that of %i steps taken", (number, steps) => {
    expect([postgresSteps(number), postgresNumber(steps)]).toEqual([steps, number]);
  });

  it("are written once, in the types of each backend", () => {
    const made = step(
      "x",
      ({ text, integer, bytes, strict }) => `CREATE TABLE t (a ${text}, b ${integer}, c ${bytes})${strict};`,
    );
    expect([made.sqlite, made.postgres]).toEqual([
      "CREATE TABLE t (a TEXT, b INTEGER, c BLOB) STRICT;",
      'CREATE TABLE t (a text COLLATE "C", b bigint, c bytea);',
    ]);
  });
});
