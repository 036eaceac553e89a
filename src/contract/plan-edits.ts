/** Plans that are edited, put in another order or stopped, and what that changes for their devices. */
import { z } from "zod";
import { asShown, changedDecisions, plannedDevice, savable, underPlan } from "./plan-changes.ts";
import { planRequest, planView } from "./plans.ts";
import { count } from "./values.ts";

const fields = planRequest.shape;

/** A field that an edit may also take away. */
const orNone = <T extends z.ZodType>(field: z.ZodExactOptional<T>) =>
  field
    .unwrap()
    .nullable()
    .exactOptional()
    .describe(`${field.description ?? ""}; null: as in a request without it`);

export const planEdit = z
  .strictObject({
    revision: z.int().min(1).describe("`revision` of the plan as you know it. Another one is refused with 412"),
    name: fields.name,
    to: fields.to.exactOptional(),
    include: fields.include,
    exclude: orNone(fields.exclude),
    order: fields.order,
    deadline: fields.deadline,
    noticeHours: fields.noticeHours,
    skipWeekdays: fields.skipWeekdays,
    spreadHours: fields.spreadHours,
    rings: fields.rings,
    maxFailurePercent: fields.maxFailurePercent,
    urgentDays: orNone(fields.urgentDays),
    window: orNone(fields.window),
    zone: orNone(fields.zone),
    detailsUrl: orNone(fields.detailsUrl),
    action: fields.action.exactOptional(),
    allowMajor: fields.allowMajor,
    newMajorAfterDays: orNone(fields.newMajorAfterDays),
    allowUnlisted: fields.allowUnlisted,
    allowDataLoss: fields.allowDataLoss,
    ...asShown,
  })
  .meta({
    id: "PlanEdit",
    description:
      "Fields of the request of a standing plan that change; the others stay. Of a once plan only `name` can change.",
  });
export type PlanEdit = z.output<typeof planEdit>;

export const planOrder = z
  .strictObject({
    plans: z
      .array(z.string().min(1).max(100))
      .max(1000)
      .readonly()
      .describe("the ids of all standing plans that are not stopped, each once, in their new order"),
    ...asShown,
  })
  .meta({ id: "PlanOrder", description: "The first plan of the order that matches a device governs it." });
export type PlanOrder = z.output<typeof planOrder>;

const changed = changedDecisions.exactOptional().describe("where the request has a `hash`");

export const planOrdered = z
  .object({ plans: z.array(z.object({ id: z.string(), name: z.string(), order: z.int() })).readonly(), changed })
  .meta({ id: "PlanOrdered", description: "The standing plans in their order." });
export type PlanOrdered = z.output<typeof planOrdered>;

export const majorRequest = z.strictObject({
  platform: z.enum(["iOS", "macOS", "tvOS", "visionOS"]),
  major: z.int().min(1).max(1000).describe("the major version, such as 27"),
});
export type MajorRequest = z.output<typeof majorRequest>;

export const tryAgainRequest = z.strictObject({
  devices: fields.devices
    .unwrap()
    .exactOptional()
    .describe("ids, UDIDs, serials or unique names; default: all that failed"),
});
export type TryAgainRequest = z.output<typeof tryAgainRequest>;

export const tryAgain = z
  .object({ dryRun: z.boolean(), devices: count.describe("devices whose failed job is tried again") })
  .meta({ id: "TryAgain", description: "Failed jobs that are tried again before their week is over." });
export type TryAgain = z.output<typeof tryAgain>;

export const planEdited = planView
  .extend({ changed })
  .meta({ id: "PlanEdited", description: "A plan as it is after an edit." });
export type PlanEdited = z.output<typeof planEdited>;

const shortPlan = z.object({ id: z.string(), name: z.string() });

export const GOVERNING_CHANGES = ["plan", "ring", "release", "job", "deadline"] as const;
export type GoverningChange = (typeof GOVERNING_CHANGES)[number];

export const governingTrial = z
  .object({
    request: planRequest
      .nullable()
      .exactOptional()
      .describe("of an edit: `request` of the plan as it would be after it"),
    hash: savable.hash
      .exactOptional()
      .describe("of an edit and an order; give it and `asOf` to save the change as shown"),
    asOf: savable.asOf.exactOptional(),
    savableUntilAt: savable.savableUntilAt.exactOptional(),
    devices: count.describe("devices for which anything changes"),
    counts: z
      .object({
        plan: count.describe("devices that another plan governs, or none"),
        ring: count.describe("devices that stay with their plan and are in another of its rings"),
        release: count.describe("devices for which their plan means another release"),
        job: count.describe("devices that get a job, lose it, or have it replaced"),
        deadline: count.describe("devices whose deadline is another"),
        downloadsLost: count.describe("devices that lose a download, or may lose one"),
      })
      .describe("a device counts in each that holds for it"),
    plans: z
      .array(z.object({ plan: shortPlan.nullable(), joins: count, leaves: count }))
      .readonly()
      .describe("the plans that devices join or leave; `plan` null: devices that no plan governs"),
    rows: z
      .array(
        z.object({
          device: z.object(plannedDevice),
          changes: z.array(z.enum(GOVERNING_CHANGES)).readonly(),
          before: underPlan,
          after: underPlan,
          sentence: z.string(),
        }),
      )
      .readonly()
      .describe("the first 1,000 of these devices"),
  })
  .meta({ id: "GoverningTrial", description: "What would change for devices; nothing has changed." });
export type GoverningTrial = z.output<typeof governingTrial>;
