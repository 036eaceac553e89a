/** A job as the API shows it: one device's way to its release. */
import { z } from "zod";
import { instant } from "./values.ts";

/** States of a job; the last six are finished. */
export const JOB_STATES = [
  "asking",
  "awaiting",
  "declaring",
  "declared",
  "scanning",
  "downloading",
  "ready",
  "installing",
  "blocked",
  "stopping",
  "pausing",
  "paused",
  "done",
  "fell-back",
  "downloaded",
  "notified",
  "stopped",
  "failed",
  "refused",
] as const;

export const verdict = z
  .object({
    reason: z.string().describe("the reason, fixed text for machines"),
    params: z.record(z.string(), z.union([z.string(), z.number()])).describe("the values in the sentence"),
    sentence: z.string().describe("state, cause, what happens next and when"),
    remedy: z.string().exactOptional().describe("an action that an admin can take; absent: none"),
  })
  .meta({ id: "Verdict", description: "The one sentence an admin reads about a device." });
export type Verdict = z.output<typeof verdict>;

export const jobView = z
  .object({
    id: z.string().describe("of a device that the plan refused, which has no job: the plan's id and the device's"),
    planId: z.string(),
    state: z
      .string()
      .describe(
        "asking, scanning, downloading, ready, installing, blocked, stopping, pausing, paused; by declaration also awaiting, declaring, declared; finished: done, fell-back, downloaded, notified, stopped, failed, refused",
      ),
    reason: z.string().describe("code of the cause of the present state"),
    verdict,
    mechanism: z
      .enum(["command", "declaration"])
      .nullable()
      .describe("how the device gets the update; null: the job ended before it began"),
    enforceAtLocal: z
      .string()
      .nullable()
      .describe(
        "when its declaration makes it install, `2026-12-04T19:00:00` on the device's own clock; null without one",
      ),
    release: z.string().nullable().describe("the release that it installs, or `other-updates`"),
    progress: z.number().nullable().describe("download progress, 0 to 1"),
    sinceAt: instant.describe("when the present state and reason began, milliseconds UTC"),
    next: z
      .object({ action: z.string(), dueAt: instant })
      .nullable()
      .describe("what happens next and when; null exactly when the job is finished"),
    finishedAt: instant.nullable(),
  })
  .meta({ id: "Job", description: "One device's way to its release." });
export type JobView = z.output<typeof jobView>;
