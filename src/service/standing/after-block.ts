/**
 * After a block has ended the devices that it covered take the release through the rings of their plans, as a rollout that only they have
 * (targets C9): it replaces nothing, and nothing replaces it.
 */
import { dateIn } from "../../plans/index.ts";
import type { BlockRow, PlanRow, RolloutRow, Write } from "../../store/index.ts";
import { nthId } from "../enrollment/ids.ts";
import { standingSpec } from "../rollouts/rows.ts";
import { begun } from "./begin-rollout.ts";

export interface Ended {
  readonly block: Pick<BlockRow, "id" | "platform" | "version" | "extra">;
  /** Of its platform and version. */
  readonly rollouts: readonly RolloutRow[];
  readonly plans: readonly PlanRow[];
  readonly firstId: string;
  readonly now: number;
}

/**
 * One for each standing plan that has brought the release to its rings, and has not given it up there (targets R12). While a person holds it
 * back from the others, it is held back from these too.
 */
export function afterBlock({ block, rollouts, plans, firstId, now }: Ended): Write[] {
  const same = rollouts.filter(({ extra, blockId }) => extra === (block.extra ?? "") && blockId !== block.id);
  const own = plans.filter(({ id, state }) => state !== "stopped" && same.some(({ planId }) => planId === id));
  return own.flatMap((plan, n) => {
    const [first] = same.filter(({ planId }) => planId === plan.id).toSorted((a, b) => a.beganAt - b.beganAt);
    if (first === undefined || first.state === "aborted") return [];
    const state = first.state === "held" || first.state === "paused" ? first.state : "running";
    const row: RolloutRow = {
      ...first,
      ...{ id: nthId(firstId, n), blockId: block.id, base: dateIn(now, standingSpec(plan).zone) },
      ...{ beganAt: now, instead: null, blackoutLifted: 0, state, reason: "block-ended", stateBy: "system" },
      since: now,
    };
    return begun(row, plan, now);
  });
}
