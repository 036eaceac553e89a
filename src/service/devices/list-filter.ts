/** The filters of the list of devices as an admin names them, for the store. */
import type { DeviceExportQuery } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import {
  type ComplianceFlag,
  groupKey,
  joinedRules,
  parseRule,
  type Rule,
  ruleTest,
  TAG,
  TAG_WORDS,
  testsOf,
} from "../../plans/index.ts";
import { type DeviceFilter, versionKey } from "../../store/index.ts";
import { byPartOfId } from "../plans/short-ids.ts";
import type { Ports } from "../ports.ts";
import { pushInForce } from "../push/push-certificates.ts";
import { groupRule, meantBy, scopeOf, unknownGroup } from "../scopes/scope.ts";
import { DEVICE_WARNINGS } from "../server/warnings.ts";

export type Filters = Omit<DeviceExportQuery, "sort">;

const DAY_MS = 86_400_000;
/** A rule of more tests, those of its groups among them, is asked of each device here: its SQL would be longer than is sensible. */
const MOST_TESTS = 1500;

/** Undefined: no device can fit. Throws `rule-invalid`, `tag-invalid`, `group-unknown`, `plan-unknown`. */
export async function filterOf(ports: Ports, filters: Filters): Promise<DeviceFilter | undefined> {
  const { platform, model, os, plan, warning, rule, tag, group, silentDays, ...rest } = filters;
  const { flag, overdue, exposed, newest, majorEnded, belowFloor, ...same } = rest;
  const asked = ruleIn({ rule, tag, group, model });
  const scope = asked === undefined ? {} : await scopeIn(ports, asked);
  const planId = plan === undefined ? {} : { plan: await planIdOf(ports, plan) };
  const flags: Partial<Record<ComplianceFlag, boolean | undefined>> = {
    overdue,
    exposed,
    newest,
    "major-ended": majorEnded,
    "below-floor": belowFloor,
  };
  // One that is both asked for and ruled out is no device's.
  if (flag !== undefined && flags[flag] === false) return undefined;
  if (flag !== undefined) flags[flag] = true;
  const named = Object.entries(flags).filter(([, raised]) => raised !== undefined);
  const where = warning === undefined ? {} : await conditionOf(ports, warning);
  if (where === undefined) return undefined;
  return {
    ...same,
    ...scope,
    ...planId,
    ...where,
    flags: Object.fromEntries(named) as Partial<Record<ComplianceFlag, boolean>>,
    // iPadOS is not a separate platform: Apple's schemas know it as iOS.
    ...(platform === undefined ? {} : platform === "iPadOS" ? { platform: "iOS", model: "iPad" } : { platform }),
    ...(os === undefined ? {} : { os: versionsIn(os) }),
    ...(silentDays === undefined ? {} : { silentSince: ports.now() - silentDays * DAY_MS }),
  };
}

interface Rules {
  readonly rule: string | undefined;
  readonly tag: string | undefined;
  readonly group: string | undefined;
  readonly model: string | undefined;
}

/** The filters that are rules, as one. Throws `rule-invalid`, `tag-invalid`. */
function ruleIn({ rule, tag, group, model }: Rules): Rule | undefined {
  const rules = [
    ...(rule === undefined ? [] : [parseRule(rule)]),
    ...(tag === undefined ? [] : [tagRule(tag)]),
    ...(group === undefined ? [] : [groupRule(group)]),
    ...(model === undefined ? [] : [ruleTest("model", "=", model)]),
  ];
  return rules.length === 0 ? undefined : joinedRules("and", rules);
}

function tagRule(text: string): Rule {
  const tag = text.toLowerCase();
  if (TAG.test(tag)) return ruleTest("tag", "=", tag);
  throw new UptickError("tag-invalid", `"${text.slice(0, 100)}" is no tag: a tag is ${TAG_WORDS}.`);
}

/** The rule with the groups that it names, as they are now. */
async function scopeIn(ports: Ports, rule: Rule): Promise<Pick<DeviceFilter, "scope" | "ids">> {
  const { admin } = ports;
  const names = testsOf(rule).flatMap(({ field, values }) => (field === "group" ? values : []));
  const found = await admin.groupsOf([...new Set(names.map(groupKey))]);
  const groups = new Map(found.map(({ id, rule: text }) => [id, parseRule(text)]));
  const unknown = names.find((name) => !groups.has(groupKey(name)));
  if (unknown !== undefined) throw unknownGroup(groupKey(unknown));
  const tests = [rule, ...names.flatMap((name) => groups.get(groupKey(name)) ?? [])].flatMap(testsOf);
  if (tests.reduce((sum, { field, values }) => sum + (field === "serial" ? 1 : values.length), 0) <= MOST_TESTS)
    return { scope: { rule, groups } };
  const ids: string[] = [];
  for await (const rows of meantBy(admin, await scopeOf(admin, rule), {})) ids.push(...rows.map(({ id }) => id));
  return { ids };
}

async function planIdOf({ admin }: Ports, ref: string): Promise<string> {
  const row = await byPartOfId(admin, "plan", ref, (one) => admin.plan(one));
  if (row === undefined) throw new UptickError("plan-unknown", `There is no plan ${ref}.`);
  return row.id;
}

/** Undefined: the warning is about no device now. */
async function conditionOf(ports: Ports, warning: NonNullable<Filters["warning"]>) {
  const where = DEVICE_WARNINGS[warning]({ push: await pushInForce(ports), now: ports.now() }, ports.realNow());
  return where === undefined ? undefined : { where };
}

function versionsIn(os: string): NonNullable<DeviceFilter["os"]> {
  const how = os.startsWith("<") ? "<" : "=";
  return { how, key: versionKey(how === "<" ? os.slice(1) : os) ?? 0 };
}
