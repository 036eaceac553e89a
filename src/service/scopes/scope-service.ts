/** Tags, groups and zone rules as an admin reads and changes them. */
import type {
  GroupDetail,
  GroupRequest,
  GroupTrial,
  GroupView,
  Page,
  Tagging,
  TagRequest,
  TagView,
  ZoneRules,
  ZoneRulesRequest,
} from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import {
  GROUP_NAME,
  GROUP_NAME_WORDS,
  groupKey,
  matcherOf,
  parseRule,
  printRule,
  readsOf,
  type Rule,
  zoneNamed,
} from "../../plans/index.ts";
import type { DeviceGroupRow } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import { blocksIn } from "../catalog/blocks-in-force.ts";
import { cursorOf, keyIn } from "../cursor.ts";
import { shortDevice } from "../devices/device-view.ts";
import { isoTime } from "../iso-time.ts";
import { blackoutsIn } from "../plans/blackouts-in-force.ts";
import type { Selector } from "../plans/selector.ts";
import type { Ports } from "../ports.ts";
import { removeGroup, setGroup, usesOf } from "./groups.ts";
import { fleetFacts, unknownGroup } from "./scope.ts";
import { createTagging } from "./tagging.ts";
import { revisionIn, setZoneRules, ZONE_RULES } from "./zone-rules.ts";

export interface ScopeAdmin {
  /**
   * Adds and removes tags; nothing changes where one of the devices can't be changed. Throws `tag-invalid`, `tags-too-many`,
   * `rule-invalid`, `group-unknown`, `device-unknown`, `device-ambiguous`.
   */
  tag(actor: Actor, request: TagRequest): Promise<Tagging>;
  /** What `tag` would do. Throws as it. */
  tryTag(request: TagRequest): Promise<Tagging>;
  /** By name. */
  tags(after: string | undefined, limit: number): Promise<Page<TagView>>;
  /** By name. */
  groups(after: string | undefined, limit: number): Promise<Page<GroupView>>;
  /** Throws `group-unknown`. */
  group(name: string): Promise<GroupDetail>;
  /** Throws `rule-invalid`, `group-invalid`, `groups-too-many`, `revision-stale`. */
  setGroup(actor: Actor, name: string, request: GroupRequest): Promise<{ isNew: boolean; group: GroupView }>;
  /** What `setGroup` would do, whatever the revision. Throws `rule-invalid`, `group-invalid`. */
  trySetGroup(name: string, request: GroupRequest): Promise<GroupTrial>;
  /** Throws `group-unknown`, `group-used`. */
  removeGroup(actor: Actor, name: string): Promise<void>;
  zoneRules(): Promise<ZoneRules>;
  /** Throws `rule-invalid`, `group-unknown`, `zone-invalid`, `revision-stale`. */
  setZoneRules(actor: Actor, request: ZoneRulesRequest): Promise<ZoneRules>;
}

/** The lists that cursors are of. */
const TAGS = "tags";
const GROUPS = "groups";
/** Devices of a group that are shown. */
const SHOWN = 10;

