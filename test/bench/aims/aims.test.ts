/** The bench of the aims as it is called, in small. What it measures hangs on the machine; that it measures all of it does not. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

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
      for (const side of ["Idle", "bare https, Idle", "bare https, rounds", "bare loop, writes alone"])
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
    expect(said.out.match(/^.{64} +[\d.]+ {3}[≤≥] [\d.]+ +(yes|no)$/gm)).toHaveLength(7);
  },
  BUSY_MACHINE,
);
