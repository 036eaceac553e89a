/** What the outside tells a job, and which events that is. */
import type { Days } from "../deadlines/days.ts";
import type { BootstrapToken } from "../decisions/authorise.ts";
import type { Mechanism } from "../decisions/mechanism.ts";
import { type Answer, interpret } from "./by-command/interpret.ts";
import type { Enforcement } from "./by-declaration/enforcement.ts";
import { type DeclaredReport, reportEvents } from "./by-declaration/interpret.ts";
import type { Event, Gone } from "./event.ts";
import { type Job, type Purpose, stopIn, type SeenVersion } from "./job.ts";
import { moveFor } from "./move.ts";
import { versionEvent } from "./sighting.ts";
import { isPause, isStopping, type WithdrawalCause } from "./state.ts";
import { timeEvent } from "./time-event.ts";

/** What the outside tells a job. */
export type Input =
  | { readonly kind: "begin" }
  | { readonly kind: "answer"; readonly purpose: Purpose; readonly answer: Answer }
  /** A version read from another message (the daily questions, a re-enrollment, a raw command). */
  | { readonly kind: "seen"; readonly seen: SeenVersion }
  /** A command of the job was handed to the device. */
  | { readonly kind: "offered"; readonly purpose: Purpose }
  /** The job's order stays in the queue until the device has synced: a declaration that it may still have makes it ignore orders. */
  | { readonly kind: "kept-back" }
  /** Idle came although a command that must not be delivered twice is without an answer. */
  | { readonly kind: "unanswered"; readonly purpose: Purpose }
  /** Apple's schema forbids the command on this device: it was refused before it was sent. */
  | { readonly kind: "forbidden"; readonly purpose: Purpose; readonly rule: string }
  /** The next action's time has come. `heardAt`: when the device was last heard, where more is known of it than the job knows (ms UTC). */
  | { readonly kind: "due"; readonly heardAt?: number | null }
  /** The device is heard; `heardAt`: when it was before (ms UTC). */
  | { readonly kind: "contact"; readonly heardAt: number | null }
  /** The blackouts that cover the device now. */
  | { readonly kind: "blackouts"; readonly covering: readonly Days[] }
  /** What an Apple silicon Mac has said of who authorises its installs; null: nothing stands in the way. */
  | { readonly kind: "authorised"; readonly bootstrapToken: BootstrapToken | null }
  /** The Mac has escrowed its bootstrap token. */
  | { readonly kind: "escrowed" }
  /** What the device reported of its declarations and its update. */
  | { readonly kind: "report"; readonly report: DeclaredReport }
  /** The device has fetched the job's declaration. */
  | { readonly kind: "taken" }
  /** What was known of the device's update when the job replaced another that declared the same. */
  | { readonly kind: "known"; readonly events: readonly Event[] }
  /** The job's declaration can't be made. */
  | { readonly kind: "undeclarable"; readonly code: string; readonly detail: string }
  /** The device has fetched the list of declarations; `listed`: the job's is in it. */
  | { readonly kind: "synced"; readonly listed: boolean }
  /** How this device must be told, as far as is known now; `enforcement` for when that is a declaration. */
  | { readonly kind: "mechanism"; readonly mechanism: Mechanism; readonly enforcement: Enforcement }
  /** `held`: the device may have an enforcement declaration, of this job or of one before it; `until`: as in `Stop`. */
  | { readonly kind: "withdraw"; readonly cause: WithdrawalCause; readonly held?: boolean; readonly until?: number }
  /** The plan was resumed, or the halt or the device's exclusion has ended: a job that was taken back for that continues. */
  | { readonly kind: "resume" }
  | { readonly kind: "gone"; readonly cause: Gone };

/** Inputs that are no event: they only change what the job knows, or its terms. */
type Told = "offered" | "authorised" | "kept-back" | "contact" | "blackouts";

/** A device's report may say several things at once; every other input is one event at most. */
export function eventsOf(job: Job, input: Exclude<Input, { kind: Told }>, now: number): readonly Event[] {
  if (input.kind === "report") return reportEvents(job, input.report, now);
  if (input.kind === "known") return input.events;
  const event = eventOf(job, input, now);
  return event === undefined ? [] : [event];
}

function eventOf(job: Job, input: Exclude<Input, { kind: Told | "report" | "known" }>, now: number): Event | undefined {
  switch (input.kind) {
    case "begin":
      return { kind: "begun" };
    case "answer":
      return interpret(job, input.purpose, input.answer, now);
    case "seen":
      return versionEvent(job, input.seen);
    case "unanswered":
      return { kind: "unanswered", purpose: input.purpose };
    case "forbidden":
      // Macs before 10.11.5 have no such question: a status that can't be had must not stop the job.
      if (input.purpose === "status") return { kind: "unclear", note: input.rule };
      return { kind: "hindered", blocker: { code: "command-forbidden", detail: input.rule, errorChain: [] } };
    case "due":
      return timeEvent(job, now);
    case "escrowed":
      return job.end === undefined && job.awaitsToken === true ? { kind: "escrowed" } : undefined;
    case "taken":
      return job.mechanism === "declaration" && job.declared.takenAt === undefined ? { kind: "taken" } : undefined;
    case "undeclarable":
      return job.end === undefined && job.block?.by === "server" ? undefined : input;
    case "synced":
      return isStopping(job.state) && !input.listed && stopIn(job)?.droppedAt === undefined
        ? { kind: "dropped" }
        : undefined;
    case "mechanism":
      return moveFor(job, input.mechanism, input.enforcement);
    case "withdraw":
      return {
        ...{ kind: "withdrawn", cause: input.cause },
        ...(input.held === true ? { held: true } : {}),
        ...(input.until === undefined ? {} : { until: input.until }),
      };
    case "resume":
      return isPause(stopIn(job)?.cause) ? { kind: "resumed" } : undefined;
    case "gone":
      return { kind: "gone", cause: input.cause };
  }
}
