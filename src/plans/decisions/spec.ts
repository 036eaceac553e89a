/** What an admin asks for: one request, kept as data. */
import type { Target } from "../../catalog/index.ts";
import type { Weekday } from "../deadlines/local.ts";
import type { InstallAction, Platform } from "../../protocol/index.ts";
import type { Window } from "../jobs/window.ts";

/**
 * How insistent a plan is.
 * - `install`: download, then install in the window. On a Mac the user sees a countdown and can still save or put it off.
 * - `download`: download only; nothing is installed.
 * - `notify` (Mac): download and tell the user.
 * - `install-later` (Mac, minor updates): the user may put it off `maxUserDeferrals` times.
 * - `force-restart` (Mac, minor updates): restarts whether or not work is saved; needs `allowDataLoss`.
 */
export const PLAN_ACTIONS = ["install", "download", "notify", "install-later", "force-restart"] as const;
export type PlanAction = (typeof PLAN_ACTIONS)[number];

/** A version, or what a Mac lists other than versions of its OS (Safari, firmware, configuration data). */
export type PlanTarget = Target | { readonly kind: "other-updates" };

export interface PlanSpec {
  /** What to bring each platform to. A platform without an entry is refused as "no target for this platform". */
  readonly targets: { readonly [P in Platform]?: PlanTarget };
  readonly action: PlanAction;
  /** Device-local window in which installs may begin; absent: at any time. */
  readonly window?: Window;
  /** IANA zone for devices whose own zone is unknown (every Mac). */
  readonly zone: string;
  /** An admin named `zone`: times of devices whose own zone is unknown are judged in it, not in every time zone. */
  readonly zoneNamed?: boolean;
  /**
   * Date and time by which every device must be there (deadline.ts): on the device's own clock, or one moment with "Z" or an
   * offset, which only a device whose zone is known or named can be held to.
   */
  readonly deadline?: string;
  /**
   * Hours that lie at least between telling a device and its moment. Absent: the plan promises no notice, skips no weekday and spreads
   * nothing, as every plan before this was asked; only blackouts move its deadlines.
   */
  readonly noticeHours?: number;
  /** Days of the week on which no deadline lies. */
  readonly skipWeekdays?: readonly Weekday[];
  /** Hours before the deadline's time over which the devices are spread. */
  readonly spreadHours?: number;
  /** Of a plan that is decided once: percent of its devices that may fail before the gate pauses it (targets R8); absent: 5. */
  readonly maxFailurePercent?: number;
  readonly allowMajor: boolean;
  /** Days from the posting of a new major until `latest` and `n-1` may go to it; absent: `MAJOR_TERMS`. */
  readonly newMajorAfterDays?: number;
  /** Majors that a person holds back (targets T4); absent: none. */
  readonly heldMajors?: { readonly [P in Platform]?: readonly number[] };
  /**
   * Take an exact version on the admin's word where the list of Apple's releases is empty or old, or does not offer it. Absent in
   * plans that were kept before this was asked.
   */
  readonly allowUnlisted?: boolean;
  readonly allowPastDeadline: boolean;
  /** The word without which nothing may cost a user unsaved work. */
  readonly allowDataLoss: boolean;
  readonly maxUserDeferrals?: number;
  /** An admin's page that a declaration shows to the user (https). */
  readonly detailsUrl?: string;
  /** Replace a live job of another plan instead of refusing the device as busy. */
  readonly replace: boolean;
}

/** What a job is finished by. */
export type Goal = "installed" | "downloaded" | "notified";

export function goalOf(action: PlanAction): Goal {
  if (action === "download") return "downloaded";
  if (action === "notify") return "notified";
  return "installed";
}

/** The InstallAction that carries out a plan's action on a platform; undefined: the platform has none. */
export function installActionOf(action: PlanAction, platform: Platform): InstallAction | undefined {
  if (action === "download") return "DownloadOnly";
  // On iOS and tvOS InstallASAP installs only what is downloaded already, so it can never surprise; Default could.
  if (action === "install") return "InstallASAP";
  if (platform !== "macOS") return undefined;
  if (action === "notify") return "NotifyOnly";
  return action === "install-later" ? "InstallLater" : "InstallForceRestart";
}
