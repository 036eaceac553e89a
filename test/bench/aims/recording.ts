/** What the writer's thread of a server has said to SQLite, as `tap.ts` takes it down and `loop.ts` says it again. */
import type { SQLInputValue } from "node:sqlite";

/** Files of the folder: what is being done now, in a word, and the recording. */
export const PHASE = "phase";
export const RECORDING = "recording";
/** The phase that is measured. */
export const COUNTED = "counted";

/** What a database must say alike after either. */
export const CLOSED = "SELECT count(*) AS closed FROM closed_command";

export interface Step {
  /** Its place in `statements`. */
  readonly sql: number;
  /** Rows are wanted of it. */
  readonly reads: boolean;
  readonly values: readonly SQLInputValue[];
}

export interface Recorded {
  readonly statements: readonly string[];
  /** One transaction each, in order. */
  readonly batches: { readonly phase: string; readonly steps: readonly Step[] }[];
}
