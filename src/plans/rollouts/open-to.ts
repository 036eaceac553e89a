/** Whether a release is open to the devices of a ring (targets R5, R12, R15). */
import { type GateContext, isBack } from "./context.ts";
import { hasOpened, type RingRun, type Rollout } from "./rollout.ts";

/**
 * `run`: the device's own, the urgent one for an urgent device. `hasJob`: it has a job for this release already, which a hold leaves
 * alone. Who joins a ring that has passed is given the release at once.
 */
export function isOpenTo(
  run: RingRun,
  rollout: Rollout,
  context: Pick<GateContext, "runs" | "rollouts"> & { readonly plan: Pick<GateContext["plan"], "rings"> },
  hasJob: boolean,
): boolean {
  const last = { ...run, ring: context.plan.rings.length - 1, urgent: false };
  const runs =
    rollout.state === "running" ||
    (rollout.state === "held" && hasJob) ||
    (rollout.state === "superseded" && isBack(last, rollout, context));
  if (!runs) return false;
  // A run that never opened is as it was before: closed.
  return hasOpened(run) || (run.state === "superseded" && run.openedAt !== null && isBack(run, rollout, context));
}
