/** Plans are edited, put in another order, and their stop is tried (targets P4, G1). */
import type {
  GoverningTrial,
  MajorRequest,
  PlanEdit,
  PlanEdited,
  PlanOrder,
  PlanOrdered,
  PlanView,
  TryAgain,
  TryAgainRequest,
} from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { Json, PlanRow } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import type { Ports } from "../ports.ts";
import { standingSpec } from "../rollouts/rows.ts";
import {
  editPlan,
  type EditPlanInput,
  isOrderOf,
  isUnderWay,
  lackingRuns,
  orderPlans,
  orderWith,
} from "../standing/edit.ts";
import { inOneOrder } from "../in-one-order.ts";
import { readStanding, type StandingRowsRead } from "../standing/standing.ts";
import { triedAgain } from "../standing/try-again.ts";
import { sinceShown, tryAndKeep } from "../standing/change-shown.ts";
import { type ChangeTried, tryChange } from "../standing/try-change.ts";
import { checkNamesNone, namedDryRun } from "./named-dry-run.ts";
import type { Selector } from "./selector.ts";
import { editedSpec } from "./edited-spec.ts";
import { planRequestOf } from "./plan-request.ts";
import { describeTargets } from "./plan-spec.ts";

export interface PlanEdits {
  /** Throws `plan-unknown`, `plan-ambiguous`, `plan-over`, `revision-stale` (with the plan), `plan-frozen`, and as `create` of a standing plan; where it names a dry run, also `dry-run-unknown`, `dry-run-outdated`. */
  edit(actor: Actor, id: string, edit: PlanEdit): Promise<PlanEdited>;
  /** What it would change; throws as `edit`. */
  tryEdit(id: string, edit: PlanEdit): Promise<GoverningTrial>;
  /** Throws `plan-order-differs`, and `dry-run-unknown`, `dry-run-outdated` as `edit`. */
  order(actor: Actor, order: PlanOrder): Promise<PlanOrdered>;
  tryOrder(order: PlanOrder): Promise<GoverningTrial>;
  /** A major is held back for a plan, or released. Throws `plan-unknown`, `plan-ambiguous`, `plan-over`, `plan-frozen`. */
  major(actor: Actor, id: string, major: MajorRequest, hold: boolean): Promise<PlanView>;
  tryMajor(id: string, major: MajorRequest, hold: boolean): Promise<GoverningTrial>;
  /** Failed jobs open again. Throws as `major`, `device-unknown`, `device-ambiguous`. */
  again(actor: Actor, id: string, request: TryAgainRequest): Promise<TryAgain>;
  /** How many they would be. */
  tryAgain(id: string, request: TryAgainRequest): Promise<TryAgain>;
  /** Which plan takes each device. Throws `plan-unknown`, `plan-ambiguous`. */
  tryStop(id: string): Promise<GoverningTrial>;
}

/** What the service of plans knows already. */
export interface PlanReads {
  /** Throws `plan-unknown`, `plan-ambiguous`. */
  row(ref: string): Promise<PlanRow>;
  shown(row: PlanRow): Promise<PlanView>;
  readonly select: Selector;
}

/** Rollouts may begin while an edit is worked out; a few at most. */
const MOST_ROUNDS = 20;

