/** The blackouts that hold, as questions: which of them cover which devices (targets D11). */
import { type Days, matcherOf, parseRule } from "../../plans/index.ts";
import type { BlackoutRow, ScopeRow } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import { questionOf } from "../scopes/scope.ts";

export interface BlackoutsInForce {
  /** Those that hold and are not over, by their first day. */
  readonly rows: readonly BlackoutRow[];
  /** For each device those that cover it, in the same order. Reads tags in one query, where a rule asks for them. */
  covering(rows: readonly ScopeRow[]): Promise<readonly (readonly Days[])[]>;
}

/** How far the last time zone is behind UTC (ms). */
const FURTHEST_BEHIND = 12 * 3_600_000;

/** A blackout is over when its last day has passed on every clock. */
export const isOver = ({ lastDay }: Pick<BlackoutRow, "lastDay">, now: number): boolean =>
  lastDay < new Date(now - FURTHEST_BEHIND).toISOString().slice(0, 10);

export const daysOf = ({ name, firstDay, lastDay }: BlackoutRow): Days => ({ name, from: firstDay, to: lastDay });

/** By which it is seen that a blackout is the same as before: its name may have been removed and used again. */
export const keyOf = ({ id, firstDay, lastDay, rule }: BlackoutRow): string => `${id} ${firstDay} ${lastDay} ${rule}`;

export const blackoutsIn = ({ devices }: Pick<Ports, "devices">): Promise<readonly BlackoutRow[]> =>
  devices.read({ from: "blackout", where: { live: 1 } });

const NONE: readonly Days[] = [];

export async function blackoutsInForce(ports: Pick<Ports, "admin" | "devices" | "now">): Promise<BlackoutsInForce> {
  const now = ports.now();
  return coverOf(
    ports,
    (await blackoutsIn(ports)).filter((row) => !isOver(row, now)),
  );
}

/** The same for given blackouts. */
export async function coverOf(
  { admin }: Pick<Ports, "admin">,
  rows: readonly BlackoutRow[],
): Promise<BlackoutsInForce> {
  if (rows.length === 0) return { rows, covering: async (some) => some.map(() => NONE) };
  const blackouts = rows.map((row) => {
    const rule = parseRule(row.rule);
    return { days: daysOf(row), rule, covers: matcherOf(rule) };
  });
  const question = await questionOf(
    admin,
    blackouts.map(({ rule }) => rule),
  );
  return {
    rows,
    async covering(some) {
      const facts = await question.ask(some);
      return some.map((_row, i) => {
        const own = facts[i];
        if (own === undefined) return NONE;
        return blackouts.filter(({ covers }) => covers(own)).map(({ days }) => days);
      });
    },
  };
}
