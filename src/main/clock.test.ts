import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { realClock } from "./clock.ts";

const DAY = 86_400_000;
const START = Date.UTC(2026, 7, 22);

/** Whether `promise` has settled once everything that is due has run. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  const note = () => {
    done = true;
  };
  promise.then(note, note);
  await vi.advanceTimersByTimeAsync(0);
  return done;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("clocks", () => {
  const real = realClock(() => Date.now());
  const never = new AbortController().signal;

  it("rest as long as asked in real time, whatever the clock is set to meanwhile", async () => {
    const sleep = real.sleep(1000, never);
    vi.setSystemTime(START - DAY);
    await vi.advanceTimersByTimeAsync(999);
    expect(await settled(sleep)).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await settled(sleep)).toBe(true);
  });

  it("wait for a moment", async () => {
    const waiting = real.until(START + DAY / 8, never);
    await vi.advanceTimersByTimeAsync(DAY / 8 - 1);
    expect(await settled(waiting)).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await settled(waiting)).toBe(true);
  });

  it("do not wait for a moment that is now, or has passed", async () => {
    expect(await settled(real.until(START, never))).toBe(true);
    expect(await settled(real.until(START - 1, never))).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("notice within a quarter of a second that they were set forward", async () => {
    const waiting = real.until(START + DAY, never);
    await vi.advanceTimersByTimeAsync(10_100);
    vi.setSystemTime(START + DAY);
    await vi.advanceTimersByTimeAsync(149);
    expect(await settled(waiting)).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await settled(waiting)).toBe(true);
  });

  it("wait for as long as it takes where they were set back", async () => {
    const waiting = real.until(START + 5000, never);
    vi.setSystemTime(START - DAY);
    await vi.advanceTimersByTimeAsync(DAY);
    expect(await settled(waiting)).toBe(false);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await settled(waiting)).toBe(true);
  });

  it.each([
    ["until", (signal: AbortSignal) => real.until(Number.POSITIVE_INFINITY, signal)],
    ["sleep", (signal: AbortSignal) => real.sleep(1000, signal)],
  ] as const)("end %s when it is aborted, and leave no timer behind", async (_name, wait) => {
    const stop = new AbortController();
    const waiting = wait(stop.signal);
    await vi.advanceTimersByTimeAsync(500);
    expect(await settled(waiting)).toBe(false);
    stop.abort();
    expect(await settled(waiting)).toBe(true);
    expect(await settled(wait(stop.signal))).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
