/** Webhooks as rows: made, edited, given a new secret, and removed. */
import { type Decision, type Pictured, transaction, type WebhookRow, type Write } from "../../store/index.ts";

/** Webhooks at a time: each event is held against all of them. */
export const MOST_WEBHOOKS = 50;

/** Whose secrets they are. */
export const ownerOf = (webhookId: string): string => `webhook:${webhookId}`;
/** Names of the secret in force and of the one before. */
export const SECRET = "WebhookSecret";
export const SECRET_BEFORE = "WebhookSecretBefore";

export interface CreateWebhookInput {
  readonly row: Pick<WebhookRow, "id" | "name" | "url" | "events" | "createdBy" | "cursor">;
  readonly sealed: Uint8Array;
  /** Real time. */
  readonly now: number;
}

export type CreatedWebhook =
  | { readonly kind: "created"; readonly webhook: WebhookRow }
  | { readonly kind: "exists" }
  | { readonly kind: "too-many" };

/** What the audit keeps of a webhook. */
const pictured = ({ name, url, events, state }: WebhookRow): Pictured => ({ name, url, events, state });

export const createWebhook = transaction({
  name: "createWebhook",
  reads: (_input: CreateWebhookInput) => ({ all: { from: "webhook", where: {} } }),
  changes: ({ row }) => ({ id: row.id, detail: row.name }),
  decide({ row, sealed, now }: CreateWebhookInput, seen): Decision<CreatedWebhook> {
    if (seen.all.some(({ name }) => name === row.name)) return { writes: [], result: { kind: "exists" } };
    if (seen.all.length >= MOST_WEBHOOKS) return { writes: [], result: { kind: "too-many" } };
    const webhook: WebhookRow = {
      ...row,
      revision: 1,
      state: "active",
      createdAt: now,
      failingSince: null,
      deliveredAt: null,
      disabledAt: null,
      disabledBy: null,
      disabledReason: null,
      dueAt: null,
      leaseUntil: 0,
    };
    const secret = { owner: ownerOf(row.id), name: SECRET, sealed, at: now };
    return {
      writes: [
        { insert: "webhook", row: webhook },
        { put: "secret", row: secret },
      ],
      change: { before: null, after: pictured(webhook) },
      result: { kind: "created", webhook },
    };
  },
});

export interface EditWebhookInput {
  readonly id: string;
  readonly revision: number;
  readonly set: Partial<Pick<WebhookRow, "name" | "url" | "events">>;
  /** Undefined: as it is. */
  readonly enabled: boolean | undefined;
  readonly by: string;
  readonly now: number;
}

export type EditedWebhook =
  | { readonly kind: "edited" | "stale"; readonly webhook: WebhookRow }
  | { readonly kind: "unknown" }
  | { readonly kind: "exists" };

export const editWebhook = transaction({
  name: "editWebhook",
  reads: (_input: EditWebhookInput) => ({ all: { from: "webhook", where: {} } }),
  changes: ({ id }) => ({ id }),
  decide(input: EditWebhookInput, seen): Decision<EditedWebhook> {
    const { id, revision, set, enabled, by, now } = input;
    const webhook = seen.all.find((one) => one.id === id);
    if (webhook === undefined) return { writes: [], result: { kind: "unknown" } };
    if (webhook.revision !== revision) return { writes: [], result: { kind: "stale", webhook } };
    if (seen.all.some((one) => one.id !== id && one.name === set.name))
      return { writes: [], result: { kind: "exists" } };
    const changed = {
      ...set,
      ...(enabled === undefined ? {} : enabled ? enabledAt(now) : disabled(webhook, by, now)),
      revision: revision + 1,
    };
    const after: WebhookRow = { ...webhook, ...changed };
    return {
      writes: [{ patch: "webhook", where: { id }, set: changed }, ...(enabled === true ? [sentAtOnce(id, now)] : [])],
      change: { before: pictured(webhook), after: pictured(after) },
      result: { kind: "edited", webhook: after },
    };
  },
});

/** What waits is sent at once, and it is told what came meanwhile. */
const enabledAt = (now: number) =>
  ({
    state: "active",
    disabledAt: null,
    disabledBy: null,
    disabledReason: null,
    failingSince: null,
    dueAt: now,
    leaseUntil: 0,
  }) as const;

/** One that is disabled already stays so for its own reason. */
const disabled = ({ state }: WebhookRow, by: string, now: number) =>
  state === "disabled"
    ? {}
    : ({ state: "disabled", disabledAt: now, disabledBy: by, disabledReason: "by-admin", dueAt: null } as const);

/** All deliveries that wait are due. */
export const sentAtOnce = (webhookId: string, now: number): Write => ({
  patch: "webhookDelivery",
  where: { webhookId, state: "waiting" },
  set: { dueAt: now },
});

export const removeWebhook = transaction({
  name: "removeWebhook",
  reads: ({ id }: { readonly id: string }) => ({ webhook: { from: "webhook", where: { id } } }),
  changes: ({ id }) => ({ id }),
  decide({ id }: { readonly id: string }, seen): Decision<boolean> {
    const [webhook] = seen.webhook;
    if (webhook === undefined) return { writes: [], result: false };
    return {
      writes: [
        { drop: "webhook", where: { id } },
        { drop: "webhookDelivery", where: { webhookId: id } },
        { drop: "secret", where: { owner: ownerOf(id) } },
      ],
      change: { before: pictured(webhook), after: null },
      result: true,
    };
  },
});

export interface RotateSecretInput {
  readonly id: string;
  readonly sealed: Uint8Array;
  readonly now: number;
}

/** The secret that was in force is kept as the one before; its moment is that of the rotation. */
export const rotateSecret = transaction({
  name: "rotateWebhookSecret",
  reads: ({ id }: RotateSecretInput) => ({
    webhook: { from: "webhook", where: { id } },
    secret: { from: "secret", where: { owner: ownerOf(id), name: SECRET } },
  }),
  changes: ({ id }) => ({ id }),
  decide({ id, sealed, now }: RotateSecretInput, seen): { writes: Write[]; result: boolean } {
    if (seen.webhook.length === 0) return { writes: [], result: false };
    const before = seen.secret.map((row): Write => ({ put: "secret", row: { ...row, name: SECRET_BEFORE, at: now } }));
    return {
      writes: [...before, { put: "secret", row: { owner: ownerOf(id), name: SECRET, sealed, at: now } }],
      result: true,
    };
  },
});
