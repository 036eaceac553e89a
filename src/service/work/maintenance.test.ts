/** What the server does for a device by itself, as a table: its rows when it is due → its rows afterwards. */
import { describe } from "vitest";
import { outboxRow } from "../../store/suite-rows.ts";
import { maintain } from "./maintenance.ts";
import {
  acknowledged,
  after,
  caller,
  type Case,
  command,
  DAY,
  device,
  enrollment,
  HOUR,
  ID,
  MINUTE,
  nextId,
  NOW,
  only,
  table,
  withJob,
} from "../enrollment/one-device.suite.ts";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import type { Rows } from "../../store/index.ts";
import { poll } from "../commands/poll.ts";

const input = { enrollmentId: "e1", firstId: ID, now: NOW };
type Row = Case<typeof input>;
/** It takes no declarations: what follows from these has tables of its own. */
const plain = { enforces: 0, factsAskedAt: NOW - DAY, dueAt: NOW, leaseUntil: NOW + MINUTE } as const;
const due = (more: Parameters<typeof enrollment>[0] = {}) =>
  device({ enrollment: [enrollment({ ...plain, ...more })] });
const pushed = { "outbox push:e1": { dueAt: NOW, attempts: 0, leaseUntil: 0, generation: NOW } };
const asked = {
  [`command e1/${ID}`]: { requestType: "DeviceInformation", origin: "care", once: 0, state: "queued" },
  [`command e1/${nextId(1)}`]: { requestType: "SecurityInfo", origin: "care" },
};
const rested = { leaseUntil: 0, dueAt: NOW + 15 * MINUTE };

const waiting = (unheard: number, next: number): [string, Row] => [
  `and has not been heard after ${unheard} pushes is pushed again, and next in ${next / HOUR} h`,
  {
    input: {},
    rows: { ...due({ unheard }), command: [command("a")] },
    changed: { "enrollment e1": { unheard: unheard + 1, dueAt: NOW + next, leaseUntil: 0 }, ...pushed },
  },
];

const declared = after(
  device({ enrollment: [enrollment({ factsAskedAt: NOW - DAY })] }),
  (rows) => transact(maintain, { ...input, now: NOW - HOUR }, rows).rows,
);
/** The sync was answered, and the list not fetched. */
const late = (tries: number, factsAskedAt: number) => ({
  ...declared,
  command: [],
  outbox: [],
  declarative: [{ ...only(declared, "declarative"), tries }],
  enrollment: [{ ...only(declared, "enrollment"), factsAskedAt, dueAt: NOW }],
});

