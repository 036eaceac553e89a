/** Starts compare.ts with the pinned Node where the system's is older. */
import { fileURLToPath } from "url";
import { readyToRun } from "../../bin/pinned-node.js";

if (readyToRun(fileURLToPath(import.meta.url))) {
  import("./compare.ts")
    .then(({ compare }) => compare(process.argv.slice(2), fileURLToPath(new URL("../..", import.meta.url))))
    .then((code) => {
      process.exitCode = code;
    })
    .catch((error) => {
      console.error(error);
      process.exitCode = 1;
    });
}
