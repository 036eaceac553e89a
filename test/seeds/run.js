/** What `npm run simulate-seeds` runs. */
import { fileURLToPath } from "url";
import { readyToRun } from "../../bin/pinned-node.js";

if (readyToRun(fileURLToPath(import.meta.url))) {
  import("./simulate.ts")
    .then(({ simulate }) => simulate(process.argv.slice(2)))
    .then((code) => {
      process.exitCode = code;
    })
    .catch((error) => {
      console.error(error);
      process.exitCode = 1;
    });
}
