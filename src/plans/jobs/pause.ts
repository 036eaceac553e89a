/**
 * A job that was taken back and will continue: what is done once nothing of it is left on its device, as far as is known. It keeps its
 * target and what it has learned; nothing of it is sent until it is resumed (resume.ts).
 */
import type { Effect } from "./effect.ts";
import type { Event } from "./event.ts";
import { saidBy } from "./finish.ts";
import type { LiveJob, Purpose } from "./job.ts";
import { type Arrival, next, say, stopBy, stopOf } from "./pace.ts";
import { DAY } from "./units.ts";

/** Arrives in "paused", or stays there. `before`: the job as it was before the event. */
export function atRest(job: LiveJob, event: Event, before: LiveJob, now: number): Arrival {
  const effects: Effect[] = (Object.keys(job.out) as Purpose[]).map((purpose) => ({ kind: "withdraw", purpose }));
  const resting = told(job, event, before, now);
  return { job: next(resting, "resume", Math.min(now + DAY, resting.stop?.until ?? now + DAY)), effects };
}

function told(job: LiveJob, event: Event, before: LiveJob, now: number): LiveJob {
  if (event.kind === "withdrawn") {
    const { cause } = event;
    return say({ ...job, stop: stopBy(event, stopOf(job)) }, job.reason, { ...job.params, cause }, now);
  }
  if (before.state !== "paused") {
    const said = saidBy(event, "paused", before) ?? before;
    return say(job, said.reason, said.params, now);
  }
  if (event.kind === "notTaken" && job.stop?.droppedAt !== undefined)
    return say(job, "withdrawal-confirmed", job.params, now);
  return job;
}
