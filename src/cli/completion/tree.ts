/** What a shell can complete, read from the program: its commands, their options and the words that these take. */
import type { Command, Option } from "commander";

export interface CompletedOption {
  readonly long: string;
  readonly description: string;
  /** What follows it: nothing, a word of a list, a file, or something that no list has. */
  readonly takes: "nothing" | "a word" | "a file" | "anything";
  readonly words: readonly string[];
}

export interface CompletedCommand {
  /** What is typed behind `uptick`, with blanks between; empty for the program. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletedOption[];
  /** Words of its first argument, and whether one of its arguments is a file. */
  readonly words: readonly string[];
  readonly takesFile: boolean;
}

const FILE = /file|folder|path/i;

/** The program, then every command, each before those under it. */
export function completedCommands(program: Command): readonly CompletedCommand[] {
  return commandsFrom(program, []);
}

function commandsFrom(command: Command, path: readonly string[]): CompletedCommand[] {
  const help = command.createHelp();
  const under = help.visibleCommands(command).filter((one) => one.name() !== "help");
  const own = help.visibleOptions(command);
  const all = command.parent === null ? [] : help.visibleGlobalOptions(command);
  const takes = command.registeredArguments;
  const here: CompletedCommand = {
    path: path.join(" "),
    commands: under.map((one) => ({ name: one.name(), description: firstSentence(one.description()) })),
    options: [...own, ...all].flatMap(completedOption),
    words: takes[0]?.argChoices ?? [],
    takesFile: takes.some((one) => FILE.test(one.name())),
  };
  return [here, ...under.flatMap((one) => commandsFrom(one, [...path, one.name()]))];
}

function completedOption({ long, flags, description, argChoices, required, optional }: Option): CompletedOption[] {
  if (long === undefined || long === null) return [];
  const words = argChoices ?? [];
  const isFile = FILE.test(/[<[ ]([^<[ ]*?)[>\]]?$/.exec(flags)?.[1] ?? "");
  const value = words.length > 0 ? "a word" : isFile ? "a file" : "anything";
  return [{ long, description: firstSentence(description), takes: required || optional ? value : "nothing", words }];
}

/** Short enough for a menu, and without what shells would read as their own. */
const firstSentence = (text: string): string =>
  (/^.*?(?=[.;:(]|$)/s.exec(text)?.[0] ?? text)
    .replaceAll("'", "’")
    .replaceAll(/["`\\$[\]\n]/g, "")
    .trim()
    .slice(0, 100);
