/** What a person says of a rollout or of one of its rings (targets H1, R11, R12, U2): one transaction, which reads the state that it changes. */
import {
  isOlder,
  rolloutNext,
  type RolloutState,
  type RolloutVerb,
  runAfter,
  runNext,
  runsAfterResume,
  type RunState,
  type RunVerb,
} from "../../plans/index.ts";
import {
  type Change,
  type GateDecisionRow,
  type PlanRow,
  type RingRunRow,
  type RolloutRow,
  transaction,
  type Write,
} from "../../store/index.ts";
import { rolloutOf, runOf } from "./rows.ts";
import { wakes } from "./wakes.ts";

interface Said {
  readonly rolloutId: string;
  /** Why: for the audit, and for whoever reads the decision later. */
  readonly reason: string;
  readonly by: string;
  readonly now: number;
  /** Only says whether it can be done. */
  readonly dryRun?: boolean;
}

export interface DecideRolloutInput extends Said {
  readonly verb: RolloutVerb;
  /** Of "instead": the older release. */
  readonly version?: string;
}

export interface DecideRunInput extends Said {
  readonly verb: RunVerb;
  /** The ring's place, from 0. */
  readonly ring: number;
  readonly urgent: boolean;
}

/** "done" also where it was so already. The others: nothing has changed. */
export type Decided =
  | { readonly kind: "done" }
  | { readonly kind: "rollout-unknown" | "ring-unknown" | "plan-stopped" | "not-urgent" | "not-older" }
  /** A state that this verb does not lead out of. */
  | { readonly kind: "rollout-state"; readonly state: RolloutState }
  | { readonly kind: "ring-state"; readonly state: RunState };

type Result = { readonly writes: Write[]; readonly change?: Change; readonly result: Decided };

const DONE: Decided = { kind: "done" };
const refused = (result: Decided): Result => ({ writes: [], result });

/** Where a verb leads that changes the state. */
const LEADS_TO = { hold: "held", pause: "paused", resume: "running", abort: "aborted" } as const satisfies Partial<
  Record<RolloutVerb, RolloutState>
>;

/** States in which a rollout is not over. */
const LIVES: ReadonlySet<RolloutState> = new Set(["running", "held", "paused"]);

export const decideRollout = transaction({
  name: "decideRollout",
  changes: ({ rolloutId, reason, version }) => ({
    id: rolloutId,
    detail: (version === undefined ? reason : `${version}: ${reason}`).slice(0, 500),
  }),
  reads: ({ rolloutId, verb }: DecideRolloutInput) => ({
    rollout: { from: "rollout", where: { id: rolloutId } },
    plan: { from: "plan", where: { id: { of: "rollout", column: "planId" } }, columns: ["id", "state"] },
    runs: { from: "ringRun", where: { rolloutId } },
    others: {
      from: "rollout",
      where: { planId: { of: "rollout", column: "planId" } },
      ...(verb === "instead" ? {} : { limit: 0 }),
    },
  }),
  decide(input: DecideRolloutInput, { rollout: [rollout], plan: [plan], runs, others }): Result {
    if (rollout === undefined) return refused({ kind: "rollout-unknown" });
    if (isStopped(plan)) return refused({ kind: "plan-stopped" });
    const found = changeOf(input, rollout, { runs, others });
    if ("kind" in found) return refused(found);
    if (input.dryRun === true) return refused(DONE);
    const { verb, now } = input;
    const last = lastOpen(runs);
    // Earlier failures stay visible and no longer count.
    const counted = verb === "resume" && rollout.state === "paused" ? runsAfterResume(runs.map(runOf), now) : [];
    const changed = runs.flatMap((run, i): Write[] => {
      const set = {
        ...(counted[i]?.countFrom === undefined ? {} : { countFrom: counted[i].countFrom }),
        ...(run === last ? { decisions: run.decisions + 1 } : {}),
      };
      return Object.keys(set).length === 0 ? [] : [{ patch: "ringRun", where: keyOf(run), set }];
    });
    const numbers = input.version === undefined ? {} : { version: input.version };
    const picture = ({ state, reason, instead, blackoutLifted }: RolloutRow) => ({
      ...{ state, reason, instead },
      blackoutLifted: blackoutLifted === 1,
    });
    return {
      change: { before: picture(rollout), after: picture({ ...rollout, ...found.set }) },
      writes: [
        { patch: "rollout", where: { id: rollout.id }, set: found.set },
        ...changed,
        ...(last === undefined ? [] : [decision(last, input, numbers)]),
        ...wakes(rollout.planId, now),
      ],
      result: DONE,
    };
  },
});

