/** A plan as the request that makes the same plan, so that plans can be kept as files. */
import type { PlanRequest } from "../../contract/index.ts";
import type { PlanSpec } from "../../plans/index.ts";
import type { PlanRow } from "../../store/index.ts";
import { standingSpec } from "../rollouts/rows.ts";
import { requestOf } from "./standing-request.ts";

/** Null: a once plan whose devices were named one by one, which the plan does not keep. */
export function planRequestOf(
  row: Pick<PlanRow, "name" | "kind" | "state" | "place" | "spec" | "id">,
): PlanRequest | null {
  if (row.kind === "once") return onceRequest(row);
  const place = row.state === "stopped" ? null : row.place;
  const { to = "", action = "install", ...terms } = requestOf(standingSpec(row));
  return given({ name: row.name, standing: true, order: place, to, action, ...terms });
}

function onceRequest({ name, spec: kept }: Pick<PlanRow, "name" | "spec">): PlanRequest | null {
  const { to, rule, window, zoneNamed, ...spec } = kept as unknown as PlanSpec & { to: string; rule?: string };
  if (rule === undefined) return null;
  const { action, deadline, detailsUrl, allowMajor, newMajorAfterDays, maxUserDeferrals } = spec;
  const { noticeHours, skipWeekdays, spreadHours, maxFailurePercent } = spec;
  return given({
    ...{ noticeHours, skipWeekdays, spreadHours, maxFailurePercent },
    ...{ name, to, rule, action, deadline, detailsUrl, allowMajor, newMajorAfterDays, maxUserDeferrals },
    window: window === undefined ? null : `${window.from}-${window.to}`,
    zone: zoneNamed === true ? spec.zone : null,
    allowUnlisted: spec.allowUnlisted === true,
    allowPastDeadline: spec.allowPastDeadline,
    allowDataLoss: spec.allowDataLoss,
    replace: spec.replace,
  });
}

/** What is null or left out is no field of a request. */
const given = (fields: { readonly [F in keyof PlanRequest]: PlanRequest[F] | null | undefined }): PlanRequest =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  ) as unknown as PlanRequest;
