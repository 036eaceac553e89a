/** Standing plans are edited and put in another order (targets P4, G1); a once plan gets another name. */
import { ringsIn } from "../../plans/index.ts";
import {
  type Decision,
  transaction,
  type Json,
  type PlanRow,
  type RingRunRow,
  type RolloutRow,
  type Write,
} from "../../store/index.ts";
import { planPicture } from "../plans/plan-picture.ts";
import { sweepFor } from "../compliance/sweep.ts";
import { standingSpec } from "../rollouts/rows.ts";
import { gateDue, waiting } from "./runs.ts";
import { inOrder, placed, standingLookup } from "./plan.ts";

export interface EditPlanInput {
  readonly planId: string;
  /** As the asker knows it. */
  readonly revision: number;
  readonly name: string;
  /** The whole spec; null: it stays. */
  readonly spec: Json;
  /** Its new place among the standing plans; absent: it stays. */
  readonly place?: number;
  /** Rings that the plan's rollouts lack a run of (`lackingRuns`), and the rollouts that were looked at for that. */
  readonly runs: readonly RingRunRow[];
  readonly rollouts: readonly string[];
  /** The fields that change, for the audit. */
  readonly fields: readonly string[];
  readonly now: number;
}

/** "again": a rollout has begun meanwhile, whose rings were not looked at. */
export type EditPlanResult = { readonly kind: "edited" | "stale" | "over" | "again" };

const OF_ROLLOUT = ["id", "planId", "state"] as const;

export const editPlan = transaction({
  name: "editPlan",
  reads: ({ planId }: EditPlanInput) => ({
    plan: { from: "plan", where: { id: planId } },
    all: standingLookup,
    rollouts: { from: "rollout", where: { planId }, columns: OF_ROLLOUT },
  }),
  changes: ({ planId, fields }) => ({ id: planId, detail: fields.join(", ") }),
  decide(input: EditPlanInput, seen): Decision<EditPlanResult> {
    const { planId, revision, name, spec, place, runs, now } = input;
    const [plan] = seen.plan;
    const refused = (kind: EditPlanResult["kind"]) => ({ writes: [], result: { kind } });
    if (plan === undefined || plan.state === "stopped") return refused("over");
    if (plan.revision !== revision) return refused("stale");
    if (seen.rollouts.some((one) => isUnderWay(one) && !input.rollouts.includes(one.id))) return refused("again");
    const set = { name, revision: revision + 1, ...(spec === null ? {} : { spec }) };
    const renamed: Write = { patch: "plan", where: { id: planId }, set };
    const at = place === undefined ? plan.place : orderWith(seen.all, planId, place).indexOf(planId);
    const change = { before: planPicture(plan), after: planPicture({ ...plan, ...set, place: at }) };
    if (plan.kind === "once") return { writes: [renamed], change, result: { kind: "edited" } };
    return {
      change,
      writes: [
        renamed,
        ...(place === undefined ? [] : movedTo(seen.all, planId, place)),
        ...runs.map((row): Write => ({ insert: "ringRun", row })),
        gateDue(now),
        sweepFor(now, now),
      ],
      result: { kind: "edited" },
    };
  },
});

/** The order with one plan at another place; a place behind the last is the last. */
export function orderWith(plans: readonly PlanRow[], planId: string, place: number): readonly string[] {
  const others = inOrder(plans)
    .map(({ id }) => id)
    .filter((id) => id !== planId);
  return others.toSpliced(Math.min(place, others.length), 0, planId);
}

const movedTo = (plans: readonly PlanRow[], planId: string, place: number): Write[] =>
  placed(inOrder(plans), orderWith(plans, planId, place));

/** Its devices may still get the release. */
export const isUnderWay = ({ state }: Pick<RolloutRow, "state">): boolean =>
  state !== "aborted" && state !== "superseded";

/**
 * The runs that the rollouts under way of a plan lack once it has other rings or urgent runs: they wait. Runs of rings that the plan
 * has no more stay, and lead nowhere.
 */
export function lackingRuns(
  plan: Pick<PlanRow, "id" | "spec">,
  rollouts: readonly RolloutRow[],
  runs: readonly RingRunRow[],
  now: number,
): readonly RingRunRow[] {
  const { standing } = standingSpec(plan);
  const has = new Set(runs.map(({ rolloutId, ring, urgent }) => `${rolloutId} ${ring} ${urgent}`));
  return rollouts
    .filter((one) => one.planId === plan.id && isUnderWay(one))
    .flatMap(({ id, urgentBelow }) => {
      const kinds = standing.urgentDays !== null && urgentBelow !== null ? ([0, 1] as const) : ([0] as const);
      return ringsIn(standing).flatMap((_ring, ring) => kinds.map((urgent) => waiting(id, ring, urgent, now)));
    })
    .filter(({ rolloutId, ring, urgent }) => !has.has(`${rolloutId} ${ring} ${urgent}`));
}

export interface OrderPlansInput {
  /** All standing plans that are not stopped. */
  readonly order: readonly string[];
  readonly now: number;
}

export type OrderPlansResult = { readonly kind: "ordered" | "differs" };

export const orderPlans = transaction({
  name: "orderPlans",
  reads: (_input: OrderPlansInput) => ({ all: standingLookup }),
  changes: () => ({ id: null }),
  decide({ order, now }: OrderPlansInput, seen): Decision<OrderPlansResult> {
    const plans = inOrder(seen.all);
    if (!isOrderOf(plans, order)) return { writes: [], result: { kind: "differs" } };
    const moved = placed(plans, order);
    const change = { before: { order: plans.map(({ id }) => id) }, after: { order } };
    return { writes: moved.length === 0 ? [] : [...moved, sweepFor(now, now)], change, result: { kind: "ordered" } };
  },
});

/** Each of these plans once, and nothing else. */
export const isOrderOf = (plans: readonly Pick<PlanRow, "id">[], order: readonly string[]): boolean =>
  order.length === plans.length && new Set(order).size === order.length && plans.every(({ id }) => order.includes(id));
