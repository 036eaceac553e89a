/** Time zones by rule: for devices whose zone is unknown, since no admin has set one and the device reports none. */
import { matcherOf, parseRule, readsOf } from "../../plans/index.ts";
import {
  type AdminStore,
  type Decision,
  type ScopeRow,
  transaction,
  type Write,
  type ZoneRuleRow,
} from "../../store/index.ts";
import { sweepFor } from "../compliance/sweep.ts";
import { questionOf } from "./scope.ts";

/** Setting that holds the revision of the list: { revision }. */
export const ZONE_RULES = "zone-rules";

export const revisionIn = (value: unknown): number =>
  (value as { readonly revision?: number } | undefined)?.revision ?? 0;

export interface SetZoneRulesInput {
  /** In their order; rules as canonical text, zones by their canonical names. */
  readonly rules: readonly { readonly rule: string; readonly zone: string }[];
  readonly revision: number;
  readonly by: string;
  readonly now: number;
}

export type SetZoneRulesResult =
  | { readonly kind: "set" }
  | { readonly kind: "stale"; readonly revision: number }
  | { readonly kind: "group-unknown"; readonly key: string };

const ID = ["id"] as const;

/** Replaces the whole list: its order counts. */
export const setZoneRules = transaction({
  name: "setZoneRules",
  reads: (_input: SetZoneRulesInput) => ({
    before: { from: "zoneRule", where: {} },
    setting: { from: "setting", where: { name: ZONE_RULES } },
    groups: { from: "deviceGroup", where: {}, columns: ID },
  }),
  changes: ({ rules }) => ({ id: null, detail: rules.length === 1 ? "1 rule" : `${rules.length} rules` }),
  decide({ rules, revision, by, now }: SetZoneRulesInput, seen): Decision<SetZoneRulesResult> {
    const current = revisionIn(seen.setting[0]?.value);
    if (revision !== current) return { writes: [], result: { kind: "stale", revision: current } };
    const groups = new Set(seen.groups.map(({ id }) => id));
    const missing = rules.flatMap(({ rule }) => [...readsOf(parseRule(rule)).groups]).find((key) => !groups.has(key));
    if (missing !== undefined) return { writes: [], result: { kind: "group-unknown", key: missing } };
    const known = (rule: string, zone: string): ZoneRuleRow | undefined =>
      seen.before.find((row) => row.rule === rule && row.zone === zone);
    const rows = rules.map(({ rule, zone }, place): ZoneRuleRow => {
      const { createdAt, createdBy } = known(rule, zone) ?? { createdAt: now, createdBy: by };
      return { place, rule, zone, createdAt, createdBy };
    });
    const writes: Write[] = [
      ...rows.map((row): Write => ({ put: "zoneRule", row })),
      ...seen.before
        .filter(({ place }) => place >= rows.length)
        .map(({ place }): Write => ({ drop: "zoneRule", where: { place } })),
      { put: "setting", row: { name: ZONE_RULES, value: { revision: current + 1 } } },
      sweepFor(now, now),
    ];
    const picture = (list: SetZoneRulesInput["rules"]) => ({ rules: list.map(({ rule, zone }) => ({ rule, zone })) });
    return { writes, change: { before: picture(seen.before), after: picture(rules) }, result: { kind: "set" } };
  },
});

/** The zone that a rule names for a device, and who made the rule. */
export interface NamedZone {
  readonly zone: string;
  readonly by: string;
}

/** Gives for these devices the zones that rules name, by their ids; those that no rule matches are not among them. */
export type ZoneFinder = (rows: readonly ScopeRow[]) => Promise<ReadonlyMap<string, NamedZone>>;

/** By the rules as they are now. */
export async function zoneFinder(admin: AdminStore): Promise<ZoneFinder> {
  const tests = (await admin.zoneRules()).map(({ rule: text, zone, createdBy: by }) => {
    const rule = parseRule(text);
    return { rule, zone, by, isMeant: matcherOf(rule) };
  });
  // A group that was removed with its rule meanwhile has no device.
  const question = await questionOf(
    admin,
    tests.map(({ rule }) => rule),
  );
  return async (rows) => {
    const found = new Map<string, NamedZone>();
    if (tests.length === 0 || rows.length === 0) return found;
    for (const [i, facts] of (await question.ask(rows)).entries()) {
      const first = tests.find(({ isMeant }) => isMeant(facts));
      const id = rows[i]?.id;
      if (first !== undefined && id !== undefined) found.set(id, { zone: first.zone, by: first.by });
    }
    return found;
  };
}
