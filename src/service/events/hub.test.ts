/** Streams of events over a store of given rows: what each follower is told, and how often the store is asked. */
import { describe, expect, it } from "vitest";
import type { Streamed, Told, Topic } from "../../contract/index.ts";
import { TOPICS } from "../../contract/index.ts";
import type { EventRow } from "../../store/index.ts";
import type { NumberedEvent } from "./fan-out.ts";
import { createEventHub } from "./hub.ts";

const event = (seq: number, more: Partial<EventRow> = {}): NumberedEvent => ({
  seq,
  topic: "devices",
  id: `d${seq}`,
  at: seq * 1000,
  kinds: ["device.changed"],
  data: {},
  ...more,
});

function given(rows: NumberedEvent[] = []) {
  const asked: string[] = [];
  const admin = {
    async eventsAfter(after: number, limit: number) {
      asked.push(`after ${after}`);
      return rows
        .toSorted((a, b) => a.seq - b.seq)
        .filter(({ seq }) => seq > after)
        .slice(0, limit);
    },
    async eventBounds() {
      asked.push("bounds");
      const seqs = rows.map(({ seq }) => seq);
      return seqs.length === 0 ? undefined : { first: Math.min(...seqs), last: Math.max(...seqs) };
    },
  };
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const hub = createEventHub({ admin: admin as never, log });
  async function follow(topics: readonly Topic[] = TOPICS, after?: number, isAllowed = async () => true, key = "a") {
    const told: Told<Streamed>[] = [];
    const state = { ended: false };
    const leave = hub
      .open(topics, after)
      .follow(
        { tell: (events) => void told.push(...events), end: () => void (state.ended = true) },
        { key, isAllowed },
      );
    await hub.turn();
    const said = () => told.splice(0).map(({ id, event: name, data }) => [id, name, "id" in data ? data.id : null]);
    return { told, state, leave, said };
  }
  return { rows, asked, hub, follow };
}

