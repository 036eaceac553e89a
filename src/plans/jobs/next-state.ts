/** Where an event leads a job, by its mechanism. */
import { TABLE } from "./by-command/table.ts";
import { DECLARED_TABLE } from "./by-declaration/table.ts";
import type { Row } from "./ends.ts";
import type { Event } from "./event.ts";
import type { Job } from "./job.ts";
import type { State } from "./state.ts";

/** Where `kind` leads a job; undefined: nowhere, the event is only recorded. */
export function nextState(
  { state, mechanism }: Pick<Job, "state" | "mechanism">,
  kind: Event["kind"],
): State | undefined {
  const row: Row = mechanism === "declaration" ? DECLARED_TABLE[state] : TABLE[state];
  return row[kind];
}
