/** Starts run.ts with the pinned Node where the system's is older. */
import { fileURLToPath } from "url";
import { readyToRun } from "../../bin/pinned-node.js";

if (readyToRun(fileURLToPath(import.meta.url))) {
  import("./run.ts").catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
}
