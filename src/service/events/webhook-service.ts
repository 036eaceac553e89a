/** Webhooks as an admin adds, edits, tries and removes them, and the outcome of their deliveries. */
import type { DeliveryView, NewWebhook, WebhookEdit, WebhookRequest, WebhookView } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { makeChallenge } from "../../identity/index.ts";
import type { WebhookDeliveryRow, WebhookRow } from "../../store/index.ts";
import type { Page } from "../../contract/index.ts";
import type { Actor } from "../actor.ts";
import { cursorOf, keyIn } from "../cursor.ts";
import { isoTime } from "../iso-time.ts";
import type { Ports, WebhookPort } from "../ports.ts";
import { addTest, retryDelivery } from "./delivery.ts";
import { createWebhook, editWebhook, MOST_WEBHOOKS, removeWebhook, rotateSecret } from "./webhook.ts";
import { secretContext, SECRETS_OVERLAP } from "./webhook-post.ts";
import type { Webhooks } from "./webhook-work.ts";

export interface WebhookAdmin {
  webhooks(query: { readonly after?: string; readonly limit: number }): Promise<Page<WebhookView>>;
  /** Throws `webhook-unknown`, as all that names one by its id (or the end of it) or its name. */
  webhook(ref: string): Promise<WebhookView>;
  /** Throws `webhook-invalid`, `webhook-exists`, `webhooks-too-many`. */
  create(actor: Actor, request: WebhookRequest): Promise<NewWebhook>;
  /** Throws `webhook-invalid`, `webhook-exists`, `revision-stale`. */
  edit(actor: Actor, ref: string, edit: WebhookEdit): Promise<WebhookView>;
  remove(actor: Actor, ref: string): Promise<void>;
  rotate(actor: Actor, ref: string): Promise<NewWebhook>;
  /** Resolves with the outcome, within some 10 s. */
  test(actor: Actor, ref: string): Promise<DeliveryView>;
  deliveries(
    ref: string,
    query: { readonly state?: DeliveryView["state"]; readonly after?: string; readonly limit: number },
  ): Promise<Page<DeliveryView>>;
  /** Throws `delivery-unknown`, `webhook-disabled`. */
  retry(actor: Actor, ref: string, deliveryId: string): Promise<DeliveryView>;
}

