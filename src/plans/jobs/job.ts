/** A job: one device's way to its release, as plain data. It is changed only by `step` (step.ts). */
import type { Wanted } from "../../catalog/index.ts";
import type { InstallAction, Platform } from "../../protocol/index.ts";
import type { BootstrapToken } from "../decisions/authorise.ts";
import type { Days } from "../deadlines/days.ts";
import type { MoveCause } from "../deadlines/given.ts";
import type { LocalDateTime, Weekday } from "../deadlines/local.ts";
import type { Recall } from "../deadlines/moment.ts";
import type { Enforcement } from "./by-declaration/enforcement.ts";
import type { WhyCommand, WhyDeclaration } from "../decisions/mechanism.ts";
import type { Goal } from "../decisions/spec.ts";
import type { FinalState, LiveState, WithdrawalCause } from "./state.ts";
import type { Window } from "./window.ts";

/** What a job's command is for. "download" and "install" are the update command itself (ScheduleOSUpdate). */
export type Purpose = "ask" | "status" | "scan" | "list" | "download" | "install";

/** What happens next, and when (ms UTC). */
export type NextAction =
  /** Nothing has been heard: push again and ask. */
  | "push-again"
  /** Ask how far the download or install is. */
  | "look-again"
  /** Offer the install command: its window opens. */
  | "install"
  /** Try again from the beginning, after a blocker. */
  | "try-again"
  /** Read the list of updates: the scan has had time. */
  | "read-list"
  /** The moment at which the device's declaration makes it install. */
  | "enforce"
  /** See whether the pause is over. */
  | "resume";

export interface JobTarget extends Wanted {
  readonly major: boolean;
  /**
   * No version at all (`version` is a word for it then): what a Mac lists other than versions of its OS, such as Safari,
   * firmware and configuration data. Reached when a list made after a scan holds none of it.
   */
  readonly others?: true;
  /** Builds that the catalog has under the version, where the device's own list must tell the key. */
  readonly builds?: readonly string[];
}

/** An update of a Mac that is no version of its OS; `key` is opaque. */
export interface OtherUpdate {
  readonly key: string;
  /** As the Mac names it, in its user's language. */
  readonly name: string;
}

/** How far a Mac's user has put an install off. Source: mdm/commands/system.update.status.yaml. Times in ms UTC. */
export interface Deferrals {
  readonly max?: number;
  readonly remaining?: number;
  readonly nextInstallAt?: number;
  readonly pastNotifications?: readonly number[];
}

/** A version as a device reported it. */
export interface SeenVersion {
  readonly version: string;
  readonly build?: string;
  readonly supplementalBuild?: string;
  readonly supplementalExtra?: string;
  readonly at: number;
}

/** What a device has said of a declared update that does not continue. It tries again automatically: one story, however long. */
export interface Failures {
  readonly count: number;
  readonly detail: string;
  /** When this server heard of the first of them (ms UTC). */
  readonly since: number;
}

/** A command of this job that has not been answered or withdrawn. */
export interface OutCommand {
  readonly since: number;
  /** When it was last handed to the device; null while it waits in the queue. */
  readonly offeredAt: number | null;
}

/** All that an enforcement declaration says. */
export interface Wish {
  readonly target: Pick<JobTarget, "version">;
  readonly enforcement: Enforcement;
  readonly detailsUrl?: string;
}

/** A declaration that stands beside a job's own until the device has taken that. */
export interface Former extends Wish {
  readonly takenAt: number;
}

/** The install orders of a job that left for its device, as far as the pace needs them. */
export interface Offers {
  /** Moments of the newest of them (ms UTC), in order, at most four. */
  readonly at: readonly number[];
  /** How many of them belong to the present 24 hours. */
  readonly round: number;
}

/** Why a job by declaration is blocked. */
export type Block =
  /** The device says that it can't apply the declaration. */
  | { readonly by: "device" }
  /** This server could not make the declaration. */
  | { readonly by: "server" }
  /** The update failed; the device tries again automatically. `needs`: what only a person can give. */
  | { readonly by: "failure"; readonly needs?: "passcode" | "space" }
  /** The device's first declarative report is overdue. */
  | { readonly by: "silence" };

