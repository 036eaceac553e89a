/** A poll as a table: what the device says and its rows → its rows afterwards and what it is told. */
import { describe, expect, it } from "vitest";
import { transact } from "../../store/in-memory.suite.ts";
import { closedCommandRow, commandBytesRow, outboxRow } from "../../store/suite-rows.ts";
import { poll } from "./poll.ts";
import {
  acknowledged,
  caller,
  type Case,
  command,
  device,
  enrollment,
  ID,
  idle,
  MINUTE,
  NOW,
  only,
  runs,
  says,
  table,
  withJob,
} from "../enrollment/one-device.suite.ts";

const { der: _kept, ...shown } = caller.shown;
const input = { shown, message: idle, now: NOW, firstId: ID };
const told = (appleId: string) => ({ kind: "command", appleId });
const NOTHING = { kind: "nothing" };
const offered = { state: "offered", offeredAt: NOW - MINUTE, offers: 1 } as const;
const out = { state: "offered", offeredAt: NOW, offers: 1 };
const notNow = says({ Status: "NotNow", CommandUUID: "a" });
const update = { requestType: "ScheduleOSUpdate", origin: "raw" } as const;
const lost = { ...closedCommandRow("e1", "a", NOW - MINUTE), origin: "care", outcome: "answer-lost" } as const;

type Row = Case<typeof input>;
/** With these commands in its queue. */
const queue = (...rows: ReturnType<typeof command>[]) => device({ command: rows });
const OFFERED: Row["reply"] = told("UDID-e1");

describe("which command a device that polls is given", () => {
  table(poll, input, [
    ["none where none waits", { input: {}, rows: device(), changed: {}, reply: NOTHING, notes: [] }],
    [
      "the one of the lowest rank",
      {
        input: {},
        rows: queue(command("a", { rank: 2 }), command("b", { rank: 1 })),
        changed: { "command e1/b": out },
        reply: OFFERED,
        notes: ["command-sent"],
      },
    ],
    [
      "of one rank, the first by its id",
      { input: {}, rows: queue(command("b"), command("a")), changed: { "command e1/a": out }, reply: OFFERED },
    ],
    [
      "one from the very moment before which it must not be sent",
      {
        input: {},
        rows: queue(command("a", { notBefore: NOW })),
        changed: { "command e1/a": out },
        reply: OFFERED,
      },
    ],
    [
      "not a millisecond earlier: the next one",
      {
        input: {},
        rows: queue(command("a", { notBefore: NOW + 1 }), command("b", { rank: 2 })),
        changed: { "command e1/b": out },
        reply: OFFERED,
      },
    ],
    [
      "one until the last millisecond before its end",
      { input: {}, rows: queue(command("a", { notAfter: NOW + 1 })), changed: { "command e1/a": out }, reply: OFFERED },
    ],
    ["not at its very end", { input: {}, rows: queue(command("a", { notAfter: NOW })), changed: {}, reply: NOTHING }],
    [
      "no second update command while the first is out, which is offered again",
      {
        input: {},
        rows: queue(command("a", { ...update, ...offered, rank: 2 }), command("b", update)),
        changed: { "command e1/a": { offeredAt: NOW, offers: 2 } },
        reply: OFFERED,
      },
    ],
    [
      "no second update command behind one that is offered once only; what waits behind both",
      {
        input: { message: acknowledged("c") },
        rows: queue(
          command("a", { ...update, ...offered, once: 1 }),
          command("b", update),
          command("c", { ...offered, requestType: "ProfileList", origin: "raw" }),
          command("d", { rank: 3 }),
        ),
        changed: { "command e1/c": "gone", "closedCommand e1/c": { outcome: "Acknowledged" }, "command e1/d": out },
        reply: { ...told("UDID-e1"), closed: "c" },
      },
    ],
    [
      "no update command while it may have a declaration",
      {
        input: {},
        rows: {
          ...queue(command("a", update), command("b", { rank: 2 })),
          declarative: [
            {
              enrollmentId: "e1",
              token: "t",
              items: [],
              leftOut: [],
              changedAt: 0,
              knows: [],
              standing: {},
              askedAt: null,
              tries: 0,
              syncedAt: 0,
              syncedToken: "t",
              held: 1,
              reportedAt: null,
            },
          ],
        },
        changed: { "command e1/b": out },
        reply: OFFERED,
      },
    ],
    [
      "nothing on its user channel",
      {
        input: { message: says({ Status: "Idle", UserID: "501" }) },
        rows: queue(command("a")),
        changed: {},
        reply: { kind: "user-channel" },
      },
    ],
    [
      "nothing to an unknown certificate; it is asked for the certificate itself first",
      {
        input: { shown: { ...shown, fingerprint: "f2", identityHash: "other" } },
        rows: queue(command("a")),
        changed: {},
        reply: { kind: "not-admitted", wanting: true, result: { kind: "pending", enrollmentId: "e1" } },
      },
    ],
  ]);
});

