/** A device that an admin removes, as a table: its rows → what is withdrawn, and what is said that may still install. */
import { describe, expect, it } from "vitest";
import type { Rows } from "../../store/index.ts";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import { assignmentRow, challengeRow, outboxRow, policyRow } from "../../store/suite-rows.ts";
import {
  command,
  DAY,
  device,
  enrollment,
  HOUR,
  ID,
  MINUTE,
  NOW,
  only,
  table,
  withJob,
} from "../enrollment/one-device.suite.ts";
import { removeDevice } from "./remove.ts";

const input = { enrollmentId: "e1", dryRun: false, by: "token:first", firstId: ID, now: NOW };
const out = { state: "removed", removedAt: NOW, pushable: 0 };
const nothing = { job: null, commands: 0, declarations: 0, policy: null, mayStill: [] };
const may = (kind: string, more: object = {}) => ({
  kind,
  target: null,
  deliveredAt: null,
  enforceAtLocal: null,
  ...more,
});

describe("a device that is removed", () => {
  const policy = { policy: [policyRow("p1")], assignment: [assignmentRow("e1", "p1")] };
  table(removeDevice, input, [
    [
      "is out, and nothing was meant for it",
      {
        input: {},
        rows: device(),
        changed: { "enrollment e1": out },
        reply: { kind: "removed", ...nothing },
        notes: ["removed"],
      },
    ],
    [
      "is told nothing, and looked after no more",
      {
        input: {},
        rows: device({
          enrollment: [enrollment({ dueAt: NOW, leaseUntil: NOW + MINUTE, unheard: 3 })],
          outbox: [outboxRow("e1", NOW)],
          renewal: [
            {
              enrollmentId: "e1",
              endsAt: NOW + DAY,
              dueAt: NOW,
              attempts: 0,
              leaseUntil: 0,
              error: null,
              errorAt: null,
            },
          ],
          challenge: [challengeRow("c", { enrollmentId: "e1" }), challengeRow("d", { enrollmentId: "e2" })],
          ...policy,
        }),
        changed: {
          "enrollment e1": { ...out, dueAt: null, leaseUntil: 0, unheard: 0 },
          "outbox push:e1": "gone",
          "renewal e1": "gone",
          "challenge c": "gone",
          "assignment e1": "gone",
        },
        reply: { ...nothing, policy: "policy p1" },
      },
    ],
    [
      "a second time stays out since the first",
      {
        input: {},
        rows: device({ enrollment: [enrollment({ state: "removed", removedAt: 7 })] }),
        changed: {},
        reply: { kind: "already", ...nothing },
        notes: [],
      },
    ],
    [
      "is one that exists",
      { input: { enrollmentId: "e9" }, rows: device(), changed: {}, reply: { kind: "unknown", ...nothing } },
    ],
    [
      "only to see what that would do stays as it is",
      {
        input: { dryRun: true },
        rows: { ...withJob(device(), {}, HOUR), ...policy },
        changed: {},
        reply: { kind: "removed", job: { id: "j1", planId: "p1" }, commands: 1, policy: "policy p1" },
        notes: [],
      },
    ],
  ]);
});

/** What a dry run says may still install. */
const mayStill = (rows: MemoryRows): unknown => transact(removeDevice, { ...input, dryRun: true }, rows).reply.mayStill;

describe("what may still install on a device that is removed: an order", () => {
  const has = withJob(device(), {}, HOUR);
  const job = only(has, "job");
  const ordered = (installs: number, more: object = {}, row: Partial<Rows["job"]> = {}): MemoryRows => ({
    ...has,
    job: [{ ...job, ...row, doc: { ...(job.doc as object), orders: { installs }, ...more } }],
  });
  const order = { uuid: "a", since: NOW - HOUR, offeredAt: NOW - MINUTE };
  const raw = (more: Partial<Rows["command"]>) =>
    device({
      command: [
        command("a", { requestType: "ScheduleOSUpdate", origin: "raw", state: "offered", offeredAt: 5, ...more }),
      ],
    });
  it.each<[string, MemoryRows, unknown[]]>([
    ["none, of a job that has given none", ordered(0), []],
    [
      "of its job, delivered",
      ordered(1, { out: { install: order } }),
      [may("command", { target: "26.6.1", deliveredAt: NOW - MINUTE })],
    ],
    ["of its job, answered", ordered(2), [may("command", { target: "26.6.1" })]],
    ["none, of a job that has ended", ordered(1, { state: "done", next: null }), []],
    ["of the raw command API, delivered", raw({}), [may("command", { deliveredAt: 5 })]],
    ["none, of the raw command API, which waits", raw({ state: "queued", offeredAt: null }), []],
    ["none that is no order to update", raw({ requestType: "OSUpdateStatus" }), []],
    ["none of a job that has ended, of which the command is left", raw({ origin: "job" }), []],
  ])("%s", (_title, rows, expected) => expect(mayStill(rows)).toEqual(expected));
});

describe("what may still install on a device that is removed: a declaration", () => {
  const SYNCED = NOW - HOUR;
  const item = (name: string) =>
    ({ kind: "configuration", identifier: `uptick.update.${name}`, serverToken: "t" }) as const;
  const declarative = (more: Partial<Rows["declarative"]> = {}): Rows["declarative"] => ({
    enrollmentId: "e1",
    token: "list",
    items: [item("listed")],
    leftOut: [],
    changedAt: 0,
    knows: [],
    standing: {},
    askedAt: null,
    tries: 0,
    syncedAt: SYNCED,
    syncedToken: "list",
    held: 1,
    reportedAt: null,
    ...more,
  });
  const declaration = (name: string, withdrawnAt: number | null): Rows["declaration"] => ({
    ...item(name),
    enrollmentId: "e1",
    withdrawnAt,
    body: JSON.stringify({ Payload: { TargetOSVersion: name, TargetLocalDateTime: "2026-08-28T17:00:00" } }),
  });
  const names = (rows: readonly Rows["declaration"][], more: Partial<Rows["declarative"]> = {}): unknown =>
    (mayStill(device({ declarative: [declarative(more)], declaration: rows })) as { target: string }[]).map(
      ({ target }) => target,
    );

  it("says which release it leads to, and when by the device's clock", () => {
    expect(mayStill(device({ declarative: [declarative()], declaration: [declaration("listed", null)] }))).toEqual([
      may("declaration", { target: "listed", enforceAtLocal: "2026-08-28T17:00:00" }),
    ]);
  });

  it.each<[string, number, string[]]>([
    ["before the last sync: the device has dropped it", SYNCED - 1, []],
    ["at the moment of the last sync: it may have it", SYNCED, ["old"]],
    ["after the last sync: it has it", SYNCED + 1, ["old"]],
  ])("withdrawn %s", (_title, withdrawnAt, expected) => {
    expect(names([declaration("old", withdrawnAt)])).toEqual(expected);
  });

  it("none, where the device holds none", () => {
    expect(names([declaration("listed", null)], { held: 0 })).toEqual([]);
  });

  it("each that was ever made, where it is not known when the device synced", () => {
    expect(names([declaration("listed", null), declaration("old", 1)], { syncedAt: null })).toEqual(["listed", "old"]);
  });
});
