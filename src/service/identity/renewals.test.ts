import { describe, expect, it } from "vitest";
import { nextAttempt, renewalDue } from "./renewals.ts";

const DAY = 86_400_000;
const END = Date.UTC(2028, 7, 25);
const ids = Array.from({ length: 1000 }, (_, n) => `0198c000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`);

describe("when an identity is renewed", () => {
  it("lies 60 to 30 days before its end, always the same for a device", () => {
    for (const id of ids) {
      const due = renewalDue(id, END, 730 * DAY);
      expect(due).toBeGreaterThanOrEqual(END - 60 * DAY);
      expect(due).toBeLessThan(END - 30 * DAY);
      expect(renewalDue(id, END, 730 * DAY)).toBe(due);
    }
  });

  it("is spread: no day has more than twice its share of a fleet enrolled on one day", () => {
    const days = new Map<number, number>();
    for (const id of ids) {
      const day = Math.floor((END - renewalDue(id, END, 730 * DAY)) / DAY);
      days.set(day, (days.get(day) ?? 0) + 1);
    }
    expect(days.size).toBeGreaterThanOrEqual(30);
    expect(Math.max(...days.values())).toBeLessThan((2 * ids.length) / 30);
  });

  it("is never at once for what was just issued, however short it lives", () => {
    for (const life of [1, 10, 90].map((days) => days * DAY))
      for (const id of ids) expect(renewalDue(id, life, life)).toBeGreaterThanOrEqual((life / 3) * 2 - 1);
  });

  it("is tried again ever less often, at least weekly", () => {
    expect([0, 1, 5, 6, 50].map((n) => nextAttempt(n, 730 * DAY) / DAY)).toEqual([1, 2, 6, 7, 7]);
    // Of an identity that lives for three days, sixteen times in its last one.
    expect([0, 1, 6, 50].map((n) => (nextAttempt(n, 3 * DAY) * 16) / DAY)).toEqual([1, 2, 7, 7]);
  });
});
