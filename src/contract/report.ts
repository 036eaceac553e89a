/** The report of a day in the past, for an auditor. */
import { z } from "zod";
import { ENROLLMENTS } from "./devices.ts";
import { problem } from "./problem.ts";
import { count, instant } from "./values.ts";

const day = z.iso.date().describe("YYYY-MM-DD");

export const reportRow = z
  .object({
    id: z.string(),
    udid: z.string(),
    serial: z.string().nullable(),
    name: z.string().nullable(),
    model: z.string().nullable(),
    platform: z.string().nullable(),
    enrollment: z
      .enum(ENROLLMENTS)
      .describe("as it is now: a device that has left or was removed since is in the report"),
    removedAt: instant.nullable(),
    osVersion: z.string().describe("the newest version that the device had reported by then"),
    buildVersion: z.string().nullable(),
    extra: z.string().nullable().describe("of a Background Security Improvement, such as `(a)`"),
    versionSinceAt: instant.describe("when the device first reported it"),
    newest: z
      .object({
        version: z.string(),
        postedOn: day.describe("Apple's posting date"),
        reachedAt: instant
          .nullable()
          .describe("when the device was first seen on it or on a newer version; null: it was not by then"),
        days: count.describe("days from the posting date to `reachedAt`; without it, to the moment of the report"),
      })
      .nullable()
      .describe("the newest release of its major that Apple offered to it then; null: not known, or none"),
    newestOfAnyMajor: z.string().nullable(),
    deadlineAt: instant.nullable().describe("deadline of the newest job that had begun by then; null: none was set"),
    exclusion: z
      .object({ excludedBy: z.string(), reason: z.string(), until: day })
      .nullable()
      .describe(
        "who had excluded the device then, why, and until which day; null: nobody had, as far as is known. Only the last exclusion of a device is known",
      ),
    lastSeenAt: instant.nullable().describe("as it is now, not as it was then"),
  })
  .meta({ id: "ReportRow", description: "What was known of a device at the moment of the report." });
export type ReportRow = z.output<typeof reportRow>;

export const reportSummary = z
  .object({
    reportAt: instant,
    devices: count,
    catalogTakenAt: instant
      .nullable()
      .describe("when the newest list that is known of by then was taken; null: none was"),
    catalogDate: day.nullable().describe("of which day that list was; null: that is only kept of the newest two lists"),
  })
  .meta({ id: "ReportSummary" });
export type ReportSummary = z.output<typeof reportSummary>;

export const reportLine = z
  .union([
    z.object({ device: reportRow }),
    z.object({ summary: reportSummary }).describe("the last line of a reply that is complete"),
    z.object({ problem }),
  ])
  .meta({
    id: "ReportLine",
    description:
      "One line of the reply: a device, then the summary. A reply that ends without the summary is not complete; when the server could not continue, its last line is the problem.",
  });
export type ReportLine = z.output<typeof reportLine>;

export const reportQuery = z.strictObject({
  at: z.iso
    .datetime({ offset: true, error: "expected an instant of RFC 3339, such as 2026-08-21T00:00:00Z" })
    .exactOptional()
    .describe("the moment of the report, such as `2026-08-21T00:00:00Z`; absent: now"),
});