export function createWebhookAdmin(ports: Ports, port: WebhookPort, work: Webhooks): WebhookAdmin {
  const { admin, devices } = ports;

  async function found(ref: string): Promise<WebhookRow> {
    const all = await admin.webhooks();
    const exact = all.find(({ id, name }) => id === ref || name === ref);
    const [row, another] = exact === undefined ? all.filter(({ id }) => id.endsWith(ref)) : [exact];
    if (row !== undefined && another === undefined) return row;
    throw unknown(ref);
  }

  const unknown = (ref: string): UptickError =>
    new UptickError("webhook-unknown", `There is no webhook ${ref} that only one id ends with.`);
  const exists = (name: string | undefined): UptickError =>
    new UptickError("webhook-exists", `A webhook called "${name ?? ""}" exists already.`);

  function check(url: string | undefined): void {
    const refusal = url === undefined ? undefined : port.refusal(url);
    if (refusal !== undefined) throw new UptickError("webhook-invalid", `Nothing can be sent to this URL: ${refusal}.`);
  }

  async function viewOf(row: WebhookRow): Promise<WebhookView> {
    const time = (at: number | null): string | null => (at === null ? null : isoTime(at));
    return {
      id: row.id,
      name: row.name,
      url: row.url,
      events: row.events,
      revision: row.revision,
      state: row.state,
      disabledReason: row.disabledReason,
      disabledAt: time(row.disabledAt),
      disabledBy: row.disabledBy,
      failingSinceAt: time(row.failingSince),
      deliveredAt: time(row.deliveredAt),
      waiting: await admin.deliveriesWaiting(row.id),
      createdAt: isoTime(row.createdAt),
      createdBy: row.createdBy,
    };
  }

  /** Shown once; what is stored can be opened with the data key only. */
  function newSecret(id: string): { readonly secret: string; readonly sealed: Uint8Array } {
    const secret = `whsec_${makeChallenge(ports.random(32))}`;
    return { secret, sealed: ports.sealer.seal(Buffer.from(secret, "utf8"), secretContext(id)) };
  }

  return {
    async webhooks({ after, limit }) {
      const from = keyIn("webhooks", after);
      const all = (await admin.webhooks()).filter(({ name }) => from === undefined || name > from);
      const page = all.slice(0, limit);
      const next = all.length > limit ? page.at(-1)?.name : undefined;
      return { rows: await Promise.all(page.map(viewOf)), next: cursorOf("webhooks", next) };
    },
    webhook: async (ref) => viewOf(await found(ref)),
    async create(actor, { name, url, events }) {
      check(url);
      const id = ports.newId();
      const { secret, sealed } = newSecret(id);
      const cursor = (await admin.eventBounds())?.last ?? 0;
      const row = { id, name, url, events: [...new Set(events)], createdBy: actor.name, cursor };
      const result = await actor.run(createWebhook, { row, sealed, now: ports.realNow() });
      if (result.kind === "exists") throw exists(name);
      if (result.kind === "too-many")
        throw new UptickError("webhooks-too-many", `There are ${MOST_WEBHOOKS} webhooks already.`);
      await work.refresh();
      return { ...(await viewOf(result.webhook)), secret, previousSecretEndsAt: null };
    },
    async edit(actor, ref, { revision, enabled, name, url, events }) {
      check(url);
      const { id } = await found(ref);
      const set = {
        ...(name === undefined ? {} : { name }),
        ...(url === undefined ? {} : { url }),
        ...(events === undefined ? {} : { events: [...new Set(events)] }),
      };
      const input = { id, revision, set, enabled, by: actor.name, now: ports.realNow() };
      const result = await actor.run(editWebhook, input);
      if (result.kind === "unknown") throw unknown(ref);
      if (result.kind === "exists") throw exists(name);
      const view = await viewOf(result.webhook);
      if (result.kind === "stale")
        throw new UptickError("revision-stale", `The webhook "${view.name}" has the revision ${view.revision}.`, {
          members: { present: { ...view } },
        });
      await work.refresh();
      return view;
    },
    async remove(actor, ref) {
      const { id } = await found(ref);
      if (!(await actor.run(removeWebhook, { id }))) throw unknown(ref);
      await work.refresh();
    },
    async rotate(actor, ref) {
      const row = await found(ref);
      const { secret, sealed } = newSecret(row.id);
      const now = ports.realNow();
      if (!(await actor.run(rotateSecret, { id: row.id, sealed, now }))) throw unknown(ref);
      return { ...(await viewOf(row)), secret, previousSecretEndsAt: isoTime(now + SECRETS_OVERLAP) };
    },
    async test(actor, ref) {
      const row = await found(ref);
      const input = { webhookId: row.id, id: ports.newId(), now: ports.realNow() };
      const delivery = await actor.run(addTest, input);
      if (delivery === null) throw unknown(ref);
      await work.post(row, delivery);
      const [done] = await devices.read({ from: "webhookDelivery", where: { id: delivery.id } });
      return deliveryView(done ?? delivery);
    },
    async deliveries(ref, { state, after, limit }) {
      const { id } = await found(ref);
      const list = `deliveries ${id}`;
      const from = keyIn(list, after);
      const { rows, next } = await admin.deliveries({
        webhookId: id,
        limit,
        ...(state === undefined ? {} : { state }),
        ...(from === undefined ? {} : { after: from }),
      });
      return { rows: rows.map(deliveryView), next: cursorOf(list, next) };
    },
    async retry(actor, ref, deliveryId) {
      const { id: webhookId, name } = await found(ref);
      const result = await actor.run(retryDelivery, { webhookId, deliveryId, now: ports.realNow() });
      switch (result.kind) {
        case "due":
          return deliveryView(result.delivery);
        case "disabled":
          throw new UptickError("webhook-disabled", `The webhook "${name}" is disabled.`);
        case "delivery-unknown":
          throw new UptickError("delivery-unknown", `The webhook "${name}" has no delivery ${deliveryId}.`);
        case "webhook-unknown":
          throw unknown(ref);
      }
    },
  };
}

function deliveryView(row: WebhookDeliveryRow): DeliveryView {
  const time = (at: number | null): string | null => (at === null ? null : isoTime(at));
  return {
    id: row.id,
    event: row.event as DeliveryView["event"],
    recordedAt: isoTime(row.at),
    state: row.state,
    attempts: row.attempts,
    attemptedAt: time(row.attemptedAt),
    status: row.status,
    error: row.error,
    nextAt: time(row.dueAt),
  };
}
