/** Batches of asks of which some are patient. */
import { describe, expect, it } from "vitest";
import { nextBatch } from "./next-batch.ts";

const asks = (...of: readonly (readonly [count: number, patient: boolean])[]) =>
  of.flatMap(([count, patient], nth) =>
    Array.from({ length: count }, (_none, n) => ({ name: `${nth}.${n}`, patient })),
  );
const patientIn = (batch: readonly { readonly patient: boolean }[]): number =>
  batch.filter(({ patient }) => patient).length;

describe("the next batch", () => {
  it.each([
    ["of nobody", asks(), 0, 0],
    ["of impatient asks alone", asks([9, false]), 9, 0],
    ["of as many as there may be", asks([300, false]), 256, 44],
    ["of 16 patient ones", asks([17, true]), 16, 1],
    ["of 16 patient ones, and of those behind them", asks([20, true], [30, false], [5, true]), 46, 9],
    ["of those that came first, where there are too many", asks([256, false], [16, true]), 256, 16],
  ])("is %s", (_what, queue, taken, left) => {
    const all = [...queue];
    const batch = nextBatch(256).take(queue);
    expect([batch.length, queue.length]).toEqual([taken, left]);
    for (const some of [batch, queue]) expect(some).toEqual(all.filter((ask) => some.includes(ask)));
  });

  it("has a patient ask however many others come, once those before it are done", () => {
    const next = nextBatch(256);
    const queue = asks([256, false], [1, true]);
    next.take(queue);
    queue.push(...asks([300, false]));
    expect(patientIn(next.take(queue))).toBe(1);
  });

  it("has more patient asks while batches are short, fewer while they are long, and never less than 16 or more than 64", () => {
    const next = nextBatch(256);
    const counts = (times: number, ms: number): number[] =>
      Array.from({ length: times }, () => {
        const count = patientIn(next.take(asks([100, true])));
        next.took(ms);
        return count;
      });
    expect(counts(8, 7.9)).toEqual([16, 24, 32, 40, 48, 56, 64, 64]);
    expect(counts(3, 8)).toEqual([64, 64, 64]);
    expect(counts(3, 12)).toEqual([64, 64, 64]);
    expect(counts(8, 12.1)).toEqual([64, 56, 48, 40, 32, 24, 16, 16]);
  });

  it("has no more of them for short batches that took all that waited", () => {
    const next = nextBatch(256);
    next.take(asks([15, true]));
    next.took(1);
    expect(patientIn(next.take(asks([100, true])))).toBe(16);
  });
});
