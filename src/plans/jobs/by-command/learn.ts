/** What a job by command learns from an event, whatever its state. */
import type { Event } from "../event.ts";
import type { Deferrals, Job, Known, Orders } from "../job.ts";
import { drop } from "../pace.ts";
import type { State } from "../state.ts";

/** Facts that an event carries, whatever the state; `from`: the state that it has led out of. */
export function learn<J extends Job>(job: J, event: Event, from: State): J {
  switch (event.kind) {
    case "reached":
    case "impossible":
      return { ...job, seen: event.seen };
    case "below":
      return {
        ...job,
        seen: event.seen,
        ...(event.lastScan === undefined ? {} : { known: { ...job.known, lastScan: event.lastScan } }),
      };
    case "listed":
    case "skipDownload": {
      const known: Known = {
        ...drop(job.known, "deferredUntil"),
        ...(event.productKey === undefined ? {} : { productKey: event.productKey }),
        ...(event.deferredUntil === undefined ? {} : { deferredUntil: event.deferredUntil }),
      };
      return { ...job, known };
    }
    case "othersListed":
      return { ...job, known: { ...job.known, others: event.others } };
    case "noUpdate":
      return { ...job, orders: { ...job.orders, noUpdate: event.detail } };
    case "progress":
    case "installing":
    case "accepted": {
      const { device, productKey } = event;
      const done = event.kind === "progress" ? event.percent : undefined;
      const orders: Orders = {
        ...seesIt(job.orders),
        ...(device === undefined ? {} : { scheduled: { asked: askedAction(job), device } }),
      };
      const known: Known = {
        ...job.known,
        ...(productKey === undefined ? {} : { productKey }),
        ...(done === undefined ? {} : { progress: done }),
        ...deferralsOf(event.kind === "progress" ? event.deferrals : undefined),
      };
      return { ...job, orders, known, tries: { ...job.tries, hindered: 0 } };
    }
    case "downloaded":
      // Found downloaded after a blocker is no progress: else what keeps an install from beginning would be tried without end.
      return {
        ...job,
        orders: seesIt(job.orders),
        known: { ...job.known, progress: 1, ...deferralsOf(event.deferrals) },
        tries: from === "downloading" ? { ...job.tries, hindered: 0 } : job.tries,
      };
    default:
      return job;
  }
}

/** The device sees the update after all. */
const seesIt = (orders: Orders): Orders => drop(orders, "noUpdate");

const deferralsOf = (deferrals: Deferrals | undefined): Known => (deferrals === undefined ? {} : { deferrals });

const askedAction = ({ state, action }: Job): Job["action"] => (state === "downloading" ? "DownloadOnly" : action);
