/** Which releases of a plan are open to a device, and by which of their runs (targets R5, U1). */
import { majorOf, compareVersions } from "../../protocol/index.ts";
import { isOpenTo } from "../rollouts/open-to.ts";
import type { RunSince } from "../rollouts/context.ts";
import type { PlanRollout, StandingDevice, StandingPlan } from "./plan.ts";

export interface OpenRelease {
  readonly rollout: PlanRollout;
  /** The run in which the device counts. */
  readonly run: RunSince;
  /** Its deadline is that of an urgent run: also where it had its job before anything was known to be exploited (targets U3). */
  readonly hurries: boolean;
}

/** The rollouts that are meant for the device, whatever their state: of one release that of the newest block that covered it. */
export function rolloutsFor({ rollouts }: StandingPlan, { facts, planned }: StandingDevice): readonly PlanRollout[] {
  const meant = rollouts.filter(
    ({ platform, covers }) => platform === planned.platform && (covers === undefined || covers(facts)),
  );
  return meant.filter(
    (one) => !meant.some((other) => isSameRelease(one, other) && (other.blockId ?? "") > (one.blockId ?? "")),
  );
}

const isSameRelease = (a: PlanRollout, b: PlanRollout): boolean => a.version === b.version && a.extra === b.extra;

/** The device is below a release that fixes what is exploited in its major, and the plan hurries then. */
export function isUrgentFor({ spec }: StandingPlan, { urgentBelow, version }: PlanRollout, installed: string): boolean {
  if (spec.standing.urgentDays === null || urgentBelow === null) return false;
  return majorOf(version) === majorOf(installed) && compareVersions(installed, urgentBelow) < 0;
}

/** Those that are open to it now. A device keeps the run in which it got its job, unless an edit has taken that ring away. */
export function openReleases(plan: StandingPlan, device: StandingDevice, ring: number): readonly OpenRelease[] {
  const { live, planned } = device;
  const context = { plan: { rings: plan.rings }, rollouts: plan.rollouts, runs: plan.runs };
  return rolloutsFor(plan, device).flatMap((rollout) => {
    const hasJob = live?.rolloutId === rollout.id;
    const isUrgent = isUrgentFor(plan, rollout, planned.osVersion ?? "");
    const own = hasJob && live.ring !== null && live.ring < plan.rings.length ? live.ring : ring;
    const openRun = (urgent: boolean): RunSince | undefined =>
      plan.runs.find(
        (one) =>
          one.rolloutId === rollout.id &&
          one.ring === own &&
          one.urgent === urgent &&
          isOpenTo(one, rollout, context, hasJob),
      );
    const run = openRun(hasJob ? live.urgent : isUrgent);
    if (run === undefined) return [];
    return [{ rollout, run, hurries: run.urgent || (isUrgent && openRun(true) !== undefined) }];
  });
}

/** A person has lifted blackouts for the urgent devices of a release (targets U2). */
export const isLifted = ({ rollout, hurries }: OpenRelease): boolean => hurries && rollout.blackoutLifted;

export const lifted = (device: StandingDevice, release: OpenRelease): StandingDevice =>
  isLifted(release) ? { ...device, blackouts: [] } : device;
