/** Blackouts. */
import {
  blackout,
  blackoutPage,
  blackoutParams,
  blackoutRequest,
  blackoutTrial,
  createBlackoutQuery,
  newBlackout,
} from "../blackouts.ts";
import { pageQuery } from "../values.ts";
import { type Route } from "../route.ts";
import { JSON_MEDIA, KIB, made, ok } from "./parts.ts";

export const blackoutsRoutes = {
  createBlackout: {
    method: "POST",
    path: "/api/v1/blackouts",
    role: "operator",
    object: { kind: "blackout" },
    summary:
      "Makes a blackout: deadlines and install times of the devices that it covers move out of it. With `dryRun=true`: says what it would do.",
    query: createBlackoutQuery,
    body: { media: JSON_MEDIA, schema: blackoutRequest, maxBytes: 512 * KIB },
    replies: [
      made(newBlackout, "made, now or as the same before; `Location` is its address"),
      ok(blackoutTrial, "dry run"),
    ],
    errors: [
      "blackout-invalid",
      "blackout-too-long",
      "blackout-exists",
      "blackouts-too-many",
      "rule-invalid",
      "group-unknown",
    ],
  },
  listBlackouts: {
    method: "GET",
    path: "/api/v1/blackouts",
    role: "viewer",
    summary: "The blackouts by name, also those that are over.",
    query: pageQuery,
    replies: [ok(blackoutPage, "a page")],
    errors: [],
  },
  showBlackout: {
    method: "GET",
    path: "/api/v1/blackouts/:name",
    role: "viewer",
    summary: "One blackout, also one that is over.",
    params: blackoutParams,
    replies: [ok(blackout, "found")],
    errors: ["blackout-unknown"],
  },
  removeBlackout: {
    method: "DELETE",
    path: "/api/v1/blackouts/:name",
    role: "operator",
    object: { kind: "blackout", by: "name" },
    summary: "Removes a blackout. What it has moved stays where it is.",
    params: blackoutParams,
    replies: [{ status: 204, media: null, when: "removed" }],
    errors: ["blackout-unknown"],
  },
} as const satisfies Record<string, Route>;
