/** A standing plan as the request that would make it. */
import type { PlanEdit, RingRequest } from "../../contract/index.ts";
import type { Ring, StandingSpec } from "../../plans/index.ts";
import { describeTargets } from "./plan-spec.ts";

/** What an edit names beside its revision. */
export type Edited = Omit<PlanEdit, "revision">;

/** Each of its terms, null where it has none. */
export function termsOf({ standing, ...spec }: StandingSpec) {
  const { include, exclude, noticeHours, skipWeekdays, spreadHours, maxFailurePercent, urgentDays } = standing;
  return {
    ...{ include, exclude, noticeHours, skipWeekdays, spreadHours },
    rings: standing.rings.map(ringRequest),
    ...{ maxFailurePercent, urgentDays },
    zone: spec.zoneNamed === true ? spec.zone : null,
    detailsUrl: spec.detailsUrl ?? null,
    allowMajor: spec.allowMajor,
    newMajorAfterDays: spec.newMajorAfterDays ?? null,
    allowUnlisted: spec.allowUnlisted === true,
  };
}

const ringRequest = ({ name, who, opens, due, approval }: Ring<string>): RingRequest => ({
  ...{ name, who, opens, due, approval },
});

/** Each field of a standing plan's request, null where it is left out. */
export function requestOf(spec: StandingSpec): Edited {
  const { days, at } = spec.standing;
  return {
    ...termsOf(spec),
    to: describeTargets(spec.targets),
    action: spec.action,
    deadline: `+${days}d ${at}`,
    window: spec.window === undefined ? null : `${spec.window.from}-${spec.window.to}`,
    allowDataLoss: spec.allowDataLoss,
  };
}
