/** Rollouts as an admin looks at them and decides about them. */
import type {
  HoldDryRun,
  Page,
  PauseDryRun,
  ResumeDryRun,
  RolloutDetail,
  RolloutView,
  VerbDryRun,
} from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { type RingCounts, ringsIn, type RolloutVerb, type RunVerb } from "../../plans/index.ts";
import type { PlanRow, RolloutRow } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import { securityIn } from "../catalog/security.ts";
import { cursorOf, keyIn } from "../cursor.ts";
import { byPartOfId } from "../plans/short-ids.ts";
import { goingOn, type Part, pauseOf, resumeOf } from "../plans/withdrawals.ts";
import type { Ports } from "../ports.ts";
import { standingSpec } from "./rows.ts";
import { type Decided, decideRollout, decideRun } from "./verbs.ts";
import { decisionOf, needsDecisions, notGivenOf, type Shown, viewOf } from "./views.ts";

/** Verbs whose dry run counts devices. */
export type TriedVerb = Extract<RolloutVerb, "hold" | "pause" | "resume" | "abort">;
type Tried<V extends TriedVerb> = V extends "hold" ? HoldDryRun : V extends "resume" ? ResumeDryRun : PauseDryRun;

export interface RolloutService {
  /** The newest first. Throws `plan-unknown`, `plan-ambiguous`. */
  list(plan: string, after: string | undefined, limit: number): Promise<Page<RolloutView>>;
  /** Throws `rollout-unknown`, `rollout-ambiguous`, as all below. */
  show(id: string): Promise<RolloutDetail>;
  /** What the verb would do. Throws as `say`. */
  try<V extends TriedVerb>(verb: V, id: string): Promise<Tried<V>>;
  /** Throws `plan-over`, `rollout-state`, `rollout-not-urgent`. What is so already stays as it is. */
  say(actor: Actor, verb: Exclude<RolloutVerb, "instead">, id: string, reason: string): Promise<RolloutDetail>;
  /** The devices that `lift-blackout` would be for. Throws as `say`. */
  tryLift(id: string): Promise<VerbDryRun>;
  /** The devices that `giveInstead` would be for. Throws as it. */
  tryInstead(id: string, version: string): Promise<VerbDryRun>;
  /** The devices that `sayRing` would be for. Throws as it. */
  tryRing(verb: RunVerb, id: string, ring: string, urgent: boolean): Promise<VerbDryRun>;
  /** Throws `plan-over`, `rollout-state`, `older-not-offered`. */
  giveInstead(actor: Actor, id: string, version: string, reason: string): Promise<RolloutDetail>;
  /** `ring`: its number, from 1, or its name. Throws `plan-over`, `rollout-state`, `ring-unknown`, `ring-state`. */
  sayRing(
    actor: Actor,
    verb: RunVerb,
    id: string,
    ring: string,
    said: { readonly urgent: boolean; readonly reason: string },
  ): Promise<RolloutDetail>;
}

/** The counts of the rings of these rollouts, by `countsKey`; rings that are not counted are absent. */
export type CountsFor = (rollouts: readonly RolloutRow[]) => Promise<ReadonlyMap<string, RingCounts>>;

/** The list that a cursor of rollouts is of. */
const ROLLOUTS = "rollouts";

