/** Groups: rules with a name. */
import { sweepFor } from "../compliance/sweep.ts";
import { groupKey, parseRule, readsOf } from "../../plans/index.ts";
import {
  type BlackoutRow,
  type BlockRow,
  type Decision,
  type DeviceGroupRow,
  transaction,
  type Write,
  type ZoneRuleRow,
} from "../../store/index.ts";
import { lookAgain } from "../catalog/block.ts";
import { blackoutsLookAgain } from "../plans/blackout.ts";

/** Groups of a server. */
const MOST_GROUPS = 1000;

export interface SetGroupInput {
  readonly name: string;
  /** Canonical text; names no group. */
  readonly rule: string;
  /** That of the group as it is to the asker; undefined: the group is new. */
  readonly revision: number | undefined;
  readonly by: string;
  readonly now: number;
}

export type SetGroupResult =
  | { readonly kind: "created" | "changed"; readonly group: DeviceGroupRow }
  /** It is not as the asker knows it; null: there is none. */
  | { readonly kind: "stale"; readonly group: DeviceGroupRow | null }
  | { readonly kind: "too-many"; readonly most: number };

const ID = ["id"] as const;
/** Characters of a rule that the audit keeps. */
const MOST_OF_A_RULE = 500;

export const setGroup = transaction({
  name: "setGroup",
  reads: ({ name }: SetGroupInput) => ({
    group: { from: "deviceGroup", where: { id: groupKey(name) } },
    all: { from: "deviceGroup", where: {}, columns: ID },
    blocks: { from: "block", where: { live: 1 } },
    blackouts: { from: "blackout", where: { live: 1 } },
  }),
  changes: ({ name, rule }) => ({ id: name, detail: rule.slice(0, MOST_OF_A_RULE) }),
  decide({ name, rule, revision, by, now }: SetGroupInput, seen): Decision<SetGroupResult> {
    const before = seen.group[0];
    if (before?.revision !== revision) return { writes: [], result: { kind: "stale", group: before ?? null } };
    if (before === undefined && seen.all.length >= MOST_GROUPS)
      return { writes: [], result: { kind: "too-many", most: MOST_GROUPS } };
    if (before !== undefined && before.rule === rule && before.name === name)
      return { writes: [], result: { kind: "changed", group: before } };
    const group: DeviceGroupRow = {
      id: groupKey(name),
      name,
      rule,
      revision: (before?.revision ?? 0) + 1,
      createdAt: before?.createdAt ?? now,
      createdBy: before?.createdBy ?? by,
      changedAt: now,
      changedBy: by,
    };
    const kind = before === undefined ? "created" : "changed";
    const writes: Write[] = [
      { put: "deviceGroup", row: group },
      ...lookAgain(seen.blocks, "group", now),
      sweepFor(now, now),
      ...blackoutsLookAgain(seen.blackouts, "group", now),
    ];
    const change = { before: before === undefined ? null : picture(before), after: picture(group) };
    return { writes, change, result: { kind, group } };
  },
});

const picture = ({ name, rule, revision }: DeviceGroupRow) => ({ name, rule, revision });

export type RemoveGroupResult =
  | { readonly kind: "removed" | "unknown" }
  /** `usedBy`: the words of `usesOf`. */
  | { readonly kind: "used"; readonly usedBy: readonly string[] };

export const removeGroup = transaction({
  name: "removeGroup",
  reads: ({ name }: { readonly name: string }) => ({
    group: { from: "deviceGroup", where: { id: groupKey(name) } },
    zones: { from: "zoneRule", where: {} },
    blocks: { from: "block", where: { live: 1 } },
    blackouts: { from: "blackout", where: { live: 1 } },
  }),
  changes: ({ name }) => ({ id: name }),
  decide({ name }: { readonly name: string }, seen): Decision<RemoveGroupResult> {
    const [group] = seen.group;
    if (group === undefined) return { writes: [], result: { kind: "unknown" } };
    const usedBy = usesOf(groupKey(name), seen.zones, seen.blocks, seen.blackouts);
    if (usedBy.length > 0) return { writes: [], result: { kind: "used", usedBy } };
    return {
      writes: [{ drop: "deviceGroup", where: { id: groupKey(name) } }],
      change: { before: picture(group), after: null },
      result: { kind: "removed" },
    };
  },
});

/** What hangs on a group, in words such as "zone rule 2 (Asia/Tokyo)". */
export function usesOf(
  key: string,
  zones: readonly ZoneRuleRow[],
  blocks: readonly BlockRow[],
  blackouts: readonly BlackoutRow[],
): string[] {
  const names = ({ rule }: { readonly rule: string }): boolean => readsOf(parseRule(rule)).groups.has(key);
  return [
    ...zones.filter(names).map(({ place, zone }) => `zone rule ${place + 1} (${zone})`),
    ...blocks.filter(names).map(({ platform, version }) => `a block of ${platform} ${version}`),
    ...blackouts.filter(names).map(({ name }) => `the blackout ${name}`),
  ];
}
