/** Deliveries as rows: made from events, tried, tried again, given up. Times are real time. */
import {
  transaction,
  type Json,
  type Lookup,
  type WebhookDeliveryRow,
  type WebhookRow,
  type Write,
} from "../../store/index.ts";
import { nthId } from "../enrollment/ids.ts";
import { isoTime } from "../iso-time.ts";
import { LONG_FAILURE, nextAttempt } from "./subscribed.ts";
import { sentAtOnce } from "./webhook.ts";

/** What is told of one event. */
export interface Wanted {
  readonly event: string;
  /** When the event came to be (ms UTC). */
  readonly at: number;
  readonly data: Json;
}

export interface MakeDeliveriesInput {
  readonly webhooks: readonly {
    readonly id: string;
    /** Number of the last event that was looked at for it before, and now. */
    readonly from: number;
    readonly to: number;
    readonly wanted: readonly Wanted[];
  }[];
  readonly firstId: string;
  readonly now: number;
}

/** The id is in the body, so that who has had it before knows it. */
export function deliveryRow(
  webhookId: string,
  id: string,
  { event, at, data }: Wanted,
  now: number,
): WebhookDeliveryRow {
  return {
    id,
    webhookId,
    event,
    at,
    body: JSON.stringify({ id, event, recordedAt: isoTime(at), data }),
    state: "waiting",
    attempts: 0,
    attemptedAt: null,
    status: null,
    error: null,
    createdAt: now,
    dueAt: now,
  };
}

/** Moves the cursors of webhooks with the deliveries of what they have passed: a crash loses none, and makes none twice. */
export const makeDeliveries = transaction({
  name: "makeDeliveries",
  reads: ({ webhooks }: MakeDeliveriesInput): Record<string, Lookup<"webhook">> =>
    Object.fromEntries(webhooks.map(({ id }) => [id, { from: "webhook", where: { id } }])),
  decide({ webhooks, firstId, now }: MakeDeliveriesInput, seen): { writes: Write[]; result: number } {
    let made = 0;
    const writes = webhooks.flatMap(({ id, from, to, wanted }): Write[] => {
      const [row] = (seen[id] ?? []) as readonly WebhookRow[];
      // Another process was faster, or an admin has disabled or removed it.
      if (row?.cursor !== from || row.state !== "active") return [];
      const rows = wanted.map((one) => deliveryRow(id, nthId(firstId, made++), one, now));
      const due = rows.length === 0 ? {} : { dueAt: Math.min(row.dueAt ?? now, now) };
      return [
        ...rows.map((delivery): Write => ({ insert: "webhookDelivery", row: delivery })),
        { patch: "webhook", where: { id }, set: { cursor: to, ...due } },
      ];
    });
    return { writes, result: made };
  },
});

export interface DeliveryDoneInput {
  readonly webhookId: string;
  readonly deliveryId: string;
  /** Null: there was no answer. */
  readonly status: number | null;
  /** Why it failed; null: it was taken. */
  readonly error: string | null;
  readonly now: number;
}

/** What only proves that an address can be reached says nothing of the webhook's health, and is sent once. */
export const TEST = "webhook.test";
const GONE = 410;
/** After a longer time (ms) without success all that waits is sent at the first one, whatever pause it is in. */
const OUTAGE = 10 * 60_000;

/** One attempt has ended. */
export const deliveryDone = transaction({
  name: "deliveryDone",
  reads: ({ webhookId, deliveryId }: DeliveryDoneInput) => ({
    webhook: { from: "webhook", where: { id: webhookId } },
    delivery: { from: "webhookDelivery", where: { id: deliveryId } },
  }),
  decide(input: DeliveryDoneInput, seen): { writes: Write[]; result: null } {
    const { deliveryId, status, error, now } = input;
    const [[delivery], [webhook]] = [seen.delivery, seen.webhook];
    if (delivery === undefined || webhook === undefined) return { writes: [], result: null };
    const attempts = delivery.attempts + 1;
    const again =
      error === null || mayEnd(input, delivery) ? undefined : nextAttempt(delivery.createdAt, attempts, now);
    const state = error === null ? "delivered" : again === undefined ? "given-up" : "waiting";
    const set = { state, attempts, attemptedAt: now, status, error, dueAt: again ?? null } as const;
    return {
      writes: [
        { patch: "webhookDelivery", where: { id: deliveryId }, set },
        ...(error === null ? works(webhook, now) : fails(webhook, delivery, state, input)),
      ],
      result: null,
    };
  },
});

