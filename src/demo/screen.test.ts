import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { frame, type ScreenRow } from "./screen.ts";

const row = (kind: string, state: string, more: Partial<ScreenRow> = {}): ScreenRow => ({
  kind,
  state,
  version: "26.5",
  mechanism: "command",
  sentence: `${kind} is ${state}.`,
  progress: null,
  ...more,
});
const BIG = { columns: 120, rows: 40 };

describe("the demo's table", () => {
  it("has a line for each device, and a head with the time and the counts", () => {
    const lines = frame(
      [
        row("apple-tv", "done"),
        row("mac-intel", "ready", { mechanism: "declaration" }),
        row("ipad", "done", { mechanism: null }),
      ],
      BIG,
      "NOON",
      false,
    );
    expect(lines.slice(0, 2)).toEqual(["Uptick demo  NOON  3 devices", "2 done, 1 ready"]);
    expect(lines.slice(2)).toEqual([
      `apple-tv                      26.5    MDM   done                apple-tv is done.`,
      `mac-intel                     26.5    DDM   ready               mac-intel is ready.`,
      `ipad                          26.5          done                ipad is done.`,
    ]);
  });

  it.each([
    [0, "......"],
    [0.5, "###..."],
    [1, "######"],
    [7, "######"],
  ])("shows progress %d as a bar", (progress, bar) => {
    const [, , line] = frame([row("a", "downloading", { progress })], BIG, "", false);
    expect(line).toContain(`downloading ${bar}  a is`);
  });

  it("shows the busiest first, and how many are left out, when not all fit", () => {
    const states = ["done", "blocked", "ready", "installing", "refused", "asking"];
    const lines = frame(
      states.map((state) => row(state, state)),
      { columns: 80, rows: 7 },
      "",
      false,
    );
    expect(lines.slice(2).map((line) => line.slice(0, 11).trim())).toEqual([
      "installing",
      "asking",
      "blocked",
      "and 3 more",
    ]);
  });

  it("colours the state alone", () => {
    const [, , line] = frame([row("a", "done")], BIG, "", true);
    expect(line).toContain("\u001b[32mdone        \u001b[0m");
  });

  it("is never larger than the terminal", () => {
    const rows = fc.array(
      fc.record({
        kind: fc.string({ maxLength: 40 }),
        state: fc.constantFrom("done", "installing", "blocked"),
        version: fc.string({ maxLength: 10 }),
        mechanism: fc.constantFrom("command", "declaration", null),
        sentence: fc.string({ maxLength: 300 }),
        progress: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      }),
      { maxLength: 60 },
    );
    const size = fc.record({ columns: fc.integer({ min: 1, max: 200 }), rows: fc.integer({ min: 1, max: 60 }) });
    fc.assert(
      fc.property(rows, size, (all, terminal) => {
        const lines = frame(all, terminal, "2026-08-25", false);
        expect(lines.length).toBeLessThan(terminal.rows);
        expect(Math.max(0, ...lines.map((line) => line.length))).toBeLessThanOrEqual(terminal.columns);
      }),
    );
  });
});
