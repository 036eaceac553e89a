/** Runs one command and gives its exit code. */
import { type Command, CommanderError } from "commander";
import { isUptickError, remedyInCommands, UptickError } from "../errors/index.ts";
import { changedLines } from "./changed-lines.ts";
import { cleanLines } from "./clean.ts";
import type { ExitCode } from "./exit-codes.ts";
import { ExitWith } from "./exit-with.ts";
import type { CliIo } from "./io.ts";
import { buildProgram } from "./program.ts";
import { ServerProblem } from "./server-problem.ts";

/** What the operating system says where there is no room: not an internal fault, and its stack helps nobody. */
const NO_ROOM = new Set(["ENOSPC", "EDQUOT"]);

/** Devices that an error names, whose decisions have changed. */
const MOST_CHANGED = 20;

/** Code, message and remedy; an internal fault keeps its stack. */
export function errorText(error: unknown): string {
  if (error instanceof Error && NO_ROOM.has((error as NodeJS.ErrnoException).code ?? ""))
    return errorText(new UptickError("disk-full", `A file can't be written: ${error.message}.`));
  if (error instanceof ServerProblem || isUptickError(error)) {
    const changed = error instanceof ServerProblem ? error.changed : undefined;
    const devices = changed === undefined ? "" : `${["", ...changedLines(changed, MOST_CHANGED)].join("\n")}\n`;
    const remedy = remedyInCommands(error.code, error.remedy);
    return cleanLines(`uptick: ${error.message}\n  code: ${error.code}\n  remedy: ${remedy}\n${devices}`);
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return cleanLines(`uptick: an internal fault, please report it\n${text}\n`);
}

/** 2 where the command line is at fault, else 1. */
export const exitCodeOf = (error: unknown): ExitCode =>
  isUptickError(error) && error.code === "usage-invalid" ? 2 : 1;

/** `extra` adds commands that are not the API's; what they throw is treated alike. */
export async function runCli(io: CliIo, extra?: (program: Command) => void): Promise<ExitCode> {
  const program = buildProgram(io, extra);
  if (io.argv.length === 0) {
    program.outputHelp();
    return 0;
  }
  try {
    await program.parseAsync([...io.argv], { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof ExitWith) return error.exitCode;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    io.stderr.write(errorText(error));
    return exitCodeOf(error);
  }
}
