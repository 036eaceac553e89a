/** What stands in the table of commands: for each one line that does what it is for, and one that is refused. */
import type { CliIo } from "../../src/cli/index.ts";
import type { ErrorCode } from "../../src/errors/index.ts";
import type { Place, Ran } from "./place.ts";

/** What is typed behind `uptick`; a function, where it names something that the server made. */
export type Line = readonly string[] | ((place: Place) => readonly string[] | Promise<readonly string[]>);

export interface Happy {
  readonly line: Line;
  readonly io?: Partial<CliIo>;
  /** How it is run. Default: in this process. */
  readonly run?: (line: readonly string[]) => Promise<Ran>;
  /** All of these are printed on stdout. */
  readonly says: readonly (string | RegExp)[];
  /** Likewise on stderr, which is empty otherwise. */
  readonly aside?: readonly (string | RegExp)[];
  /** Its exit code. Default: 0. */
  readonly exits?: number;
  /** What is true after it, by the server's own word or in a file. */
  readonly then?: (place: Place, ran: Ran) => void | Promise<void>;
}

/** Refused with a code: stdout stays empty, the remedy is shown, and nothing has changed. */
export interface Sad {
  readonly line: Line;
  readonly io?: Partial<CliIo>;
  readonly code: ErrorCode;
  /** Default: the code's own. */
  readonly remedy?: string;
  /** Before a push certificate is there. */
  readonly fresh?: true;
}

export interface Row {
  readonly happy: Happy;
  readonly sad: Sad;
}

/** Not a command but a group of them: it does nothing by itself. */
export type Group = "group";

/** By the command as typed, such as "plan create". */
export type Rows = Readonly<Record<string, Row | Group>>;

/** A line with a token that is not the server's. */
export const asStranger =
  (...line: string[]): Line =>
  ({ file }) => [...line, "--token-file", file("wrong-token", "wrong")];
