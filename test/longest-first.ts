/** The order of test files: those that are known to take long begin first, so that no worker waits for the other at the end. */
import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Beginnings of paths, the longest first; all others are about as long as their files. */
const LONGEST = [
  "test/seeds/weeks",
  "test/fleet/",
  "src/demo/demo",
  "test/hostile/readers",
  "test/guarantees/",
  "test/hostile/",
  "src/store/",
  "test/bench/",
  "test/routes/renewal",
  "simulator/",
  "test/routes/",
] as const;

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const path = relative(this.ctx.config.root, moduleId);
      const at = LONGEST.findIndex((beginning) => path.startsWith(beginning));
      return at === -1 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
