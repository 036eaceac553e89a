/** The `uptick` command: the REST commands of `cli`, and those that run a server, loaded only when they are asked for. */
import type { Command } from "commander";
import { type CliIo, errorText, exitCodeOf, processIo, runCli } from "../cli/index.ts";
import { OWN_COMMANDS, type World } from "./own-commands.ts";

/** Gives the exit code. `io`: another world than the process's, for tests. */
export async function main(argv: readonly string[], io?: CliIo): Promise<number> {
  const { env, stdout, stderr }: World = io ?? process;
  const sayOnStderr = (error: unknown): void => void stderr.write(`${errorText(error)}\n`);
  const own = OWN_COMMANDS.find(({ words }) => words.every((word, at) => word === argv[at]));
  if (own === undefined || argv.includes("--help") || argv.includes("-h"))
    return runCli(io ?? processIo(argv, sayOnStderr), addOwnCommands);
  try {
    return await own.run(argv.slice(own.words.length), { env, stdout, stderr });
  } catch (error) {
    sayOnStderr(error);
    return exitCodeOf(error);
  }
}

/**
 * Gives the commands that are not the API's their help; `main` runs them without the program. One that comes to be run
 * here has an option of the program before it, which it would not have seen.
 */
export function addOwnCommands(program: Command): void {
  for (const { words, description, after, options, arguments: takes } of OWN_COMMANDS) {
    const parent = program.commands.find((group) => words.length > 1 && group.name() === words[0]) ?? program;
    const command = parent.command(words.at(-1) ?? "").description(description);
    if (takes !== undefined) command.argument(takes);
    for (const option of options) command.addOption(option);
    if (after !== undefined) command.addHelpText("after", after);
    // The options for all are those of the API's commands; here they would be refused.
    command.configureHelp({ showGlobalOptions: false });
    command.allowUnknownOption().allowExcessArguments();
    command.action(() => command.error(`error: no option may stand before it: uptick ${words.join(" ")} ...`));
  }
}
