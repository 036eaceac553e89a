/** The books of a job: what it has heard, which of its commands are out, and what is left when it ends. */
import type { BootstrapToken } from "../decisions/authorise.ts";
import type { Effect } from "./effect.ts";
import type { Input } from "./input.ts";
import type { Job, Purpose } from "./job.ts";
import { offeredAt, takenBack, withoutWaits } from "./offers.ts";
import { type Arrival, drop } from "./pace.ts";
import { isFinal } from "./state.ts";

/** Known before the install is due, so that an admin can act in time. */
export function authorised(job: Job, bootstrapToken: BootstrapToken | null): Job {
  const installs = job.goal === "installed" && job.platform === "macOS" && !isFinal(job.state);
  if (!installs || (job.bootstrapToken ?? null) === bootstrapToken) return job;
  return bootstrapToken === null ? drop(job, "bootstrapToken") : { ...job, bootstrapToken };
}

/** The order stays in the queue although the device asks. */
export const keptBack = (job: Job): Job =>
  job.orders.keptBack === true ? job : { ...job, orders: { ...job.orders, keptBack: true } };

/** An answer settles its command and ends the silence. NotNow leaves the command in the queue. */
export function hear(job: Job, input: Input, now: number): Job {
  if (input.kind === "due") return heardMeanwhile(job, input.heardAt ?? 0);
  if (!HEARD.has(input.kind)) return job;
  const heard: Job = { ...fetched(job, input, now), heardAt: now, tries: { ...job.tries, unheard: 0 } };
  if (input.kind === "escrowed" && job.bootstrapToken === "missing") return withoutWaits(drop(heard, "bootstrapToken"));
  if (input.kind !== "answer") return heard;
  if (input.answer.status === "NotNow") return input.purpose === "install" ? notTaken(heard) : heard;
  return { ...heard, out: without(job.out, input.purpose) };
}

/** Most contacts say nothing to the job; whether the device is silent matters where its moment may be taken back. */
const heardMeanwhile = (job: Job, heardAt: number): Job =>
  job.noticeMs === undefined || heardAt <= (job.heardAt ?? job.createdAt) ? job : { ...job, heardAt };

/** What the device has fetched of the job's declaration: the list that names it, and it. */
function fetched(job: Job, input: Input, now: number): Job {
  if (job.mechanism !== "declaration") return job;
  const { declared } = job;
  if (input.kind === "synced" && input.listed && declared.listedAt === undefined)
    return { ...job, declared: { ...declared, listedAt: now } };
  if (input.kind === "taken" && declared.fetchedAt === undefined)
    return { ...job, declared: { ...declared, fetchedAt: now } };
  return job;
}

/** NotNow is no execution: the order is back in the queue, as if it had never left. */
function notTaken(job: Job): Job {
  const install = job.out.install;
  if (install === undefined || install.offeredAt === null) return job;
  const back = takenBack(job);
  return {
    ...back,
    orders: { ...back.orders, installs: job.orders.installs - 1 },
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

/** A command has been handed to the device; one that orders something is no longer kept back. */
export function offered(job: Job, purpose: Purpose, now: number): Job {
  const command = job.out[purpose];
  if (command === undefined || isFinal(job.state)) return job;
  const handed: Job = { ...job, heardAt: now, out: { ...job.out, [purpose]: { ...command, offeredAt: now } } };
  if (purpose !== "download" && purpose !== "install") return handed;
  const left: Job = { ...handed, orders: drop(job.orders, "keptBack") };
  if (purpose === "download" || command.offeredAt !== null) return left;
  const counted = offeredAt(left, now);
  return { ...counted, orders: { ...counted.orders, installs: job.orders.installs + 1 } };
}

/** The device is in a session, which gives it what is in the queue. */
export const isPresent = ({ kind }: Input): boolean => kind === "answer" || kind === "unanswered";

/**
 * Keeps `out` in step with the effects: a command that is outstanding already is not sent again (the device is pushed
 * instead, unless it is `present`: it has been given that command, or said NotNow to it), what is withdrawn is forgotten, and
 * a finished job leaves nothing behind.
 */
export function keepBooks(
  before: Job,
  arrival: Arrival,
  present: boolean,
  now: number,
): { job: Job; effects: Effect[] } {
  let out = arrival.job.out;
  const effects: Effect[] = [];
  for (const effect of arrival.effects) {
    if (effect.kind === "withdraw") {
      if (out[effect.purpose] === undefined) continue;
      out = without(out, effect.purpose);
    }
    if (effect.kind === "send") {
      if (out[effect.purpose] !== undefined) {
        if (!present) effects.push({ kind: "push" });
        continue;
      }
      out = { ...out, [effect.purpose]: { since: now, offeredAt: null } };
      effects.push(effect, { kind: "push" });
      continue;
    }
    effects.push(effect);
  }
  if (arrival.job.end === undefined) return { job: { ...arrival.job, out }, effects };
  const finishedBefore = before.end !== undefined;
  const left: Effect[] = (Object.keys(out) as Purpose[]).map((purpose) => ({ kind: "withdraw", purpose }));
  const job: Job = { ...arrival.job, out: {} };
  return { job, effects: [...effects, ...left, ...(finishedBefore ? [] : [{ kind: "refreshFacts" } as const])] };
}

/** One push says it all. */
export function fold(effects: readonly Effect[]): Effect[] {
  const rest = effects.filter((effect) => effect.kind !== "push");
  return rest.length === effects.length ? rest : [...rest, { kind: "push" }];
}

export function without(out: Job["out"], purpose: Purpose): Job["out"] {
  const { [purpose]: _gone, ...rest } = out;
  return rest;
}
