/**
 * What `npm test` runs: format, types, lint, then all tests, and whether they have seen every reply of the API. The last line is
 * the sum, each of the others counting as one. A skipped suite is named loudly, and fails the run where UPTICK_NO_SKIP=1.
 * `npm test -- PATTERN` hands the pattern to vitest.
 */
import { fileURLToPath } from "url";
import { readyToRun } from "../bin/pinned-node.js";

if (readyToRun(fileURLToPath(import.meta.url))) {
  import("./run-all.ts")
    .then(({ runAll }) => runAll(process.argv.slice(2)))
    .then((code) => {
      process.exitCode = code;
    })
    .catch((error) => {
      console.error(error);
      console.log("0 passed, 1 failed");
      process.exitCode = 1;
    });
}
