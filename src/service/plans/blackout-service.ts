/** Blackouts as an admin makes, tries, lists and removes them. */
import type { Blackout, BlackoutRequest, BlackoutTrial, NewBlackout, Page } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import {
  type Days,
  GROUP_NAME,
  GROUP_NAME_WORDS,
  groupKey,
  inLine,
  parseRule,
  printRule,
  type TooLong,
  tooLong,
} from "../../plans/index.ts";
import type { BlackoutRow, LiveJob } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import { isoTime } from "../iso-time.ts";
import { pageOf } from "../page-of.ts";
import type { Ports } from "../ports.ts";
import { scopeOf, unknownGroup } from "../scopes/scope.ts";
import { createBlackout, MOST_BLACKOUTS, removeBlackout } from "./blackout.ts";
import { covered } from "./blackout-work.ts";
import { blackoutsIn, coverOf, daysOf, isOver } from "./blackouts-in-force.ts";

export interface BlackoutAdmin {
  /** Throws `blackout-invalid`, `blackout-too-long`, `blackout-exists`, `rule-invalid`, `group-unknown`. */
  tryBlackout(request: BlackoutRequest): Promise<BlackoutTrial>;
  /** From now on no deadline and no moment of a device that it covers lies in it. Throws as `tryBlackout`, and `blackouts-too-many`. */
  blackout(actor: Actor, request: BlackoutRequest): Promise<NewBlackout>;
  /** By name. */
  blackouts(after: string | undefined, limit: number): Promise<Page<Blackout>>;
  /** Throws `blackout-unknown`. */
  showBlackout(name: string): Promise<Blackout>;
  /** What was moved stays where it is. Throws `blackout-unknown`. */
  removeBlackout(actor: Actor, name: string): Promise<void>;
}

/** The list that a cursor is of. */
const LIST = "blackouts";
/** Rows that are read at once. */
const PAGE = 500;

