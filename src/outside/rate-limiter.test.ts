import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRateLimiter } from "./rate-limiter.ts";

describe("rate limiter", () => {
  it("lets a burst of one second through, then as many as time brings", () => {
    const limiter = createRateLimiter(50);
    expect(limiter.take(0, 80)).toBe(50);
    expect(limiter.take(10, 80)).toBe(0);
    expect(limiter.take(99, 80)).toBe(0);
    expect(limiter.take(100, 80)).toBe(5);
    expect(limiter.take(1100, 80)).toBe(50);
    expect(limiter.take(9000, 3)).toBe(3);
  });

  it("gives less than a tenth of a second brings only to who wants no more", () => {
    const limiter = createRateLimiter(200);
    expect(limiter.take(0, 200)).toBe(200);
    expect(limiter.take(50, 30)).toBe(0);
    expect(limiter.take(50, 4)).toBe(4);
    expect(limiter.take(120, 30)).toBe(20);
    const slow = createRateLimiter(1);
    expect([slow.take(0, 1), slow.take(999, 1), slow.take(1000, 1)]).toEqual([1, 0, 1]);
  });

  it("can use returned permits again, at most those of one second", () => {
    const limiter = createRateLimiter(10);
    limiter.take(0, 10);
    limiter.give(4);
    expect(limiter.take(0, 10)).toBe(4);
    limiter.give(1000);
    expect(limiter.take(0, 100)).toBe(10);
  });

  it("gives nothing for a clock that steps back, and continues from the new time", () => {
    const limiter = createRateLimiter(10);
    limiter.take(10_000, 10);
    expect(limiter.take(1000, 10)).toBe(0);
    expect(limiter.take(1500, 10)).toBe(5);
  });

  it("never lets more through in a stretch than a burst and what the stretch brings", () => {
    const steps = fc.array(fc.record({ wait: fc.nat(3000), wanted: fc.nat(200) }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), steps, (rate, asks) => {
        const limiter = createRateLimiter(rate);
        let now = 0;
        let taken = 0;
        for (const { wait, wanted } of asks) {
          now += wait;
          const got = limiter.take(now, wanted);
          expect(got).toBeLessThanOrEqual(wanted);
          taken += got;
        }
        expect(taken).toBeLessThanOrEqual(rate + (now * rate) / 1000 + 1e-6);
      }),
    );
  });
});
