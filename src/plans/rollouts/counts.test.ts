import { describe, expect, it } from "vitest";
import { DAY, HOUR } from "../jobs/units.ts";
import { type Counted, countsOf, NO_COUNTS } from "./counts.ts";
import { OPENED } from "./member.suite.ts";
import { OUTCOMES, type OutcomeKind } from "./outcome.ts";

const NOW = OPENED + 4 * DAY;
const one = (kind: OutcomeKind, startedAt: number | null = null, since = OPENED): Counted => ({
  outcome: { kind, since },
  startedAt,
});

describe("the counts of a ring", () => {
  it("have each member once", () => {
    expect(
      countsOf(
        OUTCOMES.map((kind) => one(kind)),
        OPENED,
        NOW,
      ),
    ).toEqual({
      ...NO_COUNTS,
      members: 8,
      good: 1,
      failed: 1,
      lost: 1,
      unclear: 1,
      away: 1,
      hinderedBefore: 1,
      hindered: 1,
      pending: 1,
      failuresSince: 2,
      unclearSince: 1,
    });
    expect(countsOf([], OPENED, NOW)).toEqual(NO_COUNTS);
  });

  it.each([
    [NOW - 48 * HOUR - 1, 1],
    [NOW - 48 * HOUR, 1],
    [NOW - 48 * HOUR + 1, 0],
  ])("targets R9: a member that is good and started at %i is settled: %i", (startedAt, settled) => {
    expect(countsOf([one("good", startedAt), one("pending", startedAt)], OPENED, NOW).settled).toBe(settled);
  });

  it("targets R11: what was before the resumption stays visible and does not count", () => {
    const from = OPENED + DAY;
    const members = [
      one("failed", OPENED, from - 1),
      one("failed", OPENED, from),
      one("lost", from - 1, from + 1),
      one("unclear", from, from - 1),
      one("unclear", from + 1, from),
    ];
    expect(countsOf(members, from, NOW)).toMatchObject({
      failed: 2,
      lost: 1,
      unclear: 2,
      startedSince: 2,
      failuresSince: 2,
      unclearSince: 1,
    });
  });
});
