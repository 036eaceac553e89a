/** A device's policy as a table: what comes and its rows → its rows afterwards. */
import { describe, expect } from "vitest";
import type { Rows } from "../../store/index.ts";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import { policyRow } from "../../store/suite-rows.ts";
import { maintain } from "../work/maintenance.ts";
import {
  acknowledged,
  after,
  caller,
  DAY,
  device,
  enrollment,
  HOUR,
  ID,
  idle,
  MINUTE,
  nextId,
  NOW,
  only,
  says,
  table,
  type Case,
} from "./one-device.suite.ts";
import { assignPolicy, takePolicyAway } from "../policies/policy.ts";
import { poll } from "../commands/poll.ts";
import { reportStatus } from "../declarations/status.ts";

const DEFERS = { Deferrals: { CombinedPeriodInDays: 7 } };
const OTHER = { Deferrals: { CombinedPeriodInDays: 14 } };
const policy = (id = "p1", more: Partial<Rows["policy"]> = {}): Rows["policy"] =>
  policyRow(id, { settings: DEFERS, createdAt: 10, ...more });
const removed = { state: "removed", removedAt: NOW - MINUTE } as const;

/** It takes no declarations: a profile tells it. */
const OLD = { osVersion: "16.7", enforces: 0 } as const;
const phone = (more: Partial<Rows["enrollment"]> = {}, rows: MemoryRows = {}): MemoryRows =>
  device({ enrollment: [enrollment({ ...OLD, ...more })], policy: [policy()], ...rows });
const before = {
  policyId: "p1",
  enrollmentId: "e1",
  firstId: "0198b000-0000-7000-8000-000000000001",
  now: NOW - MINUTE,
};
const sent = { requestType: "InstallProfile", origin: "care", purpose: "restrict", once: 0 };
const nextDue = { dueAt: NOW + 15 * MINUTE };
const pushed = { "outbox push:e1": { dueAt: NOW } };

/** Rows once the policy was given, and what has happened since. */
const given = (rows = phone()): MemoryRows => transact(assignPolicy, before, rows).rows;
const polled =
  (message: Uint8Array, now = NOW - MINUTE) =>
  (rows: MemoryRows) =>
    transact(poll, { ...caller, message, now, firstId: ID.replace("0198", "0199") }, rows).rows;
/** Its profile's command; the ids before it are those of the profile's payloads. */
const UUID = only(given(), "command").uuid;
const NEW = nextId(2);
const offered = (): MemoryRows => after(given(), polled(idle));
const installed = (): MemoryRows => after(offered(), polled(acknowledged(UUID)));
const refused = (uuid: string): Uint8Array =>
  says({
    Status: "Error",
    CommandUUID: uuid,
    ErrorChain: [new Map([["USEnglishDescription", "no room for it"]])],
  });
const set = (rows: MemoryRows, more: Partial<Rows["assignment"]>): MemoryRows => ({
  ...rows,
  assignment: [{ ...only(rows, "assignment"), ...more }],
});
const wish = only(given(), "assignment").sent;

describe("a policy given to a device", () => {
  const input = { policyId: "p1", enrollmentId: "e1", firstId: ID, now: NOW };
  type Row = Case<typeof input>;
  table(assignPolicy, input, [
    [
      "that takes no declarations is told by a profile",
      {
        input: {},
        rows: phone(),
        changed: {
          "assignment e1": { policyId: "p1", way: "profile", state: "pending", sent: wish, tries: 1, held: 0 },
          [`command e1/${NEW}`]: sent,
          "enrollment e1": nextDue,
          ...pushed,
        },
        notes: ["policy-assigned", "command-queued", "policy-state"],
      },
    ],
    [
      "whose OS is not known waits until it is",
      {
        input: {},
        rows: phone({ osVersion: null }),
        changed: { "assignment e1": { way: "unknown", state: "pending", sent: null } },
        notes: ["policy-assigned"],
      },
    ],
    [
      "that takes declarations, and has not begun, begins at the next look",
      {
        input: {},
        rows: phone({ osVersion: "26.5", enforces: null }),
        changed: { "assignment e1": { way: "declaration", state: "pending" }, "enrollment e1": { dueAt: NOW } },
      },
    ],
    [
      "that has left is kept for when it comes back, and told nothing",
      {
        input: {},
        rows: phone({ state: "checked-out" }),
        changed: { "assignment e1": { way: "unknown", state: "pending", sent: null } },
        notes: ["policy-assigned"],
      },
    ],
    ["that was removed is not given", { input: {}, rows: phone({ state: "removed" }), changed: {}, notes: [] }],
    [
      "which was removed meanwhile is not",
      { input: {}, rows: phone({}, { policy: [policy("p1", removed)] }), changed: {} },
    ],
    ["which it has is not given twice", { input: {}, rows: given(), changed: {}, notes: [] }],
    ...(
      [
        ["older than what it has loses", 9, "p0", false],
        ["of the same moment and a lower id loses", 10, "p0", false],
        ["of the same moment and a higher id wins", 10, "p2", true],
        ["newer than what it has wins", 11, "p0", true],
      ] as const
    ).map(([what, createdAt, id, wins]): [string, Row] => [
      what,
      {
        input: { policyId: id },
        rows: { ...given(), policy: [policy(), policy(id, { createdAt, settings: DEFERS })] },
        changed: wins ? { "assignment e1": { policyId: id, at: NOW } } : {},
      },
    ]),
    [
      "older than what it has wins where that was removed",
      {
        input: { policyId: "p0" },
        rows: { ...given(), policy: [policy("p1", removed), policy("p0", { createdAt: 9 })] },
        changed: { "assignment e1": { policyId: "p0" } },
      },
    ],
    [
      "with other settings withdraws the command that waits for the former",
      {
        input: { policyId: "p2" },
        rows: { ...given(), policy: [policy(), policy("p2", { createdAt: 11, settings: OTHER })] },
        changed: {
          "assignment e1": { policyId: "p2" },
          [`command e1/${UUID}`]: "gone",
          [`closedCommand e1/${UUID}`]: { outcome: "withdrawn", answer: null },
          [`command e1/${NEW}`]: sent,
          "outbox push:e1": { generation: NOW },
        },
      },
    ],
  ]);
});

