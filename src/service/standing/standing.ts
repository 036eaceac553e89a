/** The standing plans with their releases under way, as resolutions need them: rules made ready, all in memory (targets W4). */
import {
  type Matcher,
  matcherOf,
  parseRule,
  type PlanRollout,
  type Ring,
  ringsIn,
  type Rule,
  type RunSince,
  type StandingPlan,
} from "../../plans/index.ts";
import type { BlockRow, PlanRow, RingRunRow, RolloutRow } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import { rolloutOf, runOf, standingSpec } from "../rollouts/rows.ts";

export interface Standing {
  /** In their order. */
  readonly plans: readonly StandingPlan[];
  /** All rules of these plans: what must be known of a device. */
  readonly rules: readonly Rule[];
  /** All plans are halted. */
  readonly halted: boolean;
}

/** The rows that all of this is made of. `plans`: in their order. */
export interface StandingRowsRead {
  readonly plans: readonly PlanRow[];
  readonly rollouts: readonly RolloutRow[];
  readonly runs: readonly RingRunRow[];
  readonly blocks: readonly BlockRow[];
  readonly halted: boolean;
}

export async function readStanding({ admin }: Pick<Ports, "admin">): Promise<StandingRowsRead> {
  const plans = await admin.standingPlans();
  if (plans.length === 0) return { plans, rollouts: [], runs: [], blocks: [], halted: false };
  const rollouts = await admin.rolloutsOf(plans.map(({ id }) => id));
  const [runs, blocks, halt] = await Promise.all([
    admin.ringRunsOf(rollouts.map(({ id }) => id)),
    rollouts.some(({ blockId }) => blockId !== "") ? admin.blocks() : [],
    admin.halt(),
  ]);
  return { plans, rollouts, runs, blocks, halted: halt?.active === 1 };
}

/** `ready`: shared by all that is asked of the same devices. */
export function standingOf(read: StandingRowsRead, ready = createReady()): Standing {
  const runs = read.runs.map(runOf);
  const known = { blocks: read.blocks, ready: ready.of };
  const plans = read.plans.map((row) => standingPlan(row, read.rollouts, runs, known));
  return { plans, rules: ready.rules, halted: read.halted };
}

export const standingIn = async (ports: Pick<Ports, "admin">): Promise<Standing> =>
  standingOf(await readStanding(ports));

/** Rules by their text, each read once. */
export function createReady() {
  const known = new Map<string, Matcher>();
  const rules: Rule[] = [];
  return {
    rules,
    of: (text: string): Matcher => {
      let matcher = known.get(text);
      if (matcher === undefined) {
        const rule = parseRule(text);
        rules.push(rule);
        known.set(text, (matcher = matcherOf(rule)));
      }
      return matcher;
    },
  };
}

export interface Known {
  readonly blocks: readonly BlockRow[];
  readonly ready: (text: string) => Matcher;
}

/** `rollouts`, `runs`: of any plans. */
export function standingPlan(
  row: Pick<PlanRow, "id" | "revision" | "state" | "spec">,
  rollouts: readonly RolloutRow[],
  runs: readonly RunSince[],
  { blocks, ready }: Known,
): StandingPlan {
  const spec = standingSpec(row);
  const { include, exclude } = spec.standing;
  const [isIn, isOut] = [ready(include), exclude === null ? undefined : ready(exclude)];
  const own = rollouts.filter(({ planId }) => planId === row.id);
  const ids = new Set(own.map(({ id }) => id));
  return {
    id: row.id,
    revision: row.revision,
    state: row.state === "paused" ? "paused" : "active",
    spec,
    matches: (facts) => isIn(facts) && isOut?.(facts) !== true,
    rings: ringsIn(spec.standing).map((ring) => ringReady(ring, ready)),
    rollouts: own.map((one): PlanRollout => {
      const block = blocks.find(({ id }) => id === one.blockId);
      const blockEndedBy = block?.endedBy ?? undefined;
      return {
        ...{ ...rolloutOf(one), stateBy: one.stateBy },
        ...(block === undefined ? {} : { covers: ready(block.rule) }),
        ...(blockEndedBy === undefined ? {} : { blockEndedBy }),
      };
    }),
    runs: runs.filter(({ rolloutId }) => ids.has(rolloutId)),
  };
}

function ringReady({ who, ...ring }: Ring<string>, ready: Known["ready"]): Ring<Matcher> {
  if (who === "rest") return { ...ring, who };
  if (typeof who === "string") return { ...ring, who: ready(who) };
  const { percent, of } = who;
  return { ...ring, who: of === undefined ? { percent } : { percent, of: ready(of) } };
}
