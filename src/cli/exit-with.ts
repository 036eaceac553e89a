/** A command has said all that it has to say, and its answer is an exit code that scripts read. */
import type { ExitCode } from "./exit-codes.ts";

export class ExitWith extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode) {
    super(`exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}