describe("a device that says NotNow", () => {
  const again = (notNows: number): Row => ({
    input: { message: notNow },
    rows: queue(command("a", { ...offered, notNows })),
    changed: { "command e1/a": { state: "queued", skip: 1, notNows: notNows + 1 } },
    reply: NOTHING,
    // The first, second, fourth, eighth … time is an entry.
    notes: [0, 1, 3, 7].includes(notNows) ? ["not-now"] : [],
  });
  table(poll, input, [
    ...[0, 1, 2, 3, 4, 6, 7].map((times): [string, Row] => [`for the ${times + 1}th time is counted`, again(times)]),
    [
      "is given what waits behind it",
      {
        input: { message: notNow },
        rows: queue(command("a", offered), command("b", { rank: 2 })),
        changed: { "command e1/a": { state: "queued", skip: 1, notNows: 1 }, "command e1/b": out },
        reply: { ...told("UDID-e1"), closed: null },
      },
    ],
    [
      "twice in a row is counted once",
      { input: { message: notNow }, rows: queue(command("a", { skip: 1, notNows: 1 })), changed: {}, notes: [] },
    ],
    [
      "is not offered it again by another report of the same session",
      {
        input: { message: acknowledged("x") },
        rows: device({
          command: [command("a", { skip: 1, notNows: 1 })],
          closedCommand: [{ ...lost, uuid: "x", answer: { bytes: 1, kept: 0, batch: 0, n: 0 } }],
        }),
        changed: {},
        reply: NOTHING,
      },
    ],
    [
      "is offered it again when it says Idle",
      {
        input: {},
        rows: queue(command("a", { skip: 1, notNows: 1, offers: 1 })),
        changed: { "command e1/a": { skip: 0, state: "offered", offeredAt: NOW, offers: 2 } },
        reply: OFFERED,
      },
    ],
    [
      "has not carried out what must not come twice: that is queued again too",
      {
        input: { message: notNow },
        rows: queue(command("a", { ...offered, once: 1 })),
        changed: { "command e1/a": { state: "queued", skip: 1, notNows: 1 } },
        reply: NOTHING,
      },
    ],
    [
      "to what is closed leaves nothing",
      { input: { message: notNow }, rows: device({ closedCommand: [lost] }), changed: {}, notes: [] },
    ],
  ]);
});

describe("an answer", () => {
  const closedA = (outcome: string) => ({
    "command e1/a": "gone",
    "closedCommand e1/a": { outcome, closedAt: NOW, answer: { batch: 1, n: 1 } },
  });
  const answered = (Status: string, outcome: string): [string, Row] => [
    `of status ${Status} closes its command as ${outcome}`,
    {
      input: { message: says({ Status, CommandUUID: "a" }) },
      rows: queue(command("a", { ...offered, requestType: "ProfileList", origin: "raw" })),
      changed: closedA(outcome),
      reply: { ...NOTHING, closed: "a" },
      notes: ["answer"],
    },
  ];
  table(poll, input, [
    answered("Acknowledged", "Acknowledged"),
    answered("Error", "Error"),
    answered("CommandFormatError", "CommandFormatError"),
    answered("Unheard-of", "other"),
    [
      "to what has never been handed out counts all the same",
      {
        input: { message: acknowledged("a") },
        rows: queue(command("a", { requestType: "ProfileList", origin: "raw" })),
        changed: closedA("Acknowledged"),
      },
    ],
    [
      "that never came is missed at the next Idle, where the command must not come twice",
      {
        input: {},
        rows: queue(command("a", { ...offered, once: 1 })),
        changed: { "command e1/a": "gone", "closedCommand e1/a": { outcome: "answer-lost", answer: null } },
        reply: NOTHING,
        notes: ["command-closed"],
      },
    ],
    [
      "that never came is asked for again at the next Idle, where the command may come twice",
      {
        input: {},
        rows: queue(command("a", offered)),
        changed: { "command e1/a": { offeredAt: NOW, offers: 2 } },
        reply: OFFERED,
      },
    ],
    [
      "that comes after it was missed is kept, and the outcome stays",
      {
        input: { message: acknowledged("a") },
        rows: device({ closedCommand: [lost] }),
        changed: { "closedCommand e1/a": { answer: { batch: 1, n: 1 } } },
        reply: { ...NOTHING, closed: null },
        notes: ["answer-late"],
      },
    ],
    [
      "that comes late still tells the version",
      {
        input: { message: runs("a", "26.6") },
        rows: device({ closedCommand: [{ ...lost, requestType: "DeviceInformation" }] }),
        changed: {
          "closedCommand e1/a": { answer: { batch: 1, n: 1 } },
          "enrollment e1": { osVersion: "26.6", buildVersion: "23A1", dueAt: NOW, reportedVersion: "26.6" },
          "facts e1": { doc: { OSVersion: { value: "26.6", at: NOW }, BuildVersion: { value: "23A1", at: NOW } } },
        },
      },
    ],
    [
      "that says more leaves what the device has said before",
      {
        input: { message: runs("a", "26.5") },
        rows: {
          ...queue(command("a", offered)),
          facts: [{ enrollmentId: "e1", doc: { UDID: { value: "u", at: 1 }, OSVersion: { value: "26.5", at: NOW } } }],
        },
        changed: {
          "command e1/a": "gone",
          "closedCommand e1/a": { outcome: "Acknowledged" },
          "enrollment e1": { buildVersion: "23A1", reportedVersion: "26.5" },
          "facts e1": {
            doc: {
              UDID: { value: "u", at: 1 },
              OSVersion: { value: "26.5", at: NOW },
              BuildVersion: { value: "23A1", at: NOW },
            },
          },
        },
      },
    ],
    [
      "that comes twice is kept once",
      {
        input: { message: runs("a", "26.6") },
        rows: device({ closedCommand: [{ ...lost, answer: { bytes: 1, kept: 1, batch: 1, n: 1 } }] }),
        changed: {},
        notes: [],
      },
    ],
    [
      "to what was never asked is kept",
      {
        input: { message: runs("never", "26.6") },
        rows: device(),
        // Whatever it says: it is not known what was asked.
        changed: { "closedCommand e1/never": { requestType: "unknown", outcome: "other", queuedAt: NOW } },
        reply: { ...NOTHING, closed: null },
        notes: ["answer-unasked"],
      },
    ],
    [
      "without a CommandUUID is one that was never asked",
      {
        input: { message: says({ Status: "Error" }) },
        rows: device(),
        changed: { "closedCommand e1/": { requestType: "unknown" } },
      },
    ],
    [
      "that names an older version than is known is believed: it was asked, and a device may be restored",
      {
        input: { message: runs("a", "26.4") },
        rows: queue(command("a", offered)),
        changed: {
          "command e1/a": "gone",
          "closedCommand e1/a": { outcome: "Acknowledged" },
          "enrollment e1": { osVersion: "26.4", dueAt: NOW },
          "facts e1": { doc: { OSVersion: { value: "26.4", at: NOW } } },
        },
      },
    ],
  ]);
});

