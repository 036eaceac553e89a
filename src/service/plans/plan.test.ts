/** A plan's row and what is due of it, as a table: what is asked and the rows → the rows afterwards. */
import { sweepFor } from "../compliance/sweep.ts";
import { describe } from "vitest";
import type { Rows } from "../../store/index.ts";
import type { MemoryRows } from "../../store/in-memory.suite.ts";
import { haltRow, planRow } from "../../store/suite-rows.ts";
import { DAY, decided, device, HOUR, ID, MINUTE, NOW, only, table, withJob } from "../enrollment/one-device.suite.ts";
import { setHalt } from "./halt.ts";
import { createPlan, jobDue, pausePlan, planTurn, type PlanTurnInput, resumePlan, stopPlan } from "./plan.ts";

const plan = (more: Partial<Rows["plan"]> = {}): Rows["plan"] =>
  planRow("p1", { dueAt: 7, leaseUntil: NOW + MINUTE, ...more });
const stopped = { state: "stopped", stoppedAt: NOW - 1 } as const;

describe("a plan that is made", () => {
  table(createPlan, { id: "p1", name: "a plan", spec: {}, devices: 3, by: "token:t", now: NOW }, [
    [
      "is due at once, and says who made it",
      {
        input: {},
        rows: { planDevice: [decided()] },
        changed: {
          "plan p1": { state: "active", createdAt: NOW, dueAt: NOW, stoppedAt: null, createdBy: "token:t", devices: 3 },
        },
      },
    ],
  ]);
});

describe("a plan at which a turn of work has ended", () => {
  const claimed = NOW + MINUTE;
  const input: PlanTurnInput = { planId: "p1", leaseUntil: claimed, dueAt: null };
  const rest = { "plan p1": { dueAt: null, leaseUntil: 0 } };
  table(planTurn, input, [
    ["and nothing is left is put to rest", { input: {}, rows: { plan: [plan()] }, changed: rest }],
    [
      "and more is left is due for it",
      { input: { dueAt: NOW }, rows: { plan: [plan()] }, changed: { "plan p1": { dueAt: NOW, leaseUntil: 0 } } },
    ],
    [
      "and of which an admin has said something meanwhile stays due for that",
      { input: {}, rows: { plan: [plan({ leaseUntil: 0 })] }, changed: {} },
    ],
    [
      "and that another process has claimed since stays with that",
      { input: {}, rows: { plan: [plan({ leaseUntil: claimed + 1 })] }, changed: {} },
    ],
    [
      "is put to rest by the turn that has withdrawn its jobs",
      { input: {}, rows: { plan: [plan(stopped)] }, changed: rest },
    ],
  ]);
});

describe("a plan that is stopped", () => {
  table(stopPlan, { planId: "p1", now: NOW }, [
    [
      "is due at once, whatever turn is under way",
      {
        input: {},
        rows: { plan: [plan()] },
        changed: { "plan p1": { state: "stopped", stoppedAt: NOW, dueAt: NOW, leaseUntil: 0 } },
        reply: { stopped: true },
      },
    ],
    [
      "a second time stays as it was the first",
      { input: {}, rows: { plan: [plan(stopped)] }, changed: {}, reply: { stopped: true } },
    ],
    ["is one that exists", { input: {}, rows: {}, changed: {}, reply: { stopped: false } }],
  ]);
});

const paused = { state: "paused", pausedAt: NOW - 1, pauseReason: "why", pauseBy: "token:t" } as const;
const resumed = { state: "active", pausedAt: null, pauseReason: null, pauseBy: "token:u", dueAt: NOW, leaseUntil: 0 };

describe("a plan that is paused", () => {
  table(pausePlan, { planId: "p1", reason: "a bad update", by: "token:u", now: NOW }, [
    [
      "says who paused it and why, and is due at once",
      {
        input: {},
        rows: { plan: [plan()] },
        changed: {
          "plan p1": {
            ...{ state: "paused", pausedAt: NOW, pauseReason: "a bad update", pauseBy: "token:u" },
            ...{ dueAt: NOW, leaseUntil: 0 },
          },
        },
        reply: { state: "paused" },
      },
    ],
    [
      "a second time stays as it was the first",
      { input: {}, rows: { plan: [plan(paused)] }, changed: {}, reply: { state: "paused" } },
    ],
    [
      "is none that was stopped",
      { input: {}, rows: { plan: [plan(stopped)] }, changed: {}, reply: { state: "stopped" } },
    ],
  ]);
});

