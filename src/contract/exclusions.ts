/** Exclusions: no plan has an effect on a device until a date. */
import { z } from "zod";
import { pauseDryRun } from "./halt.ts";
import { meant } from "./scopes.ts";
import { count, instant, yesOrNo } from "./values.ts";

const day = z.iso.date().describe("YYYY-MM-DD");

export const exclusionView = z
  .object({
    until: day.describe("YYYY-MM-DD: it ends when this day begins in the device's time zone"),
    endsAt: instant,
    reason: z.string(),
    excludedBy: z.string().describe("who excluded the device last, such as `token:NAME`"),
    sinceAt: instant.describe("since when it has been excluded without a break"),
  })
  .meta({ id: "Exclusion", description: "A device for which nothing of a plan leaves until a date." });
export type ExclusionView = z.output<typeof exclusionView>;

export const exclusionRequest = z
  .strictObject({
    ...meant,
    until: day.describe(
      "YYYY-MM-DD, at most 90 days ahead: the exclusion ends when this day begins in the device's time zone",
    ),
    reason: z.string().trim().min(1).max(500).describe("why"),
  })
  .meta({
    id: "ExclusionRequest",
    description: "Which devices (by one of `devices`, `rule` and `group`), until when, and why.",
  });
export type ExclusionRequest = z.output<typeof exclusionRequest>;

const { notGiven, waiting, underWay, beyondRecall, installed } = pauseDryRun.shape;

export const exclusionResult = z
  .object({
    dryRun: z.boolean(),
    devices: count.describe("devices that the request means: the sum of the rows below"),
    excludedBefore: count.describe("devices that are excluded already: the date, the reason and who are replaced"),
    ...{ notGiven, waiting, underWay, beyondRecall, installed },
    until: day,
    endsAt: instant.nullable().describe("when the last of these exclusions ends; null: the request means no device"),
    zoneUnknown: count.describe(
      "devices of unknown time zone: for them it ends when the day has begun in `default-zone`, or else in every time zone",
    ),
  })
  .meta({
    id: "ExclusionResult",
    description: "What an exclusion did to devices, or would do, by how far their updates were.",
  });
export type ExclusionResult = z.output<typeof exclusionResult>;

export const endExclusionRequest = z.strictObject(meant).meta({
  id: "EndExclusionRequest",
  description: "Which devices, by one of `devices`, `rule` and `group`.",
});
export type EndExclusionRequest = z.output<typeof endExclusionRequest>;

export const exclusionEnd = z
  .object({
    dryRun: z.boolean(),
    devices: count.describe("devices that the request means"),
    ended: count.describe("those of them that were excluded"),
    withJob: count.describe("those of these whose job continues, unless their plan is paused or all plans are halted"),
    deadlinesMoved: count.describe("devices whose deadline moves, so that they get 24 hours' notice"),
  })
  .meta({ id: "ExclusionEnd", description: "What the end of exclusions did, or would do." });
export type ExclusionEnd = z.output<typeof exclusionEnd>;

export const excludeQuery = z.strictObject({
  dryRun: yesOrNo.describe("`true`: return what would happen; change nothing"),
});
