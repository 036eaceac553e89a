#!/usr/bin/env node
/** The `uptick` command. Plain JavaScript, so that an old Node can still say what is wrong. */
import * as nodeModule from "module";
import * as path from "path";
import { fileURLToPath } from "url";
import { readyToRun } from "./pinned-node.js";

if (readyToRun(fileURLToPath(import.meta.url))) {
  nodeModule.enableCompileCache();
  // Threads take it from here only: without it each compiles all its modules anew, and keeps the compiler (40 MB in all).
  const cache = nodeModule.getCompileCacheDir();
  if (cache !== undefined) process.env.NODE_COMPILE_CACHE ??= path.dirname(cache);
  import("../src/program/main.ts")
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
