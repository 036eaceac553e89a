/** The stream of events, and webhooks. */
import { EVENTS_MEDIA } from "../../../contract/index.ts";
import { created, type Handlers, ok } from "./reply.ts";

type Names =
  | "followEvents"
  | "listWebhooks"
  | "createWebhook"
  | "showWebhook"
  | "editWebhook"
  | "deleteWebhook"
  | "rotateWebhookSecret"
  | "testWebhook"
  | "listDeliveries"
  | "retryDelivery";

export const eventHandlers: Handlers<Names> = {
  followEvents: async ({ events }, { query, lastEventId }) => {
    const after = lastEventId ?? query.lastEventId;
    const body = events.open(query.topics, after === undefined ? undefined : Number(after));
    return { status: 200, media: EVENTS_MEDIA, body };
  },

  listWebhooks: async ({ webhooks }, { query }) => ok(await webhooks.webhooks(query)),

  createWebhook: async ({ webhooks }, { body }, actor) => {
    const made = await webhooks.create(actor, body);
    return created(made, `/api/v1/webhooks/${made.id}`);
  },

  showWebhook: async ({ webhooks }, { params }) => ok(await webhooks.webhook(params.id)),

  editWebhook: async ({ webhooks }, { params, body }, actor) => ok(await webhooks.edit(actor, params.id, body)),

  deleteWebhook: async ({ webhooks }, { params }, actor) => {
    await webhooks.remove(actor, params.id);
    return { status: 204, media: null, body: null };
  },

  rotateWebhookSecret: async ({ webhooks }, { params }, actor) => ok(await webhooks.rotate(actor, params.id)),

  testWebhook: async ({ webhooks }, { params }, actor) => ok(await webhooks.test(actor, params.id)),

  listDeliveries: async ({ webhooks }, { params, query }) => ok(await webhooks.deliveries(params.id, query)),

  retryDelivery: async ({ webhooks }, { params }, actor) => ok(await webhooks.retry(actor, params.id, params.delivery)),
};
