/** What a transaction writes, and the events that follow from it. */
import { describe, expect, it } from "vitest";
import { eventsOf, type Looked, momentOf } from "./events.ts";
import type { Row } from "./mapping.ts";
import type { TableName } from "./rows.ts";
import { blockRow, enrollmentRow, jobRow, planRow, ringRunRow, rolloutRow } from "./suite-rows.ts";
import type { Write } from "./transaction.ts";

/** A transaction that has read these rows. */
const read =
  (tables: { readonly [T in TableName]?: readonly object[] } = {}): Looked =>
  (table) => [(tables[table] ?? []) as readonly Row[]];

const rowsOf = (writes: readonly Write[], looked: Looked = read(), at: number | undefined = 7) =>
  eventsOf(writes, at, looked).map((write) => (write as unknown as { readonly row: Row }).row);
const kindsOf = (...given: Parameters<typeof rowsOf>) => rowsOf(...given).map(({ kinds }) => kinds);

const device = enrollmentRow("e1", { osVersion: "26.6.1", compliance: "under-way", flags: "" });
const job = jobRow("j1", "e1", { planId: "p1", state: "downloading", reason: "downloading" });

describe("events of a transaction", () => {
  it("are none where nothing changes that a list shows", () => {
    const writes: Write[] = [
      { patch: "enrollment", where: { id: "e1" }, set: { unheard: 0, pushesAccepted: 0, lastSeenAt: 5, dueAt: 9 } },
      { patch: "job", where: { id: "j1" }, set: { doc: {}, dueAt: 3, leaseUntil: 0 } },
      { patch: "plan", where: { id: "p1" }, set: { dueAt: null, leaseUntil: 0 } },
      { patch: "ringRun", where: { rolloutId: "r1", ring: 0, urgent: 0 }, set: { askedAt: 5, decisions: 3 } },
      { put: "setting", row: { name: "clock", value: { at: 1 } } },
      { drop: "outbox", where: { id: "push:e1" } },
    ];
    expect(rowsOf(writes, read({ enrollment: [device], job: [job] }))).toEqual([]);
  });

  it("are none where the ask names no moment", () => {
    expect(eventsOf([{ insert: "plan", row: planRow("p1") }], undefined, read())).toEqual([]);
    expect([momentOf({ now: 3 }), momentOf({ now: "3" }), momentOf(null), momentOf(3)]).toEqual([
      3,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("are one for a device, with its columns as they are then, whatever of it was written", () => {
    const events = rowsOf(
      [
        { patch: "enrollment", where: { id: "e1" }, set: { osVersion: "26.6.2", compliance: "on-target" } },
        { patch: "enrollment", where: { id: "e1" }, set: { flags: " newest " } },
        { patch: "job", where: { id: "j1" }, set: { state: "done", reason: "seen", live: 0 } },
        { put: "deviceTag", row: { enrollmentId: "e1", tag: "pilot" } },
      ],
      read({ enrollment: [device], job: [job] }),
    );
    expect(events).toMatchObject([
      {
        topic: "devices",
        id: "e1",
        at: 7,
        kinds: ["device.os-changed", "device.compliance-changed", "job.done"],
        data: {
          device: { osVersion: "26.6.2", compliance: "on-target", flags: " newest ", serial: device.serial },
          job: { id: "j1", planId: "p1", state: "done", reason: "seen" },
        },
      },
    ]);
    // Documents are no matter of lists.
    expect(JSON.stringify(events)).not.toContain('"doc"');
  });

  it("have the device also where its job alone has changed", () => {
    const looked = read({ enrollment: [device], job: [job] });
    expect(rowsOf([{ patch: "job", where: { id: "j1" }, set: { reason: "waits" } }], looked)).toMatchObject([
      { kinds: ["job.changed"], data: { device: { compliance: "under-way" }, job: { reason: "waits" } } },
    ]);
  });

  it.each<[string, Write, Looked, readonly string[]]>([
    ["a new device", { insert: "enrollment", row: device }, read(), ["device.enrolled"]],
    [
      "one that has left",
      { patch: "enrollment", where: { id: "e1" }, set: { state: "checked-out" } },
      read({ enrollment: [device] }),
      ["device.checked-out"],
    ],
    [
      "its first version",
      { patch: "enrollment", where: { id: "e1" }, set: { osVersion: "26.1" } },
      read({ enrollment: [{ ...device, osVersion: null }] }),
      ["device.changed"],
    ],
    [
      "overdue",
      { patch: "enrollment", where: { id: "e1" }, set: { flags: " overdue silent " } },
      read({ enrollment: [device] }),
      ["device.overdue"],
    ],
    [
      "overdue as before",
      { patch: "enrollment", where: { id: "e1" }, set: { flags: " overdue silent " } },
      read({ enrollment: [{ ...device, flags: " overdue " }] }),
      ["device.changed"],
    ],
    ["a new job", { insert: "job", row: job }, read({ enrollment: [device] }), ["job.created"]],
    [
      "a job that waits for a person",
      { patch: "job", where: { id: "j1" }, set: { state: "blocked" } },
      read({ job: [job] }),
      ["job.blocked"],
    ],
    ["a new plan", { insert: "plan", row: planRow("p1") }, read(), ["plan.created"]],
    [
      "a paused plan",
      { patch: "plan", where: { id: "p1" }, set: { state: "paused" } },
      read({ plan: [planRow("p1")] }),
      ["plan.paused"],
    ],
    [
      "a plan that continues",
      { patch: "plan", where: { id: "p1" }, set: { state: "active" } },
      read({ plan: [{ ...planRow("p1"), state: "paused" }] }),
      ["plan.resumed"],
    ],
    [
      "a plan with another place",
      { patch: "plan", where: { id: "p1" }, set: { place: 2 } },
      read({ plan: [planRow("p1")] }),
      ["plan.changed"],
    ],
    [
      "a paused rollout",
      { patch: "rollout", where: { id: "r1" }, set: { state: "paused", reason: "failures" } },
      read({ rollout: [rolloutRow("r1")] }),
      ["rollout.paused"],
    ],
    [
      "a ring that opens",
      { patch: "ringRun", where: { rolloutId: "r1", ring: 0, urgent: 0 }, set: { state: "open" } },
      read({ ringRun: [ringRunRow("r1", 0)] }),
      ["rollout.ring-opened"],
    ],
    [
      "a ring that asks",
      { patch: "ringRun", where: { rolloutId: "r1", ring: 0, urgent: 0 }, set: { state: "asks", asked: "failures" } },
      read({ ringRun: [ringRunRow("r1", 0)] }),
      ["rollout.asks"],
    ],
    [
      "a halt",
      { put: "halt", row: { id: 1, active: 1, since: 7, setBy: "token:a", reason: "r" } },
      read(),
      ["halt.began"],
    ],
    ["a block", { insert: "block", row: blockRow("b1") }, read(), ["block.created"]],
    [
      "a block that ends",
      { patch: "block", where: { id: "b1" }, set: { live: 0, endedAt: 7 } },
      read({ block: [blockRow("b1")] }),
      ["block.ended"],
    ],
    ["a list", { put: "setting", row: { name: "catalog", value: {} } }, read(), ["catalog.changed"]],
  ])("name %s", (_what, write, looked, kinds) => {
    expect(kindsOf([write], looked)).toEqual([kinds]);
  });

  it("are none of a job that was over before it began", () => {
    expect(rowsOf([{ insert: "job", row: jobRow("j1", "e1", { begun: 0, live: 0, state: "done" }) }])).toEqual([]);
  });

  it("are one for a rollout with its rings, and one for a whole list", () => {
    const began = rowsOf([
      { insert: "rollout", row: rolloutRow("r1") },
      { insert: "ringRun", row: ringRunRow("r1", 0, { state: "open" }) },
      { insert: "ringRun", row: ringRunRow("r1", 1) },
    ]);
    expect(began).toMatchObject([
      { id: "r1", kinds: ["rollout.began", "rollout.ring-opened"], data: { rings: [{ ring: 0, state: "open" }] } },
    ]);
    const release = { platform: "iOS", version: "1", build: "1", doc: {}, firstSeenAt: 1, lastSeenAt: 1 };
    const list = Array.from(
      { length: 2000 },
      (_none, n): Write => ({ put: "release", row: { id: `r${n}`, ...release } }),
    );
    expect(rowsOf(list)).toMatchObject([{ topic: "catalog", id: "", kinds: ["catalog.changed"], data: {} }]);
  });
});