describe("a plan that is resumed", () => {
  table(resumePlan, { planId: "p1", by: "token:u", now: NOW }, [
    [
      "is active, and due at once",
      { input: {}, rows: { plan: [plan(paused)] }, changed: { "plan p1": resumed }, reply: { state: "active" } },
    ],
    ["is one that was paused", { input: {}, rows: { plan: [plan()] }, changed: {}, reply: { state: "active" } }],
    [
      "is none that was stopped",
      { input: {}, rows: { plan: [plan(stopped)] }, changed: {}, reply: { state: "stopped" } },
    ],
  ]);
});

describe("a halt", () => {
  const others = [plan(), plan({ id: "p2", ...paused }), plan({ id: "p3", ...stopped })];
  table(setHalt, { active: true, reason: "a bad update", by: "token:u", now: NOW }, [
    [
      "is one row, and makes every active plan due",
      {
        input: {},
        rows: { plan: others },
        changed: {
          "halt 1": { active: 1, since: NOW, setBy: "token:u", reason: "a bad update" },
          "plan p1": { dueAt: NOW, leaseUntil: 0 },
          "sweep compliance": (sweepFor(NOW, NOW) as { readonly row: unknown }).row,
        },
        reply: { changed: true },
      },
    ],
    [
      "a second time stays as it was the first",
      { input: {}, rows: { plan: others, halt: [haltRow()] }, changed: {}, reply: { changed: false } },
    ],
    [
      "that ends keeps its reason, and makes every active plan due",
      {
        input: { active: false, reason: "" },
        rows: { plan: others, halt: [haltRow()] },
        changed: {
          "halt 1": { active: 0, since: NOW, setBy: "token:u" },
          "plan p1": { dueAt: NOW, leaseUntil: 0 },
          "sweep compliance": (sweepFor(NOW, NOW) as { readonly row: unknown }).row,
        },
        reply: { changed: true },
      },
    ],
    [
      "that never was can't end",
      { input: { active: false }, rows: { plan: others }, changed: {}, reply: { changed: false } },
    ],
  ]);
});

describe("a job that is due", () => {
  const input = { enrollmentId: "e1", jobId: "j1", firstId: ID, now: NOW };
  const has = withJob(device(), {}, HOUR);
  const job = only(has, "job");
  const question = only(has, "command").uuid;
  /** Its next look is at `at`, as it thinks; its row is due at `dueAt`. */
  const waits = (at: number, dueAt: number, more: object = {}): MemoryRows => ({
    ...has,
    job: [{ ...job, dueAt, doc: { ...(job.doc as object), next: { action: "push-again", at }, ...more } }],
  });
  const BESIDE = { mechanism: "declaration", declared: { former: [], fetchedAt: NOW - 2 * DAY } };
  const pushed = { "job j1": { reason: "silent" }, "outbox push:e1": {} };
  table(jobDue, input, [
    ["and is not the device's any more does nothing", { input: { jobId: "j0" }, rows: has, changed: {}, notes: [] }],
    ["of a device that is gone does nothing", { input: {}, rows: { job: [job] }, changed: {}, notes: [] }],
    ["a moment early does nothing", { input: {}, rows: waits(NOW + 1, NOW + 1), changed: {}, notes: [] }],
    ["at the very moment pushes", { input: {}, rows: waits(NOW, NOW), changed: pushed }],
    [
      "earlier than it thinks, since the clock was set back and its row with it, pushes",
      { input: {}, rows: waits(NOW + 5 * HOUR, NOW), changed: pushed },
    ],
    [
      "and was claimed later than it is due, pushes",
      { input: {}, rows: waits(NOW - HOUR, NOW + MINUTE), changed: pushed },
    ],
    [
      "for the end of its former declaration only, does that and pushes nobody",
      {
        input: {},
        rows: waits(NOW + DAY, NOW, BESIDE),
        changed: { "job j1": { dueAt: NOW + DAY } },
        notes: [],
      },
    ],
    [
      "since its plan was stopped is withdrawn, and its question with it",
      {
        input: {},
        rows: { ...has, plan: [plan(stopped)] },
        changed: {
          "job j1": { live: 0, state: "stopped", reason: "withdrawn", finishedAt: NOW },
          [`command e1/${question}`]: "gone",
          [`closedCommand e1/${question}`]: { outcome: "withdrawn" },
          "enrollment e1": {},
          "outbox push:e1": {},
        },
      },
    ],
  ]);
});
