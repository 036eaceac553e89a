/** A policy's rows, and its profile on a device that changes its mind, as a table: what is asked and the rows → the rows afterwards. */
import { describe, expect } from "vitest";
import type { Rows } from "../../store/index.ts";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import { policyRow } from "../../store/suite-rows.ts";
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
} from "../enrollment/one-device.suite.ts";
import {
  assignPolicy,
  createPolicy,
  policyChunkMade,
  policyTurn,
  type PolicyTurnInput,
  removePolicy,
  takePolicyAway,
} from "./policy.ts";
import { poll } from "../commands/poll.ts";

const DEFERS = { Deferrals: { CombinedPeriodInDays: 7 } };
const policy = (id: string, more: Partial<Rows["policy"]> = {}): Rows["policy"] =>
  policyRow(id, { settings: DEFERS, createdAt: 10, ...more });
const removed = { state: "removed", removedAt: NOW - MINUTE } as const;

describe("a policy that is made", () => {
  const input = {
    id: "p1",
    name: "a policy",
    settings: DEFERS,
    everyone: false,
    devices: [] as string[],
    by: "token:t",
    now: NOW,
  };
  const row = { state: "active", everyone: 0, createdAt: NOW, dueAt: NOW, removedAt: null, createdBy: "token:t" };
  const some = (count: number) => Array.from({ length: count }, (_, n) => `e${n}`);
  const chunked = (count: number, ...sizes: readonly number[]): [string, Case<typeof input>] => {
    const devices = some(count);
    let at = 0;
    const chunks = sizes.map((size, n) => [
      `policyChunk p1/${n}`,
      { devices: devices.slice(at, (at += size)), madeAt: null },
    ]);
    return [
      `for ${count} devices holds them in ${sizes.length} chunks`,
      { input: { devices }, rows: {}, changed: { "policy p1": row, ...Object.fromEntries(chunks) } },
    ];
  };
  table(createPolicy, input, [
    chunked(0),
    chunked(1, 1),
    chunked(999, 999),
    chunked(1000, 1000),
    chunked(1001, 1000, 1),
    chunked(2000, 1000, 1000),
    [
      "for everyone is the only one for everyone",
      {
        input: { everyone: true },
        rows: { policy: [policy("p0", { everyone: 1 })] },
        changed: { "policy p0": { everyone: 0 }, "policy p1": { ...row, everyone: 1 } },
      },
    ],
    [
      "for some leaves the one for everyone",
      {
        input: { devices: ["e1"] },
        rows: { policy: [policy("p0", { everyone: 1 })] },
        changed: { "policy p1": row, "policyChunk p1/0": { devices: ["e1"] } },
      },
    ],
  ]);
});

describe("a policy that is removed", () => {
  table(removePolicy, { policyId: "p1", now: NOW }, [
    [
      "is due at once, and for nobody any more",
      {
        input: {},
        rows: { policy: [policy("p1", { everyone: 1, leaseUntil: NOW + MINUTE })] },
        changed: { "policy p1": { state: "removed", everyone: 0, removedAt: NOW, dueAt: NOW, leaseUntil: 0 } },
      },
    ],
    ["stays so since the first time", { input: {}, rows: { policy: [policy("p1", removed)] }, changed: {} }],
    ["is one that exists", { input: {}, rows: {}, changed: {} }],
  ]);
});

describe("a policy whose chunk is done", () => {
  const chunks = [0, 1].map((n) => ({ policyId: "p1", n, devices: ["e1"], madeAt: null }));
  table(policyChunkMade, { policyId: "p1", n: 0, now: NOW }, [
    [
      "goes on with the others",
      { input: {}, rows: { policyChunk: chunks }, changed: { "policyChunk p1/0": { madeAt: NOW } } },
    ],
  ]);
});