/** A stop that is not over, or a pause. */
export interface Stop {
  readonly cause: WithdrawalCause;
  /** The download that the device has reported and throws away. */
  readonly loses?: "will" | "may";
  /** When it fetched a list without the declaration (ms UTC). */
  readonly droppedAt?: number;
  /** When the pause ends, where that is known: the end of an exclusion (ms UTC). */
  readonly until?: number;
}

/** How a job has ended. */
export interface End {
  readonly at: number;
  /** Of a job whose device is there, where a plan's order brought it there: this job's, or one of the plan before it. */
  readonly by?: "this" | "earlier";
  /** What was said of it, while the device is seen below its target again. */
  readonly said?: Said;
}

/** What a person is told of a job: nothing is decided by it. */
export interface Said {
  /** Code of the cause; worded in src/words/verdict. */
  readonly reason: string;
  /** Parameters of the reason's words. */
  readonly params: Readonly<Record<string, string | number>>;
}

/** The version of the documents that are written; upgrade.ts reads those before it. */
export const JOB_VERSION = 2;

/** Everything of a job that is frozen when the plan is accepted. */
export interface JobSeed {
  readonly enrollmentId: string;
  readonly platform: Platform;
  readonly from: { readonly version: string; readonly build?: string };
  readonly target: JobTarget;
  readonly goal: Goal;
  /** The InstallAction of the step that ends the job. */
  readonly action: InstallAction;
  readonly maxUserDeferrals?: number;
  /** Download in its own step before the install step (always on iOS and tvOS; on a Mac when there is a window or a deadline). */
  readonly twoSteps: boolean;
  readonly identify: "product-key" | "product-version";
  /** How the device is told; absent: by command. */
  readonly mechanism?: "declaration";
  readonly because?: WhyCommand | WhyDeclaration;
  /** What its declaration says. */
  readonly enforcement?: Enforcement;
  /** An admin's page for the user (DetailsURL). */
  readonly detailsUrl?: string;
  /** The device's first declarative report is awaited: its OS could take the declaration. */
  readonly unreported?: boolean;
  /** How a command would name the update, should that report never come. */
  readonly otherwise?: "product-key" | "product-version";
  readonly window?: Window;
  readonly zone: string;
  /** True when `zone` is the device's own, false when it is the plan's. */
  readonly zoneKnown: boolean;
  /** An admin named `zone` for devices whose own is unknown, and times are judged in it. */
  readonly zoneNamed?: boolean;
  readonly deadlineAt?: number;
  /** The deadline as the admin wrote it: a wall-clock time "YYYY-MM-DDTHH:MM". */
  readonly deadline?: string;
  /** What lies at least between telling the device and its moment (ms); absent: the plan promises no notice. */
  readonly noticeMs?: number;
  /** Days of the week on which no deadline of the plan lies. */
  readonly skipWeekdays?: readonly Weekday[];
  /** Blackouts that cover the device, as far as they are not over. They are kept in line by `blackout-work.ts`. */
  readonly blackouts?: readonly Days[];
  /** A person has lifted blackouts for its release: its device is in a hurry (targets U2). */
  readonly blackoutsLifted?: true;
  /** The local time from which the device is told to install, where that is another than follows from deadline and window. */
  readonly moment?: LocalDateTime;
  /** Apple silicon: why the Mac can't install without its user. Absent: it can, or nothing is known of it. */
  readonly bootstrapToken?: BootstrapToken;
}

/** What has left for the device by command. It stays when the device is told by declaration from then on. */
export interface Orders {
  /** How many install commands have left for the device. */
  readonly installs: number;
  /** When the newest of them did. */
  readonly offers?: Offers;
  /** When the download was last ordered (ms UTC). */
  readonly downloadAt?: number;
  /** What was asked and what the device said it would do instead. */
  readonly scheduled?: { readonly asked: InstallAction; readonly device: string };
  /** What the device said when it answered the newest order with "no update available". */
  readonly noUpdate?: string;
  /** The order waits in the queue although the device asks: a former declaration, under which it is ignored, may still be there. */
  readonly keptBack?: true;
}

/** What the device has said of the update in its answers. */
export interface Known {
  /** The update's key as the device listed it; opaque, never made up. */
  readonly productKey?: string;
  /** Download progress, 0 to 1. */
  readonly progress?: number;
  /** Until when a restriction hides the update from its user, by the newest list (ms UTC). */
  readonly deferredUntil?: number;
  /** The updates of a target that is no version, as the newest list has them. */
  readonly others?: readonly OtherUpdate[];
  /** What the Mac last told of how often its user has put the install off. */
  readonly deferrals?: Deferrals;
  /** When the Mac last looked for updates, by its own clock; and that moment when the newest scan was ordered. */
  readonly lastScan?: number;
  readonly scanBefore?: number;
}