const mayEnd = ({ status }: DeliveryDoneInput, { event }: WebhookDeliveryRow): boolean =>
  event === TEST || status === GONE;

function works({ id, failingSince }: WebhookRow, now: number): Write[] {
  const set = { failingSince: null, deliveredAt: now };
  const outage = failingSince !== null && now - failingSince > OUTAGE;
  return [{ patch: "webhook", where: { id }, set }, ...(outage ? [sentAtOnce(id, now)] : [])];
}

function fails(
  { id, state, failingSince }: WebhookRow,
  { event }: WebhookDeliveryRow,
  ended: WebhookDeliveryRow["state"],
  { status, now }: DeliveryDoneInput,
): Write[] {
  if (event === TEST || state === "disabled") return [];
  const since = failingSince ?? now;
  const gone = status === GONE;
  const off = gone || (ended === "given-up" && now - since >= LONG_FAILURE);
  const disabled = {
    state: "disabled",
    disabledAt: now,
    disabledBy: "system",
    disabledReason: gone ? "gone" : "failing",
    dueAt: null,
  } as const;
  return [{ patch: "webhook", where: { id }, set: { failingSince: since, ...(off ? disabled : {}) } }];
}

const DUE = ["id", "dueAt"] as const;

/** A turn at a webhook has ended: it is due again when the first of what waits is. */
export const webhookRests = transaction({
  name: "webhookRests",
  reads: ({ id }: { readonly id: string }) => ({
    webhook: { from: "webhook", where: { id } },
    waiting: { from: "webhookDelivery", where: { webhookId: id, state: "waiting" }, columns: DUE },
  }),
  decide({ id }: { readonly id: string }, seen): { writes: Write[]; result: null } {
    const due = seen.waiting.flatMap(({ dueAt }) => (dueAt === null ? [] : [dueAt]));
    const dueAt = seen.webhook[0]?.state !== "active" || due.length === 0 ? null : Math.min(...due);
    return { writes: [{ patch: "webhook", where: { id }, set: { dueAt, leaseUntil: 0 } }], result: null };
  },
});

export interface AddTestInput {
  readonly webhookId: string;
  readonly id: string;
  readonly now: number;
}

/** Whoever adds it sends it. */
export const addTest = transaction({
  name: "addWebhookTest",
  reads: ({ webhookId }: AddTestInput) => ({ webhook: { from: "webhook", where: { id: webhookId } } }),
  changes: ({ webhookId }) => ({ id: webhookId }),
  decide({ webhookId, id, now }: AddTestInput, seen): { writes: Write[]; result: WebhookDeliveryRow | null } {
    if (seen.webhook.length === 0) return { writes: [], result: null };
    const row = { ...deliveryRow(webhookId, id, { event: TEST, at: now, data: {} }, now), dueAt: null };
    return { writes: [{ insert: "webhookDelivery", row }], result: row };
  },
});

export interface RetryDeliveryInput {
  readonly webhookId: string;
  readonly deliveryId: string;
  readonly now: number;
}

export type Retried =
  | { readonly kind: "due"; readonly delivery: WebhookDeliveryRow }
  | { readonly kind: "webhook-unknown" | "delivery-unknown" | "disabled" };

export const retryDelivery = transaction({
  name: "retryDelivery",
  reads: ({ webhookId, deliveryId }: RetryDeliveryInput) => ({
    webhook: { from: "webhook", where: { id: webhookId } },
    delivery: { from: "webhookDelivery", where: { id: deliveryId, webhookId } },
  }),
  changes: ({ webhookId, deliveryId }) => ({ id: webhookId, detail: deliveryId }),
  decide({ webhookId, deliveryId, now }: RetryDeliveryInput, seen): { writes: Write[]; result: Retried } {
    const [[webhook], [delivery]] = [seen.webhook, seen.delivery];
    if (webhook === undefined) return { writes: [], result: { kind: "webhook-unknown" } };
    if (delivery === undefined) return { writes: [], result: { kind: "delivery-unknown" } };
    if (webhook.state !== "active") return { writes: [], result: { kind: "disabled" } };
    const set = { state: "waiting", dueAt: now } as const;
    return {
      writes: [
        { patch: "webhookDelivery", where: { id: deliveryId }, set },
        { patch: "webhook", where: { id: webhookId }, set: { dueAt: now } },
      ],
      result: { kind: "due", delivery: { ...delivery, ...set } },
    };
  },
});
