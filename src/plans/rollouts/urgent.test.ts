import { Temporal } from "temporal-polyfill";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_COUNTS } from "./counts.ts";
import { isProven, urgentDue, urgentOpening, urgentOpens } from "./urgent.ts";

const at = (iso: string): number => Temporal.Instant.from(iso).epochMilliseconds;
const daysOf = (rings: number, urgentDays: number): (readonly [number, number])[] =>
  Array.from({ length: rings }, (_, ring) => {
    const terms = { ring, rings, urgentDays };
    return [urgentOpens(terms), urgentDue(terms)];
  });

describe("targets U2: urgent runs", () => {
  it.each([
    [1, 3, [[0, 3]]],
    [
      3,
      3,
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
    ],
    [
      3,
      2,
      [
        [0, 1],
        [0, 2],
        [1, 2],
      ],
    ],
    [
      3,
      1,
      [
        [0, 1],
        [0, 1],
        [0, 1],
      ],
    ],
    [
      2,
      3,
      [
        [0, 2],
        [1, 3],
      ],
    ],
    [
      4,
      10,
      [
        [0, 3],
        [2, 5],
        [5, 8],
        [7, 10],
      ],
    ],
  ])("of %i rings in %i days open and are due so many days later: %j", (rings, urgentDays, days) => {
    expect(daysOf(rings, urgentDays)).toEqual(days);
  });

  it("follow each other, and are all due in time", () => {
    const whole = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(whole, whole, (rings, urgentDays) => {
        const days = daysOf(rings, urgentDays);
        expect(days.flat().every((day) => day >= 0 && day <= urgentDays)).toBe(true);
        expect(days.map(([opens]) => opens)).toEqual(days.map(([opens]) => opens).toSorted((a, b) => a - b));
        expect(days.at(-1)?.[1]).toBe(urgentDays);
        expect(days.every(([opens, due]) => due > opens)).toBe(true);
      }),
    );
  });

  const terms = {
    ring: 0,
    rings: 3,
    urgentDays: 3,
    base: "2026-08-06",
    zone: "Europe/Berlin",
    knownAt: at("2026-08-06T18:00:00Z"),
    firstOpenedAt: null,
  };

  it("open by the clock, on a Saturday too", () => {
    const first = urgentOpening(terms);
    expect(first).toBe(at("2026-08-07T07:00:00Z"));
    const second = urgentOpening({ ...terms, ring: 1, firstOpenedAt: first });
    const third = urgentOpening({ ...terms, ring: 2, firstOpenedAt: first });
    expect([second, third]).toEqual([at("2026-08-08T07:00:00Z"), at("2026-08-09T07:00:00Z")]);
  });

  it("count from the day on which the first ring opened, and not before", () => {
    expect(urgentOpening({ ...terms, ring: 2 })).toBeNull();
    // Opened late, and over a change of clocks.
    const firstOpenedAt = at("2026-10-24T20:00:00Z");
    expect(urgentOpening({ ...terms, ring: 1, firstOpenedAt })).toBe(at("2026-10-25T08:00:00Z"));
  });

  it("targets U3: wait until it is known that the release is urgent", () => {
    const knownAt = at("2026-08-20T07:00:00.001Z");
    expect(urgentOpening({ ...terms, knownAt })).toBe(at("2026-08-21T07:00:00Z"));
  });

  it.each([
    [{ good: 1 }, true],
    [{ good: 1, pending: 4, hindered: 2 }, true],
    [{ good: 0 }, false],
    [{ good: 5, unclear: 1 }, false],
  ])("let the last ring open after a ring with %j: %s", (counts, proven) => {
    expect(isProven({ ...NO_COUNTS, ...counts })).toBe(proven);
  });
});
