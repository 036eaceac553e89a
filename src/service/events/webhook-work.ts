/**
 * What webhooks are told: events become deliveries, once a second, and deliveries are sent. The devices' transactions know nothing of
 * webhooks: whoever wants an event is decided here, and the cursor of a webhook moves in the transaction that makes its deliveries.
 */
import type { Json, WebhookRow } from "../../store/index.ts";
import type { Ports, WebhookPort } from "../ports.ts";
import { eventDataOf } from "./event-data.ts";
import type { NumberedEvent } from "./fan-out.ts";
import { makeDeliveries, type MakeDeliveriesInput, type Wanted, webhookRests } from "./delivery.ts";
import { wants } from "./subscribed.ts";
import { isoTime } from "../iso-time.ts";
import { createPost, type Post } from "./webhook-post.ts";

/** Events that are looked at in one go. */
const EVENTS = 200;
/** Deliveries of one webhook that wait. More are made when some of these have ended; events are kept for a day. */
const MOST_WAITING = 1000;
/** Webhooks that are claimed at once: more than there may be. */
const CLAIMED = 100;
/** Deliveries to one webhook at a time. */
const AT_ONCE = 4;
/** Rounds of these in one turn: each ends within 10 s, and all of them within the lease. */
const ROUNDS = 4;
const LEASE = 60_000;

export interface WebhookWork {
  /** Makes deliveries of some events; 0: there is nothing new. */
  turn(): Promise<number>;
  /** Resolves when there is a webhook to tell events to, or when the signal is aborted. */
  wanted(signal: AbortSignal): Promise<void>;
  /** Begins to send what is due, without waiting for its end: a slow address holds up no other. Gives to how many webhooks. */
  send(): Promise<number>;
  /** Looks whether there are webhooks: one was added, or may have been by another process. */
  refresh(): Promise<void>;
  /** Ends what is being sent. It is sent again after the next start. */
  stop(): Promise<void>;
}

type Passing = MakeDeliveriesInput["webhooks"][number];

export interface Webhooks extends WebhookWork {
  readonly post: Post;
}

export function createWebhookWork(ports: Ports, port: WebhookPort): Webhooks {
  const { admin, devices, log } = ports;
  const stopping = new AbortController();
  const post = createPost(ports, port, stopping.signal);
  const flying = new Set<Promise<void>>();
  /** There is an active one; undefined: not known yet. */
  let any: boolean | undefined;
  let onWanted: (() => void) | undefined;

  async function active(): Promise<readonly WebhookRow[]> {
    const found = (await admin.webhooks()).filter(({ state }) => state === "active");
    any = found.length > 0;
    return found;
  }

  /** What one of them passes on from its cursor; undefined: nothing. */
  async function passed(
    webhook: WebhookRow,
    events: readonly NumberedEvent[],
    first: number,
  ): Promise<Passing | undefined> {
    const { id, cursor: from } = webhook;
    const [oldest, newest] = [events[0], events.at(-1)];
    if (oldest === undefined || newest === undefined) return undefined;
    // The events between the last one that was looked at and the oldest that is kept.
    const missed = first > from + 1 ? [missedBy(webhook, oldest.at)] : [];
    const wanted = [...missed, ...events.flatMap((event) => wantedOf(webhook, event))];
    if (wanted.length > 0 && (await admin.deliveriesWaiting(id)) >= MOST_WAITING) return undefined;
    return { id, from, to: newest.seq, wanted };
  }

  async function serve(webhook: WebhookRow): Promise<void> {
    const { id } = webhook;
    for (let round = 0; round < ROUNDS && !stopping.signal.aborted; round += 1) {
      const due = webhook.state === "active" ? await admin.deliveriesDue(id, ports.realNow(), AT_ONCE) : [];
      if (due.length === 0) break;
      await Promise.all(due.map((delivery) => post(webhook, delivery)));
    }
    await devices.run(webhookRests, { id });
  }

  return {
    post,
    async turn() {
      if (any === false) return 0;
      const webhooks = await active();
      if (webhooks.length === 0) return 0;
      // One that falls behind is alone with its cursor, and holds up no other.
      const byCursor = Map.groupBy(webhooks, ({ cursor }) => cursor);
      let more = false;
      const some: Passing[] = [];
      for (const [cursor, same] of byCursor) {
        const events = await admin.eventsAfter(cursor, EVENTS);
        if (events.length === 0) continue;
        const first = (await admin.eventBounds())?.first ?? 0;
        const passing = await Promise.all(same.map((webhook) => passed(webhook, events, first)));
        some.push(...passing.filter((one) => one !== undefined));
        more ||= events.length === EVENTS && passing.some((one) => one !== undefined);
      }
      if (some.length === 0) return 0;
      await devices.run(makeDeliveries, { webhooks: some, firstId: ports.newId(), now: ports.realNow() });
      return more ? 1 : 0;
    },
    wanted: (signal) =>
      new Promise((resolve) => {
        if (any === true || signal.aborted) return resolve();
        const end = (): void => {
          onWanted = undefined;
          signal.removeEventListener("abort", end);
          resolve();
        };
        onWanted = end;
        signal.addEventListener("abort", end);
      }),
    async send() {
      const claimed = await devices.claimDue("webhook", ports.realNow(), CLAIMED, LEASE);
      for (const webhook of claimed) {
        const work = serve(webhook)
          .catch((error: unknown) => log.error("webhook-failed", { webhook: webhook.id, error }))
          .finally(() => flying.delete(work));
        flying.add(work);
      }
      return claimed.length;
    },
    async refresh() {
      if ((await active()).length > 0) onWanted?.();
    },
    async stop() {
      stopping.abort();
      await Promise.all(flying);
    },
  };
}

const wantedOf = ({ events }: WebhookRow, event: NumberedEvent): Wanted[] =>
  event.kinds
    .filter((kind) => wants(events, kind))
    .map((kind) => ({ event: kind, at: event.at, data: eventDataOf(event) as unknown as Json }));

function missedBy({ disabledAt, failingSince, deliveredAt }: WebhookRow, until: number): Wanted {
  const since = failingSince ?? disabledAt ?? deliveredAt;
  const missed = { since: since === null ? null : isoTime(since), until: isoTime(until) };
  return { event: "events.missed", at: until, data: { missed } };
}
