/** What is done while a download is ordered or under way. */
import { belowAfterOrder, unclear } from "../after-order.ts";
import type { Event } from "../event.ts";
import type { CommandedJob } from "../job.ts";
import { type Arrival, look, next, ORDER_AGAIN, percent, say, send, unheard, waits, askProgress } from "../pace.ts";

/** Download orders without a download before the device counts as blocked. */
const MAX_DOWNLOADS = 5;

export function downloading(job: CommandedJob, event: Event, now: number): Arrival {
  switch (event.kind) {
    case "progress":
    case "accepted":
      return look(job, event.kind === "progress" ? "downloading" : "download-accepted", percent(job), now);
    case "notNow":
      return waits(job, "not-now", now);
    case "below":
      return belowAfterOrder(job, now);
    case "noUpdate":
      return send(job, "ask", "no-update-said", now);
    case "unclear":
      return unclear(job, event.note, now);
    case "unheard":
      if (job.next.action === "look-again") return askProgress(job, now);
      return unheard(job, now);
    default:
      return orderDownload(job, now);
  }
}

/** Orders the download; an order that has just been given is first given time to show. */
function orderDownload(job: CommandedJob, now: number): Arrival {
  if (!job.twoSteps) return { job, effects: [], then: { kind: "skipDownload" } };
  const given = job.tries.downloads;
  const patience = ORDER_AGAIN[Math.min(given, ORDER_AGAIN.length) - 1] ?? 0;
  const again = (job.orders.downloadAt ?? 0) + patience;
  if (again > now) {
    return { job: next(say(job, "download-not-begun", { orders: given }, now), "look-again", again), effects: [] };
  }
  const tried: CommandedJob = {
    ...job,
    orders: { ...job.orders, downloadAt: now },
    tries: { ...job.tries, downloads: given + 1 },
  };
  // Some releases of macOS do not honour DownloadOnly: then the install step downloads, inside its window.
  if (job.platform === "macOS" && given >= 2 && job.goal !== "downloaded") {
    return { job: tried, effects: [], then: { kind: "skipDownload" } };
  }
  if (given >= MAX_DOWNLOADS)
    return { job: tried, effects: [], then: { kind: "gaveUp", code: "download-not-starting" } };
  return send(tried, "download", "download-ordered", now);
}
