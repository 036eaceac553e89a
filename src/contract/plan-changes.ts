/** A plan that is saved as a dry run has shown it, and the devices of which the decision has changed since. */
import { z } from "zod";
import { count, instant } from "./values.ts";

export const plannedDevice = {
  id: z.string(),
  name: z.string().nullable(),
  serial: z.string().nullable(),
  platform: z.string().nullable(),
  osVersion: z.string().nullable(),
};

export const DECISION_KINDS = ["job", "compliant", "refused"] as const;

const asOfFields = {
  decidedAt: instant.describe("by which clock"),
  catalogAt: instant.nullable().describe("when Apple's list was last fetched or imported; null: there was none"),
  planRevisions: count.describe("grows with every change of a plan"),
};
export const asOf = z.object(asOfFields).meta({ id: "AsOf", description: "As of what a dry run has decided." });
export type AsOf = z.output<typeof asOf>;

/** What a request to save sends back. */
export const asOfRequest = z
  .strictObject({
    decidedAt: asOfFields.decidedAt,
    catalogAt: asOfFields.catalogAt.exactOptional(),
    planRevisions: asOfFields.planRevisions.exactOptional(),
  })
  .meta({ id: "AsOfRequest", description: "`asOf` of a dry run, unchanged; `at` alone will do." });
export type AsOfRequest = z.output<typeof asOfRequest>;

/** What a request to save a change as it was shown names. */
export const asShown = {
  hash: z
    .string()
    .min(1)
    .max(100)
    .exactOptional()
    .describe(
      "`hash` of a dry run of the same request, with its `asOf`: what it showed is saved. Devices whose decision has changed since are listed, and a once plan leaves them out; where they are too many, nothing is saved (412). Without it, the decisions are those of now",
    ),
  asOf: asOfRequest.exactOptional(),
};

/** By what a dry run is saved as it was shown. */
export const savable = {
  hash: z
    .string()
    .describe("over all decisions; the same decisions have the same. Give it and `asOf` to save the plan as shown"),
  asOf: asOf,
  savableUntilAt: instant.describe("until when `hash` and `asOf` can be given"),
};

const decisionFields = {
  kind: z.enum(DECISION_KINDS),
  release: z.string().nullable(),
  mechanism: z.enum(["command", "declaration"]).nullable().describe("how a device to update is told"),
  deadlineLocal: z.string().nullable().describe("`YYYY-MM-DDTHH:MM`, on the device's clock"),
  momentLocal: z.string().nullable().describe("from when on a declaration makes the device install, on its clock"),
  reason: z.string().nullable(),
  ring: z
    .string()
    .nullable()
    .exactOptional()
    .describe("of a standing plan: name of the ring that takes the device; null: it has no name"),
};
export const shownDecision = z
  .object(decisionFields)
  .meta({ id: "ShownDecision", description: "A decision for one device, in short." });
export type ShownDecision = z.output<typeof shownDecision>;

export const underPlan = z
  .object({
    plan: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .describe("the plan that governs it; null: none does"),
    ring: z.string().nullable().describe("name of its ring; null: it is in none"),
    release: z.string().nullable().describe("the newest release that the plan means for it, open to it or not"),
    job: z.string().nullable().describe("the release that its job is to; null: it has no job"),
    deadlineLocal: z.string().nullable().describe("`YYYY-MM-DDTHH:MM`, on the device's clock"),
  })
  .meta({ id: "UnderPlan", description: "What the plans mean for a device." });
export type UnderPlanView = z.output<typeof underPlan>;

/** Of a change of standing plans, what the plans mean for the device after it. */
const shownOne = z.union([shownDecision, underPlan]).nullable();

export const changedDecision = z
  .object({
    device: z.object(plannedDevice),
    reason: z.literal("changed-since-dry-run"),
    shown: shownOne.describe("what the dry run showed; null: it did not have the device"),
    now: shownOne.describe("what is decided now; null: the plan no longer means the device"),
    sentence: z.string(),
    remedy: z.string(),
  })
  .meta({ id: "ChangedDecision", description: "A device whose decision is not the one that the dry run showed." });
export type ChangedDecision = z.output<typeof changedDecision>;

export const changedDecisions = z
  .object({
    count: count.describe("devices whose decision has changed"),
    allowed: count.describe(
      "so many may change before nothing is saved: 1 % of the devices of the dry run, or 50 if that is more",
    ),
    devices: z.array(changedDecision).readonly().describe("the first of them, 1,000 at most"),
  })
  .meta({
    id: "ChangedDecisions",
    description:
      "Devices whose decision was not shown: a once plan leaves them out, a standing plan takes them when they are resolved next.",
  });
export type ChangedDecisions = z.output<typeof changedDecisions>;
