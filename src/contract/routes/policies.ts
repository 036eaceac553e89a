/** Policies. */
import { z } from "zod";
import {
  createPolicyQuery,
  policyDevicePage,
  policyDryRun,
  policyPage,
  policyRemoval,
  policyParams,
  policyRequest,
  policyView,
  removePolicyQuery,
} from "../policies.ts";
import { pageQuery } from "../values.ts";
import { type Route } from "../route.ts";
import { JSON_MEDIA, made, MIB, NAMING, ok } from "./parts.ts";

export const policiesRoutes = {
  createPolicy: {
    method: "POST",
    path: "/api/v1/policies",
    role: "operator",
    object: { kind: "policy" },
    summary: "Creates a policy, or returns what it would do. It replaces the policy that a device has.",
    query: createPolicyQuery,
    body: { media: JSON_MEDIA, schema: policyRequest, maxBytes: 16 * MIB },
    replies: [made(policyView, "accepted; `Location` is the policy"), ok(policyDryRun, "with `dryRun=true`")],
    errors: [...NAMING, "settings-invalid", "plan-empty"],
  },
  listPolicies: {
    method: "GET",
    path: "/api/v1/policies",
    role: "viewer",
    summary: "The policies, newest first, removed ones too.",
    query: pageQuery,
    replies: [ok(policyPage, "a page")],
    errors: [],
  },
  showPolicy: {
    method: "GET",
    path: "/api/v1/policies/:id",
    role: "viewer",
    summary: "One policy, and the number of its devices in each state.",
    params: policyParams,
    replies: [ok(policyView, "found")],
    errors: ["policy-unknown", "policy-ambiguous"],
  },
  policyDevices: {
    method: "GET",
    path: "/api/v1/policies/:id/devices",
    role: "viewer",
    summary:
      "The devices that have a policy, in pages: how each gets the settings, their state, and settings that it can't get.",
    params: policyParams,
    query: pageQuery,
    replies: [ok(policyDevicePage, "a page")],
    errors: ["policy-unknown", "policy-ambiguous"],
  },
  removePolicy: {
    method: "POST",
    path: "/api/v1/policies/:id/remove",
    role: "operator",
    object: { kind: "policy", by: "id" },
    summary:
      "Removes a policy, and its declarations and profiles from its devices, or returns what that would do. The policy stays in the list.",
    params: policyParams,
    query: removePolicyQuery,
    replies: [ok(z.union([policyView, policyRemoval]), "removed, now or before; with `dryRun=true`: what it would do")],
    errors: ["policy-unknown", "policy-ambiguous"],
  },
} as const satisfies Record<string, Route>;
