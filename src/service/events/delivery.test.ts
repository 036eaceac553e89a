/** How deliveries come from events and end: taken, tried again, given up; and what that means for their webhook. */
import { describe, expect, it } from "vitest";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import { deliveryRow, webhookRow } from "../../store/suite-rows.ts";
import { deliveryDone, makeDeliveries, retryDelivery, webhookRests } from "./delivery.ts";
import { nextAttempt, wants } from "./subscribed.ts";
import { editWebhook } from "./webhook.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const W = "webhook w";
const D = "webhookDelivery d";

const rows = (webhook: object = {}, delivery: object = {}): MemoryRows => ({
  webhook: [webhookRow("w", webhook)],
  webhookDelivery: [deliveryRow("d", "w", delivery)],
});
const done = (before: MemoryRows, status: number | null, error: string | null, now: number) =>
  transact(deliveryDone, { webhookId: "w", deliveryId: "d", status, error, now }, before);

describe("what a webhook wants", () => {
  it.each([
    [["*"], true],
    [["job.*"], true],
    [["plan.*", "job.done"], true],
    [["job.failed"], false],
    [["plan.*"], false],
    [["jo.*"], false],
    [[], false],
  ])("%j", (events, wanted) => expect(wants(events, "job.done")).toBe(wanted));
});

describe("deliveries", () => {
  const wanted = { event: "job.done", at: 5, data: { job: { id: "j", state: "done" } } };
  const firstId = "0198c2e5-6f1a-7c3e-9d1b-000000000001";
  const make = (before: MemoryRows, more: object = {}) =>
    transact(
      makeDeliveries,
      { webhooks: [{ id: "w", from: 3, to: 9, wanted: [wanted, wanted], ...more }], firstId, now: 7 },
      before,
    );

  it("are made with the cursor, each with its id in the body, and are due at once", () => {
    const { rows: after, reply } = make({ webhook: [webhookRow("w", { cursor: 3 })] });
    expect([reply, after.webhook]).toMatchObject([2, [{ cursor: 9, dueAt: 7 }]]);
    const ids = after.webhookDelivery?.map(({ id }) => id) ?? [];
    expect(ids).toEqual([firstId, firstId.replace(/1$/, "2")]);
    expect(after.webhookDelivery).toMatchObject(
      ids.map((id) => ({
        id,
        state: "waiting",
        dueAt: 7,
        body: JSON.stringify({ id, event: "job.done", recordedAt: "1970-01-01T00:00:00.005Z", data: wanted.data }),
      })),
    );
  });

  it("are not made twice, nor for one that is disabled or removed; where none is wanted, the cursor moves", () => {
    expect(make({ webhook: [webhookRow("w", { cursor: 9 })] }).changed).toEqual({});
    expect(make({ webhook: [webhookRow("w", { cursor: 3, state: "disabled" })] }).changed).toEqual({});
    expect(make({}).changed).toEqual({});
    expect(make({ webhook: [webhookRow("w", { cursor: 3 })] }, { wanted: [] }).changed).toEqual({ [W]: { cursor: 9 } });
  });

  it("that are taken end, and the webhook is well", () => {
    expect(done(rows({ failingSince: 3 }), 204, null, 9).changed).toEqual({
      [D]: { state: "delivered", attempts: 1, attemptedAt: 9, status: 204, dueAt: null },
      [W]: { failingSince: null, deliveredAt: 9 },
    });
  });

  it.each([
    [1, 10 * SECOND],
    [2, 30 * SECOND],
    [3, MINUTE],
    [4, 5 * MINUTE],
    [5, 15 * MINUTE],
    [6, HOUR],
    [7, 3 * HOUR],
    [8, 6 * HOUR],
    [9, 12 * HOUR],
    [30, 12 * HOUR],
  ])("that fail %i times wait %i ms, for three days in all", (attempts, pause) => {
    expect(nextAttempt(0, attempts, 100)).toBe(100 + pause);
    expect(nextAttempt(0, attempts, 3 * DAY - pause)).toBe(3 * DAY);
    expect(nextAttempt(0, attempts, 3 * DAY - pause + 1)).toBeUndefined();
  });

  it("that fail wait, and since when is kept", () => {
    expect(done(rows(), 500, "status 500", 9).changed).toEqual({
      [D]: { attempts: 1, attemptedAt: 9, status: 500, error: "status 500", dueAt: 9 + 10 * SECOND },
      [W]: { failingSince: 9 },
    });
    expect(done(rows({ failingSince: 3 }, { status: 500 }), null, "no connection", 9).changed).toMatchObject({
      [D]: { status: null },
    });
  });

  it("are given up after three days; where none was taken for long, the webhook is disabled", () => {
    const late = 3 * DAY - HOUR;
    const givenUp = { state: "given-up", dueAt: null };
    expect(done(rows({ failingSince: late - HOUR }, { attempts: 8 }), 500, "x", late).changed).toEqual({
      [D]: { ...givenUp, attempts: 9, attemptedAt: late, status: 500, error: "x" },
    });
    expect(done(rows({ failingSince: 0, dueAt: 5 }, { attempts: 8 }), 500, "x", late).changed).toMatchObject({
      [D]: givenUp,
      [W]: { state: "disabled", disabledReason: "failing", disabledBy: "system", disabledAt: late, dueAt: null },
    });
  });

  it("that are answered 410 end the webhook at once, a test excepted", () => {
    expect(done(rows(), 410, "status 410", 9).changed).toMatchObject({
      [D]: { state: "given-up" },
      [W]: { state: "disabled", disabledReason: "gone" },
    });
    const test = done(rows({}, { event: "webhook.test", dueAt: null }), 410, "status 410", 9);
    expect(test.changed).toEqual({ [D]: expect.objectContaining({ state: "given-up", attempts: 1 }) });
  });

  it("are sent at once when the receiver is back after an outage, and only then", () => {
    const waiting = deliveryRow("later", "w", { dueAt: 9 * HOUR });
    const after = (failingSince: number, now: number) => {
      const before = rows({ failingSince });
      return done({ ...before, webhookDelivery: [...(before.webhookDelivery ?? []), waiting] }, 200, null, now).changed;
    };
    expect(after(0, 10 * MINUTE)).not.toHaveProperty(["webhookDelivery later"]);
    expect(after(0, 10 * MINUTE + 1)).toMatchObject({ "webhookDelivery later": { dueAt: 10 * MINUTE + 1 } });
  });

  it("of a webhook that was removed meanwhile change nothing", () => {
    expect(done({ webhookDelivery: [deliveryRow("d", "w")] }, 200, null, 9).changed).toEqual({});
    expect(done({ webhook: [webhookRow("w")] }, 200, null, 9).changed).toEqual({});
  });

  it("that a person sends again wait, of a webhook that is active", () => {
    const retry = (before: MemoryRows, deliveryId = "d", webhookId = "w") =>
      transact(retryDelivery, { webhookId, deliveryId, now: 8 }, before);
    const again = retry(rows({}, { state: "given-up", dueAt: null }));
    expect([again.reply.kind, again.changed]).toEqual([
      "due",
      { [D]: { state: "waiting", dueAt: 8 }, [W]: { dueAt: 8 } },
    ]);
    expect([
      retry(rows({ state: "disabled" })).reply.kind,
      retry(rows(), "x").reply.kind,
      retry(rows(), "d", "x").reply.kind,
    ]).toEqual(["disabled", "delivery-unknown", "webhook-unknown"]);
  });
});

