/**
 * A plan replaces another on a device that is told by declaration. An iPhone that has a declaration replaced throws
 * away what it has downloaded, so the declaration stays where the wish is the same; one with an earlier moment is added
 * beside it, and the former goes later; everything else costs a download, which is said.
 * Source: public decompilation of iOS 18.2 and 26.1. What macOS keeps of a download is unknown: there it "may" be lost.
 */
import type { Enforcement } from "../jobs/by-declaration/enforcement.ts";
import type { Event } from "../jobs/event.ts";
import {
  declaredOf,
  type DeclaredJob,
  type Former,
  type Job,
  type JobSeed,
  type LiveJob,
  type Wish,
} from "../jobs/job.ts";
import { drop } from "../jobs/pace.ts";
import { DAY, HOUR } from "../jobs/units.ts";
import { recallDueAt } from "../jobs/moment.ts";
import { patienceEnds } from "../jobs/by-declaration/person.ts";
import { isWithheld } from "../jobs/state.ts";
import { FURTHEST_AHEAD, instantIn } from "../jobs/window.ts";

/** What a device has of a live job that a plan is to replace. */
export interface Held {
  /** The declaration that the device acts on; it has fetched it. */
  readonly wish: Wish & Pick<Job, "window" | "deadline">;
  /** Whether it has begun to download, by its own reports; "none": it said that it can't apply the declaration. */
  readonly download: "reported" | "possible" | "none";
  /** The plan was stopped or paused: its declaration has left the list, and the device has not fetched the list since. */
  readonly stopped: boolean;
}

/** A download that a device loses: by what it reported, or because it may have begun. */
export type Loss = "will" | "may";

/** What the device has of this job; undefined: nothing that it could lose. */
export function heldBy(job: Job): Held | undefined {
  if (job.end !== undefined || job.mechanism !== "declaration" || job.stop?.droppedAt !== undefined) return undefined;
  const former = enforced(job);
  if (former === undefined) return undefined;
  const { window, deadline } = job;
  // Of a former declaration it is not known any more what window its plan had.
  const own = former.enforcement === job.declared.enforcement;
  return {
    wish: {
      ...former,
      ...(own && window !== undefined ? { window } : {}),
      ...(own && deadline !== undefined ? { deadline } : {}),
    },
    download: downloadOf(job),
    stopped: isWithheld(job.state),
  };
}

/** The one that the device acts on, of those that it has fetched: the earliest. */
function enforced(job: Job): Former | undefined {
  return fetched(job).toSorted((a, b) => order(a.enforcement.local, b.enforcement.local))[0];
}

