/** The one sentence an admin reads about a device: state, cause, what happens next and when. */
import type { Deferrals, Job, NextAction } from "./jobs/job.ts";
import { type PushTrouble, type Reach, speaks } from "./jobs/reach.ts";
import { needsUserOf } from "./decisions/authorise.ts";
import type { ListNote } from "./list-note.ts";
import { isOnBeta } from "./jobs/satisfy.ts";
import { isFinal, isStopping, shownState, type ShownState } from "./jobs/state.ts";
import { personRemedy } from "./person-words.ts";
import { causeOf, remedyOf } from "./words.ts";
import { localTime } from "./jobs/window.ts";

export interface Verdict {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly sentence: string;
  readonly remedy?: string;
}

const HEADS: Readonly<Record<ShownState, string>> = {
  asking: "Being checked",
  awaiting: "Waiting",
  declaring: "Declared",
  declared: "In force",
  scanning: "Looking for updates",
  downloading: "Downloading",
  ready: "Ready to install",
  installing: "Installing",
  blocked: "Blocked",
  stopping: "Stopping",
  done: "Up to date",
  "fell-back": "Fell back",
  downloaded: "Downloaded",
  notified: "Notified",
  stopped: "Stopped",
  failed: "Failed",
  refused: "Not possible",
};

const NEXT: Readonly<Record<NextAction, string>> = {
  "push-again": "it is pushed and asked again",
  "look-again": "it is asked again",
  install: "the install is ordered",
  "try-again": "it is tried again",
  "read-list": "the Mac's list of updates is read",
  enforce: "it is asked whether it has installed",
};

/**
 * Words for where a job stands. `reach`: what became of the pushes to its device, where that is known; `listed`: what Apple's
 * list says today of its release. Times are given in the device's zone (or the plan's, where the device's is unknown).
 */
export function verdictOf(job: Job, now: number, reach?: Reach, listed?: ListNote): Verdict {
  const trouble = unreached(job, reach);
  const note = noteOf(job, listed);
  const params = { ...job.params, ...reachParams(job, reach, trouble), ...noteParams(note) };
  const zoned = inZone(params, job.zone);
  const parts = [`${headOf(job)}: ${causeOf(job.reason, zoned)}`, ...besides(job, now)];
  if (trouble !== undefined) parts.push(causeOf(trouble.code, zoned));
  if (note !== undefined) parts.push(causeOf(note.code, note.params));
  if (job.next !== null) {
    const when = job.next.at <= now ? "now" : `at ${localTime(job.next.at, job.zone)} (${job.zone})`;
    const action = trouble?.code === "push-token-dead" ? "Uptick asks it if it checks in" : NEXT[job.next.action];
    parts.push(`next, ${when}, ${action}`);
  }
  if (job.end === undefined && job.deadlineAt !== undefined && now > job.deadlineAt) {
    parts.push(`overdue since ${localTime(job.deadlineAt, job.zone)}`);
  }
  const warning = warningOf(job);
  const code = trouble?.code ?? job.reason;
  const within = personRemedy(code, params, remedyOf);
  const own = within ?? remedyOf(code, speaks(reach, now)) ?? (warning === undefined ? undefined : remedyOf(warning));
  const asked = note === undefined ? undefined : remedyOf(note.code);
  const remedy = ASKS_APPLE.has(code) ? (asked ?? own) : (own ?? asked);
  const sentence = `${parts.join("; ")}.`;
  return { code, params, sentence, ...(remedy === undefined ? {} : { remedy }) };
}

/** What waits in vain if Apple does not offer the release: then the list has the better remedy. */
const ASKS_APPLE: ReadonlySet<string> = new Set([
  "past-not-begun",
  "refused-by-device",
  "no-update",
  "not-offered-by-device",
]);

/** An ended job waits for nothing; that a list is old matters where the update does not come. */
function noteOf(job: Job, listed: ListNote | undefined): ListNote | undefined {
  if (isFinal(job.state) || isStopping(job.state)) return undefined;
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

/** "In force", "Downloading" and the like would hide that the moment for all of it has passed. */
const headOf = ({ state, reason }: Job): string => (reason.startsWith("past-") ? "Overdue" : HEADS[shownState(state)]);

/** What an admin must know beside the cause: what the device does instead, what its user may do, who must help it. */
function besides(job: Job, now: number): string[] {
  const parts: string[] = [];
  const { scheduled, keptBack } = job.orders;
  const { deferrals, deferredUntil } = job.known;
  if (scheduled !== undefined && scheduled.device !== scheduled.asked) {
    parts.push(`asked for ${scheduled.asked}, the device made it ${scheduled.device}`);
  }
  const orders = [job.out.download, job.out.install];
  if (keptBack === true && orders.some((order) => order?.offeredAt === null))
    parts.push(causeOf("order-kept-back", {}));
  if (deferredUntil !== undefined && deferredUntil > now && !isFinal(job.state))
    parts.push(deferredWords(localTime(deferredUntil, job.zone)));
  if (job.state === "installing" && deferrals !== undefined) parts.push(...deferralWords(deferrals, job.zone));
  const warning = warningOf(job);
  if (warning !== undefined) parts.push(causeOf(warning, {}));
  const running = job.seen ?? job.from;
  if (!isFinal(job.state) && isOnBeta(job.target, running))
    parts.push(causeOf("runs-beta", { version: job.target.version, build: running.build ?? "" }));
  return parts;
}

/** A restriction hides the update from the Mac's user; whether the Mac obeys an order before that day is not known. */
export const deferredWords = (until: string): string =>
  `a restriction hides the update from its user until ${until}; it is ordered nevertheless`;

/** A hindrance that is known before it is met. */
function warningOf(job: Job): string | undefined {
  const code = isFinal(job.state) || isStopping(job.state) ? undefined : needsUserOf(job);
  return code === job.reason ? undefined : code;
}

function deferralWords(deferrals: Deferrals, zone: string): string[] {
  const { max, remaining, nextInstallAt, pastNotifications } = deferrals;
  const asked = pastNotifications === undefined ? [] : [`asked ${times(pastNotifications.length)} so far`];
  const most = max === undefined ? [] : [`${max} in all`];
  const more = [...most, ...asked].join(", ");
  const left =
    remaining === undefined
      ? more
      : `the user may put it off ${remaining === 0 ? "no more" : `${remaining} more ${remaining === 1 ? "time" : "times"}`}` +
        (more === "" ? "" : ` (${more})`);
  const planned = nextInstallAt === undefined ? "" : `the Mac means to install at ${localTime(nextInstallAt, zone)}`;
  return [left, planned].filter((text) => text !== "");
}

const times = (count: number): string => (count === 1 ? "once" : `${count} times`);

/** Moments among the parameters ("…At", ms UTC) as the zone's local time shows them. */
function inZone(params: Job["params"], zone: string): Job["params"] {
  const entries = Object.entries(params).map(([key, value]) =>
    key.endsWith("At") && typeof value === "number" ? [key, localTime(value, zone)] : [key, value],
  );
  return Object.fromEntries(entries) as Job["params"];
}

/** Words for a refusal or a compliant device in a dry run, where there is no job yet. */
export function sentenceOf(state: "done" | "fell-back" | "refused", reason: string, params: Verdict["params"]): string {
  return `${HEADS[state]}: ${causeOf(reason, params)}.`;
}
