import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ringsFrame, type Scene, wrapped } from "./frame.ts";
import type { RingSeen } from "./news.ts";

const ring = (name: string, more: Partial<RingSeen> = {}): RingSeen => ({
  ...{ name, state: "waiting", macs: 8, on: 0, failing: 0, blocked: 0, when: "opens Tue  8 Sep 09:00" },
  ...more,
});
const scene: Scene = {
  clock: "2026-09-10 14:00 UTC",
  rings: [
    ring("Pilot", { state: "passed", macs: 4, on: 4, when: "" }),
    ring("Early", { state: "paused", on: 4, failing: 3, blocked: 3, when: "" }),
    ring("Everyone", { macs: 12 }),
  ],
  news: ["Tue  1 Sep 09:00  Pilot opens.", `Wed  9 Sep 19:00  ${"The gate pauses it. ".repeat(5).trim()}`],
};
const USUAL = { columns: 80, rows: 24 };

describe("the screen of the rings", () => {
  it("has the time, a line for each ring, and what happened", () => {
    expect(ringsFrame(scene, USUAL)).toEqual([
      "Uptick demo  2026-09-10 14:00 UTC  macOS 26.7 for 24 Macs in three rings",
      "Pilot     passed    4 of  4 on 26.7",
      "Early     paused    4 of  8 on 26.7  3 failed, 3 blocked",
      "Everyone  waiting   0 of 12 on 26.7  opens Tue  8 Sep 09:00",
      "",
      "Tue  1 Sep 09:00  Pilot opens.",
      "Wed  9 Sep 19:00  The gate pauses it. The gate pauses it. The gate pauses it.",
      "                  The gate pauses it. The gate pauses it.",
    ]);
  });

  it("keeps the newest of what happened where not all fits", () => {
    const news = Array.from({ length: 40 }, (_, n) => `Tue  1 Sep 09:00  News ${n}.`);
    const lines = ringsFrame({ ...scene, news }, USUAL);
    expect([lines.length, lines[0]?.slice(0, 11), lines.at(-1)]).toEqual([23, "Uptick demo", news.at(-1)]);
  });

  it("breaks between words, and what has no blank where it stands", () => {
    expect(wrapped("Tue  1 Sep 09:00  one two", 21)).toEqual(["Tue  1 Sep 09:00  one", "                  two"]);
    expect(wrapped("Tue  1 Sep 09:00  onetwothree", 21)).toEqual(["Tue  1 Sep 09:00  one"]);
  });

  it("is never larger than the terminal", () => {
    const text = fc.string({ maxLength: 200 });
    const size = fc.record({ columns: fc.integer({ min: 1, max: 200 }), rows: fc.integer({ min: 1, max: 60 }) });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 60 }), size, (news, terminal) => {
        const lines = ringsFrame({ ...scene, news }, terminal);
        expect(lines.length).toBeLessThan(terminal.rows);
        expect(Math.max(0, ...lines.map((line) => line.length))).toBeLessThanOrEqual(terminal.columns);
      }),
    );
  });
});
