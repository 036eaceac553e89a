/** Whether the server runs, its warnings, refused requests and its clock. */
import { alive, ready } from "../health.ts";
import { clockView, refusalPage, refusalQuery, serverStatus } from "../server.ts";
import { type Route } from "../route.ts";
import { ok } from "./parts.ts";

export const serverRoutes = {
  health: {
    method: "GET",
    path: "/healthz",
    summary:
      "Whether the server runs and its database answers. The result may be a second old. A problem has `state` `failing` and its `reasons`.",
    open: true,
    replies: [ok(alive, "both do")],
    errors: ["store-unavailable", "database-damaged"],
  },
  ready: {
    method: "GET",
    path: "/readyz",
    summary:
      "Whether the server can serve devices: as `/healthz`, and the database accepts writes. The result may be a second old. A problem has `state` `not-ready` and its `reasons`.",
    open: true,
    replies: [ok(ready, "they can")],
    errors: ["store-unavailable", "database-damaged"],
  },
  status: {
    method: "GET",
    path: "/api/v1/status",
    role: "viewer",
    summary: "The server's version, counts and warnings, and what is missing before devices can enroll.",
    replies: [ok(serverStatus, "always")],
    errors: [],
  },
  listRefusals: {
    method: "GET",
    path: "/api/v1/refusals",
    role: "viewer",
    summary:
      "Refused requests of devices and failed TLS handshakes, newest first, with one row for each reason, certificate and claimed UDID. There are at most 1,000 rows; each is deleted 30 days after it was last counted.",
    query: refusalQuery,
    replies: [ok(refusalPage, "a page")],
    errors: [],
  },
  showClock: {
    method: "GET",
    path: "/api/v1/clock",
    role: "viewer",
    summary: "The time that the server uses, and whether it trusts the system clock.",
    replies: [ok(clockView, "always")],
    errors: [],
  },
  acceptClock: {
    method: "POST",
    path: "/api/v1/clock/accept",
    role: "admin",
    object: { kind: "clock" },
    summary:
      "Confirms that the system clock is right. Whatever has ended by then expires immediately. With several processes on one database, this changes only the process that answers.",
    replies: [ok(clockView, "believed, now or before")],
    errors: [],
  },
} as const satisfies Record<string, Route>;
