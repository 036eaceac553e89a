/** The class of compliance of a device, and how many devices have each. */
import { z } from "zod";
import { count, instant } from "./values.ts";

/** Who needs something first. */
export const COMPLIANCE_CLASSES = ["waiting-person", "cannot", "unknown", "no-plan", "under-way", "on-target"] as const;
export const COMPLIANCE_FLAGS = ["overdue", "exposed", "silent", "newest", "major-ended", "below-floor"] as const;

const complianceClass = z
  .enum(COMPLIANCE_CLASSES)
  .describe(
    "`on-target`: it has everything that is open to it; `under-way`: its update is under way or waits for its time; `waiting-person`: its job waits for something that only a person can change; `cannot`: a rule or its hardware forbids the update, or its job failed; `no-plan`: no plan governs it, or, with the reason `excluded`, an admin has excluded it until a date; `unknown`: the version it runs, or the newest release for it, is not known",
  );
const complianceFlag = z
  .enum(COMPLIANCE_FLAGS)
  .describe(
    "`overdue`: its deadline has passed, and it is not excluded; `silent`: not heard for as many days as the setting `silent-days` says, 7 if it is not set; `exposed`: it runs a version below a release of its major that fixes an exploited CVE; `newest`: Apple offers nothing newer in its major to its model; `major-ended`: Apple fixes its major only on other models; `below-floor`: its plan brings it to a release below the floor of its target, the best that Apple offers it",
  );

export const deviceCompliance = z
  .object({
    class: complianceClass,
    reason: z.string().describe("code of the cause: that of its job or of a refusal, where one is the cause"),
    sentence: z.string(),
    flags: z.array(complianceFlag).readonly(),
    planId: z.string().nullable().describe("the plan that governs it; null: none does"),
    target: z.string().nullable().describe("the version that this plan wants; null: none, or not known"),
    newest: z
      .string()
      .nullable()
      .describe("the newest release of its major that Apple offers to its model; null: none, or not known"),
    deadlineAt: instant.nullable(),
  })
  .meta({ id: "DeviceCompliance", description: "Where a device stands, whatever plan it has." });
export type DeviceCompliance = z.output<typeof deviceCompliance>;

const counts = {
  classes: z.record(complianceClass, count).describe("enrolled devices by class; they sum to all of them"),
  flags: z.record(complianceFlag, count).describe("enrolled devices by flag; a device may have several or none"),
};
export const complianceCounts = z.object(counts).meta({ id: "ComplianceCounts" });
export type ComplianceCounts = z.output<typeof complianceCounts>;

export const complianceSummary = z
  .object({
    devices: count.describe("enrolled devices"),
    ...counts,
    reasons: z
      .array(
        z.object({
          class: complianceClass,
          reason: z.string(),
          sentence: z.string().describe("the cause, without what is different from device to device"),
          remedy: z.string().nullable(),
          devices: count.describe("`GET /api/v1/devices?class=…&reason=…` lists them"),
        }),
      )
      .readonly()
      .describe("most devices first within a class, and the classes in the order of `classes`"),
  })
  .meta({ id: "ComplianceSummary", description: "How many enrolled devices are where, and why." });
export type ComplianceSummary = z.output<typeof complianceSummary>;