function fetched(job: Job): Former[] {
  const { target, detailsUrl } = job;
  const { enforcement, takenAt, former = [] } = declaredOf(job);
  if (takenAt === undefined || enforcement === undefined) return [...former];
  const { version } = target;
  return [
    { target: { version }, enforcement, takenAt, ...(detailsUrl === undefined ? {} : { detailsUrl }) },
    ...former,
  ];
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** States in which the device has reported a download. */
const DOWNLOADS: ReadonlySet<Job["state"]> = new Set(["downloading", "ready", "installing"]);

function downloadOf({ state, block, declared: { failures } }: DeclaredJob): Held["download"] {
  if (DOWNLOADS.has(state)) return "reported";
  return block?.by === "device" && failures === undefined ? "none" : "possible";
}

type Change = "same" | "earlier" | "other";

function changeOf(had: Wish, wanted: Partial<Wish>): Change {
  const { target, enforcement, detailsUrl } = wanted;
  if (enforcement === undefined || target?.version !== had.target.version) return "other";
  if (enforcement.build !== had.enforcement.build) return "other";
  const moment = order(enforcement.local, had.enforcement.local);
  if (moment === 0) return detailsUrl === had.detailsUrl ? "same" : "other";
  return moment < 0 ? "earlier" : "other";
}

/** The download that a device loses when `seed` replaces what it has; undefined: none. */
export function lossOf(held: Held, seed: JobSeed): Loss | undefined {
  const change = seed.mechanism === "declaration" && seed.unreported !== true ? changeOf(held.wish, seed) : "other";
  // A stopped plan's declaration is never listed again, not even beside another.
  if (change === "same" || (change === "earlier" && !held.stopped) || held.download === "none") return undefined;
  return held.download === "reported" && seed.platform === "iOS" ? "will" : "may";
}

/**
 * The moment of the declaration that the device has, where the new plan could have named it as well: "now" and a window are
 * counted from the moment a plan is made, and would else put every device off for the same wish.
 */
export function momentFor(
  wanted: Enforcement,
  seed: Omit<Wish, "enforcement"> & Pick<Job, "window" | "deadline">,
  held: Held,
  now: number,
): Enforcement {
  const { window, deadline, enforcement } = held.wish;
  const alike =
    wanted.from !== "deadline" &&
    wanted.from === enforcement.from &&
    deadline === seed.deadline &&
    window?.from === seed.window?.from &&
    window?.to === seed.window?.to;
  if (!alike || changeOf(held.wish, { ...seed, enforcement: { ...wanted, local: enforcement.local } }) !== "same")
    return wanted;
  const known = enforcement.at === enforcement.latestAt;
  const ahead = known ? enforcement.at > now : instantIn(enforcement.local, FURTHEST_AHEAD) > now;
  return ahead && enforcement.local <= wanted.local ? enforcement : wanted;
}

/** Former declarations beside a job's own: plans that follow each other quickly. */
const MOST_FORMER = 3;

/** The job as it takes over what the device has of the job before it. */
export function takeOver(before: Job, job: LiveJob): LiveJob {
  const held = heldBy(before);
  if (held === undefined || job.mechanism !== "declaration" || job.declared.unreported === true) return job;
  const { target, detailsUrl, declared } = job;
  const { enforcement } = declared;
  const wanted: Partial<Wish> = {
    target,
    ...(enforcement === undefined ? {} : { enforcement }),
    ...(detailsUrl === undefined ? {} : { detailsUrl }),
  };
  const change = changeOf(held.wish, wanted);
  if (change === "same") {
    const had = declaredOf(before);
    const own = held.wish.enforcement === had.enforcement;
    const former = (held.stopped ? [] : (had.former ?? [])).filter((one) => one.enforcement !== held.wish.enforcement);
    return {
      ...job,
      declared: {
        ...declared,
        takenAt: own ? (had.takenAt ?? job.createdAt) : (enforced(before)?.takenAt ?? job.createdAt),
        ...(own && had.inForceAt !== undefined ? { inForceAt: had.inForceAt } : {}),
        ...(own && had.failures !== undefined ? { failures: had.failures } : {}),
        ...(former.length === 0
          ? {}
          : { former, ...(had.fetchedAt === undefined ? {} : { fetchedAt: had.fetchedAt }) }),
      },
    };
  }
  if (change !== "earlier" || held.stopped) return job;
  return { ...job, declared: { ...declared, former: fetched(before).slice(0, MOST_FORMER) } };
}

/** What is known of the device's update by the job before it, once `job` has taken that over. */
export function knownBy(before: Job, job: Job): readonly Event[] {
  const { takenAt, inForceAt } = declaredOf(job);
  if (takenAt === undefined) return [];
  const taken: Event = { kind: "taken" };
  if (inForceAt === undefined) return [taken];
  const failed = declaredOf(before).failures;
  switch (before.state) {
    case "downloading":
      return [taken, { kind: "inForce" }, { kind: "progress" }];
    case "ready":
      return [taken, { kind: "downloaded" }];
    case "installing":
      return [taken, { kind: "installing" }];
    case "blocked":
      return failed === undefined ? [taken] : [taken, { kind: "failing", count: failed.count, detail: failed.detail }];
    default:
      return [taken, { kind: "inForce" }];
  }
}

/**
 * How long a former declaration stays after the device has the new one in force: it is in force as soon as it is accepted,
 * but takes over only when its scan has found the update, and a scan that fails comes again.
 */
const AFTER_IN_FORCE = HOUR;
/** The same where it has been fetched and never reported: two of the daily full reports. */
const AFTER_FETCHED = 2 * DAY;

/** When the former declarations go (ms UTC); undefined: there are none, or the device has not fetched the new one. */
export function formerUntil(job: Job): number | undefined {
  const { former, fetchedAt, inForceAt } = declaredOf(job);
  if (former === undefined || fetchedAt === undefined) return undefined;
  return inForceAt === undefined ? fetchedAt + AFTER_FETCHED : Math.max(inForceAt, fetchedAt) + AFTER_IN_FORCE;
}

/** The job without former declarations whose time has come. */
export function withoutFormer(job: Job, now: number): Job {
  const until = formerUntil(job);
  if (until === undefined || now < until || job.mechanism !== "declaration") return job;
  return { ...job, declared: drop(job.declared, "former") };
}

/** When something is due for this job (ms UTC); null exactly when it is finished. */
export function dueAtOf(job: Job): number | null {
  if (job.next === null) return null;
  const others = [formerUntil(job), patienceEnds(job)?.at, recallDueAt(job)];
  return Math.min(job.next.at, ...others.filter((at) => at !== undefined));
}
