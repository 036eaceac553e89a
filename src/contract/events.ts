/** Events: what streams and webhooks tell of a change. */
import { z } from "zod";
import { COMPLIANCE_CLASSES, COMPLIANCE_FLAGS } from "./compliance.ts";
import { ENROLLMENTS } from "./devices.ts";
import { ROLLOUT_STATES, RUN_STATES } from "./rollouts.ts";
import { count, instant } from "./values.ts";

/** What each event says, by its name. */
export const EVENT_NAMES = {
  "device.enrolled": "a device has enrolled, or was adopted",
  "device.checked-out": "a device has left: its enrollment profile was removed",
  "device.removed": "an admin has removed a device",
  "device.quarantined": "a device waits for an admin to adopt it",
  "device.os-changed": "a device reports another OS version or build",
  "device.compliance-changed": "the compliance class of a device has changed",
  "device.overdue": "the deadline of a device has passed",
  "device.changed": "something else has changed that the list of devices shows",
  "job.created": "a plan has made a job for a device",
  "job.changed": "the state or the reason of a job has changed",
  "job.blocked": "a job cannot continue before something changes on the device",
  "job.paused": "a job rests: of a pause, a halt or an exclusion",
  "job.done": "the device was seen on the release",
  "job.fell-back": "the device came back on the version that it had",
  "job.downloaded": "the device has downloaded the release, and nothing more was wanted",
  "job.notified": "the user was told of the release, and nothing more was wanted",
  "job.stopped": "a job was stopped",
  "job.failed": "a job has failed",
  "job.refused": "the device refused what the job wants",
  "plan.created": "a plan was created",
  "plan.paused": "a plan was paused, by a person or by its failures",
  "plan.resumed": "a plan was resumed",
  "plan.stopped": "a plan was stopped",
  "plan.changed": "the name, the order or the content of a plan has changed",
  "rollout.began": "a release begins its way through a standing plan",
  "rollout.held": "a person holds a rollout: no further ring opens",
  "rollout.paused": "a rollout was paused, by a person or by its failures",
  "rollout.resumed": "a rollout was resumed",
  "rollout.aborted": "a rollout was aborted",
  "rollout.superseded": "a newer release has replaced that of a rollout",
  "rollout.asks": "a ring asks a person for a decision",
  "rollout.ring-opened": "a ring of a rollout has opened",
  "rollout.ring-passed": "a ring of a rollout has passed",
  "rollout.changed": "something else of a rollout has changed",
  "halt.began": "all plans are halted",
  "halt.ended": "the halt of all plans has ended",
  "catalog.changed": "Apple's list, the CVEs or a block have changed",
  "block.created": "a release was blocked",
  "block.ended": "a block has ended",
  "warning.began": "the status of the server has a warning that it had not before",
  "warning.ended": "a warning is no longer in the status of the server",
} as const;
export type EventName = keyof typeof EVENT_NAMES;
export const EVENTS = Object.keys(EVENT_NAMES) as [EventName, ...EventName[]];
const eventName = z.enum(EVENTS);

/** What a stream can be asked for. */
export const TOPICS = ["overview", "devices", "plans", "rollouts", "catalog", "halt"] as const;
export type Topic = (typeof TOPICS)[number];

const text = z.string().nullable();

const device = z
  .object({
    id: z.string(),
    udid: z.string(),
    serial: text,
    name: text,
    model: text,
    productName: text,
    platform: text,
    osVersion: text,
    buildVersion: text,
    supplementalExtra: text.describe("letter of a Background Security Improvement: `(a)`"),
    enrollment: z.enum(ENROLLMENTS),
    class: z.enum(COMPLIANCE_CLASSES),
    reason: z.string(),
    flags: z.array(z.enum(COMPLIANCE_FLAGS)).readonly(),
    planId: text.describe("the plan that governs it"),
    ring: z.int().min(1).nullable(),
    aim: text.describe("version of the newest release that its standing plan means for it"),
    deadlineAt: instant.nullable(),
    deadlineLocal: text,
    excludedUntilDate: z.iso.date().nullable(),
  })
  .partial()
  .required({ id: true })
  .meta({
    id: "EventDevice",
    description: "A device as it is after the change. What the server has not read is absent.",
  });

