/** What follows when the answer to an update command does not tell how it stands. */
import type { Job } from "./job.ts";
import { type Arrival, look, send } from "./pace.ts";

/** "No update available" has two meanings: the version seen next tells which. */
export function noUpdate(job: Job, detail: string, now: number): Arrival {
  const asked = send(job, "ask", "no-update-said", now);
  return { ...asked, job: { ...asked.job, params: { detail } } };
}

/** Still on the old version: how far is the update? If the device has just said that there is none, it does not see it. */
export function belowAfterOrder(job: Job, now: number): Arrival {
  if (job.reason !== "no-update-said") return send(job, "status", "asking-progress", now);
  const detail = String(job.params["detail"] ?? "");
  return { job, effects: [], then: { kind: "hindered", hindrance: { code: "no-update", detail, errorChain: [] } } };
}

/** An answer that says nothing to go by: the version tells. When even the progress can't be read, look again later. */
export function unclear(job: Job, note: string, now: number): Arrival {
  return job.reason === "asking-progress"
    ? look(job, "unclear", { note }, now)
    : send(job, "ask", "asking-version", now);
}
