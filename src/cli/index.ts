/** The door of `cli`: the commands that talk to the REST API. */
export { clean, cleanLines } from "./clean.ts";
export { type CliIo, processIo, type Sink } from "./io.ts";
export { buildProgram } from "./program.ts";
export { errorText, exitCodeOf, runCli } from "./run.ts";
export { OWN_TLS } from "./trust-words.ts";
