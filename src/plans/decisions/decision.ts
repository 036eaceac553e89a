/** What a plan means for one device, and what a decision needs to know of it. */
import type { BlockedRelease } from "../../catalog/index.ts";
import type { Days } from "../deadlines/days.ts";
import type { BootstrapToken } from "./authorise.ts";
import type { Brought } from "./brought.ts";
import type { MovedDue } from "./due.ts";
import type { Held, Loss } from "./replace.ts";
import type { JobSeed, JobTarget } from "../jobs/job.ts";
import type { ListNote } from "../list-note.ts";
import type { Platform } from "../../protocol/index.ts";

/** What a decision needs to know of a device; null where it has not been said. */
export interface PlannedDevice {
  readonly enrollmentId: string;
  readonly enrolled: boolean;
  readonly enrollment: "device" | "user";
  readonly platform: Platform | null;
  readonly productName: string | null;
  readonly softwareUpdateDeviceId: string | null;
  readonly osVersion: string | null;
  /** What it named last in place of a version and is none; `osVersion` is the last that was one. */
  readonly oddVersion: string | null;
  readonly buildVersion: string | null;
  readonly supplementalBuild: string | null;
  readonly supplementalExtra: string | null;
  readonly supervised: boolean | null;
  /** Its own word, or an admin's. */
  readonly timeZone: string | null;
  /** The zone that a rule of an admin names for it, where it has no other. */
  readonly ruleZone?: string;
  /** Whether it has reported that it takes the enforcement declaration; null: it has not reported. */
  readonly enforces: boolean | null;
  readonly accessRights: number | null;
  /** Why an Apple silicon Mac can't install without its user; null: it can, or nothing is known of it. */
  readonly bootstrapToken: BootstrapToken | null;
  /** Plan of the live job, if there is one. */
  readonly busyWith: string | null;
  /** The newest update that a plan has brought about on it. */
  readonly brought?: Brought;
  /** Releases that a block bans for it; absent: none. */
  readonly blocked?: readonly BlockedRelease[];
  /** Versions that a standing plan has opened to it; absent: all. */
  readonly open?: readonly string[];
  /** Blackouts that cover it, as far as they are not over; absent: none. */
  readonly blackouts?: readonly Days[];
  /** Its place in the plan's spread, in steps of five minutes; absent: the first. */
  readonly slot?: number;
  /** What it has of that job by declaration. */
  readonly held?: Held;
}

export type Decision =
  | {
      readonly kind: "job";
      readonly enrollmentId: string;
      readonly job: JobSeed;
      /** It replaces a declaration under which the device has downloaded. */
      readonly losesDownload?: Loss;
      /** Why it is not sure that Apple offers the release. */
      readonly listed?: ListNote;
      /** Newer releases that the target does not pick, and why: see `pickParams`. Absent: none. */
      readonly heldBack?: Params;
      /** Its deadline is another than the plan's. */
      readonly movedDue?: MovedDue;
    }
  | {
      readonly kind: "compliant";
      readonly enrollmentId: string;
      /** What it must not be seen below again. */
      readonly wanted: JobTarget;
      readonly reason: string;
      readonly params: Params;
    }
  | { readonly kind: "refused"; readonly enrollmentId: string; readonly reason: string; readonly params: Params };

export type Params = Readonly<Record<string, string | number>>;
