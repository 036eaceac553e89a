/** What follows when the answer to an update command does not tell how it stands. */
import type { CommandedJob } from "./job.ts";
import { type Arrival, askProgress, drop, look, question } from "./pace.ts";

/** Still on the old version: how far is the update? If the device has said that there is none, it does not see it. */
export function belowAfterOrder(job: CommandedJob, now: number): Arrival {
  const { noUpdate } = job.orders;
  if (noUpdate === undefined) return askProgress(job, now);
  const blocker = { code: "no-update", detail: noUpdate, errorChain: [] };
  return { job: { ...job, orders: drop(job.orders, "noUpdate") }, effects: [], then: { kind: "hindered", blocker } };
}

/** An answer that says nothing to go by: the version tells. When what was asked then can't be read either, look again later. */
export function unclear(job: CommandedJob, note: string, now: number): Arrival {
  return job.asked === undefined ? question(job, "ask", "asking-version", now) : look(job, "unclear", { note }, now);
}
