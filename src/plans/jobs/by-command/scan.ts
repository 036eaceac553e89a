/** A Mac looks for updates and lists them, or a device lists them that takes only a ProductKey. */
import type { Event } from "../event.ts";
import type { CommandedJob } from "../job.ts";
import { type Arrival, drop, next, say, send, unheard, waits } from "../pace.ts";
import { MINUTE } from "../units.ts";

/** How long a Mac's scan is given before the list is read: Apple names no time, and a stale list is worse than a wait. */
const SCAN_TIME = 5 * MINUTE;

/** Looks at a scan that must have ended before its list counts. */
const MAX_SCAN_LOOKS = 6;

export function scanning(job: CommandedJob, event: Event, now: number): Arrival {
  switch (event.kind) {
    case "scanned":
      return wait(job.target.others === true ? job : counted(job), now);
    case "notNow":
      return waits(job, "not-now", now);
    case "unheard":
      if (job.next.action !== "read-list") return unheard(job, now);
      return job.target.others === true
        ? send(job, "ask", "checking-scan", now)
        : send(job, "list", "reading-list", now);
    case "below":
      if (job.target.others === true) return freshList(job, now);
      return startScan(job, now);
    case "othersListed":
      return { job, effects: [], then: direct(job) };
    case "unclear":
      // No list to be had: where a version can be named, name it.
      return {
        job,
        effects: [],
        then:
          job.identify === "product-key" || job.target.others === true
            ? { kind: "notListed", offered: "" }
            : direct(job),
      };
    default:
      return startScan(job, now);
  }
}

function startScan(job: CommandedJob, now: number): Arrival {
  const { lastScan } = job.known;
  const known = { ...drop(job.known, "scanBefore"), ...(lastScan === undefined ? {} : { scanBefore: lastScan }) };
  const begun: CommandedJob = {
    ...job,
    known,
    tries: { ...job.tries, scans: job.tries.scans + 1, looks: 0 },
  };
  // Only a Mac's list is stale until it has scanned; iOS and tvOS know no scan.
  return job.platform === "macOS" ? send(begun, "scan", "scanning", now) : send(begun, "list", "reading-list", now);
}

/**
 * What is absent from a list counts as installed only if the list was made after the scan that we ordered: the Mac says
 * when its last scan was. One that does not say it is given half an hour.
 */
function freshList(job: CommandedJob, now: number): Arrival {
  const told = job.known.lastScan !== undefined;
  const scanned = told && (job.known.scanBefore === undefined || (job.known.lastScan ?? 0) > job.known.scanBefore);
  if (scanned || (!told && job.tries.looks >= MAX_SCAN_LOOKS)) return send(job, "list", "reading-list", now);
  if (job.tries.looks >= MAX_SCAN_LOOKS) {
    const blocker = { code: "scan-failed", detail: "the time of its last scan does not change", errorChain: [] };
    return { job, effects: [], then: { kind: "hindered", blocker } };
  }
  return wait(counted(job), now);
}

const counted = (job: CommandedJob): CommandedJob => ({
  ...job,
  tries: { ...job.tries, looks: job.tries.looks + 1 },
});

/** The list is read when the scan has had its time. */
const wait = (job: CommandedJob, now: number): Arrival => ({
  job: next(say(job, "scan-under-way", {}, now), "read-list", now + SCAN_TIME),
  effects: [],
});

function direct(job: CommandedJob): Event {
  return job.twoSteps ? { kind: "listed" } : { kind: "skipDownload" };
}
