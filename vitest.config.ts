import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/longest-first.ts";

/**
 * Files that need a process of their own: they measure or fill it, keep a machine busy for long, or import the tests of
 * another file to run them on another store.
 */
const APART = [
  "test/fleet/**/*.test.ts",
  "test/hostile/**/*.test.ts",
  "test/bench/**/*.test.ts",
  "test/**/*on-postgres.test.ts",
  "src/main/**/*.test.ts",
  "src/demo/demo.test.ts",
];

export default defineConfig({
  test: {
    setupFiles: ["test/properties/setup.ts"],
    globalSetup: ["test/properties/announce.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    restoreMocks: true,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: { name: "apart", include: APART, sequence: { groupOrder: 0 } },
      },
      {
        // One after the other in the same two processes: reading the server's modules anew for each file takes as long as many of them.
        extends: true,
        test: {
          name: "together",
          include: ["src/**/*.test.ts", "simulator/**/*.test.ts", "test/**/*.test.ts"],
          exclude: APART,
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
