/** Rollouts of standing plans, their rings, and what a person can do with them. */
import { z } from "zod";
import { pauseDryRun, resumeDryRun, tryQuery } from "../halt.ts";
import { planParams } from "../plans.ts";
import {
  holdDryRun,
  insteadRequest,
  ringParams,
  ringVerbRequest,
  rolloutDetail,
  rolloutPage,
  rolloutParams,
  verbDryRun,
  verbRequest,
} from "../rollouts.ts";
import { pageQuery } from "../values.ts";
import { type Route } from "../route.ts";
import { JSON_MEDIA, KIB, ok } from "./parts.ts";

export const rolloutsRoutes = {
  listRollouts: {
    method: "GET",
    path: "/api/v1/plans/:id/rollouts",
    role: "viewer",
    summary: "The releases on their way through a standing plan, the newest first, each with its rings.",
    params: planParams,
    query: pageQuery,
    replies: [ok(rolloutPage, "always; a plan that is no standing one has none")],
    errors: ["plan-unknown", "plan-ambiguous"],
  },
  showRollout: {
    method: "GET",
    path: "/api/v1/rollouts/:id",
    role: "viewer",
    summary: "One rollout with its rings and what was decided about it.",
    params: rolloutParams,
    replies: [ok(rolloutDetail, "always")],
    errors: ["rollout-unknown", "rollout-ambiguous"],
  },
  holdRollout: {
    method: "POST",
    path: "/api/v1/rollouts/:id/hold",
    role: "operator",
    object: { kind: "rollout", by: "id" },
    summary:
      "Holds a rollout, or returns what that would do. No other device is given the release, no ring opens, and devices that have a job continue.",
    params: rolloutParams,
    query: tryQuery,
    body: { media: JSON_MEDIA, schema: verbRequest, maxBytes: 64 * KIB },
    replies: [ok(z.union([rolloutDetail, holdDryRun]), "held, now or before; with `dryRun=true`: what it would do")],
    errors: ["rollout-unknown", "rollout-ambiguous", "plan-over", "rollout-state"],
  },
  pauseRollout: {
    method: "POST",
    path: "/api/v1/rollouts/:id/pause",
    role: "operator",
    object: { kind: "rollout", by: "id" },
    summary:
      "Pauses a rollout, or returns what that would do. No other device is given the release, and what has not left is withdrawn; the jobs continue when it is resumed.",
    params: rolloutParams,
    query: tryQuery,
    body: { media: JSON_MEDIA, schema: verbRequest, maxBytes: 64 * KIB },
    replies: [ok(z.union([rolloutDetail, pauseDryRun]), "paused, now or before; with `dryRun=true`: what it would do")],
    errors: ["rollout-unknown", "rollout-ambiguous", "plan-over", "rollout-state"],
  },
  resumeRollout: {
    method: "POST",
    path: "/api/v1/rollouts/:id/resume",
    role: "operator",
    object: { kind: "rollout", by: "id" },
    summary:
      "Resumes a held or paused rollout, or returns what that would do. After a pause, earlier failures stay visible and no longer count; deadlines that are less than 24 hours ahead move by whole days.",
    params: rolloutParams,
    query: tryQuery,
    body: { media: JSON_MEDIA, schema: verbRequest, maxBytes: 64 * KIB },
    replies: [
      ok(z.union([rolloutDetail, resumeDryRun]), "running, now or before; with `dryRun=true`: what it would do"),
    ],
    errors: ["rollout-unknown", "rollout-ambiguous", "plan-over", "rollout-state"],
  },
  abortRollout: {
    method: "POST",
    path: "/api/v1/rollouts/:id/abort",
    role: "operator",
    object: { kind: "rollout", by: "id" },
    summary:
      "Gives a release up in this plan, or returns what that would do. What has not left is withdrawn for good, and the devices go to the next older release that is open to them.",
    params: rolloutParams,
    query: tryQuery,
    body: { media: JSON_MEDIA, schema: verbRequest, maxBytes: 64 * KIB },
    replies: [
      ok(z.union([rolloutDetail, pauseDryRun]), "aborted, now or before; with `dryRun=true`: what it would do"),
    ],
    errors: ["rollout-unknown", "rollout-ambiguous", "plan-over", "rollout-state"],
  },
  giveInstead: {
    method: "POST",
    path: "/api/v1/rollouts/:id/give-older",
    role: "operator",
    object: { kind: "rollout", by: "id" },
    summary:
      "Gives the devices of a paused rollout an older release while it is paused. Possible where that fixes an exploited CVE which they have: see `older` of the rollout.",
    params: rolloutParams,
    query: tryQuery,
    body: { media: JSON_MEDIA, schema: insteadRequest, maxBytes: 64 * KIB },
    replies: [
      ok(
        z.union([rolloutDetail, verbDryRun]),
        "given, now or before; with `dryRun=true`: for how many devices it would be",
      ),
    ],
    errors: ["rollout-unknown", "rollout-ambiguous", "plan-over", "rollout-state", "older-not-offered"],
  },
  liftBlackout: {
    method: "POST",
    path: "/api/v1/rollouts/:id/lift-blackout",
    role: "operator",
    object: { kind: "rollout", by: "id" },
    summary: "Lifts blackouts for a rollout's urgent devices: they do not wait for the end of one.",
    params: rolloutParams,
    query: tryQuery,
    body: { media: JSON_MEDIA, schema: verbRequest, maxBytes: 64 * KIB },
    replies: [
      ok(
        z.union([rolloutDetail, verbDryRun]),
        "lifted, now or before; with `dryRun=true`: for how many devices it would be",
      ),
    ],
    errors: ["rollout-unknown", "rollout-ambiguous", "plan-over", "rollout-state", "rollout-not-urgent"],
  },
  promoteRing: {
    method: "POST",
    path: "/api/v1/rollouts/:id/rings/:ring/promote",
    role: "operator",
    object: { kind: "rollout", by: "id" },
    summary: "Answers a ring that asks: it has passed, and the next ring may open. An urgent ring that waits opens.",
    params: ringParams,
    query: tryQuery,
    body: { media: JSON_MEDIA, schema: ringVerbRequest, maxBytes: 64 * KIB },
    replies: [
      ok(
        z.union([rolloutDetail, verbDryRun]),
        "promoted, now or before; with `dryRun=true`: for how many devices it would be",
      ),
    ],
    errors: ["rollout-unknown", "rollout-ambiguous", "plan-over", "rollout-state", "ring-unknown", "ring-state"],
  },
  waitForRing: {
    method: "POST",
    path: "/api/v1/rollouts/:id/rings/:ring/wait",
    role: "operator",
    object: { kind: "rollout", by: "id" },
    summary: "Answers a ring that asks: the gate watches it for 5 more days before it asks again.",
    params: ringParams,
    query: tryQuery,
    body: { media: JSON_MEDIA, schema: ringVerbRequest, maxBytes: 64 * KIB },
    replies: [
      ok(
        z.union([rolloutDetail, verbDryRun]),
        "waiting, now or before; with `dryRun=true`: for how many devices it would be",
      ),
    ],
    errors: ["rollout-unknown", "rollout-ambiguous", "plan-over", "rollout-state", "ring-unknown", "ring-state"],
  },
} as const satisfies Record<string, Route>;
