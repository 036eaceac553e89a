/** A plan's rows and the jobs that come of it, as a table: what is asked and the rows → the rows afterwards. */
import { describe } from "vitest";
import type { Decision } from "../../plans/index.ts";
import type { Rows } from "../../store/index.ts";
import type { MemoryRows } from "../../store/in-memory.suite.ts";
import { enrollmentRow, jobRow, planRow } from "../../store/suite-rows.ts";
import {
  type Case,
  DAY,
  device,
  enrollment,
  HOUR,
  ID,
  MINUTE,
  NOW,
  only,
  SEED,
  table,
  withJob,
} from "../enrollment/one-device.suite.ts";
import {
  addChunk,
  chunkMade,
  createPlan,
  dropChunks,
  jobDue,
  makeJob,
  type MakeJobInput,
  planSettled,
  stopPlan,
} from "./plan.ts";

const plan = (more: Partial<Rows["plan"]> = {}): Rows["plan"] =>
  planRow("p1", { dueAt: 7, leaseUntil: NOW + MINUTE, ...more });
const stopped = { state: "stopped", stoppedAt: NOW - 1 } as const;
const chunk = (n: number, planId = "p1"): Rows["planChunk"] => ({
  planId,
  n,
  decisions: ["a decision"],
  addedAt: 1,
  madeAt: null,
});

describe("a plan that is made", () => {
  const decision: Decision = { kind: "refused", enrollmentId: "e1", reason: "device-unknown", params: {} };
  table(addChunk, { planId: "p1", n: 0, decisions: [decision], now: NOW }, [
    [
      "has its decisions first, in chunks that nobody works at",
      {
        input: { n: 1 },
        rows: { planChunk: [chunk(0)] },
        changed: { "planChunk p1/1": { decisions: [decision], addedAt: NOW, madeAt: null } },
      },
    ],
  ]);
  table(createPlan, { id: "p1", name: "a plan", spec: {}, devices: 3, by: "token:t", now: NOW }, [
    [
      "is due at once, and says who made it",
      {
        input: {},
        rows: { planChunk: [chunk(0)] },
        changed: {
          "plan p1": { state: "active", createdAt: NOW, dueAt: NOW, stoppedAt: null, createdBy: "token:t", devices: 3 },
        },
      },
    ],
  ]);
  table(dropChunks, { planId: "p1" }, [
    [
      "or is not: its chunks go, and those of no other plan",
      {
        input: {},
        rows: { planChunk: [chunk(0), chunk(1), chunk(0, "p2")] },
        changed: { "planChunk p1/0": "gone", "planChunk p1/1": "gone" },
      },
    ],
  ]);
});

describe("a plan whose chunk has become jobs", () => {
  const made = { "planChunk p1/0": { madeAt: NOW, decisions: [] } };
  table(chunkMade, { planId: "p1", n: 0, now: NOW }, [
    [
      "is due for the next one",
      {
        input: {},
        rows: { plan: [plan()], planChunk: [chunk(0), chunk(1)] },
        changed: { ...made, "plan p1": { dueAt: NOW, leaseUntil: 0 } },
      },
    ],
    [
      "and that was stopped meanwhile stays due for the withdrawal of its jobs",
      { input: {}, rows: { plan: [plan(stopped)], planChunk: [chunk(0)] }, changed: made },
    ],
  ]);
});