describe("a device that is heard", () => {
  const withPush = { outbox: [outboxRow("e1", NOW)] };
  const job = withJob(device(), {}, MINUTE);
  const question = only(job, "command").uuid;
  table(poll, input, [
    [
      "needs the push no more that has not left, and its silence is over",
      {
        input: {},
        rows: device({ ...withPush, enrollment: [enrollment({ unheard: 3, pushesAccepted: 2 })] }),
        changed: { "outbox push:e1": "gone", "enrollment e1": { unheard: 0, pushesAccepted: 0 } },
        reply: NOTHING,
      },
    ],
    [
      "is handed its job's question",
      { input: {}, rows: job, changed: { "outbox push:e1": "gone", [`command e1/${question}`]: out, "job j1": {} } },
    ],
    [
      "on the release that its job wants ends the job",
      {
        input: { message: runs(question, "26.6.1") },
        rows: job,
        changed: {
          "outbox push:e1": "gone",
          [`command e1/${question}`]: "gone",
          [`closedCommand e1/${question}`]: { outcome: "Acknowledged" },
          "enrollment e1": { osVersion: "26.6.1", dueAt: NOW },
          "facts e1": {},
          "job j1": { state: "done", live: 0, finishedAt: NOW, dueAt: null },
        },
      },
    ],
  ]);
});

describe("an install that a version queued which did not wait for deadlines", () => {
  const MOMENT = NOW + MINUTE;
  const order = { requestType: "ScheduleOSUpdate", origin: "job", purpose: "install", jobId: "j1", once: 1 } as const;
  const queued = (deadlineAt: number) => ({
    ...withJob(device(), { deadlineAt, deadline: "2026-08-25T12:01" }, MINUTE),
    command: [command("a", order)],
    commandBytes: [commandBytesRow("e1", "a")],
    outbox: [],
  });
  table(poll, input, [
    ["stays in the queue before its deadline", { input: {}, rows: queued(MOMENT), changed: {}, reply: NOTHING }],
    [
      "is handed out from its deadline on",
      {
        input: { now: MOMENT },
        rows: queued(MOMENT),
        changed: { "command e1/a": { state: "offered", offeredAt: MOMENT } },
        reply: OFFERED,
      },
    ],
  ]);
});

describe("a device that is handed a command", () => {
  it("is not pushed for it, nor for the next one that its answer leads to", () => {
    let rows = withJob(device(), {}, MINUTE);
    const purposes: (string | null)[] = [];
    for (const message of [() => idle, (uuid: string) => runs(uuid, "26.5")]) {
      const uuid = only(rows, "command").uuid;
      const next = transact(poll, { ...input, message: message(uuid) }, rows);
      rows = next.rows;
      purposes.push(only(rows, "command").purpose);
      expect([next.reply.kind, rows.outbox ?? []]).toEqual(["command", []]);
    }
    expect(purposes).toEqual(["ask", "status"]);
  });
});
