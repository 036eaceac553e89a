/** Blackouts as rows (targets D11): made, looked through the live jobs for, and removed. */
import { type Days, groupKey, type Job, parseRule, readsOf, type TooLong, tooLong } from "../../plans/index.ts";
import { type BlackoutRow, type Decision, transaction, type Write } from "../../store/index.ts";
import { sweepFor } from "../compliance/sweep.ts";
import { step } from "../enrollment/job.ts";
import { noteMoment } from "../enrollment/moment.ts";
import { forEnrollment } from "../enrollment/transaction.ts";
import type { UnitOfWork } from "../enrollment/unit-of-work.ts";
import { daysOf } from "./blackouts-in-force.ts";

/** Blackouts of a server: each plan reads all of them. */
export const MOST_BLACKOUTS = 200;

export interface CreateBlackoutInput {
  readonly row: Pick<BlackoutRow, "id" | "name" | "firstDay" | "lastDay" | "rule" | "createdBy">;
  readonly now: number;
}

/** `same`: one that holds already, of the same days for the same devices; `exists`: one of other days or devices. */
export type CreatedBlackout =
  | { readonly kind: "created" | "same" | "exists"; readonly blackout: BlackoutRow }
  | { readonly kind: "too-many" }
  | { readonly kind: "group-unknown"; readonly key: string }
  | { readonly kind: "too-long"; readonly run: TooLong };

const ID = ["id"] as const;

export const createBlackout = transaction({
  name: "createBlackout",
  reads: (_input: CreateBlackoutInput) => ({
    live: { from: "blackout", where: { live: 1 } },
    groups: { from: "deviceGroup", where: {}, columns: ID },
  }),
  changes: ({ row }) => ({ id: row.name, detail: `${row.firstDay} to ${row.lastDay}, ${row.rule}`.slice(0, 500) }),
  decide({ row, now }: CreateBlackoutInput, seen): Decision<CreatedBlackout> {
    const before = seen.live.find(({ id }) => id === row.id);
    if (before !== undefined) {
      const { firstDay, lastDay, rule } = before;
      const same = firstDay === row.firstDay && lastDay === row.lastDay && rule === row.rule;
      return { writes: [], result: { kind: same ? "same" : "exists", blackout: before } };
    }
    if (seen.live.length >= MOST_BLACKOUTS) return { writes: [], result: { kind: "too-many" } };
    const known = new Set(seen.groups.map(({ id }) => id));
    const missing = [...readsOf(parseRule(row.rule)).groups].find((key) => !known.has(key));
    if (missing !== undefined) return { writes: [], result: { kind: "group-unknown", key: missing } };
    const blackout: BlackoutRow = { ...row, live: 1, createdAt: now, lookedTo: null, dueAt: now, leaseUntil: 0 };
    const run = tooLongTogether([...seen.live, blackout]);
    if (run !== undefined) return { writes: [], result: { kind: "too-long", run } };
    return {
      writes: [{ put: "blackout", row: blackout }, sweepFor(now, now)],
      change: { before: null, after: picture(blackout) },
      result: { kind: "created", blackout },
    };
  },
});

const picture = ({ name, firstDay, lastDay, rule }: BlackoutRow) => ({ name, from: firstDay, to: lastDay, rule });

/** Those that cover one device whatever its facts: of one rule, and those for all devices. */
function tooLongTogether(rows: readonly BlackoutRow[]): TooLong | undefined {
  const rules = new Set(rows.map(({ rule }) => rule));
  return [...rules]
    .map((rule) => tooLong(rows.filter((row) => row.rule === rule || row.rule === "all").map(daysOf)))
    .find((run) => run !== undefined);
}

export interface RemoveBlackoutInput {
  /** In any case. */
  readonly name: string;
  readonly now: number;
}

/** It covers nothing from now on. Its row stays until no live job knows of it (`blackoutLooked`). */
export const removeBlackout = transaction({
  name: "removeBlackout",
  reads: ({ name }: RemoveBlackoutInput) => ({ blackout: { from: "blackout", where: { id: groupKey(name) } } }),
  changes: ({ name }) => ({ id: name }),
  decide({ now }: RemoveBlackoutInput, seen): Decision<boolean> {
    const [row] = seen.blackout;
    if (row?.live !== 1) return { writes: [], result: false };
    const set = { live: 0, lookedTo: null, dueAt: dueAgain(row, now) } as const;
    const change = { before: picture(row), after: null };
    return { writes: [{ patch: "blackout", where: { id: row.id }, set }, sweepFor(now, now)], change, result: true };
  },
});

