/** Pausing a plan and halting all of them: what it does to devices, told before, and how far it is. */
import { z } from "zod";
import { count, instant, yesOrNo } from "./values.ts";

export const withdrawal = z
  .object({
    toWithdraw: count.describe("jobs that have not been withdrawn yet"),
    mayInstall: count.describe(
      "devices that were not reached since, or did not answer: they may still install as their declaration or command says",
    ),
    told: count.describe("devices that have fetched a list without the declaration and have not confirmed it"),
    watched: count.describe("devices whose install had left or begun: it can't be recalled, and is watched to its end"),
    held: count.describe(
      "devices with nothing of the update left, as far as is known: they continue when the pause ends",
    ),
  })
  .meta({ id: "Withdrawal", description: "How far the withdrawal of a pause or a halt is, in devices." });
export type Withdrawal = z.output<typeof withdrawal>;

const byWay = z.object({ command: count, declaration: count });

export const pauseDryRun = z
  .object({
    devices: count.describe("all of the rows below except `installed`"),
    notGiven: count.describe("devices without a job yet: they get none"),
    waiting: byWay.describe("nothing of the update has reached the device: the command or declaration is withdrawn"),
    underWay: byWay.describe(
      "downloading, downloaded, or declared: the install is not ordered, or the declaration leaves the device's list",
    ),
    beyondRecall: byWay.describe("the install command was delivered or its moment has passed: watched to its end"),
    installed: count.describe("devices that are there: nothing happens"),
  })
  .meta({ id: "PauseDryRun", description: "What a pause or a halt would do; nothing has changed." });
export type PauseDryRun = z.output<typeof pauseDryRun>;

export const resumeDryRun = z
  .object({
    devices: count.describe(
      "devices that continue: with a job or still without one; those of them that are excluded continue after that",
    ),
    notGiven: count.describe("those without a job yet"),
    deadlinesMoved: count.describe("devices whose deadline moves, so that they get 24 hours' notice"),
  })
  .meta({ id: "ResumeDryRun", description: "What the end of a pause or a halt would do; nothing has changed." });
export type ResumeDryRun = z.output<typeof resumeDryRun>;

export const haltView = z
  .object({
    on: z.boolean(),
    setBy: z.string().nullable().describe("who halted all plans, or ended that last; null: there was no halt yet"),
    sinceAt: instant.nullable(),
    reason: z.string().nullable().describe("why all plans are, or were, halted"),
    devices: count.describe("devices with something to do in plans that are not paused and not stopped"),
    withdrawal: withdrawal.nullable().describe("null: there is no halt"),
  })
  .meta({ id: "Halt", description: "Whether all plans are halted." });
export type HaltView = z.output<typeof haltView>;

export const pauseRequest = z.strictObject({ reason: z.string().trim().min(1).max(500).describe("why") });
export const endHaltRequest = z.strictObject({
  devices: count.exactOptional().describe("the number that the dry run gave; it must be right"),
});
export const tryQuery = z.strictObject({
  dryRun: yesOrNo.describe("`true`: return what would happen; change nothing"),
});
