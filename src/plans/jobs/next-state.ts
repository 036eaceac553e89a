/** Where an event leads a job, by its mechanism. */
import { stopLeadsTo } from "./by-command/stop.ts";
import { TABLE } from "./by-command/table.ts";
import { declaredStopLeadsTo } from "./by-declaration/stop.ts";
import { DECLARED_TABLE } from "./by-declaration/table.ts";
import { type Row, STOP } from "./ends.ts";
import type { Event } from "./event.ts";
import type { Job } from "./job.ts";
import type { State } from "./state.ts";

/** Where `event` leads a job; undefined: nowhere, the event is only recorded. */
export function nextState(job: Job, event: Event): State | undefined {
  const declared = job.mechanism === "declaration";
  const row: Row = declared ? DECLARED_TABLE[job.state] : TABLE[job.state];
  const to = row[event.kind];
  if (to !== STOP) return to;
  if (job.end !== undefined) return undefined;
  return job.mechanism === "declaration" ? declaredStopLeadsTo(job, event) : stopLeadsTo(job);
}
