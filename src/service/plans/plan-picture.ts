/** A plan as the audit shows it: its state, and the fields of the request that would make it. */
import type { PlanSpec } from "../../plans/index.ts";
import type { Json, Pictured, PlanRow } from "../../store/index.ts";
import { standingSpec } from "../rollouts/rows.ts";
import { requestOf } from "./standing-request.ts";
import { planRequestOf } from "./plan-request.ts";

export function planPicture(row: PlanRow): Pictured {
  const { name, state, pauseReason } = row;
  const order = state === "stopped" ? null : row.place;
  const kept = row.kind === "standing" ? { order } : { devices: row.devices };
  return { name, ...termsOf(row), ...kept, state, pauseReason } as Pictured;
}

function termsOf(row: PlanRow): object {
  if (row.kind === "standing") {
    const spec = standingSpec(row);
    return { ...requestOf(spec), heldMajors: (spec.heldMajors ?? {}) as Json };
  }
  const { to, action, deadline } = row.spec as unknown as PlanSpec & { readonly to: string };
  return planRequestOf(row) ?? { to, action, deadline };
}