export function createBlackoutAdmin(ports: Ports): BlackoutAdmin {
  const { admin } = ports;

  async function asked({ name: text, from, to, rule }: BlackoutRequest): Promise<BlackoutRow> {
    const name = text.normalize("NFC");
    if (!GROUP_NAME.test(name))
      throw invalid(`"${text.slice(0, 100)}" can't be the name of a blackout: a name has ${GROUP_NAME_WORDS}.`);
    if (from > to) throw invalid(`The blackout ends on ${to}, before it begins on ${from}.`);
    if (isOver({ lastDay: to }, ports.now())) throw invalid(`The blackout ended on ${to}.`);
    const parsed = parseRule(rule ?? "all");
    // Its groups are known before it is kept.
    await scopeOf(admin, parsed);
    const row = { id: groupKey(name), name, firstDay: from, lastDay: to, rule: printRule(parsed) };
    return { ...row, live: 1, createdAt: ports.now(), createdBy: "", lookedTo: null, dueAt: null, leaseUntil: 0 };
  }

  /** What it does to the live jobs, and whether it is too long together with the others for a device that they cover. */
  async function trialOf(row: BlackoutRow): Promise<BlackoutTrial> {
    const others = (await blackoutsIn(ports)).filter(
      ({ id, lastDay }) => id !== row.id && !isOver({ lastDay }, ports.now()),
    );
    const days = daysOf(row);
    const alone = tooLong([days]);
    if (alone !== undefined) throw tooLongTogether(alone);
    const all = await coverOf(ports, [...others, row]);
    const seen = new Set<string>();
    let devices = 0;
    for (let after: string | undefined; ; ) {
      const page = await admin.fleet(after, PAGE);
      for (const covering of await all.covering(page)) {
        if (!isAmong(covering, days)) continue;
        devices += 1;
        const names = covering.map(({ name }) => name).join("\n");
        const run = seen.has(names) ? undefined : tooLong(covering);
        if (run !== undefined) throw tooLongTogether(run);
        seen.add(names);
      }
      after = page.at(-1)?.id;
      if (page.length < PAGE) break;
    }
    const { name, firstDay: from, lastDay: to, rule } = row;
    return { name, from, to, rule, devices, ...(await movesOf(row)) };
  }

  async function movesOf(row: BlackoutRow): Promise<Pick<BlackoutTrial, "deadlines" | "moments" | "mayRestart">> {
    const only = await coverOf(ports, [row]);
    const counts = { deadlines: 0, moments: 0, mayRestart: 0 };
    for (let after: string | null = null; ; ) {
      const page: readonly LiveJob[] = await admin.liveJobsAfter(after, PAGE);
      for (const { job, covering } of await covered(ports, only, page)) {
        const live = job.read;
        if (covering.length === 0 || live.end !== undefined) continue;
        const known = (live.blackouts ?? []).filter(({ name }) => name !== row.name);
        const { deadline, moment, mayRestart } = inLine(live, [...known, ...covering], ports.now());
        if (deadline !== undefined) counts.deadlines += 1;
        if (moment !== undefined) counts.moments += 1;
        if (mayRestart && live.mechanism === "declaration") counts.mayRestart += 1;
      }
      after = page.at(-1)?.enrollmentId ?? null;
      if (page.length < PAGE) return counts;
    }
  }

  async function isFree(row: BlackoutRow): Promise<void> {
    const before = (await blackoutsIn(ports)).find(({ id }) => id === row.id);
    if (before !== undefined && !isSame(before, row)) throw exists(before);
  }

  return {
    async tryBlackout(request) {
      const row = await asked(request);
      await isFree(row);
      return trialOf(row);
    },
    async blackout(actor, request) {
      const row = await asked(request);
      await isFree(row);
      // Counted before it holds: afterwards the jobs are being moved.
      const trial = await trialOf(row);
      const { id, name, firstDay, lastDay, rule } = row;
      const kept = { id, name, firstDay, lastDay, rule, createdBy: actor.name };
      const result = await actor.run(createBlackout, { row: kept, now: ports.now() });
      switch (result.kind) {
        case "exists":
          throw exists(result.blackout);
        case "too-many":
          throw new UptickError("blackouts-too-many", `There are ${MOST_BLACKOUTS} blackouts, and that is the limit.`);
        case "group-unknown":
          throw unknownGroup(result.key);
        case "too-long":
          throw tooLongTogether(result.run);
        default:
          return { ...viewOf(result.blackout), trial };
      }
    },
    async blackouts(after, limit) {
      const { rows, next } = pageOf(LIST, await blackoutsIn(ports), ({ id }) => id, after, limit);
      return { rows: rows.map(viewOf), next };
    },
    async showBlackout(name) {
      const row = (await blackoutsIn(ports)).find(({ id }) => id === groupKey(name));
      if (row === undefined) throw unknown(name);
      return viewOf(row);
    },
    async removeBlackout(actor, name) {
      const removed = await actor.run(removeBlackout, { name, now: ports.now() });
      if (!removed) throw unknown(name);
    },
  };
}

const unknown = (name: string): UptickError =>
  new UptickError("blackout-unknown", `There is no blackout "${name.slice(0, 100)}".`);

const isAmong = (covering: readonly Days[], { name }: Days): boolean => covering.some((days) => days.name === name);

const isSame = (a: BlackoutRow, b: BlackoutRow): boolean =>
  a.firstDay === b.firstDay && a.lastDay === b.lastDay && a.rule === b.rule;

const invalid = (text: string): UptickError => new UptickError("blackout-invalid", text);

const exists = ({ name, firstDay, lastDay, rule }: BlackoutRow): UptickError =>
  new UptickError(
    "blackout-exists",
    `The blackout "${name}" is there already: ${firstDay} to ${lastDay}, for ${rule}.`,
  );

const tooLongTogether = ({ from, to, days, names }: TooLong): UptickError =>
  new UptickError("blackout-too-long", `${names.join(", ")}: ${days} days in a row, from ${from} to ${to}.`);

const viewOf = ({ name, firstDay, lastDay, rule, createdAt, createdBy, dueAt }: BlackoutRow): Blackout => ({
  name,
  from: firstDay,
  to: lastDay,
  rule,
  createdAt: isoTime(createdAt),
  createdBy,
  working: dueAt !== null,
});
