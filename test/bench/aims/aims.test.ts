/** The bench of the aims as it is called, in small. What it measures hangs on the machine; that it measures all of it does not. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { aimLine } from "./figures.ts";
import { spent } from "./threads.ts";

/** A whole bench on a machine that has other things to do (ms). */
const BUSY_MACHINE = 120_000;
const RUN = fileURLToPath(new URL("../run.js", import.meta.url));
const SMALL = ["--devices", "5", "--facts", "2", "--connections", "2,3", "--laps", "1", "--fleet", "30"];

it(
  "measures every side with each number of connections, and holds the figures to each aim",
  async () => {
    const said = await new Promise<{ out: string; err: string }>((resolve) => {
      execFile(process.execPath, [RUN, "--only", "aims", ...SMALL], (_, out, err) => resolve({ out, err }));
    });
    expect(said.err).toBe("");
    for (const count of [2, 3]) {
      for (const side of ["bare https, Idle", "bare https, rounds", "bare loop, writes alone"])
        expect(said.out).toMatch(new RegExp(`^${side}, ${count} +\\d+ +[\\d.]+`, "m"));
      expect(said.out).toMatch(
        new RegExp(`^rounds, ${count} .*main thread \\d+, writer \\d+, V8 \\d+, others \\d+$`, "m"),
      );
      // A batch holds what came together, and there are no more connections than that.
      const batch = new RegExp(`^bare loop, ${count} .*in batches of (\\d+)`, "m").exec(said.out)?.[1];
      expect(Number(batch)).toBeGreaterThanOrEqual(1);
      expect(Number(batch)).toBeLessThanOrEqual(count);
    }
    expect(said.out.match(/^Other processes used /gm)).toHaveLength(2);
    expect(said.out).not.toContain("WRONG");
    // So short a run may be shorter than what the CPU of a process is counted in: then a ratio is none.
    expect(said.out.match(/^.{64} +(?:[\d.]+|Infinity|NaN) {3}[≤≥] [\d.]+ +(yes|no)$/gm)).toHaveLength(7);
  },
  BUSY_MACHINE,
);

it("says yes where an aim is reached, and no where it is not", () => {
  const said = (reached: number, relation: "≤" | "≥"): string => aimLine("an aim", reached, [relation, 2.5], 2);
  expect(
    [said(2.5, "≤"), said(2.51, "≤"), said(2.5, "≥"), said(2.49, "≥")].map((line) => line.split(" ").at(-1)),
  ).toEqual(["yes", "no", "yes", "no"]);
});

it("tells the thread that writes from the one that reads by what they have worked", () => {
  const thread = (id: number, name: string, cpuSeconds: number) => ({ id, name, cpuSeconds });
  const before = [thread(7, "MainThread", 1), thread(8, "V8Worker", 0), thread(9, "WorkerThread", 5)];
  const after = [
    thread(7, "MainThread", 3),
    thread(8, "V8Worker", 0.25),
    thread(9, "WorkerThread", 5.5),
    thread(10, "WorkerThread", 4),
  ];
  expect(spent(7, before, after)).toEqual({ main: 2, writer: 4, v8: 0.25, other: 0.5 });
});
