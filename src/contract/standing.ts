/** What a request for a standing plan says beside what every plan says. */
import { z } from "zod";

const ruleText = z.string().min(1).max(100_000);
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

export const ringRequest = z
  .strictObject({
    name: z.string().min(1).max(100),
    who: z
      .union([ruleText, z.strictObject({ percent: z.number().min(0.01).max(100), of: ruleText.exactOptional() })])
      .describe(
        "a rule; a share of the devices of the plan, or of those that a rule matches; or `rest`, which only the last ring has",
      ),
    opens: z.int().min(0).max(365).describe("days after a release can first be picked until the ring may have it"),
    due: z.int().min(0).max(365).describe("days after that day by which the ring must have it"),
    approval: z
      .enum(["gate", "person"])
      .exactOptional()
      .describe("`person`: the next ring opens only when a person says so; default `gate`"),
  })
  .meta({ id: "Ring", description: "A part of a plan's devices. Rings receive a release one after another." });
export type RingRequest = z.output<typeof ringRequest>;

/** With `standing`; without it only those of them that the descriptions name. */
export const standingRequest = {
  standing: z
    .boolean()
    .exactOptional()
    .describe("the plan follows new releases for as long as it is not stopped; default false"),
  include: ruleText.exactOptional().describe("of a standing plan: the devices that it governs; default `all`"),
  exclude: ruleText.exactOptional().describe("of a standing plan: except those that this rule matches"),
  order: z
    .int()
    .min(0)
    .max(10_000)
    .exactOptional()
    .describe(
      "place among the standing plans, from 0: the first one that matches a device governs it; default: the last",
    ),
  noticeHours: z
    .int()
    .min(0)
    .max(336)
    .exactOptional()
    .describe("hours between the moment at which a device is told and the one from which it installs; default 24"),
  skipWeekdays: z
    .array(z.enum(WEEKDAYS))
    .max(6)
    .readonly()
    .exactOptional()
    .describe("days of the week on which no deadline lies; default: none"),
  spreadHours: z
    .int()
    .min(0)
    .max(8)
    .exactOptional()
    .describe("hours before the time of day over which deadlines are spread; default 0"),
  rings: z.array(ringRequest).max(20).readonly().exactOptional().describe("of a standing plan; default: one ring"),
  maxFailurePercent: z
    .int()
    .min(1)
    .max(100)
    .exactOptional()
    .describe(
      "share of devices that may fail; where more fail than chance explains, a standing plan's release or another plan is paused; default 5. Of a standing plan at most 20; 100: a plan is never paused by it",
    ),
  urgentDays: z
    .int()
    .min(1)
    .max(60)
    .exactOptional()
    .describe("of a standing plan: days for devices that a release protects from an exploited CVE; default: as all"),
};

/** What a standing plan shows beside what every plan shows. */
export const standingTermsView = z
  .object({
    include: z.string(),
    exclude: z.string().nullable(),
    noticeHours: z.int(),
    skipWeekdays: z.array(z.string()).readonly(),
    spreadHours: z.int(),
    rings: z.array(ringRequest).readonly(),
    maxFailurePercent: z.int(),
    urgentDays: z.int().nullable(),
    zone: z.string().nullable().describe("null: the plan names none"),
    detailsUrl: z.string().nullable(),
    allowMajor: z.boolean(),
    newMajorAfterDays: z.int().nullable().describe("null: the default"),
    allowUnlisted: z.boolean(),
    heldMajors: z
      .record(z.string(), z.array(z.int()).readonly())
      .describe("by platform, the major versions that a person holds back for this plan"),
    previousMajors: z
      .array(z.object({ platform: z.string(), label: z.string() }))
      .readonly()
      .describe("what `n-1` means now, for each platform that it is the target of"),
    majorsAhead: z
      .array(
        z.object({
          platform: z.string(),
          major: z.int().describe("the major version that starts to count"),
          startsOn: z.iso.date().describe("from this day on, in UTC"),
          from: z.int().describe("the major version that these devices run"),
          to: z.int().describe("the one that they go to"),
          devices: z.int(),
          sentence: z.string(),
        }),
      )
      .readonly()
      .describe("devices that go to another major version within 14 days"),
  })
  .meta({ id: "StandingTerms", description: "What a standing plan says beside `to`, `deadline` and `window`." });
export type StandingTermsView = z.output<typeof standingTermsView>;

/** What the fields of a standing plan's request are where it leaves them out: the server's own defaults. */
export const STANDING_LEFT_OUT = {
  include: "all",
  noticeHours: 24,
  skipWeekdays: [],
  spreadHours: 0,
  rings: [],
  maxFailurePercent: 5,
  allowMajor: false,
  allowUnlisted: false,
  allowDataLoss: false,
} as const;
