/** What the gate decides about a run (targets R11, U2): the row of a decision, or that nothing changes. */
import { type GateContext, newerIn, type RunSince, sameRing } from "./context.ts";
import { addDays } from "../deadlines/local.ts";
import { dateIn, isPastOpening, openingAt } from "./opening.ts";
import { type PassVerdict, passRule } from "./pass-rule.ts";
import { type GateDecision, isOlder, type Numbers, type RingRun, type Rollout, type RunState } from "./rollout.ts";
import { type RunEvent, runNext } from "./tables.ts";
import { isProven, urgentOpening } from "./urgent.ts";

export interface RunDecision {
  readonly what: Extract<GateDecision["what"], "open" | "pass" | "ask" | "supersede">;
  /** The run's next state; an urgent run that asks while it waits keeps its own. */
  readonly to: RunState;
  readonly reason: string;
  readonly numbers: Numbers;
}

/**
 * The next step of a run, or null. Decide about the rollout first (`nextOfRollout`), and about runs from the oldest release to the
 * newest: of two that may open at one 09:00 the older one does.
 */
export function nextOf(run: RunSince, rollout: Rollout, context: GateContext, now: number): RunDecision | null {
  // An edit of the plan has taken its ring away: it leads nowhere, and its devices are in other rings.
  if (run.ring >= context.plan.rings.length) return null;
  const newer = run.state === "passed" || run.state === "superseded" ? undefined : newerIn(run, rollout, context);
  if (newer !== undefined) return decision(run, "superseded", "newer-open", { version: newer.version });
  const { state } = rollout;
  if (state !== "running" && state !== "held") return null;
  if (run.state === "waiting") {
    if (state === "held") return null;
    return run.urgent ? urgentStep(run, rollout, context, now) : openStep(run, rollout, context, now);
  }
  if (run.state !== "open" && run.state !== "asks") return null;
  const { what, reason, numbers } = passVerdictOf(run, context, now);
  if (what === "pass") return decision(run, "passes", reason, { ...numbers });
  // One that asks already leads nowhere by the table: it waits for the answer.
  return what === "ask" ? decision(run, "asks", reason, { ...numbers }) : null;
}

/** The pass rule's numbers of a run that has opened, for its decisions and for what is said of it. */
export function passVerdictOf(run: RunSince, { plan, counts, deadlineAt }: GateContext, now: number): PassVerdict {
  return passRule(
    counts,
    {
      maxFailurePercent: plan.maxFailurePercent,
      last: run.ring === plan.rings.length - 1,
      approval: plan.rings[run.ring]?.approval ?? "gate",
      deadlineAt,
      openSince: run.since,
      openedAt: run.openedAt ?? run.since,
    },
    now,
  );
}

function openStep(run: RunSince, rollout: Rollout, context: GateContext, now: number): RunDecision | null {
  const { plan, knownAt } = context;
  const allowedAt = allowedSince(run, rollout, context);
  if (allowedAt === null) return null;
  if (plan.kind === "once") return decision(run, "opens", "once", {});
  const at = openingAt(now, plan.zone);
  // Late in the hour, but allowed at 09:00: what is allowed only since then waits for the next day.
  if (at === undefined || at < Math.max(knownAt, allowedAt)) return null;
  const day = addDays(rollout.base, plan.rings[run.ring]?.opens ?? 0);
  return dateIn(at, plan.zone) < day ? null : decision(run, "opens", "time-has-come", {});
}

/** Since when everything except the calendar lets a ring open (ms UTC); null: something does not. */
function allowedSince(run: RunSince, rollout: Rollout, context: GateContext): number | null {
  const { runs, plan } = context;
  let since = rollout.since;
  if (run.ring > 0) {
    const before = runs.find((one) => one.rolloutId === rollout.id && one.ring === run.ring - 1 && !one.urgent);
    if (before?.state !== "passed") return null;
    since = Math.max(since, before.since);
  }
  // In the last ring a newer release replaces the older one: it is where devices would wait without end.
  if (run.ring === plan.rings.length - 1) return since;
  for (const older of sameRing(run, context).filter((one) => isOlder(one.rollout, rollout))) {
    const { state } = older.rollout;
    const goes = state === "running" || state === "held";
    if (goes && older.run.state === "open") return null;
    if (older.run.openedAt !== null) since = Math.max(since, goes ? older.run.since : older.rollout.since);
  }
  return since;
}

function urgentStep(run: RunSince, rollout: Rollout, context: GateContext, now: number): RunDecision | null {
  const { plan, runs, knownAt, before, asked, inBlackout } = context;
  if (plan.urgentDays === null) return null;
  const rings = plan.rings.length;
  const first = runs.find((one) => one.rolloutId === rollout.id && one.ring === 0 && one.urgent);
  const terms = { ring: run.ring, rings, urgentDays: plan.urgentDays };
  const at = urgentOpening({
    ...terms,
    base: rollout.base,
    zone: plan.zone,
    knownAt,
    firstOpenedAt: first?.openedAt ?? null,
  });
  if (at === null || now < at || !isPastOpening(now, plan.zone)) return null;
  const ask = (reason: string, numbers: Numbers) => (asked === reason ? null : decision(run, "asks", reason, numbers));
  if (inBlackout) return ask("blackout", {});
  if (rings > 1 && run.ring === rings - 1 && (before === undefined || !isProven(before)))
    return ask("unproven", { good: before?.good ?? 0, unclear: before?.unclear ?? 0 });
  return decision(run, "opens", "time-has-come", {});
}

const WHAT = { opens: "open", passes: "pass", asks: "ask", superseded: "supersede" } as const;

function decision(run: RingRun, event: keyof typeof WHAT & RunEvent, reason: string, numbers: Numbers) {
  const to = runNext(run, event);
  return to === undefined ? null : { what: WHAT[event], to, reason, numbers };
}

/** The run after a decision or a person's verb that led it to `to`. */
export function runAfter(run: RunSince, to: RunState, at: number): RunSince {
  const opens = run.openedAt === null && to === "open";
  if (opens) return { ...run, state: to, since: at, openedAt: at, countFrom: at };
  return run.state === to ? run : { ...run, state: to, since: at };
}