describe("streams of events", () => {
  it("ask the store nothing while nobody follows, and once a turn however many do", async () => {
    const { hub, asked, follow, rows } = given([event(1)]);
    await hub.turn();
    expect(asked).toEqual([]);
    const some = await Promise.all(Array.from({ length: 20 }, () => follow(["devices"])));
    asked.length = 0;
    rows.push(event(2));
    await hub.turn();
    expect(asked).toEqual(["after 1"]);
    expect(some.map(({ said }) => said().at(-1))).toEqual(some.map(() => ["2", "devices", "d2"]));
    for (const { leave } of some) leave();
    asked.length = 0;
    await hub.turn();
    expect(asked).toEqual([]);
  });

  it("begin with now, and tell each change once, of the topics that were asked for", async () => {
    const { hub, follow, rows } = given([event(1)]);
    const [all, halts] = [await follow(), await follow(["halt"])];
    expect([all.said(), halts.said()]).toEqual([[["1", "ready", null]], [["1", "ready", null]]]);
    rows.push(event(2), event(3, { topic: "halt", id: "", kinds: ["halt.began"] }));
    await hub.turn();
    await hub.turn();
    expect(all.said()).toEqual([
      ["2", "devices", "d2"],
      ["3", "halt", null],
      ["3", "overview", null],
    ]);
    expect(halts.said()).toEqual([["3", "halt", null]]);
  });

  it("tell a device once a second, as it is then, with all that has changed", async () => {
    const { hub, follow, rows } = given();
    const { told, said } = await follow(["devices", "plans", "rollouts"]);
    said();
    const job = { id: "j", planId: "p", rolloutId: "r", ring: 0, state: "done", reason: "seen" };
    rows.push(
      event(1, { id: "d", kinds: ["device.changed"], data: { device: { serial: "S", flags: " newest " } } }),
      event(2),
      event(3, { id: "d", kinds: ["job.done", "device.os-changed"], data: { job } }),
    );
    await hub.turn();
    expect(told).toMatchObject([
      { id: "2", data: { id: "d2" } },
      {
        id: "3",
        event: "devices",
        data: {
          id: "d",
          recordedAt: "1970-01-01T00:00:03.000Z",
          changes: ["job.done", "device.os-changed"],
          data: { device: { id: "d", serial: "S", flags: ["newest"] }, job: { id: "j", state: "done", ring: 1 } },
        },
      },
      // Their counts.
      { id: "3", event: "plans", data: { id: "p", changes: [] } },
      { id: "3", event: "rollouts", data: { id: "r", changes: [] } },
    ]);
  });

  it("tell 50 changes of a second one by one, and 51 as many", async () => {
    const { hub, follow, rows } = given();
    const [devices, halts] = [await follow(["devices"]), await follow(["halt"])];
    devices.said();
    halts.said();
    rows.push(...Array.from({ length: 50 }, (_none, n) => event(n + 1)));
    await hub.turn();
    expect(devices.said()).toHaveLength(50);
    rows.push(...Array.from({ length: 51 }, (_none, n) => event(n + 51)));
    await hub.turn();
    expect(devices.told).toEqual([{ id: "101", event: "many", data: { topics: ["devices"], count: 51 } }]);
    expect(halts.said()).toEqual([]);
    rows.push(...Array.from({ length: 6000 }, (_none, n) => event(n + 102)));
    await hub.turn();
    expect(devices.told.at(-1)).toMatchObject({ id: "6101", event: "many" });
    rows.push(event(7000));
    await hub.turn();
    expect(devices.told.at(-1)).toMatchObject({ id: "7000", event: "devices" });
  });

  it("tell a row that was committed late, in the two seconds after one with a greater number, and once", async () => {
    const { hub, follow, rows } = given([event(1)]);
    const { said } = await follow(["devices"]);
    said();
    rows.push(event(5));
    await hub.turn();
    rows.push(event(4));
    await hub.turn();
    rows.push(event(6));
    await hub.turn();
    await hub.turn();
    expect(said().map(([id, , device]) => [id, device])).toEqual([
      ["5", "d5"],
      ["5", "d4"],
      ["6", "d6"],
    ]);
  });

  it("are resumed behind the last event that was had; where that is not kept, all is read again", async () => {
    const { follow, hub, rows } = given([event(3), event(4), event(5)]);
    const said = async (after: number) => (await follow(["devices"], after)).said();
    expect(await said(3)).toEqual([
      ["3", "ready", null],
      ["4", "devices", "d4"],
      ["5", "devices", "d5"],
    ]);
    expect(await said(5)).toEqual([["5", "ready", null]]);
    // The one before the oldest: nothing lies in between.
    expect(await said(2)).toHaveLength(4);
    const reset = [
      ["5", "ready", null],
      ["5", "reset", null],
    ];
    expect([await said(1), await said(99)]).toEqual([reset, reset]);
    rows.push(...Array.from({ length: 1200 }, (_none, n) => event(n + 6)));
    await hub.turn();
    expect((await said(4)).map(([, name]) => name)).toEqual(["ready", "many"]);
  });

  it("end when their access ends, asked once for all that have the same", async () => {
    const { hub, follow } = given();
    let asked = 0;
    let allowed = true;
    const ask = async (): Promise<boolean> => {
      asked += 1;
      return allowed;
    };
    const [one, two, other] = [
      await follow(TOPICS, undefined, ask),
      await follow(TOPICS, undefined, ask),
      await follow(TOPICS, undefined, async () => true, "b"),
    ];
    asked = 0;
    allowed = false;
    for (let turn = 0; turn < 5; turn += 1) await hub.turn();
    expect([asked, one.state.ended, two.state.ended, other.state.ended]).toEqual([1, true, true, false]);
  });

  it("have a beat every 15 seconds, by which who was told nothing continues later", async () => {
    const { hub, follow, rows } = given([event(1)]);
    const { said } = await follow(["halt"]);
    said();
    rows.push(event(2));
    for (let turn = 0; turn < 14; turn += 1) await hub.turn();
    expect(said()).toEqual([["2", "beat", null]]);
  });

  it("are a thousand at most, and none once the server stops", async () => {
    const { hub } = given();
    const follower = { tell: () => undefined, end: () => void (ended += 1) };
    let ended = 0;
    const access = { key: "a", isAllowed: async () => true };
    const leaves = Array.from({ length: 1000 }, () => hub.open(TOPICS, undefined).follow(follower, access));
    expect(() => hub.open(TOPICS, undefined)).toThrow(expect.objectContaining({ code: "streams-too-many" }));
    leaves[0]?.();
    hub.open(TOPICS, undefined).follow(follower, access);
    hub.end();
    expect(ended).toBe(1000);
    expect(() => hub.open(TOPICS, undefined)).toThrow(expect.objectContaining({ code: "streams-too-many" }));
  });

  it("are waited for without looking", async () => {
    const { hub, follow } = given();
    const stopping = new AbortController();
    const order: string[] = [];
    const wanted = hub.wanted(stopping.signal).then(() => order.push("wanted"));
    order.push("nobody");
    await follow();
    await wanted;
    await hub.wanted(stopping.signal);
    expect(order).toEqual(["nobody", "wanted"]);
    const alone = given().hub.wanted(stopping.signal);
    stopping.abort();
    await expect(alone).resolves.toBeUndefined();
  });
});
