import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createClock, formatClockSpec, parseClockSpec, scaledClock, systemClock } from "./clock.ts";

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
  it("sleep as long as asked in real time", async () => {
    const sleep = systemClock.sleep(1000);
    await vi.advanceTimersByTimeAsync(999);
    expect(await settled(sleep)).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await settled(sleep)).toBe(true);
  });

  it("sleep longer than the longest timer of Node", async () => {
    const sleep = systemClock.sleep(40 * DAY);
    await vi.advanceTimersByTimeAsync(40 * DAY - 1);
    expect(await settled(sleep)).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await settled(sleep)).toBe(true);
  });

  it("wake with the signal's reason when aborted, and leave no timer behind", async () => {
    const stop = new AbortController();
    const sleep = systemClock.sleep(1000, stop.signal);
    const caught = sleep.catch((error: unknown) => error);
    const reason = new Error("draining");
    stop.abort(reason);
    expect(await caught).toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("do not begin a sleep under a signal that is aborted already", async () => {
    await expect(systemClock.sleep(1000, AbortSignal.abort(new Error("over")))).rejects.toThrow("over");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("run faster when scaled, and sleep shorter by the same factor", async () => {
    const clock = scaledClock({ virtualStart: 1_000_000, realStart: START, speed: 3600 });
    expect(clock.now()).toBe(1_000_000);
    const sleep = clock.sleep(DAY);
    await vi.advanceTimersByTimeAsync(23_999);
    expect(await settled(sleep)).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await settled(sleep)).toBe(true);
    expect(clock.now()).toBe(1_000_000 + DAY);
  });

  it("give integers when the speed is not one", async () => {
    const clock = scaledClock({ virtualStart: 0, realStart: START, speed: 1.5 });
    await vi.advanceTimersByTimeAsync(1);
    expect(clock.now()).toBe(1);
  });

  it("are the system's for the text real", () => {
    expect(createClock("real")).toBe(systemClock);
    expect(systemClock.now()).toBe(START);
  });
});

describe("clock text", () => {
  it("comes back the same from writing and reading", () => {
    const ms = fc.integer({ min: 0, max: 2 ** 48 });
    const speed = fc.oneof(fc.integer({ min: 1, max: 1_000_000 }), fc.constantFrom(0.5, 1.25, 60.1));
    fc.assert(
      fc.property(fc.record({ virtualStart: ms, realStart: ms, speed }), (spec) => {
        expect(parseClockSpec(formatClockSpec(spec))).toEqual(spec);
      }),
    );
    expect(parseClockSpec(formatClockSpec("real"))).toBe("real");
  });

  it.each(["", "Real", "scaled", "scaled:1:2", "scaled:1:2:0", "scaled:1:2:-1", "scaled:a:2:1", "scaled:1:2:1:1"])(
    "refuses %j",
    (text) => {
      expect(parseClockSpec(text)).toBeUndefined();
    },
  );
});
