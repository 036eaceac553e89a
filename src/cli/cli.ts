/** What every command is given: the world, the server, and ways to say something. */
import { type Command, InvalidArgumentError } from "commander";
import { Api, type Said } from "./api.ts";
import { cleanJson } from "./clean.ts";
import { connect } from "./connect.ts";
import type { CliIo } from "./io.ts";

export class Cli {
  readonly io: CliIo;
  readonly #program: Command;

  constructor(io: CliIo, program: Command) {
    this.io = io;
    this.#program = program;
  }

  get json(): boolean {
    return this.#program.opts<{ json?: boolean }>().json === true;
  }

  async api(): Promise<Api> {
    const options = this.#program.opts<{ url?: string; tokenFile?: string }>();
    return new Api(await connect(this.io, options), this.io.fetch, (ms) => this.io.sleep(ms));
  }

  /** Lines for people; what others chose must have been made harmless. */
  say(...lines: readonly string[]): void {
    this.io.stdout.write(lines.map((line) => `${line}\n`).join(""));
  }

  /** The server's JSON; what a terminal would obey is escaped as JSON does, so that the same is read from it. */
  sayJson(text: string): void {
    this.say(cleanJson(text));
  }

  /** The server's reply with --json, else its words for people. */
  show<T>({ value, text }: Said<T>, words: (value: T) => readonly string[]): void {
    if (this.json) this.sayJson(text);
    else this.say(...words(value));
  }
}

/** Adds examples behind the help of a command: `what` it does, then the line to type. */
export function examples(command: Command, pairs: readonly (readonly [what: string, line: string])[]): Command {
  const lines = pairs.map(([what, line]) => `  # ${what}\n  $ uptick ${line}`);
  return command.addHelpText("after", `\nExamples:\n${lines.join("\n\n")}\n`);
}

/** Parses an option that is a whole number within bounds. */
export function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

/** "1 device", "2 devices" */
export function counted(amount: number, thing: string): string {
  return `${amount} ${thing}${amount === 1 ? "" : "s"}`;
}
