/**
 * What a job keeps for the gate of its ring (targets R6): what has happened to its device, each at its first time, read from the
 * steps of the job. The job itself forgets much of it: it tries again, and says only how it stands now.
 */
import { needsUserOf } from "../decisions/authorise.ts";
import type { BlockerCode } from "../jobs/blocker.ts";
import type { Ended } from "../jobs/ended.ts";
import type { Event } from "../jobs/event.ts";
import type { Job } from "../jobs/job.ts";
import { drop } from "../jobs/pace.ts";
import type { Trace } from "../jobs/step.ts";
import { isHinderedNow, namesHindrance } from "./hindrance.ts";
import { FAILURE_SIGNS, HINDRANCES } from "./outcome.ts";
import { startOf } from "./started.ts";

/** Times are ms UTC; what is absent has not happened, or is over. */
export interface Member {
  /** Its install order was delivered, and not refused with NotNow. */
  readonly orderedAt?: number;
  /** It first reported that it installs, or that its install failed. A download begins nothing. */
  readonly installStateAt?: number;
  /** See `MemberFacts`. */
  readonly installingAt?: number;
  /** It fetched its declaration. */
  readonly fetchedAt?: number;
  /** The enforcement time of the declaration that it fetched last. */
  readonly momentAt?: number;
  /** It was first heard at or after that moment. */
  readonly heardPastMomentAt?: number;
  readonly reachedAt?: number;
  readonly wentBackAt?: number;
  /** The first two of its failure signs, and since when the newest lasts. */
  readonly signs?: readonly number[];
  readonly signSince?: number;
  readonly report?: { readonly at: number; readonly namesHindrance: boolean };
  readonly jobFailedAt?: number;
  /** Since when something is in its way that says nothing against the release. */
  readonly hinderedSince?: number;
  /** Since when its job before this one was hindered: the same is expected of this one, until it gets further. */
  readonly formerlySince?: number;
  /** When its job was made, it was known that the Mac can't install without its user. */
  readonly neededUser?: true;
}

/** A step of a job that is live, or a sighting of one that has ended. */
export interface JobChange {
  readonly after: Ended;
  readonly traces: readonly Trace[];
}

/** What a job keeps, and since when its device counts in the numbers of its ring; see `startOf`. */
export interface MemberKept {
  readonly member: Member;
  readonly startedAt: number | null;
}

/** The same object where nothing is added. */
export function memberAfter(kept: MemberKept, change: JobChange, now: number): MemberKept {
  let { member } = kept;
  for (const { event, to, ignored } of change.traces) if (!ignored) member = told(member, event, to, change.after, now);
  return startedWith(kept, standing(member, change, now));
}

/** Any message of the device: the first one past its moment shows that it enforces. */
export function memberHeard(kept: MemberKept, now: number): MemberKept {
  const { momentAt, heardPastMomentAt } = kept.member;
  if (momentAt === undefined || now < momentAt || heardPastMomentAt !== undefined) return kept;
  return startedWith(kept, { ...kept.member, heardPastMomentAt: now });
}

/** What a new job knows by the job that its device had before it. */
export function memberFrom(former: Member | null): Member {
  const since = former?.reachedAt === undefined ? (former?.hinderedSince ?? former?.formerlySince) : undefined;
  return since === undefined ? {} : { formerlySince: since };
}

/** The first start counts, unless it was an order that the device did not take. */
function startedWith(kept: MemberKept, member: Member): MemberKept {
  if (same(kept.member, member)) return kept;
  const isOff = member.orderedAt === undefined && kept.startedAt === (kept.member.orderedAt ?? Number.NaN);
  if (kept.startedAt !== null && !isOff) return { member, startedAt: kept.startedAt };
  const { orderedAt, installStateAt, fetchedAt, momentAt, heardPastMomentAt, reachedAt } = member;
  const startedAt = startOf({
    orderedAt: orderedAt ?? null,
    installStateAt: installStateAt ?? null,
    fetchedAt: fetchedAt ?? null,
    momentAt: momentAt ?? null,
    heardPastMomentAt: heardPastMomentAt ?? null,
    reachedAt: reachedAt ?? null,
    // A job is made after its ring has opened; who reads it compares the two.
    openedAt: Number.NEGATIVE_INFINITY,
  });
  return { member, startedAt };
}

/** Written with each message otherwise. */
const same = (a: Member, b: Member): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Events after which an install is not what the device is at. */
const NOT_INSTALLING: ReadonlySet<Event["kind"]> = new Set([
  "downloaded",
  "failing",
  "gaveUp",
  "inForce",
  "mustOfferAgain",
  "mustScan",
  "noUpdate",
  "nothingPending",
  "requiresDownload",
]);
const FURTHER: ReadonlySet<Event["kind"]> = new Set(["accepted", "installing", "progress", "reached"]);