/** What every job has. */
interface Common extends Said, Omit<JobSeed, "mechanism" | "enforcement" | "unreported" | "otherwise"> {
  readonly v: typeof JOB_VERSION;
  readonly id: string;
  readonly planId: string;
  /** Plan before this one whose order for the same version has left the server, and may still be carried out. */
  readonly earlier?: string;
  /** After this moment the job ends as failed, whatever it waits for. */
  readonly expiresAt: number;
  readonly createdAt: number;
  /** When the present state and reason began. */
  readonly since: number;
  readonly out: { readonly [P in Purpose]?: OutCommand };
  readonly seen?: SeenVersion;
  /** When the device was last heard, as far as the job knows (ms UTC). */
  readonly heardAt?: number;
  /** Why its moment was taken back: nothing of it is sent until the device is heard, and is given a new one (moment.ts). */
  readonly recalled?: Recall;
  /** The last act that gave its device time back (ms UTC), and whether that moved the deadline: what a standing plan has given follows. */
  readonly again?: { readonly at: number; readonly cause: MoveCause; readonly moved: boolean };
  readonly orders: Orders;
  readonly known: Known;
  /** Rounds without progress, by what they were spent on. */
  readonly tries: {
    /** Pushes in a row that were not followed by a contact. */
    readonly unheard: number;
    /** Blockers in a row. */
    readonly hindered: number;
    /** Looks in the present state that showed nothing new. */
    readonly looks: number;
    readonly downloads: number;
    readonly scans: number;
  };
}

export interface ByCommand {
  readonly mechanism: "command";
}

/** A job's declaration and what the device has made of it. */
export interface Declared extends Pick<JobSeed, "enforcement" | "unreported" | "otherwise"> {
  /** When it was last told to fetch its declarations for this job (ms UTC). */
  readonly toldAt?: number;
  /** When it first fetched a list that names the declaration, which it may never have fetched (ms UTC). */
  readonly listedAt?: number;
  /** When it fetched the job's own declaration, whatever was known before (ms UTC). */
  readonly fetchedAt?: number;
  /** When the device fetched the declaration, and when it first said that it is in force (ms UTC). */
  readonly takenAt?: number;
  readonly inForceAt?: number;
  readonly failures?: Failures;
  /** Declarations of replaced plans, later than the job's own, that stay until the device has taken that. */
  readonly former?: readonly Former[];
}

export interface ByDeclaration {
  readonly mechanism: "declaration";
  readonly declared: Declared;
}

/** A job that is under way. */
export interface Live {
  readonly state: LiveState;
  /** What happens next, and when (ms UTC). */
  readonly next: { readonly action: NextAction; readonly at: number };
  /** In "blocked", where the device is told by declaration. */
  readonly block?: Block;
  /** In "ready" and "blocked": the bootstrap token of its Mac, once escrowed, may let it continue. */
  readonly awaitsToken?: true;
  /** The newest question was how far the update is, or the version after an answer that was unclear; nothing has happened since. */
  readonly asked?: "progress" | "version";
  /** After a stop, and during a pause. */
  readonly stop?: Stop;
  readonly end?: undefined;
}

/** A job that has ended. */
export interface Past {
  readonly state: FinalState;
  readonly next: null;
  readonly end: End;
}

export type LiveJob = Common & (ByCommand | ByDeclaration) & Live;
export type EndedJob = Common & (ByCommand | ByDeclaration) & Past;
/** By mechanism, and whether it is under way: what only one of them has is found in its branch. */
export type Job = LiveJob | EndedJob;
export type CommandedJob = Common & ByCommand & Live;
export type DeclaredJob = Common & ByDeclaration & Live;

const NONE: Declared = {};
/** What a device has made of the job's declaration; of a job by command: nothing. */
export const declaredOf = (job: Job): Declared => (job.mechanism === "declaration" ? job.declared : NONE);

/** The stop or the pause of a job that is not over. */
export const stopIn = (job: Job): Stop | undefined => (job.end === undefined ? job.stop : undefined);
