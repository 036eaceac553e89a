/** The one sentence an admin reads about a device: state, cause, what happens next and when. */
import type { Job, NextAction } from "./job.ts";
import { causeOf, remedyOf } from "./words.ts";
import type { State } from "./table.ts";
import { localTime } from "./window.ts";

export interface Verdict {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly sentence: string;
  readonly remedy?: string;
}

const HEADS: Readonly<Record<State, string>> = {
  asking: "Being checked",
  scanning: "Looking for updates",
  downloading: "Downloading",
  ready: "Ready to install",
  installing: "Installing",
  blocked: "Blocked",
  stopping: "Stopping",
  done: "Up to date",
  downloaded: "Downloaded",
  notified: "Notified",
  stopped: "Stopped",
  failed: "Failed",
  refused: "Not possible",
};

const NEXT: Readonly<Record<NextAction, string>> = {
  "push-again": "it is pushed and asked again",
  "look-again": "it is asked again",
  install: "the install is ordered",
  "try-again": "it is tried again",
  "read-list": "the Mac's list of updates is read",
};

/** Words for where a job stands. Times are given in the device's zone (or the plan's, where the device's is unknown). */
export function verdictOf(job: Job, now: number): Verdict {
  const cause = causeOf(job.reason, job.params);
  const parts = [`${HEADS[job.state]}: ${cause}`];
  if (job.next !== null) {
    const when = job.next.at <= now ? "now" : `at ${localTime(job.next.at, job.zone)} (${job.zone})`;
    parts.push(`next, ${when}, ${NEXT[job.next.action]}`);
  }
  if (job.finishedAt === undefined && job.deadlineAt !== undefined && now > job.deadlineAt) {
    parts.push(`overdue since ${localTime(job.deadlineAt, job.zone)}`);
  }
  const remedy = remedyOf(job.reason);
  const sentence = `${parts.join("; ")}.`;
  return { code: job.reason, params: job.params, sentence, ...(remedy === undefined ? {} : { remedy }) };
}

/** Words for a refusal or a compliant device in a dry run, where there is no job yet. */
export function sentenceOf(state: "done" | "refused", reason: string, params: Verdict["params"]): string {
  return `${HEADS[state]}: ${causeOf(reason, params)}.`;
}