export function createPlanEdits(ports: Ports, plans: PlanReads, defaultZone: string | undefined): PlanEdits {
  const { admin } = ports;

  async function stale(row: PlanRow, asked: number): Promise<UptickError> {
    const message = `The plan ${row.id} has the revision ${row.revision}, and the request names ${asked}.`;
    return new UptickError("revision-stale", message, { members: { present: await plans.shown(row) } });
  }

  async function present(ref: string, { revision }: PlanEdit): Promise<PlanRow> {
    const row = await plans.row(ref);
    if (row.state === "stopped") throw over(row.id);
    if (row.revision !== revision) throw await stale(row, revision);
    return row;
  }

  function edited(row: PlanRow, request: PlanEdit, by?: string): Edited {
    const edit = saidBy(request);
    const { name = row.name, order, ...terms } = edit;
    if (row.kind === "once") {
      const frozen = Object.keys(edit).filter((field) => field !== "name");
      if (frozen.length === 0) return { name, spec: null, fields: ["name"] };
      throw new UptickError("plan-frozen", `${frozen.join(", ")}: ${row.id} is a once plan, whose decisions are made.`);
    }
    const editing = { now: ports.now(), revision: row.revision, ...(by === undefined ? {} : { by }) };
    const spec = editedSpec(standingSpec(row), terms, defaultZone, editing);
    const kept = { ...spec, to: describeTargets(spec.targets) } as unknown as Json;
    return { name, spec: kept, fields: Object.keys(edit), ...(order === undefined ? {} : { place: order }) };
  }

  /** The rows as they would be after the edit. */
  function after(read: StandingRowsRead, row: PlanRow, { name, spec, place }: Edited): StandingRowsRead {
    const changed = { ...row, name, revision: row.revision + 1, ...(spec === null ? {} : { spec }) };
    const replaced = read.plans.map((one) => (one.id === row.id ? changed : one));
    const runs = [...read.runs, ...lackingRuns(changed, read.rollouts, read.runs, ports.now())];
    return {
      ...read,
      plans: place === undefined ? replaced : inThis(replaced, orderWith(replaced, row.id, place)),
      runs,
    };
  }

  /** Works out an edit of the plan as it is, until none comes in between. */
  async function carriedOut(
    actor: Actor,
    read: () => Promise<PlanRow>,
    work: (row: PlanRow) => Edited,
  ): Promise<PlanView> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const row = await read();
      const terms = work(row);
      if (isAsItWas(row, terms)) return plans.shown(row);
      const { name, spec, place, fields } = terms;
      const now = ports.now();
      const rollouts = spec === null ? [] : (await admin.rolloutsOf([row.id])).filter(isUnderWay);
      const ids = rollouts.map(({ id }) => id);
      const runs = spec === null ? [] : lackingRuns({ id: row.id, spec }, rollouts, await admin.ringRunsOf(ids), now);
      const input: EditPlanInput = {
        ...{ planId: row.id, revision: row.revision, name, spec, runs, rollouts: ids, fields, now },
        ...(place === undefined ? {} : { place }),
      };
      const { kind } = await actor.run(editPlan, input);
      if (kind === "over") throw over(row.id);
      if (kind === "edited") return plans.shown(await plans.row(row.id));
    }
    throw new UptickError("server-busy", "The plan changes all the time; nothing was changed.");
  }

  async function tried(row: PlanRow, terms: Edited): Promise<ChangeTried> {
    const before = await readStanding(ports);
    return { before, after: row.kind === "once" ? before : after(before, row, terms) };
  }

  async function ordered(order: PlanOrder["plans"]): Promise<ChangeTried> {
    const before = await readStanding(ports);
    if (!isOrderOf(before.plans, order)) throw differs();
    return { before, after: { ...before, plans: inThis(before.plans, order) } };
  }

  /** What has changed since the dry run that the request names; empty: it names none. */
  async function changedSince(
    request: Pick<PlanEdit, "hash" | "asOf">,
    change: object,
    read: () => Promise<ChangeTried>,
  ): Promise<Pick<PlanEdited, "changed">> {
    const named = namedDryRun(request);
    return named === undefined ? {} : { changed: await sinceShown(ports, await read(), { change, ...named }) };
  }

  async function standingRow(ref: string): Promise<PlanRow> {
    const row = await plans.row(ref);
    if (row.state === "stopped") throw over(row.id);
    if (row.kind === "standing") return row;
    throw new UptickError("plan-frozen", `${row.id} is a once plan, whose decisions are made.`);
  }

  return {
    async edit(actor, ref, edit) {
      const row = await present(ref, edit);
      const changed = await changedSince(edit, { plan: row.id, ...saidBy(edit) }, () => tried(row, edited(row, edit)));
      const plan = await carriedOut(
        actor,
        () => present(ref, edit),
        (one) => edited(one, edit, actor.name),
      );
      return { ...plan, ...changed };
    },
    async tryEdit(ref, edit) {
      checkNamesNone(edit);
      const row = await present(ref, edit);
      const terms = edited(row, edit);
      const { name, spec, place = row.place } = terms;
      const after = { ...row, name, place, ...(spec === null ? {} : { spec }) };
      const trial = await tryAndKeep(ports, await tried(row, terms), { plan: row.id, ...saidBy(edit) });
      return { ...trial, request: planRequestOf(after) };
    },
    major: (actor, ref, major, hold) =>
      carriedOut(
        actor,
        () => standingRow(ref),
        (row) => withMajor(row, major, hold),
      ),
    async tryMajor(ref, major, hold) {
      const row = await standingRow(ref);
      return tryChange(ports, await tried(row, withMajor(row, major, hold)));
    },
    async again(actor, ref, request) {
      const { id } = await standingRow(ref);
      return triedAgain(ports, plans.select, id, request, actor);
    },
    async tryAgain(ref, request) {
      const { id } = await standingRow(ref);
      return triedAgain(ports, plans.select, id, request, undefined);
    },
    async order(actor, { plans: order, ...named }) {
      const changed = await changedSince(named, { order }, () => ordered(order));
      const { kind } = await actor.run(orderPlans, { order, now: ports.now() });
      if (kind === "differs") throw differs();
      const rows = await admin.standingPlans();
      return { plans: rows.map(({ id, name, place }) => ({ id, name, order: place ?? 0 })), ...changed };
    },
    async tryOrder({ plans: order, ...named }) {
      checkNamesNone(named);
      return tryAndKeep(ports, await ordered(order), { order });
    },
    async tryStop(ref) {
      const { id } = await plans.row(ref);
      const before = await readStanding(ports);
      const others = before.plans.filter((one) => one.id !== id);
      return tryChange(ports, { before, after: { ...before, plans: others }, without: id });
    },
  };
}