describe("a plan for which nothing is left to do", () => {
  const rest = { "plan p1": { dueAt: null, leaseUntil: 0 } };
  table(planSettled, { planId: "p1", state: "active" } as { planId: string; state: Rows["plan"]["state"] }, [
    ["is put to rest", { input: {}, rows: { plan: [plan()] }, changed: rest }],
    ["and that was stopped meanwhile is not", { input: {}, rows: { plan: [plan(stopped)] }, changed: {} }],
    [
      "is put to rest by the turn that has withdrawn its jobs",
      { input: { state: "stopped" }, rows: { plan: [plan(stopped)] }, changed: rest },
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

describe("a decision that becomes a job", () => {
  const job: Decision = { kind: "job", enrollmentId: "e1", job: SEED };
  const refused: Decision = { kind: "refused", enrollmentId: "e1", reason: "not-supervised", params: {} };
  const there: Decision = {
    kind: "compliant",
    enrollmentId: "e1",
    reason: "already-there",
    params: {},
    wanted: SEED.target,
  };
  const input: MakeJobInput = { planId: "p1", decision: job, jobId: "j1", firstId: ID, now: NOW };
  type Row = Case<typeof input>;
  const rows = (more: MemoryRows = {}) => device({ plan: [plan()], ...more });
  const begun = {
    [`command e1/${ID}`]: { requestType: "DeviceInformation", origin: "job" },
    "outbox push:e1": { dueAt: NOW },
  };
  const queued = ["job-step", "command-queued"];
  const live = { live: 1, begun: 1, state: "asking", createdAt: NOW, finishedAt: null };
  const over = { live: 0, begun: 0, createdAt: NOW, finishedAt: NOW, dueAt: null };
  const has = (more: MemoryRows = {}) => withJob(rows(more), {}, HOUR);
  const second = { planId: "p2", jobId: "j2" };
  const replaces = planRow("p2", { spec: { replace: true } });
  const cases: readonly (readonly [string, Row])[] = [
    ...(
      [
        ["heard an hour ago", NOW - HOUR, NOW - HOUR],
        ["never heard", null, NOW],
        ["heard at a moment ahead, by a clock that was wrong", NOW + HOUR, NOW],
      ] as const
    ).map(([what, lastSeenAt, heardAt]): [string, Row] => [
      `knows that its device was ${what}`,
      {
        input: {},
        rows: rows({ enrollment: [enrollment({ lastSeenAt })] }),
        changed: { "job j1": { ...live, doc: { heardAt } }, ...begun },
      },
    ]),
    ["begins at once", { input: {}, rows: rows(), changed: { "job j1": live, ...begun }, notes: queued }],
    ["comes twice, and makes one job", { input: {}, rows: has(), changed: {}, notes: [] }],
    [
      "comes twice, and makes one job, where the first has ended since",
      {
        input: {},
        rows: rows({ job: [jobRow("j0", "e1", { planId: "p1", live: 0, finishedAt: NOW - 1 })] }),
        changed: {},
        notes: [],
      },
    ],
    [
      "of a plan that was stopped makes none",
      { input: {}, rows: rows({ plan: [plan(stopped)] }), changed: {}, notes: [] },
    ],
    ["of a plan that is not there makes none", { input: {}, rows: device(), changed: {}, notes: [] }],
    ["for a device that is not there makes none", { input: {}, rows: { plan: [plan()] }, changed: {}, notes: [] }],
    [
      "for a device that has left meanwhile is refused",
      {
        input: {},
        rows: rows({ enrollment: [enrollmentRow("e1", { state: "checked-out" })] }),
        changed: { "job j1": { ...over, state: "refused", reason: "not-enrolled" } },
        notes: ["job-refused"],
      },
    ],
    [
      "to refuse is a job that is over",
      {
        input: { decision: refused },
        rows: rows(),
        changed: { "job j1": { ...over, state: "refused", reason: "not-supervised" } },
        notes: ["job-refused"],
      },
    ],
    [
      "that it is there already is a job that is over, and what was wanted stays known",
      {
        input: { decision: there },
        rows: rows(),
        changed: { "job j1": { ...over, state: "done", reason: "already-there", doc: { wanted: SEED.target } } },
        notes: ["job-compliant"],
      },
    ],
    [
      "loses to the job that the device has",
      {
        input: second,
        rows: { ...has(), plan: [plan(), planRow("p2")] },
        changed: { "job j2": { ...over, state: "refused", reason: "busy", doc: { params: { plan: "p1" } } } },
        notes: ["job-refused"],
      },
    ],
    [
      "to refuse leaves the job that the device has",
      {
        input: { ...second, decision: refused },
        rows: { ...has(), plan: [plan(), planRow("p2")] },
        changed: { "job j2": { ...over, state: "refused", reason: "not-supervised" } },
      },
    ],
    [
      "replaces the job that the device has, where the plan does",
      {
        input: second,
        rows: { ...has(), plan: [plan(), replaces] },
        changed: {
          "job j1": { live: 0, state: "stopped", reason: "withdrawn", finishedAt: NOW },
          "job j2": live,
          [`command e1/${only(has(), "command").uuid}`]: "gone",
          [`closedCommand e1/${only(has(), "command").uuid}`]: { outcome: "withdrawn" },
          [`command e1/${ID}`]: {},
          "outbox push:e1": {},
        },
      },
    ],
  ];
  table(makeJob, input, cases);
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
