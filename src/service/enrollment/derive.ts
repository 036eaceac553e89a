/**
 * What follows from the rows of an enrollment, in one written order, until nothing follows any more. A fact is applied once,
 * by the transaction that it comes with; its consequences are derived here, once, at the end.
 */
import { compliance } from "./compliance.ts";
import type { Consequence } from "./consequence.ts";
import { declarations, declarativeManagement } from "./declarations.ts";
import { delivery } from "./delivery.ts";
import { job } from "./job.ts";
import { member } from "./member.ts";
import { policy, policySettings } from "./policy.ts";
import { setupAssistant } from "./setup-assistant.ts";
import type { UnitOfWork } from "./unit-of-work.ts";
import { factsAfterJob, rest } from "./wake-up.ts";

/** How the job's device is told goes before what the job is told, and what is declared before what stands in for it. */
const ORDER: readonly Consequence[] = [
  delivery,
  job,
  declarativeManagement,
  policySettings,
  declarations,
  policy,
  setupAssistant,
  factsAfterJob,
  rest,
  member,
  compliance,
];

/** A job has at most a handful of states left to pass through; more than this is a fault of the rules. */
const MOST_ROUNDS = 16;

/**
 * Derives what follows from what has changed in the unit since it was loaded, or since the last call. `whole`: everything, as
 * if nothing had been derived before.
 */
export function derivation(unit: UnitOfWork, whole = false): () => void {
  const known = new Map(whole ? [] : ORDER.map((consequence) => [consequence, consequence.of(unit)]));
  return () => {
    for (let round = 0; ; round += 1) {
      if (round === MOST_ROUNDS) throw new Error(`enrollment ${unit.enrollment.id}: consequences without end`);
      const due = ORDER.filter((consequence) => {
        if (isSame(known.get(consequence), consequence.of(unit))) return false;
        consequence.derive(unit);
        known.set(consequence, consequence.of(unit));
        return true;
      });
      if (due.length === 0) return;
    }
  };
}

function isSame(before: readonly unknown[] | undefined, now: readonly unknown[]): boolean {
  return before !== undefined && now.every((value, n) => value === before[n]);
}