export function createRolloutService(ports: Ports, countsFor: CountsFor = async () => new Map()): RolloutService {
  const { admin } = ports;

  async function planOf(ref: string): Promise<PlanRow> {
    const row = await byPartOfId(admin, "plan", ref, (id) => admin.plan(id));
    if (row === undefined) throw new UptickError("plan-unknown", `There is no plan ${ref}.`);
    return row;
  }

  async function rolloutRow(ref: string): Promise<RolloutRow> {
    const found = await byPartOfId(admin, "rollout", ref, async (id) => {
      const row = await admin.rollout(id);
      return row && { id: row.id, name: `${row.platform} ${row.version}`, createdAt: row.beganAt, row };
    });
    if (found === undefined) throw unknown(ref);
    return found.row;
  }

  /** All that is shown of these rollouts of a plan. */
  async function shownOf(plan: PlanRow, rollouts: readonly RolloutRow[], some: readonly RolloutRow[]): Promise<Shown> {
    const ids = some.map(({ id }) => id);
    const [rows, under, jobs, counts, security] = await Promise.all([
      admin.ringRunsOf(ids),
      admin.devicesUnder(plan.id),
      admin.rolloutCounts(ids),
      countsFor(some),
      securityIn(ports),
    ]);
    const runs = Map.groupBy(rows, ({ rolloutId }) => rolloutId);
    const decisions = new Map<string, Awaited<ReturnType<typeof admin.gateDecisions>>>();
    for (const row of some)
      if (needsDecisions(row, runs.get(row.id) ?? [])) decisions.set(row.id, await admin.gateDecisions(row.id));
    return { spec: standingSpec(plan), rollouts, runs, under, jobs, decisions, counts, security };
  }

  async function alone(row: RolloutRow): Promise<{ plan: PlanRow; shown: Shown }> {
    const plan = await planOf(row.planId);
    return { plan, shown: await shownOf(plan, await admin.rolloutsOf([plan.id]), [row]) };
  }

  async function detail(id: string): Promise<RolloutDetail> {
    const row = await rolloutRow(id);
    const { shown } = await alone(row);
    const decisions = await admin.gateDecisions(row.id);
    return { ...viewOf(row, shown), decisions: decisions.map((one) => decisionOf(one, shown)) };
  }

  /** The devices of a rollout, for what is counted before a verb. */
  async function partOf(row: RolloutRow): Promise<Part> {
    const [counts, under] = await Promise.all([admin.rolloutCounts([row.id]), admin.devicesUnder(row.planId)]);
    return {
      counts: counts.get(row.id) ?? [],
      notGiven: notGivenOf(row, { under }),
      docs: (after, limit) => admin.rolloutDocs(row.id, after, limit),
    };
  }

  async function tryVerb(verb: TriedVerb, ref: string): Promise<HoldDryRun | PauseDryRun | ResumeDryRun> {
    const row = await rolloutRow(ref);
    if ((await planOf(row.planId)).state === "stopped") throw refusal({ kind: "plan-stopped" }, row.id, verb);
    if (!FITS[verb].includes(row.state)) throw refusal({ kind: "rollout-state", state: row.state }, row.id, verb);
    const part = await partOf(row);
    if (verb === "hold") return { devices: part.notGiven, goOn: goingOn(part.counts) };
    return verb === "resume" ? resumeOf([part], ports.now()) : pauseOf([part], ports.now());
  }

  async function decide(
    actor: Actor,
    { id }: RolloutRow,
    said: { readonly verb: RolloutVerb; readonly reason: string; readonly version?: string },
  ): Promise<RolloutDetail> {
    const input = { ...said, rolloutId: id, by: actor.name, now: ports.now() };
    const decided = await actor.run(decideRollout, input);
    if (decided.kind !== "done") throw refusal(decided, id, said.verb);
    return detail(id);
  }

  /** Throws as `decide`, and changes nothing. */
  async function canDecide(
    { id }: RolloutRow,
    said: { readonly verb: RolloutVerb; readonly version?: string },
  ): Promise<void> {
    const decided = await ports.devices.run(decideRollout, { ...said, rolloutId: id, ...TRIED, now: ports.now() });
    if (decided.kind !== "done") throw refusal(decided, id, said.verb);
  }

  /** The older releases of a rollout. Throws `older-not-offered` where this one is not among them. */
  async function offered(row: RolloutRow, version: string): Promise<RolloutView["older"]> {
    const { older } = viewOf(row, (await alone(row)).shown);
    // What is given already was offered then.
    if (row.state === "paused" && row.instead !== version && !older.some((one) => one.version === version))
      throw refusal(
        { kind: "not-older" },
        row.id,
        "instead",
        older.map((one) => one.version),
      );
    return older;
  }

  async function placeIn(row: RolloutRow, ring: string, verb: RunVerb): Promise<number> {
    const place = placeOf(ring, ringsIn(standingSpec(await planOf(row.planId)).standing));
    if (place === undefined) throw refusal({ kind: "ring-unknown" }, row.id, verb);
    return place;
  }

  return {
    async list(ref, after, limit) {
      const plan = await planOf(ref);
      const all = (await admin.rolloutsOf([plan.id])).toReversed();
      const key = keyIn(ROLLOUTS, after);
      const from = key === undefined ? 0 : all.findIndex(({ id }) => id === key) + 1;
      const some = all.slice(from, from + limit);
      const shown = await shownOf(plan, all, some);
      const more = from + limit < all.length;
      return {
        rows: some.map((row) => viewOf(row, shown)),
        next: cursorOf(ROLLOUTS, more ? some.at(-1)?.id : undefined),
      };
    },
    show: detail,
    try: async <V extends TriedVerb>(verb: V, ref: string) => (await tryVerb(verb, ref)) as Tried<V>,
    say: async (actor, verb, ref, reason) => decide(actor, await rolloutRow(ref), { verb, reason }),
    async tryLift(ref) {
      const row = await rolloutRow(ref);
      await canDecide(row, { verb: "lift-blackout" });
      const urgent = viewOf(row, (await alone(row)).shown).rings.filter((one) => one.urgent);
      return { devices: urgent.reduce((sum, { devices }) => sum + devices, 0) };
    },
    async tryInstead(ref, version) {
      const row = await rolloutRow(ref);
      const older = await offered(row, version);
      await canDecide(row, { verb: "instead", version });
      return { devices: older.find((one) => one.version === version)?.devices ?? 0 };
    },
    async tryRing(verb, ref, ring, urgent) {
      const row = await rolloutRow(ref);
      const place = await placeIn(row, ring, verb);
      const input = { rolloutId: row.id, verb, ring: place, urgent, ...TRIED, now: ports.now() };
      const decided = await ports.devices.run(decideRun, input);
      if (decided.kind !== "done") throw refusal(decided, row.id, verb);
      const { rings } = viewOf(row, (await alone(row)).shown);
      const own = rings.find((one) => one.ring === place + 1 && one.urgent === urgent);
      // Who waits for the answer; of an urgent ring that waits, its own devices.
      return { devices: own?.asks?.devices ?? (own?.state === "waiting" ? own.notGiven : 0) };
    },
    async giveInstead(actor, ref, version, reason) {
      const row = await rolloutRow(ref);
      await offered(row, version);
      return decide(actor, row, { verb: "instead", reason, version });
    },
    async sayRing(actor, verb, ref, ring, { urgent, reason }) {
      const row = await rolloutRow(ref);
      const place = await placeIn(row, ring, verb);
      const input = { rolloutId: row.id, verb, ring: place, urgent, reason, by: actor.name, now: ports.now() };
      const decided = await actor.run(decideRun, input);
      if (decided.kind !== "done") throw refusal(decided, row.id, verb);
      return detail(row.id);
    },
  };
}

