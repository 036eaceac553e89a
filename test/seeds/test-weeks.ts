/**
 * Tests of the weeks of some seeds, which the program of `npm run simulate-seeds` lives in one process: that takes less work
 * than here, where vitest stands between the modules. The files that share the seeds run beside each other.
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Found } from "./week.ts";

const SCRIPT = fileURLToPath(new URL("./run.js", import.meta.url));
/** In parts, so that what is slow is a slow machine and not one endless test. */
const PART = 20;

export function testWeeks(from: number, count: number): void {
  const found: Found[] = [];
  let child: ChildProcess;
  let ended: Promise<void>;
  let isThere = (): void => undefined;

  beforeAll(() => {
    child = fork(SCRIPT, ["--from", String(from), "--seeds", String(count), "--processes", "1"]);
    child.on("message", (week: Found) => {
      found.push(week);
      isThere();
    });
    ended = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        if (code === 0 && found.length === count) resolve();
        else reject(new Error(`the weeks ended after ${found.length} of ${count}: ${signal ?? code}`));
      });
    });
    // Whoever waits for a part hears of it.
    ended.catch(() => undefined);
  });
  afterAll(() => {
    child.kill();
  });

  /** The weeks of the first seeds. */
  async function first(most: number): Promise<readonly Found[]> {
    const enough = new Promise<void>((resolve) => {
      isThere = () => {
        if (found.length >= most) resolve();
      };
      isThere();
    });
    await Promise.race([enough, ended]);
    return found.slice(0, most);
  }

  describe(`the weeks of a server and its devices, seeds ${from} to ${from + count - 1}`, () => {
    it.each(Array.from({ length: count / PART }, (_, part) => from + part * PART))(
      "break no promise: seeds from %i",
      async (begin) => {
        const before = begin - from;
        const part = (await first(before + PART)).slice(before);
        expect(part.map(({ seed }) => seed)).toEqual(Array.from({ length: PART }, (_, n) => String(begin + n)));
        expect(part.flatMap(({ seed, broken }) => broken.map((what) => `seed ${seed}: ${what}`))).toEqual([]);
      },
    );

    it("were busy: servers died, devices installed", async () => {
      await ended;
      const sum = (name: keyof Found["counts"]): number => found.reduce((so, { counts }) => so + counts[name], 0);
      expect(sum("commits")).toBeGreaterThan(count * 100);
      expect(sum("deaths")).toBeGreaterThan(count);
      expect(sum("installs")).toBeGreaterThan(count / 2);
    });
  });
}
