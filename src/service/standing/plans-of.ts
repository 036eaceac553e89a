/** Every standing plan that matches a device, in their order, and why the first governs it or does not (targets G1, G4). */
import type { DeviceDetail } from "../../contract/index.ts";
import { hasBegun, matching, ringInPlan } from "../../plans/index.ts";
import type { EnrollmentRow } from "../../store/index.ts";
import { whyGoverned } from "../../words/index.ts";
import type { Ports } from "../ports.ts";
import { isRead, readDevices } from "./lookups.ts";
import { readStanding, standingOf } from "./standing.ts";

export async function plansOf(ports: Ports, row: EnrollmentRow): Promise<DeviceDetail["standing"]> {
  const rows = await readStanding(ports);
  const standing = standingOf(rows);
  const [read] = (await readDevices(ports, standing.rules, row.state === "enrolled" ? [row] : [])).filter(isRead);
  if (read === undefined) return { plans: [], sentence: whyGoverned({ plans: [], halted: false, job: null }) };
  const { device, live } = read;
  const byId = new Map(rows.plans.map((one) => [one.id, one]));
  const plans = matching(standing.plans, device).map(({ id, state, rings }) => ({
    ...{ id, name: byId.get(id)?.name ?? "", order: byId.get(id)?.place ?? 0, state },
    ring: nameOfRing(rings, ringInPlan({ id, rings }, device)),
  }));
  const other = live !== null && (live.kind === "once" || (live.planId !== plans[0]?.id && hasBegun(live.job)));
  const job = other
    ? { kind: live.kind, plan: (byId.get(live.planId) ?? (await ports.admin.plan(live.planId)))?.name ?? "" }
    : null;
  return { plans, sentence: whyGoverned({ plans, halted: standing.halted, job }) };
}

/** Null: it is in none, or the plan has no rings that have names. */
export function nameOfRing(rings: readonly { readonly name: string }[], ring: number | undefined): string | null {
  const name = ring === undefined ? "" : (rings[ring]?.name ?? "");
  return name === "" ? null : name;
}
