/** How many devices a halt holds back, or would: those with something to do in plans that are not paused and not stopped. */
import type { Withdrawal } from "../../contract/index.ts";
import type { AdminStore } from "../../store/index.ts";
import { goingOn, notGiven, withdrawalOf } from "./withdrawals.ts";

export async function haltedDevices(admin: AdminStore): Promise<{ devices: number; withdrawal: Withdrawal }> {
  const plans = await admin.activePlans();
  const counts = await admin.planCounts(plans.map(({ id }) => id));
  const devices = plans.reduce((sum, plan) => {
    const own = counts.get(plan.id) ?? [];
    return sum + notGiven(plan, own) + goingOn(own);
  }, 0);
  return { devices, withdrawal: withdrawalOf([...counts.values()].flat()) };
}
