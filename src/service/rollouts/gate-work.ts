/** The gate's look at all rings (targets R14): rollouts first, then runs from the oldest release to the newest. */
import {
  blackoutOn,
  dateIn,
  type Days,
  deadlineIn,
  type GateContext,
  isOlder,
  isOpenTo,
  isWatched,
  nextOf,
  nextOfRollout,
  NO_COUNTS,
  openingAt,
  ringDates,
  type RingCounts,
  type Rollout,
  type RunSince,
} from "../../plans/index.ts";
import type { BlackoutRow, LastStart, PlanRow, RingRunRow, RolloutRow, SweepRow } from "../../store/index.ts";
import { blackoutsIn, daysOf, isOver } from "../plans/blackouts-in-force.ts";
import type { Ports } from "../ports.ts";
import { askedAgain, forAll, gateDecides, type GateInput, gateTurn, onWayOf } from "./gate.ts";
import { countRings } from "./members.ts";
import { createOncePlans } from "./once-plans.ts";
import { gatePlanOf, rolloutOf, runOf, standingSpec } from "./rows.ts";
import { countsKey } from "./views.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface Gate {
  /** One look. Says when the next one is due (ms UTC); null: nothing is on its way. */
  look(): Promise<number | null>;
}

/** As work that is due: one look, which says when the next one is. */
export function createGateWork(ports: Ports, every: number) {
  const gate = createGate(ports, every);
  return {
    async turn({ leaseUntil }: SweepRow): Promise<void> {
      const dueAt = await gate.look();
      await ports.devices.run(gateTurn, { leaseUntil, dueAt });
    },
  };
}

/** `every`: ms between two looks while a ring is open. */
export function createGate(ports: Ports, every: number): Gate {
  const { admin, devices, log } = ports;
  const oncePlans = createOncePlans(ports, every);

  /** When the plan must be looked at again (ms UTC); null: nothing of it is on its way. */
  async function lookAt(plan: PlanRow): Promise<number | null> {
    // Its own decisions set off sweeps too; those move no device to another ring.
    const isSwept = await isSweeping();
    // Each decision leads to others at most once; more than this is a fault of the rules.
    for (let n = 0; n < MOST_DECISIONS; n += 1) {
      const world = { ...(await read(plan)), isSwept };
      const did = await decideOne(plan, world);
      // Somebody has decided or edited meanwhile: the next look reads all of it again.
      if (did === "stale") return ports.now();
      if (did === "nothing") {
        await askAgain(plan, world);
        return nextLook(world, ports.now(), every);
      }
    }
    return ports.now() + every;
  }

  async function decideOne(plan: PlanRow, world: World): Promise<"decided" | "stale" | "nothing"> {
    const found = nextIn(plan, world, ports.now());
    if (found === undefined) return "nothing";
    const { run, rollout, what, reason } = found;
    const done = await devices.run(gateDecides, found.input);
    if (done && (what === "ask" || what === "pause")) {
      const event = what === "ask" ? "rollout-asks" : "rollout-paused";
      log.warn(event, { rollout: rollout.id, plan: plan.id, version: rollout.version, ring: run.ring + 1, reason });
    }
    return done ? "decided" : "stale";
  }

  async function askAgain(plan: PlanRow, { runs, rollouts }: World): Promise<void> {
    const now = ports.now();
    for (const run of runs) {
      const rollout = rollouts.find(({ id }) => id === run.rolloutId);
      if (rollout === undefined || run.asked === null || now < (run.askedAt ?? 0) + DAY) continue;
      if (!goes(rollout) || !canAnswer(plan, run)) continue;
      const { rolloutId, ring, urgent, asked: reason } = run;
      const told = await devices.run(askedAgain, { rolloutId, ring, urgent, askedAt: run.askedAt ?? 0, now });
      const about = { rollout: rolloutId, plan: plan.id, version: rollout.version, ring: ring + 1, reason };
      if (told) log.warn("rollout-asks", about);
    }
  }

  async function isSweeping(): Promise<boolean> {
    const [sweep] = await devices.read({ from: "sweep", where: { name: "compliance" } });
    return sweep !== undefined && (sweep.cursor !== null || (sweep.dueAt ?? Infinity) <= ports.now());
  }

  async function read(plan: PlanRow): Promise<Omit<World, "isSwept">> {
    const rollouts = await admin.rolloutsOf([plan.id]);
    const runs = await admin.ringRunsOf(rollouts.map(({ id }) => id));
    const now = ports.now();
    const starts = new Map((await admin.lastStarts(plan.id)).map((one) => [countsKey(one), one]));
    const known = { rollouts, runs, watched: watchedOf(plan, { rollouts, runs, starts }, now) };
    const counts = await countRings(
      ports,
      rollouts.filter((one) => isCounted(one, known)),
    );
    return { ...known, counts, blackouts: forAll(await blackoutsIn(ports)) };
  }

  return {
    async look() {
      let next: number | null = null;
      const lookAgain = (at: number | null): void => {
        if (at !== null) next = next === null ? at : Math.min(next, at);
      };
      lookAgain(await oncePlans.look());
      // What is wrong with one plan keeps no other from being looked at.
      for (const plan of await admin.standingPlans())
        try {
          lookAgain(await lookAt(plan));
        } catch (error) {
          log.error("due-work-failed", { what: "gate", plan: plan.id, error: String(error) });
          lookAgain(ports.now() + every);
        }
      return next;
    },
  };
}

