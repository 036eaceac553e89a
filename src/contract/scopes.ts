/** Which devices are meant: tags, groups, rules, and the time zones that rules name. */
import { z } from "zod";
import { count, instant, page, yesOrNo } from "./values.ts";

const MOST_OF_A_RULE = 100_000;
/** A rule in a query; a longer one is given a name as a group. */
const MOST_IN_A_QUERY = 4000;

const ruleText = z.string().min(1).max(MOST_OF_A_RULE);
const groupName = z.string().min(1).max(200);

/** Ways to say which devices are meant; a request uses one of them. */
export const meant = {
  devices: z
    .array(z.string().min(1).max(500))
    .max(200_000)
    .readonly()
    .exactOptional()
    .describe('ids, UDIDs, serials, unique names, or `["all"]`; or one of the next two'),
  rule: ruleText
    .exactOptional()
    .describe("the enrolled devices that this rule matches, such as `platform = macOS and not tag = lab`"),
  group: groupName.exactOptional().describe("the enrolled devices of this group"),
};

/** The same as filters of a list, which hold together. */
export const meantQuery = {
  rule: z
    .string()
    .min(1)
    .max(MOST_IN_A_QUERY)
    .exactOptional()
    .describe("only devices that this rule matches; a rule of more than 4,000 characters needs a group"),
  tag: z.string().min(1).max(200).exactOptional().describe("only devices with this tag"),
  group: groupName.exactOptional().describe("only devices of this group"),
};

const tagText = z.string().max(200);

export const tagRequest = z
  .strictObject({
    ...meant,
    add: z.array(tagText).max(1000).readonly().exactOptional().describe("1 to 40 of a-z, 0-9 and -"),
    remove: z.array(tagText).max(1000).readonly().exactOptional(),
  })
  .meta({
    id: "TagRequest",
    description: "Which devices (by one of `devices`, `rule` and `group`), and which tags are added and removed.",
  });
export type TagRequest = z.output<typeof tagRequest>;

export const tagging = z
  .object({
    dryRun: z.boolean(),
    devices: count.describe("devices that the request means"),
    changed: count.describe("devices whose tags it changes"),
  })
  .meta({ id: "Tagging", description: "What a change of tags did, or would do." });
export type Tagging = z.output<typeof tagging>;

export const tagView = z
  .object({ tag: z.string(), devices: count.describe("that are not removed") })
  .meta({ id: "Tag" });
export type TagView = z.output<typeof tagView>;
export const tagPage = page(tagView);

const groupFields = {
  name: z.string().describe("found in any case"),
  rule: z.string().describe("in its canonical form"),
  revision: z.int().min(1).describe("give it back to change the group"),
  createdAt: instant,
  createdBy: z.string().describe("who made it, such as `token:NAME`"),
  changedAt: instant,
  changedBy: z.string(),
};
export const groupView = z.object(groupFields).meta({ id: "Group", description: "A rule with a name." });
export type GroupView = z.output<typeof groupView>;
export const groupPage = page(groupView);

export const groupDetail = z
  .object({
    ...groupFields,
    devices: count.describe("enrolled devices that it means now"),
    first: z
      .array(
        z.object({
          id: z.string(),
          name: z.string().nullable(),
          serial: z.string().nullable(),
          platform: z.string().nullable(),
          osVersion: z.string().nullable(),
        }),
      )
      .readonly()
      .describe("the first of them by id, ten at most"),
    usedBy: z
      .array(z.string())
      .readonly()
      .describe("why the group can't be removed: such as `zone rule 1 (Asia/Tokyo)`"),
  })
  .meta({ id: "GroupDetail", description: "A group, and the devices that it means." });
export type GroupDetail = z.output<typeof groupDetail>;

export const groupRequest = z
  .strictObject({
    rule: ruleText.describe("may name no group"),
    revision: z
      .int()
      .min(1)
      .exactOptional()
      .describe("`revision` of the group as you know it; absent for a new group. Another one is refused with 412"),
  })
  .meta({ id: "GroupRequest" });
export type GroupRequest = z.output<typeof groupRequest>;

export const groupTrial = z
  .object({
    rule: z.string().describe("in its canonical form"),
    before: count.nullable().describe("enrolled devices that the group means now; null: it is new"),
    after: count.describe("enrolled devices that it would mean"),
    joins: count.describe("devices that it would mean and does not mean now"),
    leaves: count.describe("devices that it means now and would not mean"),
  })
  .meta({ id: "GroupTrial", description: "What a change of a group would do; nothing has changed." });
export type GroupTrial = z.output<typeof groupTrial>;

export const zoneRules = z
  .object({
    rules: z
      .array(z.object({ rule: z.string(), zone: z.string(), createdAt: instant, createdBy: z.string() }))
      .readonly()
      .describe("in their order: the first that matches a device names its time zone"),
    revision: z.int().min(0).describe("give it back to change the list"),
  })
  .meta({
    id: "ZoneRules",
    description: "Time zones of devices for which no admin has set one, and which report none.",
  });
export type ZoneRules = z.output<typeof zoneRules>;

export const zoneRulesRequest = z
  .strictObject({
    rules: z
      .array(
        z.strictObject({
          rule: ruleText.describe("`group = NAME` for a group"),
          zone: z.string().max(100).describe("IANA name such as `Asia/Tokyo`"),
        }),
      )
      .max(200)
      .readonly(),
    revision: z.int().min(0).describe("`revision` of the list as you know it. Another one is refused with 412"),
  })
  .meta({ id: "ZoneRulesRequest", description: "The whole list, in its order." });
export type ZoneRulesRequest = z.output<typeof zoneRulesRequest>;

export const groupParams = z.object({ name: groupName.describe("name of the group, in any case") });
export const tagQuery = z.strictObject({
  dryRun: yesOrNo.describe("`true`: return how many devices would be changed; change nothing"),
});
export const setGroupQuery = z.strictObject({
  dryRun: yesOrNo.describe("`true`: return which devices join and leave; change nothing"),
});
