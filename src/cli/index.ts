/** The door of `cli`: the commands that talk to the REST API, and what the other commands share with them. */
export { clean, cleanJson, cleanLines } from "./clean.ts";
export { type CliIo, processIo, type Sink } from "./io.ts";
export { type Breakable, listenForInterrupt } from "./interrupt.ts";
export { readPlans } from "./plan-yaml.ts";
export { buildProgram } from "./program.ts";
export { mustBeWritable } from "./report-file.ts";
export { errorText, exitCodeOf, runCli } from "./run.ts";
export { alignedTable as table } from "./layout.ts";
export { OWN_TLS } from "./trust-words.ts";
