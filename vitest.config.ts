import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/longest-first.ts";
import { memoryDisk } from "./test/support/memory-disk.ts";
import { SOON } from "./test/support/soon.ts";

// Threads and processes of tests take it from here: without it each compiles all of its modules. Where Node itself would put it.
process.env["NODE_COMPILE_CACHE"] ??= join(tmpdir(), "node-compile-cache");
// Processes that tests start take it from here, should one forget: nothing in a test asks anything of Apple.
process.env["UPTICK_CATALOG_FETCH"] ??= "off";
const memory = memoryDisk();
// What `tmpdir()` is from here on, in tests and what they start.
if (memory !== undefined) process.env["TMPDIR"] ??= memory;

/**
 * Files that need a separate process: their servers or stores have threads (V8 does not survive hundreds of them in one process:
 * "Check failed: jit_page.has_value()"), or they measure or fill their process, or they change what their process shares. Servers
 * of test/routes, test/guarantees and test/hostile have no threads unless their file says so.
 */
const APART = [
  "test/!(routes|guarantees|hostile)/**/*.test.ts",
  "test/hostile/{clock-back,clock-forward,crowd,full-disk,full-stdout,patterns,readers}.test.ts",
  "test/{routes,guarantees}/*on-postgres.test.ts",
  "test/guarantees/*-on-disk-first.test.ts",
  "test/routes/device-face.test.ts",
  "test/*.test.ts",
  "src/store/**/*.test.ts",
  "src/main/**/*.test.ts",
  "src/demo/demo.test.ts",
];

export default defineConfig({
  test: {
    setupFiles: ["test/properties/setup.ts"],
    globalSetup: ["test/properties/announce.ts", "test/support/key-directory.ts", "test/support/one-postgres.ts"],
    pool: "forks",
    maxWorkers: 2,
    // Far over what a busy machine needs: only what hangs is ended by them.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: SOON },
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
          include: ["src/**/*.test.ts", "simulator/**/*.test.ts", "test/{routes,guarantees,hostile}/*.test.ts"],
          exclude: APART,
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
