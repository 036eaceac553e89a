/**
 * `uptick serve` with another clock of plans and jobs: `shared`, that of the process that started it, or so many ms ahead of the
 * system's. What follows is for `serve`.
 */
import { enableCompileCache, getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { realClock } from "../../src/main/clock.ts";
import { clockOfParent } from "./process-clock.ts";

enableCompileCache();
const cache = getCompileCacheDir();
// Threads take it from here only.
if (cache !== undefined) process.env["NODE_COMPILE_CACHE"] ??= dirname(cache);

/** Jobs, enrollments, plans, policies, blocks, blackouts, classes, exclusions, sweeps and pushes: the loops of `src/main/loops.ts` that live on the clock of plans and jobs. */
const LOOPS = 10;

const [given, ...argv] = process.argv.slice(2);
const shared = given === "shared" ? await clockOfParent(LOOPS) : undefined;
const { serve } = await import("../../src/main/index.ts");
const { env, stdout, stderr } = process;
const code = await serve(
  { argv, env, stdout, stderr },
  { clock: (believed) => shared ?? realClock(() => believed() + Number(given)) },
);
process.exit(code);
