import { describe, expect, it } from "vitest";
import { jumpingClock, scaledClock } from "./clock.ts";

describe("jumping clock", () => {
  it("wakes sleepers in the order of their time, and shows that time", async () => {
    const clock = jumpingClock({ start: 1000 });
    const seen: [string, number][] = [];
    const sleep = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      seen.push([name, clock.now()]);
    };
    await Promise.all([sleep("late", 86_400_000), sleep("soon", 5), sleep("also soon", 5)]);
    expect(seen).toEqual([
      ["soon", 1005],
      ["also soon", 1005],
      ["late", 86_401_000],
    ]);
  });

  it("does not advance while it is held", async () => {
    const clock = jumpingClock({ start: 0 });
    const release = clock.hold?.();
    let woken = false;
    const sleeping = clock.sleep(10).then(() => (woken = true));
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(woken).toBe(false);
    release?.();
    await sleeping;
    expect(clock.now()).toBe(10);
  });

  it("ends a sleep whose signal aborts, without moving", async () => {
    const clock = jumpingClock({ start: 0, end: 5 });
    const stop = new AbortController();
    const sleeping = clock.sleep(10, stop.signal);
    stop.abort();
    await sleeping;
    expect(clock.now()).toBe(0);
  });
});

describe("scaled clock", () => {
  it("runs as many times faster as it was told", async () => {
    // 50 real ms: Node's timers may fire up to two of them early, which must not matter here.
    const clock = scaledClock({ start: 5_000_000, factor: 100_000 });
    await clock.sleep(5_000_000);
    expect(clock.now()).toBeGreaterThanOrEqual(5_000_000 + 4_500_000);
  });
});
