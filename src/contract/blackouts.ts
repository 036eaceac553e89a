/** Blackouts: ranges of days on which devices are not restarted. */
import { z } from "zod";
import { count, instant, page, yesOrNo } from "./values.ts";

const name = z.string().min(1).max(200);

export const blackoutRequest = z
  .strictObject({
    name: name.describe("1 to 60 letters, digits, blanks, dots, _ or -; no other blackout has it, in any case"),
    from: z.iso.date().describe("the first day, on each device's clock"),
    to: z.iso.date().describe("the last day; with other blackouts at most 90 days in a row"),
    rule: z
      .string()
      .max(100_000)
      .exactOptional()
      .describe("whom it covers, such as `group = Shops`; default: every device"),
  })
  .meta({ id: "BlackoutRequest", description: "Days on which the devices that it covers are not restarted." });
export type BlackoutRequest = z.output<typeof blackoutRequest>;

const blackoutFields = {
  name: z.string().describe("found in any case"),
  from: z.iso.date(),
  to: z.iso.date(),
  rule: z.string().describe("in its canonical form"),
};

export const blackout = z
  .object({
    ...blackoutFields,
    createdAt: instant,
    createdBy: z.string().describe("who made it, such as `token:NAME`"),
    working: z.boolean().describe("jobs are being moved"),
  })
  .meta({ id: "Blackout", description: "A range of days on which devices are not restarted." });
export type Blackout = z.output<typeof blackout>;
export const blackoutPage = page(blackout);

export const blackoutTrial = z
  .object({
    ...blackoutFields,
    devices: count.describe("enrolled devices that it covers"),
    deadlines: count.describe("live jobs whose deadline moves to a later day"),
    moments: count.describe("live jobs whose install time moves; by declaration their devices fetch another one"),
    mayRestart: count.describe("devices that were told to install before now, and may restart in the blackout"),
  })
  .meta({ id: "BlackoutTrial", description: "What a blackout does when it is made." });
export type BlackoutTrial = z.output<typeof blackoutTrial>;

export const newBlackout = blackout
  .extend({ trial: blackoutTrial })
  .meta({ id: "NewBlackout", description: "The blackout, and what it does." });
export type NewBlackout = z.output<typeof newBlackout>;

export const createBlackoutQuery = z.strictObject({ dryRun: yesOrNo.describe("`true`: only say what it would do") });
export const blackoutParams = z.object({ name: name.describe("name of the blackout, in any case") });
