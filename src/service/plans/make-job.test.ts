/** A decision that becomes a job, as a table: what is asked and the rows → the rows afterwards. */
import { describe, expect } from "vitest";
import type { Json, Rows } from "../../store/index.ts";
import type { MemoryRows } from "../../store/in-memory.suite.ts";
import { blackoutRow, blockRow, enrollmentRow, planDeviceRow, planRow } from "../../store/suite-rows.ts";
import {
  type Case,
  decided,
  device,
  enrollment,
  HOUR,
  ID,
  NOW,
  only,
  SEED,
  table,
  withJob,
} from "../enrollment/one-device.suite.ts";
import { daysOf, keyOf } from "./blackouts-in-force.ts";
import { makeJob, type MakeJobInput } from "./make-job.ts";

const stopped = planRow("p1", { state: "stopped", stoppedAt: NOW - 1 });
const there = decided({}, { kind: "compliant", reason: "already-there", seed: SEED.target as unknown as Json });
/** What another plan has decided for the device. */
const second: Rows["planDevice"] = { ...decided(), planId: "p2" };

describe("a decision that becomes a job", () => {
  const asked = { blocks: [], blockedBy: [] };
  const input: MakeJobInput = { planId: "p1", enrollmentId: "e1", jobId: "j1", firstId: ID, now: NOW, ...asked };
  type Row = Case<typeof input>;
  const rows = (more: MemoryRows = {}) => device({ plan: [planRow("p1")], planDevice: [decided()], ...more });
  const made = { jobId: "j1", seed: null, doneAt: NOW };
  const begun = {
    "planDevice p1/e1": made,
    [`command e1/${ID}`]: { requestType: "DeviceInformation", origin: "job" },
    "outbox push:e1": { dueAt: NOW },
  };
  const refused = { kind: "refused", seed: null, decidedAt: NOW, doneAt: NOW };
  const queued = ["job-step", "command-queued"];
  const live = { live: 1, begun: 1, state: "asking", createdAt: NOW, finishedAt: null };
  const over = { live: 0, begun: 0, createdAt: NOW, finishedAt: NOW, dueAt: null };
  /** It has a job of the first plan, and a second plan has decided. */
  const busy = (replace: boolean): MemoryRows => ({
    ...withJob(rows(), {}, HOUR),
    plan: [planRow("p1"), planRow("p2", { spec: { replace } })],
    planDevice: [second],
  });
  /** The same, where the first plan is a standing one and its job has come to `state`. */
  const standingJob = (state?: string): MemoryRows => {
    const has = busy(false);
    const job = only(has, "job");
    const doc = { ...(job.doc as object), ...(state === undefined ? {} : { state }) } as unknown as Json;
    return { ...has, job: [{ ...job, rolloutId: "r1", ring: 0, doc }] };
  };
  const other = { planId: "p2", jobId: "j2" };
  const question = only(busy(true), "command").uuid;
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
    [
      "waits for a block that was made since it was looked at",
      { input: {}, rows: rows({ block: [blockRow("b1")] }), changed: {}, notes: [] },
    ],
    [
      "is refused by a block that covers its device",
      {
        input: { blocks: ["b1"], blockedBy: ["b1"] },
        rows: rows({ block: [blockRow("b1")] }),
        changed: { "planDevice p1/e1": { ...refused, reason: "release-blocked", params: { version: "26.6.1" } } },
        notes: ["job-refused"],
      },
    ],
    ...(
      [
        ["that covers other devices", {}, { blocks: ["b1"] }],
        ["of another release", { version: "26.6" }, {}],
        ["of an improvement of its version", { extra: "a" }, {}],
        ["of another platform", { platform: "tvOS" }, {}],
        ["that has ended", { live: 0 }, {}],
      ] as const
    ).map(([what, more, asked]): [string, Row] => [
      `is not kept from beginning by a block ${what}`,
      {
        input: asked,
        rows: rows({ block: [blockRow("b1", more)] }),
        changed: { "job j1": live, ...begun },
        notes: queued,
      },
    ]),
    ["begins at once", { input: {}, rows: rows(), changed: { "job j1": live, ...begun }, notes: queued }],
    [
      "comes twice, and makes one job",
      { input: { jobId: "j9" }, rows: withJob(rows(), {}, HOUR), changed: {}, notes: [] },
    ],
    [
      "comes twice, and makes one job, where the first has ended since",
      {
        input: {},
        rows: rows({ planDevice: [decided({}, { jobId: "j0", doneAt: NOW - 1 })] }),
        changed: {},
        notes: [],
      },
    ],
    ["of a plan that was stopped makes none", { input: {}, rows: rows({ plan: [stopped] }), changed: {}, notes: [] }],
    ["of a plan that is not there makes none", { input: {}, rows: rows({ plan: [] }), changed: {}, notes: [] }],
    [
      "that was never made, or has gone, makes none",
      { input: {}, rows: rows({ planDevice: [second] }), changed: {}, notes: [] },
    ],
    [
      "for a device that is forgotten is refused, and there is no timeline for it",
      {
        input: {},
        rows: { plan: [planRow("p1")], planDevice: [decided()] },
        changed: { "planDevice p1/e1": { ...refused, reason: "not-enrolled" } },
        notes: [],
      },
    ],
    [
      "for a device that has left meanwhile is refused",
      {
        input: {},
        rows: rows({ enrollment: [enrollmentRow("e1", { state: "checked-out" })] }),
        changed: { "planDevice p1/e1": { ...refused, reason: "not-enrolled" } },
        notes: ["job-refused"],
      },
    ],
    [
      "to refuse makes none",
      {
        input: {},
        rows: rows({ planDevice: [planDeviceRow("p1", "e1", { kind: "refused", reason: "not-supervised" })] }),
        changed: {},
        notes: [],
      },
    ],
    [
      "that it is there already is a job that is over, and what was wanted stays known",
      {
        input: {},
        rows: rows({ planDevice: [there] }),
        changed: {
          "planDevice p1/e1": made,
          "job j1": { ...over, state: "done", reason: "already-there", doc: { wanted: SEED.target } },
        },
        notes: ["job-compliant"],
      },
    ],
    [
      "waits to be looked at again where it does not know of a blackout",
      { input: {}, rows: rows({ blackout: [blackoutRow("Fair")] }), changed: {}, notes: [] },
    ],
    [
      "is carried out where it knows of one that does not cover the device",
      {
        input: { blackouts: { known: [keyOf(blackoutRow("Fair"))], covering: [] } },
        rows: rows({ blackout: [blackoutRow("Fair")] }),
        changed: { ...begun, "job j1": live },
      },
    ],
    [
      "knows of a blackout that was made since it was decided",
      {
        input: { blackouts: { known: [keyOf(blackoutRow("Fair"))], covering: [daysOf(blackoutRow("Fair"))] } },
        rows: rows({ blackout: [blackoutRow("Fair")] }),
        changed: {
          ...begun,
          "job j1": { doc: expect.objectContaining({ blackouts: [daysOf(blackoutRow("Fair"))] }) as never },
        },
      },
    ],
    [
      "loses to the job that the device has",
      {
        input: other,
        rows: busy(false),
        changed: { "planDevice p2/e1": { ...refused, reason: "busy", params: { plan: "p1" } } },
        notes: ["job-refused"],
      },
    ],
    [
      "takes over the job of a standing plan, though the plan does not replace",
      {
        input: other,
        rows: standingJob(),
        changed: {
          "planDevice p2/e1": { ...made, jobId: "j2" },
          "job j1": { live: 0, state: "stopped", reason: "withdrawn", finishedAt: NOW },
          "job j2": { ...live, rolloutId: null, ring: null },
          [`command e1/${question}`]: "gone",
          [`closedCommand e1/${question}`]: { outcome: "withdrawn" },
          [`command e1/${ID}`]: {},
          "outbox push:e1": {},
        },
      },
    ],
    ...(["installing", "too-late"] as const).map((state): [string, Row] => [
      `loses to the job of a standing plan whose install has begun: ${state}`,
      {
        input: other,
        rows: standingJob(state),
        changed: { "planDevice p2/e1": { ...refused, reason: "busy", params: { plan: "p1" } } },
        notes: ["job-refused"],
      },
    ]),
    [
      "replaces the job that the device has, where the plan does",
      {
        input: other,
        rows: busy(true),
        changed: {
          "planDevice p2/e1": { ...made, jobId: "j2" },
          "job j1": { live: 0, state: "stopped", reason: "withdrawn", finishedAt: NOW },
          "job j2": live,
          [`command e1/${question}`]: "gone",
          [`closedCommand e1/${question}`]: { outcome: "withdrawn" },
          [`command e1/${ID}`]: {},
          "outbox push:e1": {},
        },
      },
    ],
  ];
  table(makeJob, input, cases);
});
