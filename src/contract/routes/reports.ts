/** Compliance, the report for auditors, and the audit. */
import { auditExportQuery, auditLine, auditPage, auditQuery } from "../audit.ts";
import { complianceSummary } from "../compliance.ts";
import { reportLine, reportQuery } from "../report.ts";
import { CSV_MEDIA, LINES_MEDIA, type Route } from "../route.ts";
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
      "What each device ran at a moment in the past and what Apple offered to it then, removed devices included, by what is stored for `audit-days`.",
    query: reportQuery,
    replies: [{ status: 200, media: LINES_MEDIA, schema: reportLine, when: "always; one JSON object per line" }],
    errors: ["report-date-unknown"],
  },
  listAudit: {
    method: "GET",
    path: "/api/v1/audit",
    // An auditor reads it, and must not be able to change anything.
    role: "viewer",
    summary: "Who changed what, from what to what, and what was refused, newest first. Kept for `audit-days`.",
    query: auditQuery,
    replies: [ok(auditPage, "a page")],
    errors: [],
  },
  exportAuditCsv: {
    method: "GET",
    path: "/api/v1/audit.csv",
    role: "viewer",
    summary:
      "The audit as CSV with a heading, newest first. A cell that a spreadsheet would take for a formula begins with an apostrophe.",
    query: auditExportQuery,
    replies: [{ status: 200, media: CSV_MEDIA, when: "always; a reply that ends before its last line was cut off" }],
    errors: [],
  },
  exportAudit: {
    method: "GET",
    path: "/api/v1/audit.ndjson",
    role: "viewer",
    summary: "The audit as one JSON object per line, newest first.",
    query: auditExportQuery,
    replies: [{ status: 200, media: LINES_MEDIA, schema: auditLine, when: "always; one JSON object per line" }],
    errors: [],
  },
} as const satisfies Record<string, Route>;
