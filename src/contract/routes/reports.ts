/** Compliance, the report for auditors, and the audit. */
import { auditPage, auditQuery } from "../audit.ts";
import { complianceSummary } from "../compliance.ts";
import { reportLine, reportQuery } from "../report.ts";
import { LINES_MEDIA, type Route } from "../route.ts";
import { ok } from "./parts.ts";

export const reportsRoutes = {
  compliance: {
    method: "GET",
    path: "/api/v1/compliance",
    role: "viewer",
    summary: "How many enrolled devices are on target, and why the others are not.",
    replies: [ok(complianceSummary, "always")],
    errors: [],
  },
  report: {
    method: "GET",
    path: "/api/v1/report",
    role: "viewer",
    summary:
      "What each device ran at a moment in the past and what Apple offered to it then, removed devices included, by what is stored for `history-days`.",
    query: reportQuery,
    replies: [{ status: 200, media: LINES_MEDIA, schema: reportLine, when: "always; one JSON object per line" }],
    errors: ["report-date-unknown"],
  },
  listAudit: {
    method: "GET",
    path: "/api/v1/audit",
    // An auditor reads it, and must not be able to change anything.
    role: "viewer",
    summary: "Who changed what, and what was refused, newest first. Kept for `history-days`.",
    query: auditQuery,
    replies: [ok(auditPage, "a page")],
    errors: [],
  },
} as const satisfies Record<string, Route>;
