/** Where an event leads a job, by its mechanism. */
import { stopLeadsTo } from "./by-command/stop.ts";
import { TABLE } from "./by-command/table.ts";
import { declaredStopLeadsTo } from "./by-declaration/stop.ts";
import { DECLARED_TABLE } from "./by-declaration/table.ts";
import { type Row, STOP } from "./ends.ts";
import type { Event } from "./event.ts";
import { type Job, stopIn } from "./job.ts";
import { isPause, isWithheld, type State } from "./state.ts";

const LEAVES_NO_WAY: ReadonlySet<Event["kind"]> = new Set(["gone", "impossible", "expired"]);

/** Where `event` leads a job; undefined: nowhere, the event is only recorded. */
export function nextState(job: Job, event: Event): State | undefined {
  // Whatever the state: the job continues from where it is, or tells its device again.
  if (event.kind === "recall" || event.kind === "retold") {
    if (job.end !== undefined || isWithheld(job.state)) return undefined;
    return event.kind === "recall" ? job.state : "asking";
  }
  const declared = job.mechanism === "declaration";
  const row: Row = declared ? DECLARED_TABLE[job.state] : TABLE[job.state];
  const to = row[event.kind];
  // What ends a stop puts a paused job to rest; what leaves no way to the device ends that as well.
  if (to === "stopped" && isPause(stopIn(job)?.cause)) return LEAVES_NO_WAY.has(event.kind) ? "failed" : "paused";
  if (to !== STOP) return to;
  if (job.end !== undefined) return undefined;
  // It was taken back already.
  if (job.state === "paused" && event.kind === "withdrawn") return isPause(event.cause) ? "paused" : "stopped";
  return job.mechanism === "declaration" ? declaredStopLeadsTo(job, event) : stopLeadsTo(job);
}
