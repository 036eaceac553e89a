/** Decisions for many devices at one moment: most of a fleet differ in nothing that a plan looks at, and are decided for once. */
import type { Catalog } from "../../catalog/index.ts";
import type { Decision, PlannedDevice } from "../decisions/decision.ts";
import { decide } from "../decisions/resolve.ts";
import type { PlanSpec } from "../decisions/spec.ts";

/** `plan`: names the spec, by its plan and what was added to it. */
export type Decide = (device: PlannedDevice, spec: PlanSpec, plan: string) => Decision;

const MOST = 5000;

export function decideAlike(catalog: Catalog, now: number): Decide {
  const known = new Map<string, Decision>();
  return (device, spec, plan) => {
    const { enrollmentId } = device;
    const alike = { ...device, enrollmentId: "" };
    const key = `${plan} ${JSON.stringify(alike)}`;
    let decision = known.get(key);
    if (decision === undefined) {
      if (known.size >= MOST) known.clear();
      known.set(key, (decision = decide(alike, spec, catalog, now)));
    }
    if (decision.kind !== "job") return { ...decision, enrollmentId };
    return { ...decision, enrollmentId, job: { ...decision.job, enrollmentId } };
  };
}
