/**
 * What a sighting means for a job that has ended. The end stays, and nothing is ordered from it; but "up to date" is said in
 * the present tense, so a device that is seen below its target again takes its job out of `done` until it is back.
 */
import type { Event } from "./event.ts";
import type { Ended, Over } from "./ended.ts";
import { shownState } from "./state.ts";
import type { End, Job, JobTarget, Said, SeenVersion } from "./job.ts";
import { drop } from "./pace.ts";
import { satisfies, seenText } from "./satisfy.ts";
import { type Step, step, type Trace } from "./step.ts";
import { nextState } from "./next-state.ts";
import { wantedText } from "../../catalog/index.ts";

/** Undefined when nothing changes. */
export function stepAfterEnd<J extends Ended>(job: J, seen: SeenVersion, now: number): StepAfterEnd | undefined {
  const target = job.target ?? (job as Over).wanted;
  if (target === undefined || target.others === true) return undefined;
  const event: Event = { kind: satisfies(target, seen) ? "reached" : "below", seen };
  const to = nextState(job as Job, event);
  if (to === undefined) return undefined;
  // Its user updated it by hand, or the update came later than anyone waited.
  if (job.state !== "done" && job.state !== "fell-back") return step(job as Job, { kind: "seen", seen }, now);
  const changed = event.kind === "below" ? fallen(job, target, seen, now) : back(job, target, seen, now);
  if (job.state === to && JSON.stringify(job.params) === JSON.stringify(changed.params)) return undefined;
  const trace: Trace = {
    event,
    from: shownState(job),
    to: shownState({ state: to }),
    reason: changed.reason,
    params: changed.params,
    ignored: false,
  };
  return { job: changed as Job, traces: [trace] };
}

export type StepAfterEnd = Pick<Step, "job" | "traces">;

function fallen(job: Ended, target: JobTarget, seen: SeenVersion, now: number): Ended {
  const { reason, params } = saidAtEnd(job) ?? job;
  const said: Said = { reason, params };
  const end = endOf(job);
  const fell = {
    state: "fell-back",
    reason: "fell-back",
    since: job.state === "fell-back" ? job.since : now,
    params: {
      target: wantedText(target),
      how: end?.by === "this" ? "brought" : "seen",
      endedAt: (job.target === undefined ? job.finishedAt : end?.at) ?? job.since,
      version: seenText(target, seen),
    },
  } as const;
  if (job.target === undefined) return { ...job, ...fell, ended: said };
  return { ...job, ...fell, next: null, end: { ...(end ?? { at: job.since }), said } };
}

function back(job: Ended, target: JobTarget, seen: SeenVersion, now: number): Ended {
  const said = saidAtEnd(job);
  if (said === undefined) return job;
  const params = { ...said.params, version: seenText(target, seen) };
  const risen = { state: "done", reason: said.reason, params, since: now } as const;
  if (job.target === undefined) return { ...drop(job, "ended"), ...risen };
  return { ...job, ...risen, next: null, end: drop(endOf(job) ?? { at: job.since }, "said") };
}

const endOf = (job: Ended): End | undefined => (job.target === undefined ? undefined : job.end);
const saidAtEnd = (job: Ended): Said | undefined => (job.target === undefined ? job.ended : job.end?.said);
