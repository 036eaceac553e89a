/** Blocks: releases that some devices are not given. */
import { z } from "zod";
import { count, instant, page, PLATFORM_WORDS, word, yesOrNo } from "./values.ts";

/** `asks`: its day has passed. It holds until a person ends it. */
export const BLOCK_STATES = ["active", "asks", "ended"] as const;

const reason = z.string().trim().min(1).max(500);

export const blockRequest = z
  .strictObject({
    version: z
      .string()
      .max(50)
      .describe("`26.6.1`, or `26.3.1 (a)` for a Background Security Improvement; also one that no list has yet"),
    platform: word(PLATFORM_WORDS, { mac: "macOS" })
      .exactOptional()
      .describe(`${PLATFORM_WORDS.join(", ")}; needed where the version belongs to several platforms, or to none yet`),
    rule: z
      .string()
      .max(100_000)
      .exactOptional()
      .describe("whom it covers, such as `model = J413AP and not tag = lab`; default: every device of the platform"),
    until: z.iso
      .date()
      .exactOptional()
      .describe("from this day (00:00 UTC) on it asks whether it must stay; it holds until it is ended"),
    reason: reason.describe("why, for whoever reads it later"),
  })
  .meta({ id: "BlockRequest", description: "Bans a release for some devices." });
export type BlockRequest = z.output<typeof blockRequest>;

export const block = z
  .object({
    id: z.string(),
    platform: z.string(),
    version: z.string().describe("`26.6.1`, or `26.3.1 (a)`"),
    rule: z.string(),
    state: z.enum(BLOCK_STATES),
    reason: z.string(),
    until: z.iso.date().nullable(),
    createdAt: instant,
    createdBy: z.string(),
    endedAt: instant.nullable(),
    endedBy: z.string().nullable(),
    endReason: z.string().nullable(),
    working: z.boolean().describe("jobs are being withdrawn"),
  })
  .meta({ id: "Block", description: "A ban on a release for some devices." });
export type Block = z.output<typeof block>;

export const blockPage = page(block);

export const blockTrial = z
  .object({
    platform: z.string(),
    version: z.string(),
    rule: z.string().describe("in its canonical form"),
    devices: count.describe("enrolled devices that it covers"),
    running: count.describe("those of them that run the release already; it does not change them"),
    firstRunning: z.array(z.string()).readonly().describe("serial numbers or ids of the first of these"),
    jobs: z
      .object({
        open: count.describe("to withdraw: no install order has left, and no declaration is on the device"),
        declared: count.describe("to withdraw: the device may have the declaration"),
        ordered: count.describe("an install order has left and cannot be recalled; it is watched to its end"),
      })
      .describe("live jobs to the release"),
  })
  .meta({ id: "BlockTrial", description: "What a block does when it is made." });
export type BlockTrial = z.output<typeof blockTrial>;

export const newBlock = block
  .extend({ trial: blockTrial })
  .meta({ id: "NewBlock", description: "The block, and what it does." });
export type NewBlock = z.output<typeof newBlock>;

export const createBlockQuery = z.strictObject({ dryRun: yesOrNo.describe("`true`: only say what it would do") });

export const blockParams = z.object({ id: z.string().min(1).max(100).describe("the id of a block, or its end") });

export const endBlockRequest = z
  .strictObject({ reason: reason.describe("why it ends") })
  .meta({ id: "EndBlockRequest" });
export type EndBlockRequest = z.output<typeof endBlockRequest>;
