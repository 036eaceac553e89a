/** Webhooks and the stream of events of the fake service: given data. */
import type { DeliveryView, Streamed, WebhookView } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { EventStreams, WebhookAdmin } from "../../service/index.ts";

export const WEBHOOK: WebhookView = {
  id: "0198e000-0000-7000-8000-0000000000e1",
  name: "chat",
  url: "https://chat.example/hooks/7",
  events: ["rollout.*", "job.failed"],
  revision: 1,
  state: "active",
  disabledReason: null,
  disabledAt: null,
  disabledBy: null,
  failingSinceAt: null,
  deliveredAt: "2026-08-21T12:00:00.000Z",
  waiting: 0,
  createdAt: "2026-08-20T12:00:00.000Z",
  createdBy: "token:first",
};
const SECRET = { secret: "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", previousSecretEndsAt: null };

const DELIVERY: DeliveryView = {
  id: "0198e000-0000-7000-8000-0000000000d1",
  event: "rollout.paused",
  recordedAt: "2026-08-21T12:00:00.000Z",
  state: "delivered",
  attempts: 1,
  attemptedAt: "2026-08-21T12:00:01.000Z",
  status: 204,
  error: null,
  nextAt: null,
};

const named = (ref: string): WebhookView => {
  if (ref === WEBHOOK.id || ref === WEBHOOK.name) return WEBHOOK;
  throw new UptickError("webhook-unknown", `There is no webhook ${ref}.`);
};

export const fakeWebhooks: WebhookAdmin = {
  webhooks: async () => ({ rows: [WEBHOOK], next: null }),
  webhook: async (ref) => named(ref),
  create: async (_actor, request) => ({ ...WEBHOOK, ...request, ...SECRET }),
  edit: async (_actor, ref, { name, url, events }) => ({
    ...named(ref),
    ...(name && { name }),
    ...(url && { url }),
    ...(events && { events }),
    revision: 2,
  }),
  remove: async (_actor, ref) => void named(ref),
  rotate: async (_actor, ref) => ({ ...named(ref), ...SECRET, previousSecretEndsAt: "2026-08-22T12:00:00.000Z" }),
  test: async (_actor, ref) => {
    named(ref);
    return { ...DELIVERY, event: "webhook.test" };
  },
  deliveries: async (ref) => {
    named(ref);
    return { rows: [DELIVERY], next: null };
  },
  retry: async (_actor, ref) => {
    named(ref);
    return { ...DELIVERY, state: "waiting", nextAt: "2026-08-21T12:10:00.000Z" };
  },
};

const CHANGE: Streamed = {
  topic: "halt",
  id: null,
  recordedAt: "2026-08-21T12:00:00.000Z",
  changes: ["halt.ended"],
  data: { halt: { active: false, sinceAt: "2026-08-21T12:00:00.000Z", setBy: "token:first", reason: "over" } },
};

/** One event, and the stream ends. */
export const fakeEvents: EventStreams = {
  open: (topics) => ({
    follow(follower) {
      follower.tell([
        { id: "6", event: "ready", data: { topics } },
        { id: "7", event: "halt", data: CHANGE },
      ]);
      follower.end();
      return () => undefined;
    },
  }),
};