/** Never the moment at which it was due: its first page may be under way, and says by that moment that it was looked at. */
const dueAgain = ({ dueAt }: BlackoutRow, now: number): number => (dueAt === null ? now : Math.min(now, dueAt - 1));

export interface LookedInput {
  readonly blackoutId: string;
  /** As it was claimed. */
  readonly live: BlackoutRow["live"];
  readonly from: string | null;
  readonly dueAt: number | null;
  /** The last enrollment of this page; null: all live jobs have been looked at. */
  readonly to: string | null;
}

/** A page of live jobs was looked at. One that must look again from the beginning stays so. */
export const blackoutLooked = transaction({
  name: "blackoutLooked",
  reads: () => ({}),
  decide({ blackoutId, live, from, dueAt, to }: LookedInput) {
    const where = { id: blackoutId, live, lookedTo: from, dueAt };
    const write: Write =
      to !== null
        ? { patch: "blackout", where, set: { lookedTo: to } }
        : live === 0
          ? { drop: "blackout", where }
          : { patch: "blackout", where, set: { dueAt: null } };
    return { writes: [write], result: null };
  },
});

/** A turn of the work at a blackout has ended: others may claim it. */
export const blackoutTurn = transaction({
  name: "blackoutTurn",
  reads: () => ({}),
  decide({ blackoutId }: { readonly blackoutId: string }) {
    const write: Write = { patch: "blackout", where: { id: blackoutId }, set: { leaseUntil: 0 } };
    return { writes: [write], result: null };
  },
});

/** As `lookAgain` of blocks: a tag or a group has changed, so that these may cover other devices. */
export function blackoutsLookAgain(live: readonly BlackoutRow[], field: "tag" | "group", now: number): Write[] {
  const asks = ({ rule }: BlackoutRow): boolean => {
    const { fields } = readsOf(parseRule(rule));
    return fields.has(field) || fields.has("group");
  };
  return live.filter(asks).map((row): Write => {
    const set = { lookedTo: null, dueAt: dueAgain(row, now) };
    return { patch: "blackout", where: { id: row.id, live: 1 }, set };
  });
}

export interface BlackoutJobInput {
  readonly enrollmentId: string;
  readonly jobId: string;
  /** The blackouts that cover the device. */
  readonly covering: readonly Days[];
  readonly firstId: string;
  readonly now: number;
}

/** The live job of a device comes in line with the blackouts that cover it. */
export const blackoutJob = forEnrollment({
  name: "blackoutJob",
  patient: true,
  reads: ({ enrollmentId }: BlackoutJobInput) => ({
    enrollment: { from: "enrollment", where: { id: enrollmentId } },
    live: { from: "blackout", where: { live: 1 } },
  }),
  none: null,
  apply(unit, { jobId, covering }, { live }) {
    const before = unit.job;
    if (before === undefined || before.end !== undefined || before.id !== jobId) return null;
    // One that was removed since it was asked has its own work.
    const holds = covering.filter((days) => live.some((row) => isOf(row, days)));
    step(unit, { kind: "blackouts", covering: holds });
    noteMoved(unit, before, unit.job, live);
    return null;
  },
});

export const isOf = ({ name, firstDay, lastDay }: BlackoutRow, days: Days): boolean =>
  name === days.name && firstDay === days.from && lastDay === days.to;

/** Tells the timeline what a blackout has moved. */
export function noteMoved(unit: UnitOfWork, before: Job, after: Job | undefined, live: readonly BlackoutRow[]): void {
  if (after === undefined) return;
  const [from, to] = [before.deadline, after.deadline];
  if (from !== undefined && to !== undefined && from !== to) {
    const cause = live.find(({ firstDay, lastDay }) => firstDay <= from.slice(0, 10) && from.slice(0, 10) <= lastDay);
    const by = cause === undefined ? null : cause.createdBy;
    unit.note("deadline-moved", { jobId: after.id, from, to, cause: "blackout-added", by });
  }
  noteMoment(unit, before, "blackout-added");
}
