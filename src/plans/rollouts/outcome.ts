/**
 * The outcome of a ring's member (targets R6), from what is stored of it. The gate does not wait until a job gives up: that
 * takes days. And 72 h of silence are nothing yet: a laptop closed on Friday evening is back on Monday (R7).
 */
import type { BlockerCode } from "../jobs/blocker.ts";
import { DAY, HOUR } from "../jobs/units.ts";

/** Times are ms UTC; null: it has not happened. A device that a block keeps from the release is no member (C9). */
export interface MemberFacts {
  readonly openedAt: number;
  /** When the release was given to the device. */
  readonly givenAt: number | null;
  /** See `startOf`. */
  readonly startedAt: number | null;
  readonly lastSeenAt: number | null;
  /** Since when it is observed at or above the release; null while it is below. */
  readonly reachedAt: number | null;
  /** It was at the release, and then observed below it. */
  readonly wentBackAt: number | null;
  /** It reported `installing`, or acknowledged its install order, and has reported nothing else of an install since. */
  readonly installingAt: number | null;
  readonly signs: FailureSigns;
  /** The device's own failure report. */
  readonly report: { readonly at: number; readonly namesHindrance: boolean } | null;
  /** Its job ended `failed` through the update, not through silence. */
  readonly jobFailedAt: number | null;
  /** What is in its way now, one of `HINDRANCES`. */
  readonly hindrance: { readonly since: number } | null;
  /** The enforcement time that it was told last. */
  readonly momentAt: number | null;
  readonly excluded: boolean;
}

/** `FAILURE_SIGNS` of the present job. */
export interface FailureSigns {
  /** When each occurred, in their order. */
  readonly at: readonly number[];
  /** Since when one of them lasts; null: none does. */
  readonly since: number | null;
}

/** Blockers that say that the update fails; twice, or for 24 h. */
export const FAILURE_SIGNS: readonly BlockerCode[] = ["install-failed", "device-error", "no-update"];

/** Blockers that say nothing against the release. */
export const HINDRANCES: readonly BlockerCode[] = [
  "insufficient-power",
  "insufficient-space",
  "insufficient-network",
  "phone-call",
  "logged-in-user",
  "passcode",
  "bootstrap-token-missing",
  "bootstrap-token-disallowed",
  "user-rejected",
];

export const OUTCOMES = [
  "good",
  "failed",
  "lost",
  "unclear",
  "away",
  "hindered-before",
  "hindered",
  "pending",
] as const;
export type OutcomeKind = (typeof OUTCOMES)[number];

/** `since`: when it became so, ms UTC. A failure counts from then on, and a pending member since its ring opened. */
export interface Outcome {
  readonly kind: OutcomeKind;
  readonly since: number;
}

/** Silence after which a member that installs is lost; in an urgent run the next ring can't wait that long. */
export const LOST_AFTER = { normal: 72 * HOUR, urgent: 12 * HOUR } as const;
const UNCLEAR_AFTER = HOUR;
/** A success counts when the device is heard again: one that dies after its restart was seen good too. */
const HEARD_AGAIN_AFTER = HOUR;
/** A device is silent over its moment until then (D6). */
const AWAY_AFTER_MOMENT = 72 * HOUR;
const AWAY_AFTER = 7 * DAY;

/** The first row of R6 that applies. `run`: the kind of the member's run. */
export function outcomeOf(member: MemberFacts, now: number, run: keyof typeof LOST_AFTER): Outcome {
  const { openedAt, hindrance, givenAt } = member;
  const good = goodSince(member);
  if (good !== null) return { kind: "good", since: good };
  const failed = failedSince(member, now);
  const silent = silentSince(member);
  // Silent since before its moment only, it may not have begun: then it is never lost.
  const lost = silent === null || member.installingAt === null ? Infinity : silent + LOST_AFTER[run];
  // A lost member that fails too was a failure before: it must not count again after a resumption.
  if (failed !== null) return { kind: "failed", since: Math.min(failed, lost) };
  if (now >= lost) return { kind: "lost", since: lost };
  if (silent !== null && now - silent >= UNCLEAR_AFTER && now - silent < LOST_AFTER[run])
    return { kind: "unclear", since: silent + UNCLEAR_AFTER };
  const away = awaySince(member, now);
  if (away !== null) return { kind: "away", since: away };
  if (hindrance === null) return { kind: "pending", since: openedAt };
  const before = givenAt === null || hindrance.since < givenAt;
  return { kind: before ? "hindered-before" : "hindered", since: hindrance.since };
}

function goodSince({ reachedAt, lastSeenAt, openedAt }: MemberFacts): number | null {
  if (reachedAt === null) return null;
  if (reachedAt <= openedAt) return openedAt;
  return lastSeenAt !== null && lastSeenAt >= reachedAt + HEARD_AGAIN_AFTER ? reachedAt + HEARD_AGAIN_AFTER : null;
}

function failedSince(member: MemberFacts, now: number): number | null {
  const { startedAt, signs, reachedAt, wentBackAt, jobFailedAt } = member;
  const times: (number | null)[] = [jobFailedAt, reachedAt === null ? wentBackAt : null, reportedSince(member)];
  if (startedAt !== null) {
    const [, second] = signs.at;
    if (second !== undefined) times.push(Math.max(startedAt, second));
    if (signs.since !== null) times.push(Math.max(startedAt, signs.since + DAY));
  }
  const past = times.filter((at) => at !== null && at <= now) as number[];
  return past.length === 0 ? null : Math.min(...past);
}

/** It reports a failure, and a day after its moment it is heard and still below. */
function reportedSince({ report, momentAt, lastSeenAt, reachedAt }: MemberFacts): number | null {
  if (report === null || report.namesHindrance || momentAt === null || reachedAt !== null) return null;
  const heard = lastSeenAt !== null && lastSeenAt >= momentAt + DAY;
  return heard ? Math.max(report.at, momentAt + DAY) : null;
}

/** The last contact of a member that may be installing since. */
function silentSince({ installingAt, lastSeenAt, momentAt }: MemberFacts): number | null {
  if (installingAt !== null) return Math.max(installingAt, lastSeenAt ?? installingAt);
  if (lastSeenAt === null || momentAt === null) return null;
  return lastSeenAt >= momentAt - HOUR && lastSeenAt < momentAt ? lastSeenAt : null;
}

function awaySince({ excluded, openedAt, startedAt, lastSeenAt, momentAt }: MemberFacts, now: number) {
  if (excluded) return openedAt;
  // What was never heard is silent since ever: away from the opening on.
  const heard = lastSeenAt ?? openedAt - AWAY_AFTER;
  if (startedAt === null && now - heard >= AWAY_AFTER) return heard + AWAY_AFTER;
  const over = momentAt === null || heard >= momentAt ? null : momentAt + AWAY_AFTER_MOMENT;
  return over !== null && now >= over ? over : null;
}