describe("a device that is due", () => {
  table(maintain, input, [
    ["and unknown is nothing", { input: { enrollmentId: "e2" }, rows: due(), changed: {} }],
    [
      "and has left is left alone",
      {
        input: {},
        rows: due({ state: "checked-out" }),
        changed: { "enrollment e1": { dueAt: null, leaseUntil: 0 } },
        notes: [],
      },
    ],
    [
      "is asked what must be known, and pushed",
      {
        input: {},
        rows: due(),
        changed: { ...asked, "enrollment e1": { ...rested, factsAskedAt: NOW }, ...pushed },
        notes: ["command-queued", "command-queued"],
      },
    ],
    [
      "and has no push token is asked all the same",
      {
        input: {},
        rows: due({ pushable: 0 }),
        changed: { ...asked, "enrollment e1": { ...rested, factsAskedAt: NOW } },
      },
    ],
    [
      "is pushed for a newer cause than the push that waits",
      {
        input: {},
        rows: { ...due(), outbox: [{ ...outboxRow("e1", NOW + HOUR), generation: NOW + 7, attempts: 3 }] },
        changed: {
          ...asked,
          "enrollment e1": { factsAskedAt: NOW },
          "outbox push:e1": { dueAt: NOW, attempts: 0, generation: NOW + 8 },
        },
      },
    ],
    waiting(0, HOUR),
    waiting(1, 4 * HOUR),
    waiting(2, DAY),
    waiting(3, DAY),
    waiting(100, DAY),
    [
      "is not waited for because of a job's command, which has times of its own",
      {
        input: {},
        rows: withJob(due()),
        changed: {
          ...asked,
          "enrollment e1": { ...rested, factsAskedAt: NOW },
          "outbox push:e1": { generation: NOW + 1 },
        },
      },
    ],
    [
      "and sits in Setup Assistant is let out, before all else",
      {
        input: {},
        rows: due({ awaitingConfiguration: 1 }),
        changed: {
          [`command e1/${ID}`]: { requestType: "DeviceConfigured", rank: NOW },
          "enrollment e1": { unheard: 1, dueAt: NOW + 15 * MINUTE },
          ...pushed,
        },
      },
    ],
    [
      "and is being let out is not told twice",
      {
        input: {},
        rows: {
          ...due({ awaitingConfiguration: 1 }),
          command: [command("a", { requestType: "DeviceConfigured", origin: "care" })],
        },
        changed: { "enrollment e1": { unheard: 1, dueAt: NOW + HOUR }, ...pushed },
      },
    ],
    ...([15 * MINUTE, HOUR, 4 * HOUR, DAY, DAY] as const).map((next, tries): [string, Row] => [
      `and has not fetched its list after ${tries} reminders is told to sync, and next in ${next / MINUTE} min; its facts are young`,
      {
        input: {},
        rows: late(tries, NOW - DAY + 1),
        changed: {
          [`command e1/${ID}`]: { requestType: "DeclarativeManagement" },
          "declarative e1": { tries: tries + 1, askedAt: NOW },
          "enrollment e1": { dueAt: NOW + next },
          ...pushed,
        },
      },
    ]),
    [
      "and has not fetched its list is asked for its facts once they are a day old",
      {
        input: {},
        rows: late(0, NOW - DAY),
        changed: {
          [`command e1/${ID}`]: { requestType: "DeclarativeManagement" },
          [`command e1/${nextId(1)}`]: { requestType: "DeviceInformation" },
          [`command e1/${nextId(2)}`]: { requestType: "SecurityInfo" },
          "declarative e1": { tries: 1 },
          "enrollment e1": { factsAskedAt: NOW },
          ...pushed,
        },
      },
    ],
  ]);
});

describe("a device that has answered all that it was asked", () => {
  const shown = { ...caller, message: acknowledged("a") };
  const asked = (dueAt: number | null, more: Partial<Rows["command"]> = {}, facts = NOW - HOUR): MemoryRows => ({
    ...due({ dueAt, factsAskedAt: facts }),
    command: [
      command("a", { state: "offered", offers: 1 }),
      ...(more.uuid === undefined ? [] : [command(more.uuid, more)]),
    ],
  });
  const closed = { "command e1/a": "gone", "closedCommand e1/a": { outcome: "Acknowledged" } };
  const later = (dueAt: number) => ({ ...closed, "enrollment e1": { dueAt } });
  table(poll, shown, [
    [
      "is looked after when its facts are a day old",
      { input: {}, rows: asked(NOW + 1), changed: later(NOW + 23 * HOUR) },
    ],
    [
      "is looked after at once where they are older",
      { input: {}, rows: asked(NOW + 1, {}, NOW - 2 * DAY), changed: later(NOW) },
    ],
    ["is looked after at this moment where it was to be", { input: {}, rows: asked(NOW), changed: closed }],
    ["is looked after where that is late already", { input: {}, rows: asked(NOW - 1), changed: closed }],
    ["is not looked after where it was not to be", { input: {}, rows: asked(null), changed: closed }],
    [
      "is looked after as before while another question of the server's own is open",
      {
        input: {},
        rows: asked(NOW + 1, { uuid: "b" }),
        changed: { ...closed, "command e1/b": { state: "offered" } },
      },
    ],
    [
      "is looked after when its facts are a day old, whatever its job waits for",
      {
        input: {},
        rows: asked(NOW + 1, { uuid: "b", origin: "job", notBefore: NOW + HOUR }),
        changed: later(NOW + 23 * HOUR),
      },
    ],
  ]);
});
