import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY, HOUR } from "../jobs/units.ts";
import { NO_COUNTS, type RingCounts } from "./counts.ts";
import { OPENED } from "./member.suite.ts";
import { allowedOf, type PassReason, passRule, type PassTerms, type PassVerdict } from "./pass-rule.ts";

const DUE = OPENED + DAY + 8 * HOUR;
const FEW_AT = DUE + 48 * HOUR;
const ASK_AT = DUE + 5 * DAY;
const TERMS: PassTerms = {
  maxFailurePercent: 5,
  last: false,
  approval: "gate",
  deadlineAt: DUE,
  openedAt: OPENED,
  openSince: OPENED,
};
type Says = readonly [PassVerdict["what"], PassReason];

/** A ring of so many; `counts` says of how many what is known, and the others are pending. */
const ring = (members: number, counts: Partial<RingCounts> = {}): RingCounts => ({ ...NO_COUNTS, members, ...counts });
/** All but the failures and the unclear are good and settled. */
const tried = (members: number, failures = 0, unclear = 0): RingCounts =>
  ring(members, {
    settled: members - failures - unclear,
    startedSince: members,
    failuresSince: failures,
    unclearSince: unclear,
  });
const says = (counts: RingCounts, now = OPENED, terms: Partial<PassTerms> = {}): Says => {
  const { what, reason } = passRule(counts, { ...TERMS, ...terms }, now);
  return [what, reason];
};

describe("targets R9: the pass rule", () => {
  const rows: readonly [string, RingCounts, Says][] = [
    ["100 of 100 are good", tried(100), ["pass", "enough-good"]],
    ["17 of 20 are settled", ring(20, { settled: 17, startedSince: 20 }), ["pass", "enough-good"]],
    ["16 of 20 are settled", ring(20, { settled: 16, startedSince: 20 }), ["nothing", "too-few-good"]],
    ["85 of 100 are settled", ring(100, { settled: 85, startedSince: 100 }), ["pass", "enough-good"]],
    ["84 of 100 are settled", ring(100, { settled: 84, startedSince: 100 }), ["nothing", "too-few-good"]],
    ["17 of 20 that are not away", ring(30, { settled: 17, away: 10 }), ["pass", "enough-good"]],
    ["16 of 20 that are not away", ring(30, { settled: 16, away: 10 }), ["nothing", "too-few-good"]],
    ["17 of 20 that were not hindered before", ring(30, { settled: 17, hinderedBefore: 10 }), ["pass", "enough-good"]],
    ["17 of 20, and 10 hindered since", ring(30, { settled: 17, hindered: 10 }), ["nothing", "too-few-good"]],
    ["half of all members", ring(20, { settled: 10, away: 10 }), ["pass", "enough-good"]],
    ["less than half", ring(21, { settled: 10, away: 11 }), ["nothing", "less-than-half"]],
    ["all were hindered before", ring(20, { hinderedBefore: 20 }), ["nothing", "less-than-half"]],
    ["39 started and 1 failed", tried(39, 1), ["nothing", "failures"]],
    ["39 started and 1 is unclear", tried(39, 0, 1), ["nothing", "failures"]],
    ["40 started and 2 failed", tried(40, 2), ["pass", "enough-good"]],
    ["40 started, 1 failed and 2 are unclear", tried(40, 1, 2), ["nothing", "failures"]],
    ["59 started and 3 failed", tried(59, 3), ["nothing", "failures"]],
    ["60 started and 3 failed", tried(60, 3), ["pass", "enough-good"]],
  ];
  it.each(rows)("when %s", (_title, counts, expected) => {
    expect(says(counts)).toEqual(expected);
  });

  it.each(Array.from({ length: 20 }, (_, i) => i + 1))(
    "with %i % allows failures from two expected ones on",
    (percent) => {
      const from = Math.ceil(200 / percent);
      expect([allowedOf(from - 1, percent), allowedOf(from, percent)]).toEqual([0, 2]);
      expect([allowedOf(0, percent), allowedOf(100, percent), allowedOf(200, percent)]).toEqual([
        0,
        percent === 1 ? 0 : percent,
        2 * percent,
      ]);
    },
  );

  it("gives the numbers that a person is told", () => {
    const counts = ring(50, { settled: 44, away: 2, hinderedBefore: 3, startedSince: 45, failuresSince: 1 });
    expect(passRule(counts, TERMS, OPENED)).toEqual({
      what: "pass",
      reason: "enough-good",
      numbers: {
        members: 50,
        reachable: 48,
        expected: 45,
        settled: 44,
        needed: 39,
        started: 45,
        failures: 1,
        unclear: 0,
        allowed: 2,
      },
    });
  });
});

