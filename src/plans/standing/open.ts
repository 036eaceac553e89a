/** Which releases of a plan are open to a device, and by which of their runs (targets R5, U1). */
import { majorOf, compareVersions } from "../../protocol/index.ts";
import { isOpenTo } from "../rollouts/open-to.ts";
import type { RunSince } from "../rollouts/context.ts";
import type { PlanRollout, StandingDevice, StandingPlan } from "./plan.ts";

export interface OpenRelease {
  readonly rollout: PlanRollout;
  readonly run: RunSince;
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
    const urgent = hasJob ? live.urgent : isUrgentFor(plan, rollout, planned.osVersion ?? "");
    const own = hasJob && live.ring !== null && live.ring < plan.rings.length ? live.ring : ring;
    const run = plan.runs.find((one) => one.rolloutId === rollout.id && one.ring === own && one.urgent === urgent);
    return run !== undefined && isOpenTo(run, rollout, context, hasJob) ? [{ rollout, run }] : [];
  });
}

/** A person has lifted blackouts for the urgent devices of a release (targets U2). */
export const isLifted = ({ rollout, run }: OpenRelease): boolean => run.urgent && rollout.blackoutLifted;

export const lifted = (device: StandingDevice, release: OpenRelease): StandingDevice =>
  isLifted(release) ? { ...device, blackouts: [] } : device;
