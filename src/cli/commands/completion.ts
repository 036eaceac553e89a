/** `uptick completion`: what a shell needs to complete commands, options and their words. */
import { Argument, type Command } from "commander";
import { UptickError } from "../../errors/index.ts";
import { type Cli, examples } from "../cli.ts";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import { completedCommands } from "../completion/tree.ts";
import { zshCompletion } from "../completion/zsh.ts";

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };
type Shell = keyof typeof SHELLS;

const NAMES = Object.keys(SHELLS);

function shellOf(text: string): Shell {
  if (Object.hasOwn(SHELLS, text)) return text as Shell;
  throw new UptickError("usage-invalid", `There is no completion for the shell "${text}".`, {
    remedy: `Name one of ${NAMES.join(", ")}.`,
  });
}

export function addCompletion(program: Command, cli: Cli): void {
  const command = program
    .command("completion")
    .addArgument(new Argument("<shell>", "your shell").choices(NAMES).argParser(shellOf))
    .description("Print the completion script of a shell. It needs no server.")
    .action((shell: Shell) => void cli.io.stdout.write(SHELLS[shell](completedCommands(program))));
  examples(command, [
    ["bash: then put this into ~/.bashrc: source ~/.uptick-completion", "completion bash > ~/.uptick-completion"],
    ["zsh: the same in ~/.zshrc, after compinit", "completion zsh > ~/.uptick-completion"],
    ["fish: nothing else is needed", "completion fish > ~/.config/fish/completions/uptick.fish"],
  ]);
}
