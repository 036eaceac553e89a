/** Webhooks: addresses that the server tells of events. */
import { z } from "zod";
import { eventData, type EventName, EVENTS } from "./events.ts";
import { count, createdBy, cursor, instant, page, wholeNumber, word } from "./values.ts";

/** `webhook.test` is sent on request, `events.missed` where events were forgotten before they could be told. */
export const WEBHOOK_EVENTS = [...EVENTS, "webhook.test", "events.missed"] as const;

const GROUPS = [...new Set(EVENTS.map((name) => `${name.split(".")[0]}.*`))];
/** What a webhook can be told of: everything, all of a kind of object, or single events. */
export const WEBHOOK_TOPICS: readonly string[] = ["*", ...GROUPS, ...EVENTS];

export type WebhookTopic = "*" | `${string}.*` | EventName;

const name = z.string().trim().min(1).max(100).describe("unique among the webhooks");
const url = z
  .string()
  .max(2000)
  .describe("where the events are sent: https, or what the setting `webhook-allow` allows; it may hold a secret path");
const events = z
  .array(
    z.string().superRefine((given, context) => {
      if (WEBHOOK_TOPICS.includes(given)) return;
      context.addIssue({ code: "custom", message: `expected *, one of ${GROUPS.join(", ")}, or the name of an event` });
    }),
  )
  .min(1)
  .max(100)
  .readonly()
  .describe("`*`, a group such as `job.*`, or names of events such as `rollout.paused`");

export const webhookRequest = z.strictObject({ name, url, events }).meta({ id: "WebhookRequest" });
export type WebhookRequest = z.output<typeof webhookRequest>;

export const webhookEdit = z
  .strictObject({
    revision: z.int().min(1).describe("`revision` of the webhook as you know it. Another one is refused with 412"),
    name: name.exactOptional(),
    url: url.exactOptional(),
    events: events.exactOptional(),
    enabled: z
      .boolean()
      .exactOptional()
      .describe("`false`: nothing is sent to it. Enabled again, it is told what came since, as far as that is kept"),
  })
  .meta({ id: "WebhookEdit", description: "Fields of a webhook that change; the others stay." });
export type WebhookEdit = z.output<typeof webhookEdit>;

export const DISABLED_REASONS = ["gone", "failing", "by-admin"] as const;

const fields = {
  id: z.string(),
  name: z.string(),
  url: z.string(),
  events: z.array(z.string()).readonly(),
  revision: z.int(),
  state: z.enum(["active", "disabled"]),
  disabledReason: z
    .enum(DISABLED_REASONS)
    .nullable()
    .describe(
      "`gone`: it answered 410; `failing`: every attempt of three days failed; `by-admin`: an admin disabled it; null: it is active",
    ),
  disabledAt: instant.nullable(),
  disabledBy: createdBy.describe("who disabled it"),
  failingSinceAt: instant.nullable().describe("since when no attempt has succeeded; null: the last one has"),
  deliveredAt: instant.nullable().describe("when it last took an event"),
  waiting: count.describe("deliveries that will still be sent"),
  createdAt: instant,
  createdBy: z.string(),
};
export const webhook = z.object(fields).meta({ id: "Webhook", description: "An address that is told of events." });
export type WebhookView = z.output<typeof webhook>;

export const newWebhook = z
  .object({
    ...fields,
    secret: z.string().describe("its signatures are made with it; the server shows it only here"),
    previousSecretEndsAt: instant
      .nullable()
      .describe("until then each delivery is signed with the secret before as well; null: there is none"),
  })
  .meta({ id: "NewWebhook", description: "A webhook with its new secret." });
export type NewWebhook = z.output<typeof newWebhook>;

export const webhookPage = page(webhook);

export const DELIVERY_STATES = ["waiting", "delivered", "given-up"] as const;

export const delivery = z
  .object({
    id: z.string().describe("`id` in the body and `Uptick-Delivery` in the headers, the same with each attempt"),
    event: z.enum(WEBHOOK_EVENTS),
    recordedAt: instant.describe("when the event came to be"),
    state: z.enum(DELIVERY_STATES),
    attempts: count,
    attemptedAt: instant.nullable().describe("when the newest attempt ended"),
    status: z.int().nullable().describe("HTTP status of the newest attempt; null: there was no answer"),
    error: z.string().nullable().describe("why the newest attempt failed; null: it has not"),
    nextAt: instant.nullable().describe("when it is sent next; null: it is not"),
  })
  .meta({ id: "Delivery", description: "One event for one webhook." });
export type DeliveryView = z.output<typeof delivery>;
export const deliveryPage = page(delivery);

export const webhookParams = z.object({ id: z.string().min(1).max(100) });
export const deliveryParams = z.object({ ...webhookParams.shape, delivery: z.string().min(1).max(100) });
const limit = wholeNumber(1, 1000, 100).describe("rows of a page, 1 to 1000; default 100");
export const webhooksQuery = z.strictObject({ after: cursor, limit });
export const deliveriesQuery = z.strictObject({ state: word(DELIVERY_STATES).exactOptional(), after: cursor, limit });

/** What is sent. */
export const webhookBody = z
  .object({
    id: z.string().describe("of the delivery: an id that you have had already is the same event once more"),
    event: z.enum(WEBHOOK_EVENTS),
    recordedAt: instant,
    data: eventData.extend({
      missed: z
        .object({ since: instant.nullable(), until: instant })
        .exactOptional()
        .describe("of `events.missed` alone: events of this time were forgotten before they could be sent"),
    }),
  })
  .meta({ id: "WebhookBody", description: "The body of a delivery." });
export type WebhookBody = z.output<typeof webhookBody>;
