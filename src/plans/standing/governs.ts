/** Which standing plan governs a device, and in which of its rings it is (targets G1, G4, R2). */
import { majorOf } from "../../protocol/index.ts";
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
 * Whether the plan of that id would govern the device, had the device itself not changed: of an older major, or of other supervision
 * (targets D5, "a mere fact"). Everything else by which a plan comes to govern is a person's act: an edit, an order, a tag, a group.
 */
export function wouldGovern(plans: readonly StandingPlan[], device: ReadDevice, planId: string): boolean {
  const { facts } = device;
  const major = facts.osVersion === null ? undefined : majorOf(facts.osVersion);
  // Apple's numbers jump: from macOS 15 to 26.
  const before = Array.from({ length: Math.max(0, (major ?? 0) - 1) }, (_, n) => `${n + 1}.0`);
  const others = [
    { ...facts, supervised: facts.supervised !== true },
    ...before.map((osVersion) => ({ ...facts, osVersion })),
  ];
  return others.some((one) => matching(plans, { ...device, facts: one })[0]?.id === planId);
}
