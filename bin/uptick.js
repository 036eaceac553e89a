#!/usr/bin/env node
/** The `uptick` command. Plain JavaScript, so that an old Node can still say what is wrong. */
import * as nodeModule from "module";
import { fileURLToPath } from "url";
import { readyToRun } from "./pinned-node.js";

if (readyToRun(fileURLToPath(import.meta.url))) {
  nodeModule.enableCompileCache();
  import("../src/main/main.ts")
    .then(({ main }) => main(process.argv.slice(2)))
    .then((code) => {
      process.exitCode = code;
    })
    .catch((error) => {
      // main() words every error it knows; what arrives here is a fault of ours and keeps its stack.
      process.stderr.write("uptick: " + (error && error.stack ? error.stack : String(error)) + "\n");
      process.exitCode = 1;
    });
}