describe("the answer to a policy's profile", () => {
  const input = { ...caller, message: acknowledged(UUID) };
  const closed = { [`command e1/${UUID}`]: "gone", "enrollment e1": { dueAt: expect.any(Number) } };
  table(poll, input, [
    [
      "says that it is installed",
      {
        input: {},
        rows: offered(),
        changed: {
          ...closed,
          [`closedCommand e1/${UUID}`]: { outcome: "Acknowledged" },
          "assignment e1": { state: "applied", profile: wish, tries: 0 },
        },
      },
    ],
    [
      "is an error: what the device said is kept, and it counts as not there",
      {
        input: { message: refused(UUID) },
        rows: offered(),
        changed: {
          ...closed,
          [`closedCommand e1/${UUID}`]: { outcome: "Error" },
          "assignment e1": { held: 0, objection: "InstallProfile: no room for it" },
        },
      },
    ],
    [
      "is an error at a later try: it may be there from an earlier one, and still counts as held",
      {
        input: { message: refused(UUID) },
        rows: set(offered(), { tries: 2 }),
        changed: {
          ...closed,
          [`closedCommand e1/${UUID}`]: {},
          "assignment e1": { objection: "InstallProfile: no room for it" },
        },
      },
    ],
    [
      "is an error at the fifth try: it has failed",
      {
        input: { message: refused(UUID) },
        rows: set(offered(), { tries: 5 }),
        changed: {
          ...closed,
          [`closedCommand e1/${UUID}`]: {},
          "assignment e1": { state: "failed" },
        },
      },
    ],
    [
      "is NotNow: it waits",
      {
        input: { message: says({ Status: "NotNow", CommandUUID: UUID }) },
        rows: offered(),
        changed: {
          [`command e1/${UUID}`]: { skip: 1, notNows: 1 },
        },
      },
    ],
  ]);
});