const job = z
  .object({
    id: z.string(),
    planId: z.string(),
    rolloutId: text,
    ring: z.int().min(1).nullable(),
    state: z.string(),
    reason: z.string(),
  })
  .partial()
  .required({ id: true, state: true })
  .meta({ id: "EventJob" });

const plan = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(["once", "standing"]),
    order: z.int().nullable().describe("its place among the standing plans, from 1"),
    state: z.enum(["active", "paused", "stopped"]),
    revision: z.int(),
    devices: count,
    pauseReason: text,
  })
  .partial()
  .required({ id: true })
  .meta({ id: "EventPlan" });

const rollout = z
  .object({
    id: z.string(),
    planId: z.string(),
    platform: z.string(),
    version: z.string().describe("`26.6.1`, or `26.3.1 (a)`"),
    state: z.enum(ROLLOUT_STATES),
    reason: z.string(),
    stateBy: z.string(),
  })
  .partial()
  .required({ id: true })
  .meta({ id: "EventRollout" });

const ring = z
  .object({
    ring: z.int().min(1).describe("its number in the plan, from 1"),
    urgent: z.boolean(),
    state: z.enum(RUN_STATES),
    asked: text.describe("why it asks a person; null: it does not"),
  })
  .partial()
  .required({ ring: true, urgent: true })
  .meta({ id: "EventRing" });

/** What an event has beside its names: the objects that it is about. */
export const eventData = z
  .object({
    device,
    job,
    plan,
    rollout,
    rings: z.array(ring).readonly().describe("those that have changed"),
    halt: z.object({ active: z.boolean(), sinceAt: instant, setBy: z.string(), reason: z.string() }),
    block: z
      .object({ id: z.string(), platform: z.string(), version: z.string(), active: z.boolean() })
      .partial()
      .required({ id: true }),
    warning: z.object({ reason: z.string(), sentence: z.string(), remedy: z.string(), devices: count.nullable() }),
  })
  .partial()
  .meta({ id: "EventData", description: "The objects that an event is about, as they are after it." });
export type EventData = z.output<typeof eventData>;

export const streamedChange = z
  .object({
    topic: z.enum(TOPICS),
    id: text.describe("id of the device, plan, rollout or block; null: the topic as a whole"),
    recordedAt: instant,
    changes: z
      .array(eventName)
      .readonly()
      .describe("what has changed; empty: only counts that belong to the object may differ"),
    data: eventData,
  })
  .meta({ id: "StreamedChange", description: "One change of one object; the event has the name of its topic." });
export type StreamedChange = z.output<typeof streamedChange>;

export const streamedMany = z
  .object({
    topics: z.array(z.enum(TOPICS)).readonly(),
    count: count.describe("changes that this event stands for"),
  })
  .meta({ id: "StreamedMany", description: "The event `many`: read again what you show of these topics." });

export const streamedReset = z.object({ reason: z.literal("not-kept") }).meta({
  id: "StreamedReset",
  description: "The event `reset`: changes since the `Last-Event-ID` are not kept. Read again all that you show.",
});

export const streamedReady = z
  .object({ topics: z.array(z.enum(TOPICS)).readonly() })
  .meta({ id: "StreamedReady", description: "The event `ready`, the first one: changes from now on follow." });

export const streamedBeat = z
  .strictObject({})
  .meta({ id: "StreamedBeat", description: "The event `beat`, every 15 seconds: the stream lives." });

export const streamed = z.union([streamedChange, streamedMany, streamedReset, streamedReady, streamedBeat]);
export type Streamed = z.output<typeof streamed>;

const TOPIC_LIST = TOPICS.join(",");
export const eventsQuery = z.strictObject({
  topics: z
    .string()
    .max(200)
    .transform((given, context): readonly Topic[] => {
      const asked = given.split(",").map((one) => one.trim());
      const unknown = asked.find((one) => !TOPICS.some((topic) => topic === one));
      if (unknown === undefined) return TOPICS.filter((topic) => asked.includes(topic));
      context.addIssue({ code: "custom", message: `expected some of ${TOPIC_LIST}` });
      return z.NEVER;
    })
    .default([...TOPICS])
    .describe(`some of \`${TOPIC_LIST}\`, separated by commas; default: all`),
  lastEventId: z
    .string()
    .regex(/^\d{1,15}$/, "expected the id of an event")
    .exactOptional()
    .describe("as the header `Last-Event-ID`, which counts before it"),
});
