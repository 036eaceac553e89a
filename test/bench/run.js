/** What `npm run bench` runs. */
import { fileURLToPath } from "url";
import { readyToRun } from "../../bin/pinned-node.js";

/** Another server's bench, or what it needs. */
const OF_A_TARGET = /^--(target|make-identities)(=|$)/;

if (readyToRun(fileURLToPath(import.meta.url))) {
  const ofTarget = process.argv.some((word) => OF_A_TARGET.test(word));
  import(ofTarget ? "./target/main.ts" : "./bench.ts").catch((error) => {
    // A mistake of who called is said without a stack.
    console.error(error instanceof Error && error.name === "Refused" ? error.message : error);
    process.exitCode = 1;
  });
}
