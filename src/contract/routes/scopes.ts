/** Tags, groups and zone rules. */
import { z } from "zod";
import {
  groupDetail,
  groupPage,
  groupParams,
  groupRequest,
  groupTrial,
  groupView,
  setGroupQuery,
  tagPage,
  zoneRules,
  zoneRulesRequest,
} from "../scopes.ts";
import { pageQuery } from "../values.ts";
import { type Route } from "../route.ts";
import { JSON_MEDIA, KIB, made, MIB, ok, SCOPES } from "./parts.ts";

export const scopesRoutes = {
  listTags: {
    method: "GET",
    path: "/api/v1/tags",
    role: "viewer",
    summary: "The tags of devices by name, each with the number of its devices.",
    query: pageQuery,
    replies: [ok(tagPage, "a page")],
    errors: [],
  },
  listGroups: {
    method: "GET",
    path: "/api/v1/groups",
    role: "viewer",
    summary: "The groups by name. A group is a rule with a name.",
    query: pageQuery,
    replies: [ok(groupPage, "a page")],
    errors: [],
  },
  showGroup: {
    method: "GET",
    path: "/api/v1/groups/:name",
    role: "viewer",
    summary: "One group, the number of its devices, and the first of them.",
    params: groupParams,
    replies: [ok(groupDetail, "found")],
    errors: ["group-unknown"],
  },
  setGroup: {
    method: "PUT",
    path: "/api/v1/groups/:name",
    role: "operator",
    object: { kind: "group", by: "name" },
    summary: "Makes a group, or changes its rule, or returns which devices that would concern.",
    params: groupParams,
    query: setGroupQuery,
    body: { media: JSON_MEDIA, schema: groupRequest, maxBytes: 512 * KIB },
    replies: [
      made(groupView, "made; `Location` is the group"),
      ok(z.union([groupView, groupTrial]), "changed; with `dryRun=true` tried"),
    ],
    errors: ["rule-invalid", "group-invalid", "groups-too-many", "revision-stale"],
  },
  removeGroup: {
    method: "DELETE",
    path: "/api/v1/groups/:name",
    role: "operator",
    object: { kind: "group", by: "name" },
    summary: "Removes a group. A group that a zone rule names is not removed.",
    params: groupParams,
    replies: [{ status: 204, media: null, when: "removed" }],
    errors: ["group-unknown", "group-used"],
  },
  showZoneRules: {
    method: "GET",
    path: "/api/v1/zone-rules",
    role: "viewer",
    summary: "The time zones that rules name for devices without another, in their order.",
    replies: [ok(zoneRules, "always")],
    errors: [],
  },
  setZoneRules: {
    method: "PUT",
    path: "/api/v1/zone-rules",
    role: "operator",
    object: { kind: "zone-rules" },
    summary: "Replaces the list of zone rules. Later plans use it.",
    body: { media: JSON_MEDIA, schema: zoneRulesRequest, maxBytes: 16 * MIB },
    replies: [ok(zoneRules, "set")],
    errors: [...SCOPES, "zone-invalid", "revision-stale"],
  },
} as const satisfies Record<string, Route>;
