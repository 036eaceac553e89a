/** What streams, webhooks and admins ask of events and deliveries. */
import type { AdminStore } from "./admin-store.ts";
import { page } from "./page.ts";
import type { Queries } from "./plan-queries.ts";
import type { EventRow, WebhookDeliveryRow, WebhookRow } from "./rows.ts";

type EventQueries = Pick<
  AdminStore,
  "eventsAfter" | "eventBounds" | "webhooks" | "deliveries" | "deliveriesDue" | "deliveriesWaiting"
>;

export function eventQueries({ build, run, rows }: Queries): EventQueries {
  const waiting = (webhookId: string) =>
    build.selectFrom("webhook_delivery").where("webhook_id", "=", webhookId).where("state", "=", "waiting");
  return {
    eventsAfter: (seq, limit) =>
      rows<EventRow & { readonly seq: number }>(
        "event",
        build.selectFrom("event").selectAll().where("seq", ">", seq).orderBy("seq").limit(limit),
      ),
    async eventBounds() {
      const end = async (order: "asc" | "desc"): Promise<number | undefined> => {
        const [row] = await run(build.selectFrom("event").select("seq").orderBy("seq", order).limit(1));
        return row === undefined ? undefined : Number(row["seq"]);
      };
      const [first, last] = [await end("asc"), await end("desc")];
      return first === undefined || last === undefined ? undefined : { first, last };
    },
    webhooks: () => rows<WebhookRow>("webhook", build.selectFrom("webhook").selectAll().orderBy("name")),
    async deliveries({ webhookId, state, after, limit }) {
      let query = build
        .selectFrom("webhook_delivery")
        .selectAll()
        .where("webhook_id", "=", webhookId)
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (state !== undefined) query = query.where("state", "=", state);
      if (after !== undefined) query = query.where("id", "<", after);
      return page(await rows<WebhookDeliveryRow>("webhookDelivery", query), limit, ({ id }) => id);
    },
    deliveriesDue: (webhookId, now, limit) =>
      rows<WebhookDeliveryRow>(
        "webhookDelivery",
        waiting(webhookId).selectAll().where("due_at", "<=", now).orderBy("due_at").orderBy("id").limit(limit),
      ),
    async deliveriesWaiting(webhookId) {
      const [row] = await run(waiting(webhookId).select((of) => of.fn.countAll().as("count")));
      return Number(row?.["count"] ?? 0);
    },
  };
}