describe("a policy that is taken away", () => {
  const input = { policyId: "p1", enrollmentId: "e1", firstId: ID, now: NOW };
  const gone = (rows: MemoryRows): MemoryRows => ({ ...rows, policy: [policy("p1", removed)] });
  const taken = (rows: MemoryRows): MemoryRows =>
    transact(takePolicyAway, { ...input, now: NOW - MINUTE }, gone(rows)).rows;
  table(takePolicyAway, input, [
    [
      "before its profile was delivered leaves nothing behind",
      {
        input: {},
        rows: gone(given()),
        changed: {
          "assignment e1": "gone",
          [`command e1/${UUID}`]: "gone",
          [`closedCommand e1/${UUID}`]: { outcome: "withdrawn" },
          // Nothing is unanswered any more.
          "enrollment e1": { dueAt: NOW - HOUR + DAY },
        },
        notes: ["policy-removed", "command-closed"],
      },
    ],
    [
      "once its profile is there has it removed",
      {
        input: {},
        rows: gone(installed()),
        changed: {
          "assignment e1": { state: "removing", sent: "remove", tries: 1 },
          [`command e1/${ID}`]: { requestType: "RemoveProfile", purpose: "unrestrict" },
          "enrollment e1": {},
          ...pushed,
        },
      },
    ],
    [
      "while its profile is on its way has it removed, and gives the answer up",
      {
        input: {},
        rows: gone(offered()),
        changed: {
          "assignment e1": { state: "removing", sent: "remove" },
          [`command e1/${UUID}`]: "gone",
          [`closedCommand e1/${UUID}`]: { outcome: "answer-lost" },
          [`command e1/${ID}`]: { requestType: "RemoveProfile" },
          ...pushed,
        },
      },
    ],
    ["and is active again is not taken", { input: {}, rows: installed(), changed: {}, notes: [] }],
    [
      "that the device does not have changes nothing",
      { input: { policyId: "p9" }, rows: gone(installed()), changed: {} },
    ],
    ["is taken once", { input: {}, rows: taken(installed()), changed: {}, notes: [] }],
    [
      "gives way to the one for everyone",
      {
        input: {},
        rows: {
          ...installed(),
          policy: [policy("p1", removed), policy("p2", { everyone: 1, settings: DEFERS, createdAt: 5 })],
        },
        changed: { "assignment e1": { policyId: "p2", at: NOW } },
        notes: ["policy-removed", "policy-assigned", "policy-state"],
      },
    ],
  ]);
});

describe("a policy's profile that has not come to its end", () => {
  const input = { enrollmentId: "e1", firstId: ID, now: NOW };
  const due = { dueAt: NOW, leaseUntil: NOW + MINUTE, factsAskedAt: NOW } as const;
  const failedOnce = (tries: number): MemoryRows =>
    set(after(given(phone(due)), polled(idle), polled(refused(UUID))), { tries });
  const dueNow = (rows: MemoryRows): MemoryRows => ({ ...rows, enrollment: [{ ...only(rows, "enrollment"), ...due }] });
  const facts = { "enrollment e1": { dueAt: NOW + 15 * MINUTE, leaseUntil: 0 } };
  table(maintain, input, [
    ...([1, 2, 3, 4] as const).map((tries): [string, Case<typeof input>] => [
      `is sent again after ${tries} tries`,
      {
        input: {},
        rows: dueNow(failedOnce(tries)),
        changed: {
          ...facts,
          "assignment e1": { tries: tries + 1 },
          ...Object.fromEntries([0, 1, 4].map((n) => [`command e1/${n === 0 ? ID : nextId(n)}`, {}])),
          "outbox push:e1": {},
        },
      },
    ]),
    [
      "is not sent a sixth time",
      {
        input: {},
        rows: dueNow(set(failedOnce(5), { state: "failed" })),
        changed: { ...facts, [`command e1/${ID}`]: {}, [`command e1/${nextId(1)}`]: {}, "outbox push:e1": {} },
      },
    ],
  ]);
});

describe("what a status report says of a policy's declaration", () => {
  const SETTINGS = "uptick.settings";
  const rows = transact(assignPolicy, before, phone({ osVersion: "26.5", enforces: 1, dueAt: NOW })).rows;
  const begun = transact(
    maintain,
    { enrollmentId: "e1", firstId: ID.replace("0198", "0196"), now: NOW - MINUTE },
    rows,
  ).rows;
  const item = only(begun, "declarative").items.find(({ identifier }) => identifier === SETTINGS);
  const told = (more: object) =>
    new TextEncoder().encode(
      JSON.stringify({
        StatusItems: {
          management: {
            declarations: {
              configurations: [
                { identifier: SETTINGS, "server-token": item?.serverToken, active: true, valid: "valid", ...more },
              ],
            },
          },
        },
        Errors: [],
      }),
    );
  const input = { ...caller, data: told({}) };
  const status = { "deviceStatus e1": {}, "declarative e1": { reportedAt: NOW } };
  table(reportStatus, input, [
    [
      "in force: it is applied",
      {
        input: {},
        rows: begun,
        changed: { ...status, "assignment e1": { state: "applied", confirmed: item?.serverToken } },
      },
    ],
    ["not active yet: it waits", { input: { data: told({ active: false }) }, rows: begun, changed: { ...status } }],
    [
      "of an older edition: it says nothing",
      { input: { data: told({ "server-token": "older" }) }, rows: begun, changed: { ...status } },
    ],
    [
      "invalid: it has failed, with the device's words",
      {
        input: {
          data: told({
            valid: "invalid",
            reasons: [{ code: "Error.InvalidConfiguration", description: "no such key" }],
          }),
        },
        rows: begun,
        changed: {
          ...status,
          "assignment e1": {
            state: "failed",
            objection: "Error.InvalidConfiguration (no such key)",
          },
        },
      },
    ],
  ]);
});
