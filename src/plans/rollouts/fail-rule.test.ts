import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_COUNTS } from "./counts.ts";
import { chanceOf, failRule } from "./fail-rule.ts";

const PERCENTS = Array.from({ length: 20 }, (_, i) => i + 1);
const verdict = (started: number, failures: number, percent = 5) =>
  failRule({ ...NO_COUNTS, startedSince: started, failuresSince: failures }, percent);
/** The fewest failures at which a run pauses. */
const pausesAt = (started: number, percent = 5): number =>
  Array.from({ length: started + 1 }, (_, failures) => failures).find((f) => verdict(started, f, percent).pause) ?? -1;

/** P(X ≥ f) in whole numbers: over the power of 100 that stands below all terms. */
function exactly(n: number, f: number, percent: number): { readonly above: bigint; readonly whole: bigint } {
  const [p, q] = [BigInt(percent), BigInt(100 - percent)];
  let term = 1n;
  let above = 0n;
  // From k = n down: the binomial coefficient grows by k / (n − k + 1).
  for (let k = n; k >= f; k -= 1) {
    above += term * p ** BigInt(k) * q ** BigInt(n - k);
    term = (term * BigInt(k)) / BigInt(n - k + 1);
  }
  return { above, whole: 100n ** BigInt(n) };
}
const asNumber = ({ above, whole }: ReturnType<typeof exactly>): number => Number((above * 10n ** 15n) / whole) / 1e15;

describe("targets R8: the fail rule", () => {
  it.each([
    [3, 7, 2],
    [8, 16, 3],
    [17, 28, 4],
    [29, 40, 5],
    [41, 53, 6],
    [54, 67, 7],
    [68, 81, 8],
    [96, 110, 10],
    [188, 203, 16],
    [488, 504, 34],
    [981, 998, 62],
  ])("with 5 %, of %i to %i started members it pauses at %i failures", (from, to, failures) => {
    const all = Array.from({ length: to - from + 1 }, (_, i) => pausesAt(from + i));
    expect(new Set(all)).toEqual(new Set([failures]));
    expect(pausesAt(to + 1)).toBe(failures + 1);
    expect(pausesAt(from - 1)).toBe(from === 3 ? -1 : failures - 1);
  });

  it.each([0, 1, 2])("never pauses with %i started members", (started) => {
    expect(pausesAt(started, 1)).toBe(-1);
  });

  it.each([3, 4, 10])("never pauses %i members without a failure", (started) => {
    expect(verdict(started, 0)).toEqual({ pause: false, started, failures: 0, chance: 1 });
  });

  it("counts a member that started before the resumption and failed after it among those that were tried", () => {
    expect(verdict(0, 3)).toMatchObject({ pause: true, started: 3, failures: 3 });
    expect(verdict(1, 2)).toMatchObject({ pause: false, started: 2 });
  });

  it.each(PERCENTS)("targets R8: with %i % it pauses where whole numbers say so", (percent) => {
    for (const n of [3, 4, 5, 9, 12, 20, 41, 100, 173]) {
      const expected = Array.from({ length: n + 1 }, (_, f) => f).find((f) => {
        const { above, whole } = exactly(n, f, percent);
        return above * 20n <= whole;
      });
      expect([n, pausesAt(n, percent)]).toEqual([n, expected ?? -1]);
    }
  });

  it("has the probability of whole numbers", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.nat(400), fc.constantFrom(...PERCENTS), (n, some, percent) => {
        const f = some % (n + 1);
        const exact = asNumber(exactly(n, f, percent));
        expect(Math.abs(chanceOf(n, f, percent / 100) - exact)).toBeLessThan(1e-12);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps its digits where the chance is small", () => {
    const { above, whole } = exactly(200, 60, 5);
    const exact = Number((above * 10n ** 60n) / whole) / 1e60;
    expect(Math.abs(chanceOf(200, 60, 0.05) / exact - 1)).toBeLessThan(1e-10);
  });

  it.each(PERCENTS)("keeps its order and its bounds with 100,000 members at %i %", (percent) => {
    const n = 100_000;
    const mean = n * (percent / 100);
    const deviation = Math.sqrt(mean * (1 - percent / 100));
    const steps = [0, 1, mean - 4 * deviation, mean, mean + 2 * deviation, mean + 6 * deviation, n / 2, n, n + 1];
    const chances = steps.map((f) => chanceOf(n, Math.round(f), percent / 100));
    expect(chances).toEqual(chances.toSorted((a, b) => b - a));
    expect(chances[0]).toBe(1);
    // The normal distribution is near by so many.
    expect(Math.abs((chances[3] ?? 0) - 0.5)).toBeLessThan(0.02);
    expect(Math.abs((chances[4] ?? 0) - 0.0228)).toBeLessThan(0.002);
    expect(chances[8]).toBe(0);
  });

  it("pauses the sooner the more fail, and the later the more started", () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 2000 }), fc.nat(2000), fc.constantFrom(...PERCENTS), (n, some, percent) => {
        const f = some % n;
        const chance = chanceOf(n, f, percent / 100);
        expect(chanceOf(n, f + 1, percent / 100)).toBeLessThanOrEqual(chance);
        expect(chanceOf(n + 1, f, percent / 100)).toBeGreaterThanOrEqual(chance - 1e-12);
        expect(chanceOf(n, f, (percent + 1) / 100)).toBeGreaterThanOrEqual(chance - 1e-12);
      }),
      { numRuns: 300 },
    );
  });
});
