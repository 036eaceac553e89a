/** The raw command API: a complete command property list, sent as it is. */
import { z } from "zod";
import { wholeNumber } from "./values.ts";

const uuid = { commandUuid: z.string() };
const about = {
  requestType: z.string(),
  createdBy: z.string().nullable().describe("who sent it, such as `token:NAME`; null: the server itself"),
};

const pending = {
  ...uuid,
  kind: z.literal("pending"),
  state: z.enum(["queued", "offered"]),
  resent: z
    .boolean()
    .describe(
      "true: delivered again until the device answers; false: delivered only once, and if its answer is lost it ends as `answer-lost`",
    ),
};
const closed = {
  ...uuid,
  kind: z.literal("closed"),
  reason: z.string().describe("why no answer will come"),
};
const answered = {
  ...uuid,
  kind: z.literal("answered"),
  status: z.string().describe("the device's Status: Acknowledged, Error, CommandFormatError"),
  answer: z.string().describe("the device's own answer, an XML property list"),
};

/** 202 of the raw command API. */
export const commandPending = z.object(pending).meta({ id: "CommandPending" });
export type CommandPending = z.output<typeof commandPending>;

/** A command and its outcome, as JSON. */
export const commandView = z
  .discriminatedUnion("kind", [
    z.object({ ...answered, ...about }),
    z.object({ ...pending, ...about }),
    z.object({ ...closed, ...about }),
  ])
  .meta({ id: "Command", description: "A command and its outcome." });
export type CommandView = z.output<typeof commandView>;

export const commandParams = z.object({
  ref: z.string().min(1).describe("id, UDID, EnrollmentID, serial or unique name"),
  uuid: z.string().min(1).describe("the CommandUUID"),
});

/** How long the raw command API waits for the device's answer, in seconds. */
export const WAIT = { fallback: 30, most: 300 } as const;

export const rawQuery = z.strictObject({
  allow: z
    .string()
    .max(100)
    .exactOptional()
    .describe(
      "the RequestType once more, for commands that erase, lock or switch off the device or touch its enrollment",
    ),
  device: z.string().min(1).describe("id, UDID, EnrollmentID, serial or unique name"),
  wait: wholeNumber(0, WAIT.most, WAIT.fallback).describe(
    `seconds to wait for the device's answer, 0 to ${WAIT.most}; default ${WAIT.fallback}`,
  ),
});