/** What a transaction is told of a dry run. */
const TRIED = { dryRun: true, reason: "", by: "" } as const;

/** States from which a verb does something, or has done it. */
const FITS: { readonly [V in TriedVerb]: readonly RolloutRow["state"][] } = {
  hold: ["running", "held"],
  pause: ["running", "held", "paused"],
  resume: ["running", "held", "paused"],
  abort: ["running", "held", "paused", "aborted"],
};

/** A ring's place, by its number or its name. */
function placeOf(text: string, rings: readonly { readonly name: string }[]): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text) - 1;
  const found = rings.findIndex(({ name }) => name.toLowerCase() === text.toLowerCase());
  return found < 0 ? undefined : found;
}

const unknown = (ref: string): UptickError => new UptickError("rollout-unknown", `There is no rollout ${ref}.`);

function refusal(
  decided: Exclude<Decided, { kind: "done" }>,
  id: string,
  verb: RolloutVerb | RunVerb,
  older: readonly string[] = [],
): UptickError {
  switch (decided.kind) {
    case "rollout-unknown":
      return unknown(id);
    case "plan-stopped":
      return new UptickError("plan-over", `The plan of the rollout ${id} was stopped.`);
    case "rollout-state":
      return new UptickError("rollout-state", `The rollout ${id} is ${decided.state}: ${verb} is not possible.`);
    case "not-urgent":
      return new UptickError("rollout-not-urgent", `No ring of the rollout ${id} is urgent.`);
    case "not-older": {
      const offered = older.length === 0 ? "No release can be given" : `What can be given is ${older.join(", ")}`;
      return new UptickError("older-not-offered", `${offered} instead in the rollout ${id}.`);
    }
    case "ring-unknown":
      return new UptickError("ring-unknown", `The rollout ${id} has no such ring.`);
    case "ring-state":
      return new UptickError("ring-state", `The ring is ${decided.state}: ${verb} is not possible.`);
  }
}