/** What of the rollout's row changes, or why nothing does. */
function changeOf(
  { verb, version, reason, by, now }: DecideRolloutInput,
  rollout: RolloutRow,
  { runs, others }: { readonly runs: readonly RingRunRow[]; readonly others: readonly RolloutRow[] },
): Decided | { readonly set: Partial<RolloutRow> } {
  const { state } = rollout;
  if (verb === "lift-blackout") {
    if (!LIVES.has(state)) return { kind: "rollout-state", state };
    if (!runs.some(({ urgent }) => urgent === 1)) return { kind: "not-urgent" };
    return rollout.blackoutLifted === 1 ? DONE : { set: { blackoutLifted: 1 } };
  }
  if (verb === "instead") {
    if (state !== "paused") return { kind: "rollout-state", state };
    if (!others.some((other) => other.version === version && canReplace(other, rollout))) return { kind: "not-older" };
    return rollout.instead === version ? DONE : { set: { instead: version ?? null } };
  }
  if (state === LEADS_TO[verb]) return DONE;
  const to = rolloutNext(state, verb);
  if (to === undefined) return { kind: "rollout-state", state };
  // What was given instead belongs to the pause.
  return { set: { state: to, reason, stateBy: by, since: now, instead: null } };
}

/** Whether the release of `other` may be given while that of `rollout` is paused: it is older, and nobody has withdrawn it. */
export const canReplace = (other: RolloutRow, rollout: RolloutRow): boolean =>
  other.blockId === "" &&
  other.extra === "" &&
  other.state !== "aborted" &&
  other.state !== "paused" &&
  isOlder(rolloutOf(other), rolloutOf(rollout));

export const decideRun = transaction({
  name: "decideRun",
  changes: ({ rolloutId, ring, urgent, reason }) => ({
    id: rolloutId,
    detail: `${urgent ? "urgent run of " : ""}ring ${ring + 1}: ${reason}`.slice(0, 500),
  }),
  reads: ({ rolloutId, ring, urgent }: DecideRunInput) => ({
    rollout: { from: "rollout", where: { id: rolloutId } },
    plan: { from: "plan", where: { id: { of: "rollout", column: "planId" } }, columns: ["id", "state"] },
    run: { from: "ringRun", where: { rolloutId, ring, urgent: urgent ? 1 : 0 } },
  }),
  decide(input: DecideRunInput, { rollout: [rollout], plan: [plan], run: [run] }): Result {
    const { verb, now } = input;
    if (rollout === undefined) return refused({ kind: "rollout-unknown" });
    if (isStopped(plan)) return refused({ kind: "plan-stopped" });
    if (run === undefined) return refused({ kind: "ring-unknown" });
    if (hasHappened(run, verb)) return refused(DONE);
    // One that is paused must be resumed first: what a ring has shown is in doubt.
    if (rollout.state !== "running" && rollout.state !== "held")
      return refused({ kind: "rollout-state", state: rollout.state });
    const to = runNext({ state: run.state, urgent: run.urgent === 1 }, verb);
    if (to === undefined) return refused({ kind: "ring-state", state: run.state });
    if (input.dryRun === true) return refused(DONE);
    const { state, since, openedAt, countFrom } = runAfter(runOf(run), to, now);
    const set = { state, since, openedAt, countFrom, asked: null, askedAt: null, decisions: run.decisions + 1 };
    const picture = (shown: RunState) => ({ ring: run.ring + 1, urgent: run.urgent === 1, state: shown });
    return {
      change: { before: picture(run.state), after: picture(state) },
      writes: [{ patch: "ringRun", where: keyOf(run), set }, decision(run, input, {}), ...wakes(rollout.planId, now)],
      result: DONE,
    };
  },
});

/** It is where the verb leads: said twice, it is said once. A person's promote opens an urgent run that waits. */
function hasHappened({ state, urgent }: RingRunRow, verb: RunVerb): boolean {
  if (verb === "wait") return state === "open";
  return state === "passed" || (urgent === 1 && state === "open");
}

const isStopped = (plan: Pick<PlanRow, "state"> | undefined): boolean => plan?.state === "stopped";

const keyOf = ({ rolloutId, ring, urgent }: RingRunRow) => ({ rolloutId, ring, urgent });

/** The run by which a decision about the whole rollout is listed: of the last ring that has opened, else the first. */
export function lastOpen(runs: readonly RingRunRow[]): RingRunRow | undefined {
  const inOrder = runs.toSorted((a, b) => a.ring - b.ring || b.urgent - a.urgent);
  return inOrder.findLast(({ openedAt }) => openedAt !== null) ?? runs.find(({ ring, urgent }) => ring + urgent === 0);
}

const decision = (
  run: RingRunRow,
  { verb, by, reason, now }: DecideRolloutInput | DecideRunInput,
  numbers: GateDecisionRow["numbers"],
): Write => ({
  insert: "gateDecision",
  row: { ...keyOf(run), n: run.decisions, what: verb, by, at: now, reason, numbers },
});
