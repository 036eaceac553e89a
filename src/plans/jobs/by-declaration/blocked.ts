/** What is done when something stands in the way of a job by declaration. */
import { FAILING, neededFor } from "./person.ts";
import { failureOf, moment, unheardKeeping } from "./watch.ts";
import { type Effect, SYNC } from "../effect.ts";
import type { Event } from "../event.ts";
import type { Block, DeclaredJob } from "../job.ts";
import { type Arrival, next, PUSH_DELAYS, say, send } from "../pace.ts";
import { DAY, HOUR } from "../units.ts";

export function blocked(job: DeclaredJob, event: Event, now: number): Arrival {
  switch (event.kind) {
    case "refusedByDevice": {
      // "Can't be applied" is what a device says that is there already: its version tells.
      const told = say(
        { ...job, block: { by: "device" } },
        "refused-by-device",
        { code: event.code, detail: event.detail, ...moment(job) },
        now,
      );
      return { job: next(told, "push-again", now + (PUSH_DELAYS[0] ?? HOUR)), effects: [ASK] };
    }
    case "undeclarable": {
      const told = say(
        { ...job, block: { by: "server" } },
        "declaration-not-made",
        { code: event.code, detail: event.detail },
        now,
      );
      return { job: next(told, "look-again", now + DAY), effects: [] };
    }
    case "failing": {
      const needs = neededFor(event.detail);
      const block: Block = { by: "failure", ...(needs === undefined ? {} : { needs }) };
      const reason = needs === undefined ? "failing" : FAILING[needs];
      const told = say({ ...job, block }, reason, { ...moment(job), ...failureOf(job) }, now);
      return { job: next(told, "look-again", now + DAY), effects: [] };
    }
    case "unreported": {
      const told = say({ ...job, block: { by: "silence" } }, "never-reported", {}, now);
      return { job: next(told, "try-again", now + DAY), effects: SYNC };
    }
    case "unheard":
      if (job.declared.unreported === true) {
        return { job: next(job, "try-again", now + DAY), effects: SYNC };
      }
      return job.next.action === "push-again" ? unheardKeeping(job, now) : send(job, "ask", job.reason, now);
    default:
      return { job: next(job, "look-again", now + DAY), effects: [] };
  }
}

const ASK: Effect = { kind: "send", purpose: "ask", once: false };
