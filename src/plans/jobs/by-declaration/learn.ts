/** What a job by declaration learns from an event, whatever its state. */
import type { Event } from "../event.ts";
import type { ByDeclaration, Declared, Job } from "../job.ts";
import { drop } from "../pace.ts";

export function learnDeclared<J extends Job & ByDeclaration>(job: J, event: Event, now: number): J {
  switch (event.kind) {
    case "reached":
    case "impossible":
    case "below":
      return { ...job, seen: event.seen };
    default: {
      const declared = after(job.declared, event, now);
      return declared === job.declared ? job : { ...job, declared };
    }
  }
}

function after(declared: Declared, event: Event, now: number): Declared {
  switch (event.kind) {
    case "taken":
      return { ...declared, takenAt: declared.takenAt ?? now };
    case "able": {
      const able = drop(declared, "unreported");
      return event.enforcement === undefined ? able : { ...able, enforcement: event.enforcement };
    }
    case "inForce":
    case "progress":
    case "downloaded":
    case "installing":
      return { ...declared, takenAt: declared.takenAt ?? now, inForceAt: declared.inForceAt ?? now };
    case "failing":
      return {
        ...declared,
        takenAt: declared.takenAt ?? now,
        failures: { count: event.count, detail: event.detail, since: declared.failures?.since ?? now },
      };
    default:
      return declared;
  }
}