describe("targets R10: an undecided run", () => {
  const undecided = ring(100, { settled: 84 });
  it.each([
    [ASK_AT - 1, "nothing"],
    [ASK_AT, "ask"],
    [ASK_AT + 1, "ask"],
  ] as const)("5 days after its deadline (%i) does %s", (now, what) => {
    expect(says(undecided, now)).toEqual([what, "too-few-good"]);
    expect(says(tried(20, 1), now)).toEqual([what, "failures"]);
  });

  it.each([
    [DUE - 1, "nothing"],
    [DUE, "ask"],
    [DUE + 1, "ask"],
  ] as const)("without a reachable member asks from its deadline on (%i): %s", (now, what) => {
    expect(says(ring(3, { away: 3 }), now)).toEqual([what, "unreachable"]);
    expect(says(ring(30, { away: 30 }), now)).toEqual([what, "unreachable"]);
  });

  it.each([
    [ASK_AT + 5 * DAY - 1, "nothing"],
    [ASK_AT + 5 * DAY, "ask"],
  ] as const)("asks again 5 days after a person chose to wait (%i): %s", (now, what) => {
    const waited = { openSince: ASK_AT };
    expect(says(undecided, now, waited)).toEqual([what, "too-few-good"]);
    expect(says(ring(3, { away: 3 }), now, waited)).toEqual([what, "unreachable"]);
  });

  it("asks nobody about the last ring", () => {
    expect(says(undecided, ASK_AT, { last: true })).toEqual(["nothing", "too-few-good"]);
    expect(says(ring(3, { away: 3 }), ASK_AT, { last: true })).toEqual(["nothing", "unreachable"]);
  });

  it("passes a ring without members at once", () => {
    expect(says(ring(0))).toEqual(["pass", "no-members"]);
    expect(says(ring(0), OPENED, { last: true })).toEqual(["pass", "no-members"]);
  });

  it.each([
    [1, FEW_AT - 1, ["nothing", "too-few-good"]],
    [1, FEW_AT, ["pass", "few-members"]],
    [3, FEW_AT, ["pass", "few-members"]],
    [9, FEW_AT, ["pass", "few-members"]],
    [10, FEW_AT, ["nothing", "too-few-good"]],
  ] as const)("a ring of %i of which nothing is known, at %i: %j", (members, now, expected) => {
    expect(says(ring(members), now)).toEqual(expected);
  });

  const few: readonly [string, RingCounts, Says][] = [
    ["one of three is reachable", ring(3, { away: 2 }), ["pass", "few-members"]],
    ["one of nine failed", ring(9, { settled: 8, startedSince: 9, failuresSince: 1 }), ["nothing", "failures"]],
    ["one of nine is unclear", ring(9, { settled: 8, startedSince: 9, unclearSince: 1 }), ["nothing", "failures"]],
    ["an earlier failure does not count", ring(9, { settled: 2, failed: 1 }), ["pass", "few-members"]],
  ];
  it.each(few)("with few members: %s", (_title, counts, expected) => {
    expect(says(counts, FEW_AT)).toEqual(expected);
  });

  it("with few members passes earlier where they are good", () => {
    expect(says(tried(3))).toEqual(["pass", "enough-good"]);
  });

  it("with approval by a person asks where it would pass", () => {
    const terms = { approval: "person" } as const;
    expect(says(tried(100), OPENED, terms)).toEqual(["ask", "approval"]);
    expect(says(ring(0), OPENED, terms)).toEqual(["ask", "approval"]);
    expect(says(ring(3), FEW_AT, terms)).toEqual(["ask", "approval"]);
    expect(says(undecided, OPENED, terms)).toEqual(["nothing", "too-few-good"]);
    expect(says(undecided, ASK_AT, terms)).toEqual(["ask", "too-few-good"]);
    // No ring follows that could be let open.
    expect(says(tried(100), OPENED, { ...terms, last: true })).toEqual(["pass", "enough-good"]);
  });

  it.each([
    [OPENED + 3 * DAY + 5 * DAY - 1, "nothing"],
    [OPENED + 3 * DAY + 5 * DAY, "ask"],
  ] as const)("with approval by a person who chose to wait asks again after 5 days (%i): %s", (now, what) => {
    expect(says(tried(100), now, { approval: "person", openSince: OPENED + 3 * DAY })).toEqual([what, "approval"]);
  });

  it("targets R11: the last ring passes by what is good alone", () => {
    expect(says(tried(20, 3), OPENED, { last: true })).toEqual(["pass", "enough-good"]);
    expect(says(tried(20, 4), OPENED, { last: true })).toEqual(["nothing", "too-few-good"]);
  });
});

describe("targets 13.4: as a property, the pass rule", () => {
  const count = fc.nat(60);
  const someRing = fc
    .record({
      good: count,
      settled: count,
      failed: count,
      unclear: count,
      away: count,
      hinderedBefore: count,
      pending: count,
    })
    .map(({ settled, good, ...others }): RingCounts => {
      const members = good + others.failed + others.unclear + others.away + others.hinderedBefore + others.pending;
      const failing = { failuresSince: others.failed, unclearSince: others.unclear };
      const startedSince = good + others.failed + others.unclear;
      return { ...NO_COUNTS, ...others, ...failing, good, members, settled: Math.min(settled, good), startedSince };
    });
  const percents = fc.integer({ min: 1, max: 20 });
  const hours = fc.integer({ min: 0, max: 400 });

  it("passes none but the last while failures and unclear members are too many", () => {
    fc.assert(
      fc.property(someRing, percents, hours, (counts, maxFailurePercent, hour) => {
        const { what, numbers } = passRule(counts, { ...TERMS, maxFailurePercent }, OPENED + hour * HOUR);
        const passed = what === "pass" && numbers.members > 0;
        expect(!passed || numbers.failures + numbers.unclear <= numbers.allowed).toBe(true);
        expect(!passed || numbers.members < 10 || 2 * numbers.settled >= numbers.members).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("passes still when a pending member becomes good, and asks or passes at some time", () => {
    fc.assert(
      fc.property(someRing, percents, hours, (counts, maxFailurePercent, hour) => {
        const terms = { ...TERMS, maxFailurePercent };
        const now = OPENED + hour * HOUR;
        const better = {
          ...counts,
          good: counts.good + 1,
          settled: counts.settled + 1,
          startedSince: counts.startedSince + 1,
        };
        const passed = counts.pending > 0 && passRule(counts, terms, now).what === "pass";
        expect(!passed || passRule(better, terms, now).what === "pass").toBe(true);
        expect(passRule(counts, terms, ASK_AT).what).not.toBe("nothing");
      }),
      { numRuns: 2000 },
    );
  });
});