function told(member: Member, event: Event, to: Trace["to"], after: Ended, now: number): Member {
  const known = FURTHER.has(event.kind) ? drop(member, "formerlySince") : member;
  switch (event.kind) {
    case "begun":
      return needsUser(after) === undefined ? known : { ...known, neededUser: true };
    case "installing":
      return { ...known, installStateAt: known.installStateAt ?? now, installingAt: known.installingAt ?? now };
    case "accepted":
      // A download order is accepted too.
      return to === "downloading" || to === "blocked" ? known : acknowledged(known, now);
    case "progress":
      // With the action that the device takes it is the answer to an order.
      return to === "installing" && event.device !== undefined ? acknowledged(known, now) : drop(known, "installingAt");
    case "notNow":
      return event.purpose === "install" ? drop(known, "installingAt") : known;
    case "hindered":
      // By declaration it is the answer to a question, and no update.
      return isCommanded(after) ? blockedBy(drop(known, "installingAt"), event.blocker.code, after, now) : known;
    case "reached":
      return {
        ...drop(known, "installingAt", "signSince", "hinderedSince"),
        reachedAt: known.reachedAt ?? now,
      };
    case "below":
      return to === "fell-back" ? wentBack(known, now) : known;
    default: {
      const failed = event.kind === "failing" ? { ...known, installStateAt: known.installStateAt ?? now } : known;
      return NOT_INSTALLING.has(event.kind) ? drop(failed, "installingAt") : failed;
    }
  }
}

/** Seen below again and again, it went back once. */
function wentBack(member: Member, now: number): Member {
  if (member.reachedAt === undefined && member.wentBackAt !== undefined) return member;
  return { ...drop(member, "reachedAt"), wentBackAt: now };
}

const acknowledged = (member: Member, now: number): Member => ({
  ...member,
  installingAt: member.installingAt ?? now,
});

function blockedBy(member: Member, code: string, after: Ended, now: number): Member {
  const is = (codes: readonly BlockerCode[]): boolean => (codes as readonly string[]).includes(code);
  if (is(HINDRANCES)) return hindered(drop(member, "signSince"), code === needsUser(after), after, now);
  const free = drop(member, "hinderedSince");
  if (!is(FAILURE_SIGNS)) return drop(free, "signSince");
  return { ...free, signs: [...(free.signs ?? []), now].slice(0, 2), signSince: free.signSince ?? now };
}

/** `byToken`: by what may have been known when its job was made. */
function hindered(member: Member, byToken: boolean, after: Ended, now: number): Member {
  const known = byToken && member.neededUser === true ? createdOf(after) - 1 : undefined;
  return { ...member, hinderedSince: member.hinderedSince ?? known ?? member.formerlySince ?? now };
}

/** What the job says as it stands, whatever has led there. */
function standing(member: Member, { after, traces }: JobChange, now: number): Member {
  if (after.target === undefined) return member;
  const known = fetched(ordered(member, after, now), after);
  if (after.end !== undefined)
    return after.state === "failed" && hasFailed(known, traces) ? { ...known, jobFailedAt: now } : known;
  const { failures } = after.mechanism === "declaration" ? after.declared : {};
  const reported: Member =
    failures === undefined
      ? known
      : { ...known, report: { at: failures.since, namesHindrance: namesHindrance(failures.detail) } };
  if (isHinderedNow(after, now)) return hindered(reported, needsUser(after) !== undefined, after, now);
  // By command what hinders it was an event, and lasts until the job gets further.
  if (after.mechanism === "declaration") return drop(reported, "hinderedSince");
  return after.tries.hindered === 0 ? drop(reported, "hinderedSince", "signSince") : reported;
}

function ordered(member: Member, { orders }: Job, now: number): Member {
  if (orders.installs === 0) return drop(member, "orderedAt");
  return { ...member, orderedAt: member.orderedAt ?? now };
}

function fetched(member: Member, job: Job): Member {
  if (job.mechanism !== "declaration") return member;
  const { fetchedAt = job.declared.takenAt, enforcement } = job.declared;
  if (fetchedAt === undefined) return member;
  const told: Member = { ...member, fetchedAt };
  if (enforcement === undefined || enforcement.latestAt === member.momentAt) return told;
  // It has another moment: whether it was heard before that tells nothing.
  return { ...drop(told, "heardPastMomentAt"), momentAt: enforcement.latestAt };
}

/** Blockers by which a job gives up that are the update's. Silence, and what a person did not give, are none. */
const BY_UPDATE: readonly string[] = [...FAILURE_SIGNS, "install-not-starting"];

/** Whether the job has failed just now, through the update. */
function hasFailed({ signSince, report }: Member, traces: readonly Trace[]): boolean {
  const events = traces.filter(({ ignored }) => !ignored).map(({ event }) => event);
  if (events.at(-1)?.kind === "expired") return signSince !== undefined || report?.namesHindrance === false;
  const last = events.at(-1)?.kind === "exhausted" ? events.at(-2) : undefined;
  if (last?.kind === "hindered") return BY_UPDATE.includes(last.blocker.code);
  return last?.kind === "gaveUp" && BY_UPDATE.includes(last.code);
}

const isCommanded = (job: Ended): boolean => job.target !== undefined && job.mechanism === "command";
const needsUser = (job: Ended) => (job.target === undefined ? undefined : needsUserOf(job));
const createdOf = (job: Ended): number => (job.target === undefined ? job.since : job.createdAt);
