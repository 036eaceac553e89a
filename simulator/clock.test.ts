import { describe, expect, it } from "vitest";
import { scaledClock } from "./clock.ts";

describe("scaled clock", () => {
  it("runs as many times faster as it was told", async () => {
    // 50 real ms: Node's timers may fire up to two of them early, which must not matter here.
    const clock = scaledClock({ start: 5_000_000, factor: 100_000 });
    await clock.sleep(5_000_000);
    expect(clock.now()).toBeGreaterThanOrEqual(5_000_000 + 4_500_000);
  });
});
