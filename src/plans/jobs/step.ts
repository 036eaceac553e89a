/**
 * One step of a job: an input, the job as it was and the time give the job as it is and the effects to carry out. Pure:
 * the same code runs in the server, in tests and in a rehearsal. Where an event leads is said by TABLE (table.ts); what
 * is done on arrival by `arrive` (arrive.ts); this file joins the two and keeps the books.
 */
import { arrive } from "./by-command/arrive.ts";
import { arriveDeclared } from "./by-declaration/arrive.ts";
import { type DeclaredReport, reportEvents } from "./by-declaration/report.ts";
import type { BootstrapToken } from "../decisions/authorise.ts";
import type { Enforcement } from "./by-declaration/enforcement.ts";
import type { Effect } from "./effect.ts";
import type { Event, Gone } from "./event.ts";
import { type Answer, interpret, versionEvent } from "./by-command/interpret.ts";
import type { Job, Purpose, SeenVersion } from "./job.ts";
import type { Mechanism } from "../decisions/mechanism.ts";
import { move, moveFor } from "./move.ts";
import { offeredAt, takenBack, withoutWaits } from "./offers.ts";
import type { Arrival } from "./pace.ts";
import { withoutFormer } from "../decisions/replace.ts";
import { isFinal, type State } from "./state.ts";
import { nextState } from "./by-declaration/table.ts";
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
  /** The next action's time has come. */
  | { readonly kind: "due" }
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
  /** How this device will be told, as far as is known now; `enforcement` for when that is a declaration. */
  | { readonly kind: "mechanism"; readonly mechanism: Mechanism; readonly enforcement: Enforcement }
  /** `held`: the device may have an enforcement declaration, of this job or of one before it. */
  | { readonly kind: "withdraw"; readonly cause: "plan-stopped" | "replaced"; readonly held?: boolean }
  | { readonly kind: "gone"; readonly cause: Gone };

/** One entry of the job's story, for the timeline. */
export interface Trace {
  readonly event: Event;
  readonly from: State;
  readonly to: State;
  readonly reason: string;
  /** True when the event has no place in that state: kept, nothing changed. */
  readonly ignored: boolean;
}

export interface Step {
  readonly job: Job;
  readonly effects: readonly Effect[];
  readonly traces: readonly Trace[];
}

/** Chains of internal events are short; more than this is a fault of the table. */
const MAX_CHAIN = 8;

export function step(job: Job, input: Input, now: number): Step {
  if (input.kind === "authorised") return { job: authorised(job, input.bootstrapToken), effects: [], traces: [] };
  if (input.kind === "kept-back")
    return { job: job.keptBack === true ? job : { ...job, keptBack: true }, effects: [], traces: [] };
  if (input.kind === "offered") return { job: offered(job, input.purpose, now), effects: [], traces: [] };
  const heard = withoutFormer(hear(job, input, now), now);
  let current = heard;
  const effects: Effect[] = [];
  const traces: Trace[] = [];
  const events = [...eventsOf(heard, input, now)];
  let event: Event | undefined = events.shift();
  for (let hop = 0; event !== undefined; hop += 1) {
    if (hop === MAX_CHAIN) throw new Error(`job ${job.id}: events chain without end at ${event.kind}`);
    const to = nextState(current, event.kind);
    if (to === undefined) {
      traces.push({ event, from: current.state, to: current.state, reason: current.reason, ignored: true });
      event = events.shift();
      continue;
    }
    const arrival: Arrival = arrivalOf(current, event, to, now);
    const sent = keepBooks(arrival, now);
    effects.push(...sent.effects);
    traces.push({ event, from: current.state, to, reason: sent.job.reason, ignored: false });
    current = sent.job;
    // What is left to say of a job that has ended is not told to it.
    event = arrival.then ?? (isFinal(current.state) ? undefined : events.shift());
  }
  return { job: current, effects: fold(effects), traces };
}

function arrivalOf(job: Job, event: Event, to: State, now: number): Arrival {
  if (event.kind === "moved") return move(job, event, now);
  return job.mechanism === "declaration" ? arriveDeclared(job, event, to, now) : arrive(job, event, to, now);
}

/** Inputs that are no event: they only change what the job knows. */
type Told = "offered" | "authorised" | "kept-back";

/** Known before the install is due, so that an admin can act in time. */
function authorised(job: Job, bootstrapToken: BootstrapToken | null): Job {
  const installs = job.goal === "installed" && job.platform === "macOS" && !isFinal(job.state);
  if (!installs || (job.bootstrapToken ?? null) === bootstrapToken) return job;
  const { bootstrapToken: _before, ...rest } = job;
  return bootstrapToken === null ? rest : { ...rest, bootstrapToken };
}

