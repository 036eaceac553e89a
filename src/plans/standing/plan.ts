/** A standing plan and a device, as a resolution needs them (targets W4). All of it is read before; nothing here is looked up. */
import type { Named } from "../../catalog/index.ts";
import type { Clock } from "../deadlines/clock.ts";
import type { Days } from "../deadlines/days.ts";
import type { Given } from "../deadlines/given.ts";
import type { PlannedDevice } from "../decisions/decision.ts";
import type { EndedJob, LiveJob } from "../jobs/job.ts";
import type { RunSince } from "../rollouts/context.ts";
import type { Ring, Rollout } from "../rollouts/rollout.ts";
import type { Matcher, ScopeFacts } from "../scope/match.ts";
import type { Sha256 } from "../slots.ts";
import type { StandingSpec } from "./terms.ts";

export interface StandingPlan {
  readonly id: string;
  readonly revision: number;
  readonly state: "active" | "paused";
  readonly spec: StandingSpec;
  /** Its scope, made ready for many devices. */
  readonly matches: Matcher;
  /** Never empty. */
  readonly rings: readonly Ring<Matcher>[];
  readonly rollouts: readonly PlanRollout[];
  /** Of all its rollouts. */
  readonly runs: readonly RunSince[];
}

export interface PlanRollout extends Rollout {
  /** Whom a rollout after a block is for (targets C9); absent: everyone else. */
  readonly covers?: Matcher;
  /** Who brought it into its state, and who ended its block; absent: nobody knows. */
  readonly stateBy?: string;
  readonly blockEndedBy?: string;
}

/** What a device has of a plan: its live job. */
export interface LiveOf {
  readonly job: LiveJob;
  readonly kind: "once" | "standing";
  readonly planId: string;
  readonly rolloutId: string | null;
  /** The ring in which it got its job; null: it has none. */
  readonly ring: number | null;
  readonly urgent: boolean;
}

/** As it is read: its clock hangs on the plan. */
export interface ReadDevice {
  /** As any plan sees it. */
  readonly planned: PlannedDevice;
  readonly facts: ScopeFacts;
  /**
   * What rules would see of it today, were it itself what it was when its deadlines were last settled under its plan (targets D5); null:
   * that was not kept then.
   */
  readonly former: ScopeFacts | null;
  /** Its own zone, an admin's, or that of a rule; null: unknown. */
  readonly zone: string | null;
  readonly hash: Sha256;
  readonly inSetupAssistant: boolean;
  /** A person has excluded it until a date that is ahead. */
  readonly excluded: boolean;
  /** When its last exclusion ends, or has ended (ms UTC); null: it never had one. */
  readonly excludedEndsAt: number | null;
  /** The standing plan that it is under by its row, since when, and in which of its rings. */
  readonly under: { readonly planId: string; readonly joinedAt: number; readonly ring: number | null } | null;
  readonly live: LiveOf | null;
  /** Its newest job of a standing plan that has ended, unless that is done or was withdrawn. */
  readonly failed: EndedJob | null;
  readonly given: readonly Given[];
  /** Those that cover it. */
  readonly blackouts: readonly Days[];
}

/** A device under a plan. */
export interface StandingDevice extends ReadDevice {
  readonly clock: Clock;
}

/** A plan that names a zone names it for devices of unknown zone (targets D10). */
export function underPlan(device: ReadDevice, { spec }: StandingPlan): StandingDevice {
  const { zone } = device;
  const clock: Clock =
    zone === null ? { kind: "unknown", named: spec.zoneNamed === true ? [spec.zone] : [] } : { kind: "known", zone };
  return { ...device, clock };
}

export const nameOf = ({ version, extra }: Pick<PlanRollout, "version" | "extra">): Named => ({
  version,
  ...(extra === null ? {} : { extra }),
});

export function installedOf({ planned: { osVersion, supplementalExtra: extra } }: ReadDevice): Named {
  return { version: osVersion ?? "0", ...(extra === null || extra === "" ? {} : { extra }) };
}
