/** What `npm run bench` runs. */
import { fileURLToPath } from "url";
import { readyToRun } from "../../bin/pinned-node.js";

if (readyToRun(fileURLToPath(import.meta.url))) {
  import("./bench.ts").catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
}