/** What an edit says, by which its dry run is known again. */
const saidBy = ({ revision: _revision, hash: _hash, asOf: _asOf, ...edit }: PlanEdit) => edit;

/** What an edit comes to. `spec` null: that of a once plan stays. */
interface Edited {
  readonly name: string;
  readonly spec: Json;
  readonly place?: number;
  /** What changes, for the audit. */
  readonly fields: readonly string[];
}

function withMajor(row: PlanRow, { platform, major }: MajorRequest, hold: boolean): Edited {
  const spec = standingSpec(row);
  const others = (spec.heldMajors?.[platform] ?? []).filter((one) => one !== major);
  const held = hold ? [...others, major].toSorted((a, b) => a - b) : others;
  const all = Object.entries({ ...spec.heldMajors, [platform]: held }).filter(([, some]) => some.length > 0);
  const { heldMajors: _former, ...rest } = spec;
  const fields = [`${hold ? "hold" : "release"} ${platform} ${major}`];
  return {
    ...{ name: row.name, fields },
    spec: (all.length === 0 ? rest : { ...rest, heldMajors: Object.fromEntries(all) }) as unknown as Json,
  };
}

/** Saying the same again is no edit. */
const isAsItWas = (row: PlanRow, { name, spec, place }: Edited): boolean =>
  name === row.name &&
  (spec === null || inOneOrder(spec) === inOneOrder(row.spec)) &&
  (place === undefined || place === row.place);

const inThis = (plans: readonly PlanRow[], order: readonly string[]): readonly PlanRow[] =>
  plans.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id));

const over = (id: string): UptickError => new UptickError("plan-over", `The plan ${id} was stopped.`);

const differs = (): UptickError =>
  new UptickError("plan-order-differs", "The order does not name each of the standing plans once, and no other plan.");
