import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rollout } from "./gate.suite.ts";
import { isOlder, ROLLOUT_STATES, RUN_STATES } from "./rollout.ts";
import { ROLLOUT_NEXT, rolloutNext, RUN_NEXT, runNext, URGENT_NEXT } from "./tables.ts";

describe("targets R11: older and newer", () => {
  const one = rollout("26.6.1");
  it.each([
    ["a lower version", rollout("26.6.2"), true],
    ["a lower version of more digits", rollout("26.10"), true],
    ["the version without the letter", rollout("26.6.1", { extra: "(a)" }), true],
    ["a higher version", rollout("26.6"), false],
    ["the same release, after a block", rollout("26.6.1", { blockId: "block" }), false],
    ["another major", rollout("27.0"), false],
    ["another plan", rollout("26.6.2", { planId: "other" }), false],
    ["another platform", rollout("26.6.2", { platform: "iOS" }), false],
  ])("is %s", (_title, other, older) => {
    expect(isOlder(one, other)).toBe(older);
    expect(isOlder(one, other) && isOlder(other, one)).toBe(false);
  });

  it("orders all rollouts of one major", () => {
    const some = fc
      .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }), fc.constantFrom(null, "(a)", "(b)"))
      .map(([minor, patch, extra]) => rollout(`26.${minor}.${patch}`, { extra }));
    fc.assert(
      fc.property(some, some, some, (a, b, c) => {
        expect(isOlder(a, b) && isOlder(b, a)).toBe(false);
        expect(isOlder(a, b) && isOlder(b, c) && !isOlder(a, c)).toBe(false);
      }),
    );
  });
});

const lines = (table: Readonly<Record<string, Readonly<Record<string, string>>>>): string[] =>
  Object.entries(table).flatMap(([from, row]) => Object.entries(row).map(([event, to]) => `${from} ${event} ${to}`));

describe("targets R11: the tables of states", () => {
  it("have these steps of a run and no others", () => {
    expect(lines(RUN_NEXT)).toEqual([
      "waiting opens open",
      "waiting superseded superseded",
      "open passes passed",
      "open asks asks",
      "open superseded superseded",
      "asks promote passed",
      "asks wait open",
      "asks passes passed",
      "asks superseded superseded",
    ]);
    expect(Object.keys(RUN_NEXT)).toEqual(RUN_STATES);
  });

  it("targets U2: let an urgent run ask while it waits, and a person open it", () => {
    const more = lines(URGENT_NEXT).filter((line) => !lines(RUN_NEXT).includes(line));
    expect(more).toEqual(["waiting asks waiting", "waiting promote open"]);
    expect(runNext({ state: "waiting", urgent: true }, "promote")).toBe("open");
    expect(runNext({ state: "waiting", urgent: false }, "promote")).toBeUndefined();
    expect(runNext({ state: "asks", urgent: false }, "wait")).toBe("open");
  });

  it("have these steps of a rollout and no others", () => {
    expect(lines(ROLLOUT_NEXT)).toEqual([
      "running fails paused",
      "running superseded superseded",
      "running hold held",
      "running pause paused",
      "running abort aborted",
      "held fails paused",
      "held superseded superseded",
      "held pause paused",
      "held resume running",
      "held abort aborted",
      "paused superseded superseded",
      "paused resume running",
      "paused abort aborted",
      // Of a release that is given again.
      "superseded fails paused",
    ]);
    expect(Object.keys(ROLLOUT_NEXT)).toEqual(ROLLOUT_STATES);
    expect([rolloutNext("paused", "resume"), rolloutNext("aborted", "resume")]).toEqual(["running", undefined]);
  });
});
