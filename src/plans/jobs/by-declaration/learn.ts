/** What a job by declaration learns from an event, whatever its state. */
import type { Event } from "../event.ts";
import type { Job } from "../job.ts";
import { stopOf } from "../pace.ts";

export function learn(job: Job, event: Event, now: number): Job {
  switch (event.kind) {
    case "reached":
    case "impossible":
    case "below":
      return { ...job, seen: event.seen };
    case "taken":
      return { ...job, takenAt: job.takenAt ?? now };
    case "able": {
      const { unreported: _awaited, ...rest } = job;
      return event.enforcement === undefined ? rest : { ...rest, enforcement: event.enforcement };
    }
    case "inForce":
    case "progress":
    case "downloaded":
    case "installing":
      return { ...job, takenAt: job.takenAt ?? now, inForceAt: job.inForceAt ?? now };
    case "failing":
      return {
        ...job,
        takenAt: job.takenAt ?? now,
        failures: { count: event.count, detail: event.detail, since: job.failures?.since ?? now },
      };
    case "dropped":
      return { ...job, stop: { ...stopOf(job), droppedAt: job.stop?.droppedAt ?? now } };
    default:
      return job;
  }
}
