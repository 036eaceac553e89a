/** Rules as questions to the store: which of its devices are meant. Devices and their tags are read a page at a time. */
import { lookupIdsOf } from "../../catalog/index.ts";
import { UptickError } from "../../errors/index.ts";
import {
  type Matcher,
  matcherOf,
  parseRule,
  readsOf,
  type Rule,
  ruleTest,
  type ScopeFacts,
} from "../../plans/index.ts";
import type { AdminStore, DeviceQuery, ScopeRow } from "../../store/index.ts";
import { platformFrom } from "../enrollment/device-facts.ts";

/** A rule with the groups that it names, as they are now. */
export interface Scope {
  readonly rule: Rule;
  /** The devices of these that are meant, in their order. Reads their tags in one query, where the rule asks for tags. */
  of<Row extends ScopeRow>(rows: readonly Row[]): Promise<readonly Row[]>;
}

/** Devices that are read at once: some ms of the reader, and some 100 KiB. */
const PAGE = 1000;

/** Throws `group-unknown`. */
export async function scopeOf(admin: AdminStore, rule: Rule): Promise<Scope> {
  const question = await questionOf(admin, [rule]);
  if (question.unknown !== undefined) throw unknownGroup(question.unknown);
  const isMeant = matcherOf(rule);
  return {
    rule,
    async of(rows) {
      const facts = await question.ask(rows);
      return rows.filter((_row, i) => isMeant(facts[i] as ScopeFacts));
    },
  };
}

/** What rules ask of devices. */
export interface Question {
  /** A group that a rule names and that there is not; no device is in it. */
  readonly unknown: string | undefined;
  /** The facts of each row. Reads tags in one query, where a rule asks for tags. */
  ask(rows: readonly ScopeRow[]): Promise<readonly ScopeFacts[]>;
}

/** By the groups as they are now. */
export async function questionOf(admin: AdminStore, rules: readonly Rule[]): Promise<Question> {
  const keys = [...new Set(rules.flatMap((rule) => [...readsOf(rule).groups]))];
  const groups = await groupsOf(admin, keys);
  const known = new Set(groups.map(({ key }) => key));
  const all = [...rules, ...groups.map(({ rule }) => rule)];
  const needsTags = all.some((rule) => readsOf(rule).fields.has("tag"));
  return {
    unknown: keys.find((key) => !known.has(key)),
    async ask(rows) {
      const tags = needsTags ? await admin.tagsOf(rows.map(({ id }) => id)) : NO_TAGS;
      return rows.map((row) => {
        const facts = factsOf(row, tags.get(row.id) ?? NONE);
        if (groups.length === 0) return facts;
        return { ...facts, groups: new Set(groups.flatMap(({ key, isMember }) => (isMember(facts) ? [key] : []))) };
      });
    },
  };
}

interface Group {
  readonly key: string;
  readonly rule: Rule;
  readonly isMember: Matcher;
}

async function groupsOf(admin: AdminStore, keys: readonly string[]): Promise<readonly Group[]> {
  return (await admin.groupsOf(keys)).map(({ id, rule: text }) => {
    const rule = parseRule(text);
    return { key: id, rule, isMember: matcherOf(rule) };
  });
}

export const unknownGroup = (name: string): UptickError =>
  new UptickError("group-unknown", `There is no group "${name.slice(0, 100)}".`);

/** The rule that the name of a group stands for. */
export const groupRule = (name: string): Rule => ruleTest("group", "=", name.normalize("NFC"));

const NONE: ReadonlySet<string> = new Set();
const NO_TAGS: ReadonlyMap<string, ReadonlySet<string>> = new Map();

/** Without its groups. */
function factsOf(row: ScopeRow, tags: ReadonlySet<string>): ScopeFacts {
  const { productName, softwareUpdateDeviceId, osVersion, supervised, serial } = row;
  const platform = platformFrom(row.platform) ?? null;
  const lookupIds = platform === null ? [] : lookupIdsOf({ platform, productName, softwareUpdateDeviceId });
  const isSupervised = supervised === null ? null : supervised === 1;
  return { platform, productName, lookupIds, osVersion, supervised: isSupervised, tags, serial, groups: NONE };
}

/** Names of the groups that a device is in, in order. */
export async function groupNamesOf(admin: AdminStore, row: ScopeRow): Promise<string[]> {
  const { rows: groups } = await admin.groups(undefined, PAGE);
  const rules = groups.map(({ name, rule }) => ({ name, rule: parseRule(rule) }));
  const question = await questionOf(
    admin,
    rules.map(({ rule }) => rule),
  );
  const [facts] = await question.ask([row]);
  return rules.flatMap(({ name, rule }) => (facts !== undefined && matcherOf(rule)(facts) ? [name] : []));
}

/** The devices that are meant of those that a query finds, some at a time. */
export async function* meantBy(
  admin: AdminStore,
  scope: Scope,
  { after: begin, ...query }: Omit<DeviceQuery, "limit">,
): AsyncGenerator<readonly ScopeRow[]> {
  let after = begin;
  for (;;) {
    const page = await admin.scopeRows({ ...query, ...(after === undefined ? {} : { after }), limit: PAGE });
    const rows = await scope.of(page.rows);
    if (rows.length > 0) yield rows;
    if (page.next === undefined) return;
    after = page.next;
  }
}

/** All enrolled devices with what these rules ask of them, some at a time: several rules by one reading of the fleet. */
export async function* fleetFacts(
  admin: AdminStore,
  rules: readonly Rule[],
): AsyncGenerator<readonly (readonly [row: ScopeRow, facts: ScopeFacts])[]> {
  const question = await questionOf(admin, rules);
  let after: string | undefined;
  for (;;) {
    const page = await admin.scopeRows({
      enrollment: "enrolled",
      ...(after === undefined ? {} : { after }),
      limit: PAGE,
    });
    const facts = await question.ask(page.rows);
    yield page.rows.map((row, i) => [row, facts[i] as ScopeFacts] as const);
    if (page.next === undefined) return;
    after = page.next;
  }
}