describe("a policy at which a turn of work has ended", () => {
  const input: PolicyTurnInput = { policyId: "p1", state: "active", dueAt: null };
  const rows = (more: Partial<Rows["policy"]> = {}): MemoryRows => ({
    policy: [policy("p1", { dueAt: 7, leaseUntil: NOW + MINUTE, ...more })],
  });
  const rest = { "policy p1": { dueAt: null, leaseUntil: 0 } };
  table(policyTurn, input, [
    ["and nothing is left is put to rest", { input: {}, rows: rows(), changed: rest }],
    [
      "and more is left is due for it",
      { input: { dueAt: NOW }, rows: rows(), changed: { "policy p1": { dueAt: NOW, leaseUntil: 0 } } },
    ],
    ["and that was removed meanwhile stays due for that", { input: { dueAt: NOW }, rows: rows(removed), changed: {} }],
    ["and that was removed meanwhile is not put to rest", { input: {}, rows: rows(removed), changed: {} }],
    [
      "and whose devices have lost it is put to rest",
      { input: { state: "removed" }, rows: rows(removed), changed: rest },
    ],
  ]);
});

describe("a policy's profile", () => {
  const input = { policyId: "p1", enrollmentId: "e1", firstId: ID, now: NOW };
  /** It takes no declarations. */
  const phone = (more: Partial<Rows["enrollment"]> = {}): MemoryRows =>
    device({
      enrollment: [enrollment({ osVersion: "16.7", enforces: 0, ...more })],
      policy: [policy("p1"), policy("p2")],
    });
  const given = transact(
    assignPolicy,
    { ...input, firstId: ID.replace("0198", "0195"), now: NOW - MINUTE },
    phone(),
  ).rows;
  const polls =
    (message: Uint8Array) =>
    (rows: MemoryRows): MemoryRows =>
      transact(poll, { ...caller, message, now: NOW - MINUTE, firstId: ID.replace("0198", "0196") }, rows).rows;
  const installed = after(given, polls(idle), polls(acknowledged(only(given, "command").uuid)));
  const taking = after(
    { ...installed, policy: [policy("p1", removed), policy("p2")] },
    (rows) => transact(takePolicyAway, { ...input, firstId: ID.replace("0198", "0197"), now: NOW - MINUTE }, rows).rows,
  );
  const removal = only(taking, "command").uuid;
  const asked = only(given, "command").uuid;
  const refused = (text: string): Uint8Array =>
    says({ Status: "Error", CommandUUID: asked, ErrorChain: [new Map([["USEnglishDescription", text]])] });
  const gone = (outcome: string) => ({
    [`command e1/${removal}`]: "gone",
    [`closedCommand e1/${removal}`]: { outcome },
  });
  table(poll, { ...caller, message: idle }, [
    [
      "that a device refuses with a long text keeps 300 characters of it",
      {
        input: { message: refused("x".repeat(400)) },
        rows: after(given, polls(idle)),
        changed: {
          [`command e1/${asked}`]: "gone",
          [`closedCommand e1/${asked}`]: { outcome: "Error" },
          "assignment e1": { objection: `InstallProfile: ${"x".repeat(284)}` },
          "enrollment e1": {},
        },
      },
    ],
  ]);
  table(assignPolicy, input, [
    [
      "is not sent where Apple's rules forbid the command, and the rule is shown",
      {
        input: {},
        rows: phone({ accessRights: 16 }),
        changed: {
          "assignment e1": { way: "profile", state: "failed", objection: expect.stringContaining("InstallProfile") },
        },
        notes: ["policy-assigned", "policy-state"],
      },
    ],
    [
      "waits while it is not known whether the device is supervised",
      {
        input: {},
        rows: phone({ supervised: null }),
        changed: { "assignment e1": { way: "unknown", state: "pending" } },
      },
    ],
    [
      "of the same settings stays, where its removal has not left yet",
      {
        input: { policyId: "p2" },
        rows: taking,
        changed: {
          ...gone("withdrawn"),
          "assignment e1": { policyId: "p2", state: "applied" },
          // Nothing is unanswered any more.
          "enrollment e1": { dueAt: NOW - HOUR + DAY },
        },
      },
    ],
    [
      "of the same settings is installed again, where its removal may have reached the device",
      {
        input: { policyId: "p2" },
        rows: after(taking, polls(idle)),
        changed: {
          ...gone("answer-lost"),
          [`command e1/${nextId(2)}`]: { requestType: "InstallProfile" },
          "assignment e1": { policyId: "p2", state: "pending", profile: null },
          "outbox push:e1": {},
        },
      },
    ],
  ]);
});
