/** `uptick serve` on the clock of the process that started it. */
import { enableCompileCache, getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { clockOfParent } from "./process-clock.ts";

enableCompileCache();
const cache = getCompileCacheDir();
// Threads take it from here only.
if (cache !== undefined) process.env["NODE_COMPILE_CACHE"] ??= dirname(cache);

/** Jobs, enrollments, plans, policies and pushes: the loops of `src/main/loops.ts` that live on the clock of plans and jobs. */
const LOOPS = 5;

const clock = await clockOfParent(LOOPS);
const { serve } = await import("../../src/main/index.ts");
const { env, stdout, stderr } = process;
const code = await serve({ argv: process.argv.slice(2), env, stdout, stderr }, { clock: () => clock });
process.exit(code);
