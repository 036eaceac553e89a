/** The blocks that hold, as questions: which of them cover which devices. */
import type { BlockedRelease } from "../../catalog/index.ts";
import { matcherOf, parseRule } from "../../plans/index.ts";
import type { BlockRow, ScopeRow } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import { questionOf } from "../scopes/scope.ts";

export interface BlocksInForce {
  readonly rows: readonly BlockRow[];
  /** For each device the blocks that cover it, in the same order. Reads tags in one query, where a rule asks for them. */
  covering(rows: readonly ScopeRow[]): Promise<readonly (readonly BlockRow[])[]>;
}

/** Those that hold. */
export const blocksIn = ({ devices }: Pick<Ports, "devices">): Promise<readonly BlockRow[]> =>
  devices.read({ from: "block", where: { live: 1 } });

const NONE: readonly BlockRow[] = [];

export async function blocksInForce({ admin, devices }: Pick<Ports, "admin" | "devices">): Promise<BlocksInForce> {
  const rows = await blocksIn({ devices });
  if (rows.length === 0) return { rows, covering: async (some) => some.map(() => NONE) };
  const blocks = rows.map((row) => {
    const rule = parseRule(row.rule);
    return { row, rule, covers: matcherOf(rule) };
  });
  const question = await questionOf(
    admin,
    blocks.map(({ rule }) => rule),
  );
  return {
    rows,
    async covering(some) {
      const facts = await question.ask(some);
      return some.map((_row, i) => {
        const own = facts[i];
        return blocks
          .filter(({ row, covers }) => own !== undefined && own.platform === row.platform && covers(own))
          .map(({ row }) => row);
      });
    },
  };
}

export const releaseOf = ({ version, extra }: Pick<BlockRow, "version" | "extra">): BlockedRelease => ({
  version,
  ...(extra === null ? {} : { extra }),
});