describe("a webhook", () => {
  const rests = (before: MemoryRows) => transact(webhookRests, { id: "w" }, before).rows.webhook?.[0];

  it("is due again when the first of what waits is", () => {
    const deliveries = [30, 20].map((dueAt) => deliveryRow(`d${dueAt}`, "w", { dueAt }));
    const others = [
      deliveryRow("done", "w", { state: "delivered", dueAt: null }),
      deliveryRow("other", "x", { dueAt: 1 }),
    ];
    const before = {
      webhook: [webhookRow("w", { dueAt: 5, leaseUntil: 99 })],
      webhookDelivery: [...deliveries, ...others],
    };
    expect(rests(before)).toMatchObject({ dueAt: 20, leaseUntil: 0 });
    expect(rests({ ...before, webhookDelivery: others })).toMatchObject({ dueAt: null, leaseUntil: 0 });
    expect(rests({ ...before, webhook: [webhookRow("w", { state: "disabled" })] })).toMatchObject({ dueAt: null });
  });

  it("that is enabled again is sent what waits, and continues where it was", () => {
    const off = { state: "disabled", disabledAt: 1, disabledBy: "system", disabledReason: "gone", cursor: 4 } as const;
    const edit = { id: "w", revision: 1, set: {}, by: "token:a", now: 50 };
    expect(transact(editWebhook, { ...edit, enabled: true }, rows(off, { dueAt: 9 * HOUR })).changed).toEqual({
      [W]: { state: "active", disabledAt: null, disabledBy: null, disabledReason: null, dueAt: 50, revision: 2 },
      [D]: { dueAt: 50 },
    });
    // Why it was disabled first stays.
    expect(transact(editWebhook, { ...edit, enabled: false }, rows(off)).changed).toEqual({ [W]: { revision: 2 } });
  });
});
