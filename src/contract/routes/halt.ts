/** The halt of all plans. */
import { z } from "zod";
import { endHaltRequest, haltView, pauseDryRun, pauseRequest, resumeDryRun, tryQuery } from "../halt.ts";
import { type Route } from "../route.ts";
import { JSON_MEDIA, KIB, ok } from "./parts.ts";

export const haltRoutes = {
  showHalt: {
    method: "GET",
    path: "/api/v1/halt",
    role: "viewer",
    summary: "Whether all plans are halted, and how far the withdrawal is.",
    replies: [ok(haltView, "always")],
    errors: [],
  },
  startHalt: {
    method: "POST",
    path: "/api/v1/halt/start",
    role: "operator",
    object: { kind: "halt" },
    summary:
      "Halts all plans, or returns what that would do. No order and no declaration of an update leaves until the halt ends; policies and other commands are not touched.",
    query: tryQuery,
    body: { media: JSON_MEDIA, schema: pauseRequest, maxBytes: 64 * KIB },
    replies: [ok(z.union([haltView, pauseDryRun]), "halted, now or before; with `dryRun=true`: what it would do")],
    errors: [],
  },
  endHalt: {
    method: "POST",
    path: "/api/v1/halt/end",
    role: "operator",
    object: { kind: "halt" },
    summary: "Ends the halt, or returns what that would do. The number of devices must be that of the dry run.",
    query: tryQuery,
    body: { media: JSON_MEDIA, schema: endHaltRequest, maxBytes: 64 * KIB },
    replies: [ok(z.union([haltView, resumeDryRun]), "ended, now or before; with `dryRun=true`: what it would do")],
    errors: ["halt-count-differs"],
  },
} as const satisfies Record<string, Route>;