const MOST_DECISIONS = 200;

const goes = ({ state }: Pick<RolloutRow, "state">): boolean => state === "running" || state === "held";

/** Its ring is there still, and what it asks can be answered. */
function canAnswer(plan: PlanRow, { ring, urgent }: RingRunRow): boolean {
  const { rings, urgentDays } = gatePlanOf(plan);
  return ring < rings.length && (urgent === 0 || urgentDays !== null);
}

/** What a look rests on beside its plan. */
export interface World {
  readonly rollouts: readonly RolloutRow[];
  readonly runs: readonly RingRunRow[];
  /** By `countsKey`. */
  readonly counts: ReadonlyMap<string, RingCounts>;
  /** Those that hold for all devices, also where they are over. */
  readonly blackouts: readonly BlackoutRow[];
  /** By `countsKey`: the runs that are given to devices, and of which the failures count. */
  readonly watched: ReadonlySet<string>;
  /** All devices are being resolved. */
  readonly isSwept: boolean;
}

const isLive = ({ state }: Pick<RolloutRow, "state">): boolean =>
  state === "running" || state === "held" || state === "paused";

type Known = Pick<World, "rollouts" | "runs" | "watched">;

/**
 * A ring that has passed is watched for a while: its rollout still pauses if its devices fail. One that was superseded counts as before
 * while what superseded it stands back (targets R5).
 */
export function watchedOf(
  plan: PlanRow,
  { rollouts: rows, runs: all, starts }: Pick<World, "rollouts" | "runs"> & { starts: ReadonlyMap<string, LastStart> },
  now: number,
): ReadonlySet<string> {
  const rollouts = rows.map(rolloutOf);
  const context = { plan: gatePlanOf(plan), rollouts, runs: all.map(runOf) };
  const watched = all.filter((row) => {
    const rollout = rollouts.find(({ id }) => id === row.rolloutId);
    const run = runOf(row);
    if (rollout === undefined || !isOpenTo(run, rollout, context, true)) return false;
    return run.state === "superseded" || isWatched(run, starts.get(countsKey(row))?.lastStartAt ?? null, now);
  });
  return new Set(watched.map(countsKey));
}

/** An urgent run that waits asks what the ring before it has shown. */
export const isCounted = (rollout: RolloutRow, { runs, watched }: Known): boolean =>
  runs.some(
    (run) =>
      run.rolloutId === rollout.id &&
      (watched.has(countsKey(run)) || (goes(rollout) && run.urgent === 1 && run.state === "waiting")),
  );

export interface Found {
  readonly rollout: RolloutRow;
  readonly run: RingRunRow;
  readonly what: GateInput["what"];
  readonly reason: string;
  readonly input: GateInput;
}

/** The next decision, or none. Pure: a rehearsal asks it too. */
export function nextIn(plan: PlanRow, world: World, now: number): Found | undefined {
  const gate = gatePlanOf(plan);
  const inForce = world.blackouts.filter((row) => !isOver(row, now)).map(daysOf);
  const rollouts = world.rollouts.map(rolloutOf);
  const runs = world.runs.filter(({ ring }) => ring < gate.rings.length).map(runOf);
  const of = (rollout: Rollout, ring: number, urgent: boolean) => {
    const row = world.rollouts.find(({ id }) => id === rollout.id);
    const run = world.runs.find(
      (one) => one.rolloutId === rollout.id && one.ring === ring && (one.urgent === 1) === urgent,
    );
    return row === undefined || run === undefined ? undefined : { rollout: row, run };
  };
  const countsOf = ({ rolloutId, ring, urgent }: RunSince): RingCounts =>
    world.counts.get(countsKey({ rolloutId, ring, urgent: urgent ? 1 : 0 })) ?? NO_COUNTS;
  for (const rollout of rollouts) {
    const counted = world.runs
      // Rings that an edit has taken away have devices still.
      .filter((run) => run.rolloutId === rollout.id && world.watched.has(countsKey(run)))
      .map(runOf)
      .map((run) => ({ run, counts: countsOf(run) }));
    const next = nextOfRollout(rollout, { plan: gate, rollouts, runs, counted });
    const rows = next === null ? undefined : of(rollout, next.ring, next.urgent);
    if (next !== null && rows !== undefined) return found(plan, world, rows, next, { rollout: next.to }, null, now);
  }
  // A paused plan opens nothing, and nothing of it passes. While devices are resolved it is not known who is in which ring.
  if (plan.state !== "active" || world.isSwept) return undefined;
  for (const rollout of rollouts.toSorted((a, b) => (isOlder(a, b) ? -1 : isOlder(b, a) ? 1 : 0)))
    for (const run of runs.filter(({ rolloutId }) => rolloutId === rollout.id)) {
      const rows = of(rollout, run.ring, run.urgent);
      if (rows === undefined) continue;
      const context = contextOf(plan, { rows, rollouts, runs, run, rollout, countsOf, blackouts: inForce }, now);
      const next = nextOf(run, rollout, context, now);
      if (next === null) continue;
      const opening = run.urgent ? now : (openingAt(now, gate.zone) ?? now);
      return found(plan, world, rows, next, { run: next.to }, next.what === "open" ? opening : null, now);
    }
  return undefined;
}

