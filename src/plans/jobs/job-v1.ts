/** The documents of jobs that were written before they had a version: read by upgrade.ts, written by nobody. */
import type { InstallAction, Platform } from "../../protocol/index.ts";
import type { BootstrapToken } from "../decisions/authorise.ts";
import type { WhyCommand, WhyDeclaration } from "../decisions/mechanism.ts";
import type { Goal } from "../decisions/spec.ts";
import type { Enforcement } from "./by-declaration/enforcement.ts";
import type {
  Deferrals,
  Failures,
  Former,
  JobTarget,
  NextAction,
  Offers,
  OtherUpdate,
  OutCommand,
  Purpose,
  Said,
  SeenVersion,
} from "./job.ts";
import type { ShownState } from "./state.ts";
import type { Window } from "./window.ts";

export interface JobV1 {
  readonly id: string;
  readonly planId: string;
  readonly enrollmentId: string;
  readonly platform: Platform;
  readonly from: { readonly version: string; readonly build?: string };
  readonly target: JobTarget;
  readonly goal: Goal;
  /** The InstallAction of the step that ends the job. */
  readonly action: InstallAction;
  readonly maxUserDeferrals?: number;
  /** Download in its own step before the install step (always on iOS and tvOS; on a Mac when there is a window). */
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
  /** Apple silicon: why the Mac can't install without its user. Absent: it can, or nothing is known of it. */
  readonly bootstrapToken?: BootstrapToken;
  /** Plan before this one whose order for the same version has left the server, and may still be carried out. */
  readonly earlier?: string;
  /** After this moment the job ends as failed, whatever it waits for. */
  readonly expiresAt: number;

  readonly state: ShownState;
  /** Code of the cause of the present state; worded in words.ts. */
  readonly reason: string;
  /** Parameters of the reason's words. */
  readonly params: Readonly<Record<string, string | number>>;
  /** When the present state and reason began. */
  readonly since: number;
  /** null exactly when the job is finished. */
  readonly next: { readonly action: NextAction; readonly at: number } | null;

  readonly out: { readonly [P in Purpose]?: OutCommand };
  readonly seen?: SeenVersion;
  /** Download progress, 0 to 1. */
  readonly progress?: number;
  /** The update's key as the device listed it; opaque, never made up. */
  readonly productKey?: string;
  /** Until when a restriction hides the update from its user, by the newest list (ms UTC). */
  readonly deferredUntil?: number;
  /** The updates of a target that is no version, as the newest list has them. */
  readonly others?: readonly OtherUpdate[];
  /** What the Mac last told of how often its user has put the install off. */
  readonly deferrals?: Deferrals;
  /** When the Mac last looked for updates, by its own clock; and that moment when the newest scan was ordered. */
  readonly lastScan?: number;
  readonly scanBefore?: number;
  /** What was asked and what the device said it would do instead. */
  readonly scheduled?: { readonly asked: InstallAction; readonly device: string };
  /** What the device said when it answered the newest order with "no update available". */
  readonly noUpdate?: string;
  /** When the download was last ordered (ms UTC). */
  readonly orderedAt?: number;
  /** When the device was last heard, as far as the job knows (ms UTC). */
  readonly heardAt?: number;
  /** Its order waits in the queue although the device asks: a former declaration, under which it is ignored, may still be there. */
  readonly keptBack?: true;
  /** When the device fetched the declaration, and when it first said that it is in force (ms UTC). */
  readonly takenAt?: number;
  readonly inForceAt?: number;
  /** When it fetched the job's own declaration, whatever was known before (ms UTC). */
  readonly fetchedAt?: number;
  /** Declarations of replaced plans, later than the job's own, that stay until the device has taken that. */
  readonly former?: readonly Former[];
  /** When it first fetched a list that names the declaration, which it may never have fetched (ms UTC). */
  readonly listedAt?: number;
  /** When it fetched a list without the declaration, after a stop (ms UTC). */
  readonly droppedAt?: number;
  readonly failures?: Failures;
  /** How many install commands have left for the device. */
  readonly installs: number;
  /** When the newest of them did. */
  readonly offers?: Offers;
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
  readonly createdAt: number;
  readonly finishedAt?: number;
  /** How it ended, while the device is seen below its target again. */
  readonly ended?: Said;
}