export function createScopeAdmin(ports: Ports, select: Selector): ScopeAdmin {
  const { admin, devices } = ports;

  async function rowOf(name: string): Promise<DeviceGroupRow> {
    const [row] = await admin.groupsOf([groupKey(name)]);
    if (row === undefined) throw unknownGroup(name);
    return row;
  }

  /** The number of devices that a rule means, and the ids of the first. */
  async function membersOf(rule: Rule): Promise<{ devices: number; first: readonly string[] }> {
    const isMember = matcherOf(rule);
    const first: string[] = [];
    let count = 0;
    for await (const page of fleetFacts(admin, [rule]))
      for (const [row, facts] of page) {
        if (!isMember(facts)) continue;
        count += 1;
        if (first.length < SHOWN) first.push(row.id);
      }
    return { devices: count, first };
  }

  return {
    ...createTagging(ports, select),
    async tags(after, limit) {
      const page = await admin.tags(keyIn(TAGS, after), limit);
      return { rows: page.rows, next: cursorOf(TAGS, page.next) };
    },
    async groups(after, limit) {
      const page = await admin.groups(keyIn(GROUPS, after), limit);
      return { rows: page.rows.map(groupView), next: cursorOf(GROUPS, page.next) };
    },
    async group(name) {
      const row = await rowOf(name);
      const members = await membersOf(parseRule(row.rule));
      const first = await admin.fleetOf(members.first);
      return {
        ...groupView(row),
        devices: members.devices,
        first: first.map(shortDevice),
        usedBy: usesOf(row.id, await admin.zoneRules(), await blocksIn(ports), await blackoutsIn(ports)),
      };
    },
    async setGroup(actor, text, request) {
      const name = nameOf(text);
      const rule = printRule(ruleOfGroup(request.rule));
      const done = await actor.run(setGroup, {
        name,
        rule,
        revision: request.revision,
        by: actor.name,
        now: ports.now(),
      });
      if (done.kind === "stale") throw stale(name, request.revision, done.group);
      if (done.kind === "too-many")
        throw new UptickError("groups-too-many", `The server has ${done.most} groups, and that is the limit.`);
      return { isNew: done.kind === "created", group: groupView(done.group) };
    },
    async trySetGroup(text, request) {
      const name = nameOf(text);
      const rule = ruleOfGroup(request.rule);
      const [row] = await admin.groupsOf([groupKey(name)]);
      const old = row === undefined ? undefined : parseRule(row.rule);
      const [isMember, wasMember] = [matcherOf(rule), old === undefined ? () => false : matcherOf(old)];
      let [before, after, joins, leaves] = [0, 0, 0, 0];
      for await (const page of fleetFacts(admin, old === undefined ? [rule] : [rule, old]))
        for (const [, facts] of page) {
          const [was, is] = [wasMember(facts), isMember(facts)];
          if (was) before += 1;
          if (is) after += 1;
          if (is && !was) joins += 1;
          if (was && !is) leaves += 1;
        }
      return { rule: printRule(rule), before: old === undefined ? null : before, after, joins, leaves };
    },
    async removeGroup(actor, name) {
      const done = await actor.run(removeGroup, { name });
      if (done.kind === "unknown") throw unknownGroup(name);
      if (done.kind === "used")
        throw new UptickError("group-used", `The group "${name}" is used by ${done.usedBy.join(", ")}.`);
    },
    zoneRules,
    async setZoneRules(actor, request) {
      const rules = request.rules.map(({ rule, zone: text }) => {
        const zone = zoneNamed(text);
        if (zone === undefined) throw new UptickError("zone-invalid", `"${text}" is no time zone.`);
        return { rule: printRule(parseRule(rule)), zone };
      });
      const twice = rules.find(({ rule }, i) => rules.findIndex((one) => one.rule === rule) < i);
      if (twice !== undefined)
        throw new UptickError(
          "request-invalid",
          `The rule ${twice.rule.slice(0, 200)} is in the list twice; the second would never count.`,
        );
      const { revision } = request;
      const done = await actor.run(setZoneRules, { rules, revision, by: actor.name, now: ports.now() });
      if (done.kind === "group-unknown") throw unknownGroup(done.key);
      if (done.kind === "stale")
        throw new UptickError(
          "revision-stale",
          `The zone rules have the revision ${done.revision}; the request names ${revision}.`,
          { members: { present: await zoneRules() } },
        );
      return zoneRules();
    },
  };

  async function zoneRules(): Promise<ZoneRules> {
    const rows = await admin.zoneRules();
    const [setting] = await devices.read({ from: "setting", where: { name: ZONE_RULES } });
    return {
      rules: rows.map(({ rule, zone, createdAt, createdBy }) => ({
        rule,
        zone,
        createdAt: isoTime(createdAt),
        createdBy,
      })),
      revision: revisionIn(setting?.value),
    };
  }
}

function nameOf(text: string): string {
  const name = text.normalize("NFC");
  if (GROUP_NAME.test(name)) return name;
  throw new UptickError(
    "group-invalid",
    `"${text.slice(0, 100)}" can't be the name of a group: a name has ${GROUP_NAME_WORDS}.`,
  );
}

/** A group's rule names no group: nobody could say which devices a circle of groups means. */
function ruleOfGroup(text: string): Rule {
  const rule = parseRule(text);
  const [named] = readsOf(rule).groups;
  if (named === undefined) return rule;
  throw new UptickError("group-invalid", `The rule of a group can't name a group, and this one names "${named}".`);
}

function stale(name: string, asked: number | undefined, group: DeviceGroupRow | null): UptickError {
  if (group === null) return new UptickError("revision-stale", `There is no group "${name}" any more.`);
  const known = asked === undefined ? "the request names none" : `the request names ${asked}`;
  return new UptickError(
    "revision-stale",
    `The group "${group.name}" has the revision ${group.revision}, made by ${group.changedBy}, and ${known}. Its rule is: ${group.rule.slice(0, 500)}`,
    { members: { present: groupView(group) } },
  );
}

const groupView = ({
  name,
  rule,
  revision,
  createdAt,
  createdBy,
  changedAt,
  changedBy,
}: DeviceGroupRow): GroupView => ({
  name,
  rule,
  revision,
  createdAt: isoTime(createdAt),
  createdBy,
  changedAt: isoTime(changedAt),
  changedBy,
});
