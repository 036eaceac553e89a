/** Which standing plan governs a device, and in which of its rings it is (targets G1, G4, R2). */
import { ringOf, slotOf } from "../rollouts/members.ts";
import type { ReadDevice, StandingPlan } from "./plan.ts";

/** All whose scope has the device and that have a target for it, in their order; the first governs, be it active or paused. */
export const matching = (plans: readonly StandingPlan[], { facts, planned }: ReadDevice): readonly StandingPlan[] =>
  plans.filter(
    ({ matches, spec }) => planned.platform !== null && spec.targets[planned.platform] !== undefined && matches(facts),
  );

/** The place of its ring; undefined: it is in none while it is in Setup Assistant. */
export const ringIn = (
  plan: Pick<StandingPlan, "id" | "rings">,
  { facts, planned, hash, inSetupAssistant }: ReadDevice,
): number | undefined =>
  ringOf(plan.rings, {
    slot: slotOf(plan.id, planned.enrollmentId, hash),
    inSetupAssistant,
    matches: (rule) => rule(facts),
  });

/**
 * Whether the plan of that id would govern the device by today's plans, tags and groups, had the device itself not changed: then the change
 * is a mere fact (targets D5). Everything else by which a plan comes to govern is a person's act. Where nobody knows what it was, the
 * change is taken for a fact: the earlier deadline stays.
 */
export const wouldGovern = (plans: readonly StandingPlan[], device: ReadDevice, planId: string): boolean =>
  device.former === null || matching(plans, { ...device, facts: device.former })[0]?.id === planId;