function found(
  plan: PlanRow,
  world: World,
  { rollout, run }: { readonly rollout: RolloutRow; readonly run: RingRunRow },
  { what, reason, numbers }: Pick<GateInput, "what" | "reason" | "numbers">,
  to: GateInput["to"],
  openedAt: number | null,
  now: number,
): Found {
  const { id, state, revision } = plan;
  const rollouts = onWayOf(rollout, world.rollouts);
  const runs = world.runs.filter(({ rolloutId }) => rollouts.some((one) => one.id === rolloutId));
  const read = { plan: { id, state, revision }, rollouts, runs, blackouts: world.blackouts };
  const { ring, urgent } = run;
  const input = { read, rolloutId: rollout.id, ring, urgent, what, reason, numbers, to, openedAt, now };
  return { rollout, run, what, reason, input };
}

interface Asked {
  readonly rows: { readonly rollout: RolloutRow; readonly run: RingRunRow };
  readonly rollouts: readonly Rollout[];
  readonly runs: readonly RunSince[];
  readonly run: RunSince;
  readonly rollout: Rollout;
  readonly countsOf: (run: RunSince) => RingCounts;
  readonly blackouts: readonly Days[];
}

function contextOf(plan: PlanRow, asked: Asked, now: number): GateContext {
  const { rows, rollouts, runs, run, rollout, countsOf, blackouts } = asked;
  const { urgent, ring, rolloutId } = run;
  const before = runs.find((one) => one.rolloutId === rolloutId && one.ring === ring - 1 && one.urgent === urgent);
  return {
    plan: gatePlanOf(plan),
    rollouts,
    runs,
    knownAt: urgent ? (rows.rollout.urgentAt ?? rows.rollout.knownAt) : rows.rollout.knownAt,
    counts: countsOf(run),
    ...(before === undefined ? {} : { before: countsOf(before) }),
    deadlineAt: deadlineAt(plan, asked) ?? (run.openedAt ?? now) + (gatePlanOf(plan).rings.length + 14) * DAY,
    asked: rows.run.asked,
    inBlackout: urgent && isInBlackout(rollout, standingSpec(plan).zone, blackouts, now),
  };
}

/** The day on the plan's clock lies in a blackout for all devices, which nobody has lifted for this release (targets U2). */
const isInBlackout = ({ blackoutLifted }: Rollout, zone: string, blackouts: readonly Days[], now: number): boolean =>
  !blackoutLifted && blackoutOn(dateIn(now, zone), blackouts) !== undefined;

/** The ring's deadline on the plan's clock; later where it opened late, or was resumed. ms UTC; undefined: no day is left. */
function deadlineAt(plan: PlanRow, { rows: { rollout, run }, runs, blackouts }: Asked): number | undefined {
  const { standing, zone } = standingSpec(plan);
  const first = runs.find((one) => one.rolloutId === rollout.id && one.ring === 0 && one.urgent);
  const { dueLocal } = ringDates({
    terms: standing,
    zone,
    rollout: rolloutOf(rollout),
    run: { ...runOf(run), openedAt: run.openedAt === null ? null : Math.max(run.openedAt, run.countFrom ?? 0) },
    knownAt: rollout.knownAt,
    firstOpenedAt: first?.openedAt ?? null,
    blackouts,
  });
  return dueLocal === null ? undefined : deadlineIn(dueLocal, zone).at;
}

/**
 * While a ring waits, is open or is watched the gate looks again and again. Who joins a ring that passed long ago may start at any time: then it
 * is watched again, which an hourly look is early enough for.
 */
function nextLook({ rollouts, runs, watched }: Known, now: number, every: number): number | null {
  const live = new Set(rollouts.filter(isLive).map(({ id }) => id));
  if (watched.size > 0 || runs.some((run) => live.has(run.rolloutId) && run.state === "waiting")) return now + every;
  return live.size > 0 ? now + Math.max(every, HOUR) : null;
}
