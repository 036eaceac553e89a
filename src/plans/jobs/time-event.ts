/** What it means for a job that its next action's time has come. */
import type { Event } from "./event.ts";
import { type Job, stopIn } from "./job.ts";
import { isPause } from "./state.ts";
import { offerableAt } from "./offers.ts";
import { patienceEnds } from "./by-declaration/person.ts";
import { installMoment } from "./install-moment.ts";
import { recallNow } from "./moment.ts";

/** Undefined when nothing is due yet: a worker that comes early changes nothing. */
export function timeEvent(job: Job, now: number): Event | undefined {
  if (job.next === null) return undefined;
  // The days of a pause are not the job's.
  if (now >= job.expiresAt && !isPause(stopIn(job)?.cause)) return { kind: "expired" };
  const why = recallNow(job, job.heardAt ?? job.createdAt, now);
  if (why !== undefined) return { kind: "recall", why };
  const patience = patienceEnds(job);
  if (patience !== undefined && now >= patience.at) return { kind: "noPerson", cause: patience.cause };
  if (now < job.next.at) return undefined;
  if (job.state === "ready" && job.next.action === "install") {
    // Due before its time, as after a clock that stepped back: it waits further.
    if (offerableAt(job, now) > now) return { kind: "unheard" };
    if (!installMoment(job, now).open) return { kind: "windowClosed" };
    // After an order that was taken, another may do harm: what the device does now is asked first.
    return job.orders.installs > 0 ? { kind: "mustAsk" } : { kind: "windowOpen" };
  }
  const install = job.out.install;
  if (job.state === "installing" && install !== undefined && install.offeredAt === null) {
    // It waited in the queue and its window has passed: it must not go out any more. Neither must an order of a version that did
    // not wait for deadlines.
    const queuedFor = installMoment(job, install.since);
    if (!queuedFor.open || now >= queuedFor.closesAt) return { kind: "windowClosed" };
  }
  return { kind: "unheard" };
}
