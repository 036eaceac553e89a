/** What an admin is told about a job, as codes and parameters: state, cause, what happens next and when. `src/words` says it. */
import { dateAt, mayHavePassed } from "./deadlines/clock.ts";
import { blackoutOn } from "./deadlines/days.ts";
import { clockOf } from "./jobs/clock-of.ts";
import { type Deferrals, type Job, type NextAction, stopIn } from "./jobs/job.ts";
import { onLastClock } from "./jobs/last-clock.ts";
import { type PushTrouble, type Reach, speaks } from "./jobs/reach.ts";
import { needsUserOf } from "./decisions/authorise.ts";
import type { ListNote } from "./list-note.ts";
import { isOnBeta } from "./jobs/satisfy.ts";
import { momentOf } from "./jobs/terms.ts";
import { HOUR } from "./jobs/units.ts";
import { isFinal, isPause, isWithheld, type PauseCause, shownState, type ShownState } from "./jobs/state.ts";

/** A code and what its words are filled with. Names that end in "At" are times, ms UTC. */
export interface Reason {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** What is said beside the cause. Times are ms UTC. */
export type Aside =
  | ({ readonly kind: "reason" } & Reason)
  /** The device answered the command with another install action than the one asked for. */
  | { readonly kind: "scheduled"; readonly asked: string; readonly device: string }
  /** A restriction hides the update from its user. */
  | { readonly kind: "hidden"; readonly until: number }
  /** How often its user may put the install off. */
  | { readonly kind: "deferrals"; readonly deferrals: Deferrals };

export interface Verdict {
  /** The job's reason, or why its device can't be woken. */
  readonly code: string;
  readonly params: Reason["params"];
  /** "overdue": its enforcement time has passed, which its state would hide. */
  readonly head: ShownState | "overdue";
  readonly cause: Reason;
  readonly asides: readonly Aside[];
  /** `at`: ms UTC, null: now. Absent: nothing happens any more. */
  readonly next?: { readonly action: NextAction | "await-check-in"; readonly at: number | null };
  readonly overdueSince?: number;
  /** The zone in which times are given. */
  readonly zone: string;
  /** Reasons, the first of which that an admin can do something about has the remedy. */
  readonly remedies: readonly (Reason & { readonly heard: boolean })[];
}

/**
 * Where a job stands. `reach`: the outcome of the pushes to its device, where that is known; `listed`: what Apple's list says
 * today of its release.
 */
export function verdictOf(job: Job, now: number, reach?: Reach, listed?: ListNote): Verdict {
  const trouble = unreached(job, reach);
  const note = noteOf(job, listed);
  const params = { ...job.params, ...reachParams(job, reach, trouble), ...noteParams(note) };
  const code = trouble?.code ?? job.reason;
  // It is not called overdue while its clock may not have reached the deadline.
  const dueAt = job.end === undefined && job.deadlineAt !== undefined ? onLastClock(job.deadlineAt, job) : undefined;
  return {
    code,
    params,
    // "In force", "Downloading" and the like would hide that the moment for all of it has passed.
    head: job.reason.startsWith("past-") ? "overdue" : shownState(job),
    cause: { code: job.reason, params },
    asides: [
      ...besides(job, now),
      ...(trouble === undefined ? [] : [reasonAside(trouble.code, params)]),
      ...(note === undefined ? [] : [reasonAside(note.code, note.params)]),
    ],
    ...(job.next === null ? {} : { next: nextOf(job.next, trouble, now) }),
    ...(dueAt !== undefined && now > dueAt ? { overdueSince: dueAt } : {}),
    zone: job.zone,
    remedies: remediesOf(job, { code, params, heard: speaks(reach, now) }, note, now),
  };
}

function nextOf(
  { action, at }: NonNullable<Job["next"]>,
  trouble: PushTrouble | undefined,
  now: number,
): NonNullable<Verdict["next"]> {
  return { action: trouble?.code === "push-token-dead" ? "await-check-in" : action, at: at <= now ? null : at };
}

/** What waits in vain if Apple does not offer the release: then the list has the better remedy. */
const ASKS_APPLE: ReadonlySet<string> = new Set([
  "past-not-begun",
  "refused-by-device",
  "no-update",
  "not-offered-by-device",
]);

function remediesOf(
  job: Job,
  main: Verdict["remedies"][number],
  note: ListNote | undefined,
  now: number,
): Verdict["remedies"] {
  const warning = warningOf(job);
  const restart = mayRestart(job, now);
  const pause = pauseCodeOf(job);
  if (pause !== undefined) return [{ code: pause, params: {}, heard: false }];
  const own = [
    ...(restart === undefined ? [] : [{ ...restart, heard: false }]),
    main,
    ...(warning === undefined ? [] : [{ code: warning, params: {}, heard: false }]),
  ];
  const asked = note === undefined ? [] : [{ code: note.code, params: {}, heard: false }];
  return ASKS_APPLE.has(main.code) ? [...asked, ...own] : [...own, ...asked];
}

/** An ended job waits for nothing; that a list is old matters where the update does not come. */
function noteOf(job: Job, listed: ListNote | undefined): ListNote | undefined {
  if (isFinal(job.state) || isWithheld(job.state)) return undefined;
  const waits = job.reason.startsWith("past-") || ASKS_APPLE.has(job.reason);
  return listed?.code === "list-old" && !waits ? undefined : listed;
}

function noteParams(note: ListNote | undefined): Job["params"] {
  if (note === undefined) return {};
  const { listDate } = note.params;
  return { listed: note.code, ...(listDate === undefined ? {} : { listDate }) };
}

/** Why a job that waits until its device is woken waits in vain. */
function unreached(job: Job, reach: Reach | undefined): PushTrouble | undefined {
  return job.next?.action === "push-again" ? (reach?.trouble ?? undefined) : undefined;
}

/** Reasons whose words count the pushes. */
const PUSHED: ReadonlySet<string> = new Set(["silent", "not-taken-up"]);

function reachParams(job: Job, reach: Reach | undefined, trouble: PushTrouble | undefined): Job["params"] {
  return {
    ...(reach === undefined || !PUSHED.has(job.reason) ? {} : { pushes: reach.pushesAccepted }),
    ...(trouble === undefined ? {} : { trouble: trouble.reason, troubleSinceAt: trouble.since }),
  };
}

/** What an admin must know beside the cause: what the device does instead, what its user may do, who must help it. */
function besides(job: Job, now: number): Aside[] {
  const parts: Aside[] = [];
  const { scheduled, keptBack } = job.orders;
  const { deferrals, deferredUntil } = job.known;
  if (scheduled !== undefined && scheduled.device !== scheduled.asked)
    parts.push({ kind: "scheduled", asked: scheduled.asked, device: scheduled.device });
  const orders = [job.out.download, job.out.install];
  if (keptBack === true && orders.some((order) => order?.offeredAt === null))
    parts.push(reasonAside("order-kept-back"));
  if (deferredUntil !== undefined && deferredUntil > now && !isFinal(job.state))
    parts.push({ kind: "hidden", until: deferredUntil });
  if (job.state === "installing" && deferrals !== undefined) parts.push({ kind: "deferrals", deferrals });
  const recalled = job.end === undefined ? job.recalled : undefined;
  if (recalled !== undefined) parts.push(reasonAside(RECALLED[recalled], noticeParams(job)));
  const restart = mayRestart(job, now);
  if (restart !== undefined) parts.push(reasonAside(restart.code, restart.params));
  const pause = pauseCodeOf(job);
  if (pause !== undefined) parts.push(reasonAside(pause));
  const warning = warningOf(job);
  if (warning !== undefined) parts.push(reasonAside(warning));
  const running = job.seen ?? job.from;
  if (!isFinal(job.state) && isOnBeta(job.target, running))
    parts.push(reasonAside("runs-beta", { version: job.target.version, build: running.build ?? "" }));
  return parts;
}

const reasonAside = (code: string, params: Reason["params"] = {}): Aside => ({ kind: "reason", code, params });

const WAITS: Readonly<Record<PauseCause, string>> = {
  "plan-paused": "waits-for-resumption",
  "rollout-paused": "waits-for-rollout",
  halted: "waits-for-halt-end",
  excluded: "waits-for-exclusion-end",
};
const RECALLED = { "not-fetched": "moment-not-fetched", silent: "moment-silent" } as const;

const noticeParams = ({ noticeMs }: Job): Reason["params"] =>
  noticeMs === undefined ? {} : { hours: Math.round(noticeMs / HOUR) };

/** A declaration whose moment has passed stays, and a blackout covers today (targets D11). */
function mayRestart(job: Job, now: number): Reason | undefined {
  if (job.blackouts === undefined || job.end !== undefined || job.mechanism !== "declaration") return undefined;
  if (job.goal !== "installed" || job.recalled !== undefined || isWithheld(job.state)) return undefined;
  const clock = clockOf(job);
  const moment = momentOf(job);
  const blackout = blackoutOn(dateAt(now, clock), job.blackouts);
  if (moment === undefined || blackout === undefined || !mayHavePassed(moment, clock, now)) return undefined;
  return { code: "may-restart-in-blackout", params: { blackout: blackout.name, lastDay: blackout.to } };
}

/** What a paused job waits for. */
function pauseCodeOf(job: Job): string | undefined {
  const cause = stopIn(job)?.cause;
  return isPause(cause) ? WAITS[cause] : undefined;
}

/** A blocker that is known before it is met. */
function warningOf(job: Job): string | undefined {
  const code = isFinal(job.state) || isWithheld(job.state) ? undefined : needsUserOf(job);
  return code === job.reason ? undefined : code;
}
