/** What every command is given: the world, the server, and ways to say something. */
import { type Command, InvalidArgumentError } from "commander";
import { Api, type Said } from "./api.ts";
import { cleanJson } from "./clean.ts";
import { connect } from "./connect.ts";
import { csvOfRows } from "./csv-lists.ts";
import type { CliIo } from "./io.ts";
import { laidOut, type Open, type Screen } from "./layout.ts";
import { paintCell, painted } from "./paint.ts";

export class Cli {
  readonly io: CliIo;
  readonly #program: Command;
  /** How far the server's time is from everybody's (ms). */
  #ahead = 0;
  #open: Open | undefined;
  /** Of a list that is printed as CSV. */
  #rows: unknown[] | undefined;

  constructor(io: CliIo, program: Command) {
    this.io = { ...io, now: () => io.now() + this.#ahead };
    this.#program = program;
  }

  /** What is said is the API's JSON, which becomes CSV where that is asked for. */
  get json(): boolean {
    return this.#rows !== undefined || this.#program.opts<{ json?: boolean }>().json === true;
  }

  /** From now on the rows of what `sayJson` is given are kept. */
  beginCsv(): void {
    this.#rows = [];
  }

  /** Prints the rows that were kept. */
  endCsv(): void {
    if (this.#rows !== undefined) this.io.stdout.write(csvOfRows(this.#rows));
  }

  async api(): Promise<Api> {
    const options = this.#program.opts<{ url?: string; tokenFile?: string }>();
    return new Api(
      await connect(this.io, options),
      this.io.fetch,
      (ms) => this.io.sleep(ms),
      (at) => {
        this.#ahead += at - this.io.now();
      },
    );
  }

  /** Lines for people; what others chose must have been made harmless. Those of tables get their columns here. */
  say(...lines: readonly string[]): void {
    this.io.stdout.write(
      this.laidOut(lines)
        .map((line) => `${line}\n`)
        .join(""),
    );
  }

  /** Lines as `say` shows them, on a terminal within its width. A table that the last call has begun may continue. */
  laidOut(lines: readonly string[], how: Pick<Screen, "oneLine"> = {}): readonly string[] {
    const { isTty, hasColours } = this.io;
    const columns = isTty ? this.io.size().columns : Number.POSITIVE_INFINITY;
    const paint: Screen["paint"] = hasColours ? paintCell : (_heading, cell) => cell;
    const done = laidOut(lines, { columns, paint, ...how }, this.#open);
    this.#open = done.open;
    return done.lines;
  }

  /** A text that begins with the label of a class or a state, in its colour where the terminal has colours. */
  painted(text: string): string {
    return this.io.hasColours ? painted(text) : text;
  }

  /** The server's JSON; what a terminal would obey is escaped as JSON does, so that the same is read from it. */
  sayJson(text: string): void {
    if (this.#rows === undefined) return this.say(cleanJson(text));
    for (const row of (JSON.parse(text) as { rows: readonly unknown[] }).rows) this.#rows.push(row);
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
