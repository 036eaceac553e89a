/** What a job by command learns from an event, whatever its state. */
import type { Event } from "../event.ts";
import type { Job } from "../job.ts";
import type { State } from "../state.ts";

/** Facts that an event carries, whatever the state. */
export function learn(job: Job, event: Event, from: State): Job {
  switch (event.kind) {
    case "reached":
    case "impossible":
      return { ...job, seen: event.seen };
    case "below":
      return { ...job, seen: event.seen, ...(event.lastScan === undefined ? {} : { lastScan: event.lastScan }) };
    case "listed":
    case "skipDownload":
      return {
        ...withoutDeferral(job),
        ...(event.productKey === undefined ? {} : { productKey: event.productKey }),
        ...(event.deferredUntil === undefined ? {} : { deferredUntil: event.deferredUntil }),
      };
    case "othersListed":
      return { ...job, others: event.others };
    case "noUpdate":
      return { ...job, noUpdate: event.detail };
    case "progress":
    case "installing":
    case "accepted": {
      const device = event.device;
      const scheduled = device === undefined ? job.scheduled : { asked: askedAction(job), device };
      const done = event.kind === "progress" ? event.percent : undefined;
      return withDeferrals(
        {
          ...withoutNoUpdate(job),
          ...(scheduled === undefined ? {} : { scheduled }),
          ...(event.productKey === undefined ? {} : { productKey: event.productKey }),
          ...(done === undefined ? {} : { progress: done }),
          tries: { ...job.tries, hindered: 0 },
        },
        event.kind === "progress" ? event.deferrals : undefined,
      );
    }
    case "downloaded":
      // Found downloaded after a hindrance is no progress: else what keeps an install from beginning would be tried without end.
      return withDeferrals(
        {
          ...withoutNoUpdate(job),
          progress: 1,
          tries: from === "downloading" ? { ...job.tries, hindered: 0 } : job.tries,
        },
        event.deferrals,
      );
    default:
      return job;
  }
}

function withoutDeferral(job: Job): Job {
  const { deferredUntil: _before, ...rest } = job;
  return rest;
}

/** It does see the update after all. */
function withoutNoUpdate(job: Job): Job {
  const { noUpdate: _said, ...rest } = job;
  return rest;
}

function withDeferrals(job: Job, deferrals: Job["deferrals"]): Job {
  return deferrals === undefined ? job : { ...job, deferrals };
}

function askedAction(job: Job): Job["action"] {
  return job.state === "downloading" ? "DownloadOnly" : job.action;
}