/** A device's report may say several things at once; every other input is one event at most. */
function eventsOf(job: Job, input: Exclude<Input, { kind: Told }>, now: number): readonly Event[] {
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
      return { kind: "hindered", hindrance: { code: "command-forbidden", detail: input.rule, errorChain: [] } };
    case "due":
      return timeEvent(job, now);
    case "escrowed":
      return AWAIT_ESCROW[job.state]?.has(job.reason) === true ? { kind: "escrowed" } : undefined;
    case "taken":
      return job.mechanism === "declaration" && job.takenAt === undefined ? { kind: "taken" } : undefined;
    case "undeclarable":
      return job.reason === "declaration-not-made" ? undefined : input;
    case "synced":
      return job.state === "stopping" && !input.listed && job.droppedAt === undefined ? { kind: "dropped" } : undefined;
    case "mechanism":
      return moveFor(job, input.mechanism, input.enforcement);
    case "withdraw":
      return { kind: "withdrawn", cause: input.cause, ...(input.held === true ? { held: true } : {}) };
    case "gone":
      return { kind: "gone", cause: input.cause };
  }
}

/** Reasons of a job that waits for the token, or for another order because the Mac did not install without it. */
const AWAIT_ESCROW: { readonly [S in State]?: ReadonlySet<string> } = {
  blocked: new Set(["bootstrap-token-missing", "installs-used-up"]),
  ready: new Set(["install-not-begun", "installs-used-up"]),
};

/** An answer settles its command and ends the silence. NotNow leaves the command in the queue. */
function hear(job: Job, input: Input, now: number): Job {
  if (!HEARD.has(input.kind)) return job;
  const listed = input.kind === "synced" && input.listed && job.mechanism === "declaration";
  const heard: Job = {
    ...job,
    heardAt: now,
    tries: { ...job.tries, unheard: 0 },
    ...(listed && job.listedAt === undefined ? { listedAt: now } : {}),
    ...(input.kind === "taken" && job.fetchedAt === undefined ? { fetchedAt: now } : {}),
  };
  if (input.kind === "escrowed" && job.bootstrapToken === "missing") {
    const { bootstrapToken: _missing, ...rest } = heard;
    return withoutWaits(rest);
  }
  if (input.kind !== "answer") return heard;
  if (input.answer.status === "NotNow") return input.purpose === "install" ? notTaken(heard) : heard;
  return { ...heard, out: without(job.out, input.purpose) };
}

/** NotNow is no execution: the order is back in the queue, as if it had never left. */
function notTaken(job: Job): Job {
  const install = job.out.install;
  if (install === undefined || install.offeredAt === null) return job;
  return {
    ...takenBack(job),
    installs: job.installs - 1,
    out: { ...job.out, install: { ...install, offeredAt: null } },
  };
}

const HEARD: ReadonlySet<Input["kind"]> = new Set([
  "answer",
  "unanswered",
  "seen",
  "escrowed",
  "report",
  "taken",
  "synced",
]);

function offered(job: Job, purpose: Purpose, now: number): Job {
  const command = job.out[purpose];
  if (command === undefined || isFinal(job.state)) return job;
  const first = command.offeredAt === null;
  const { keptBack: _over, ...rest } = purpose === "install" && first ? offeredAt(job, now) : job;
  return {
    ...(purpose === "download" || purpose === "install" ? rest : job),
    heardAt: now,
    out: { ...job.out, [purpose]: { ...command, offeredAt: now } },
    installs: job.installs + (purpose === "install" && first ? 1 : 0),
  };
}

/**
 * Keeps `out` in step with the effects: a command that is outstanding already is not sent again (the device is pushed
 * instead), what is withdrawn is forgotten, and a finished job leaves nothing behind.
 */
function keepBooks(arrival: Arrival, now: number): { job: Job; effects: Effect[] } {
  let out = arrival.job.out;
  const effects: Effect[] = [];
  for (const effect of arrival.effects) {
    if (effect.kind === "withdraw") {
      if (out[effect.purpose] === undefined) continue;
      out = without(out, effect.purpose);
    }
    if (effect.kind === "send") {
      if (out[effect.purpose] !== undefined) {
        effects.push({ kind: "push" });
        continue;
      }
      out = { ...out, [effect.purpose]: { since: now, offeredAt: null } };
      effects.push(effect, { kind: "push" });
      continue;
    }
    effects.push(effect);
  }
  if (!isFinal(arrival.job.state)) return { job: { ...arrival.job, out }, effects };
  const finishedBefore = arrival.job.finishedAt !== undefined;
  const left: Effect[] = (Object.keys(out) as Purpose[]).map((purpose) => ({ kind: "withdraw", purpose }));
  const job: Job = { ...arrival.job, out: {}, next: null, finishedAt: arrival.job.finishedAt ?? now };
  return { job, effects: [...effects, ...left, ...(finishedBefore ? [] : [{ kind: "refreshFacts" } as const])] };
}

/** One push says it all. */
function fold(effects: readonly Effect[]): Effect[] {
  const rest = effects.filter((effect) => effect.kind !== "push");
  return rest.length === effects.length ? rest : [...rest, { kind: "push" }];
}

function without(out: Job["out"], purpose: Purpose): Job["out"] {
  const { [purpose]: _gone, ...rest } = out;
  return rest;
}
