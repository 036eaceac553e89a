/** Tags, exclusions, groups, and time zones by rule. */
import { created, type Handlers, ok } from "./reply.ts";

export const scopeHandlers: Handlers<
  | "tagDevices"
  | "excludeDevices"
  | "endExclusions"
  | "listTags"
  | "listGroups"
  | "showGroup"
  | "setGroup"
  | "removeGroup"
  | "showZoneRules"
  | "setZoneRules"
> = {
  tagDevices: async ({ scopes }, { query, body }, actor) =>
    ok(query.dryRun ? await scopes.tryTag(body) : await scopes.tag(actor, body)),

  excludeDevices: async ({ exclusions }, { query, body }, actor) =>
    ok(query.dryRun ? await exclusions.tryExclude(body) : await exclusions.exclude(actor, body)),

  endExclusions: async ({ exclusions }, { query, body }, actor) =>
    ok(query.dryRun ? await exclusions.tryEnd(body) : await exclusions.end(actor, body)),

  listTags: async ({ scopes }, { query }) => ok(await scopes.tags(query.after, query.limit)),

  listGroups: async ({ scopes }, { query }) => ok(await scopes.groups(query.after, query.limit)),

  showGroup: async ({ scopes }, { params }) => ok(await scopes.group(params.name)),

  setGroup: async ({ scopes }, { params, query, body }, actor) => {
    if (query.dryRun) return ok(await scopes.trySetGroup(params.name, body));
    const { isNew, group } = await scopes.setGroup(actor, params.name, body);
    return isNew ? created(group, `/api/v1/groups/${encodeURIComponent(group.name)}`) : ok(group);
  },

  removeGroup: async ({ scopes }, { params }, actor) => {
    await scopes.removeGroup(actor, params.name);
    return { status: 204, media: null, body: null };
  },

  showZoneRules: async ({ scopes }) => ok(await scopes.zoneRules()),

  setZoneRules: async ({ scopes }, { body }, actor) => ok(await scopes.setZoneRules(actor, body)),
};
