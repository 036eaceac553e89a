/** Standing plans are edited and ordered: the transactions as tables, and the runs that rollouts lack. */
import { describe, expect, it } from "vitest";
import type { PlanRequest } from "../../contract/index.ts";
import type { Json, PlanRow } from "../../store/index.ts";
import { planRow, ringRunRow, rolloutRow } from "../../store/suite-rows.ts";
import { table } from "../enrollment/one-device.suite.ts";
import { sweepFor } from "../compliance/sweep.ts";
import { editPlan, lackingRuns, orderPlans } from "./edit.ts";
import { standingSpecOf } from "../plans/standing-spec.ts";
import { NOW, STANDING } from "./world.suite.ts";

/** As the plan keeps it. */
const specOf = (more: Partial<PlanRequest>): Json =>
  standingSpecOf({ ...STANDING, ...more }, undefined, NOW) as unknown as Json;
const [OLD, NEW] = [specOf({}), specOf({ noticeHours: 48 })];

const standing = (id: string, place: number, more: Partial<PlanRow> = {}): PlanRow =>
  planRow(id, { kind: "standing", place, spec: OLD, ...more });
const swept = (sweepFor(NOW, NOW) as { readonly row: unknown }).row;
const run = ringRunRow("r1", 1, { state: "waiting" });

describe("a plan that is edited", () => {
  const three = [standing("p1", 0), standing("p2", 1), standing("p3", 2)];
  const input = {
    ...{ planId: "p1", revision: 1, name: "new", spec: NEW },
    ...{ runs: [], rollouts: ["r1"], fields: ["name"], now: NOW },
  };
  const edited = { name: "new", spec: NEW, revision: 2 };
  table(editPlan, input, [
    [
      "has its new terms and one revision more, and all devices are looked at",
      {
        input: {},
        rows: { plan: three, rollout: [rolloutRow("r1", { planId: "p1" })] },
        changed: { "plan p1": edited, "sweep compliance": swept },
        reply: { kind: "edited" },
      },
    ],
    [
      "gets the runs that its rollouts lack",
      {
        input: { runs: [run] },
        rows: { plan: three, rollout: [rolloutRow("r1", { planId: "p1" })] },
        changed: { "plan p1": edited, "ringRun r1/1/0": run, "sweep compliance": swept },
      },
    ],
    [
      "at another place moves the plans between",
      {
        input: { place: 1 },
        rows: { plan: three },
        changed: { "plan p1": { ...edited, place: 1 }, "plan p2": { place: 0 }, "sweep compliance": swept },
      },
    ],
    [
      "at a place behind the last is the last",
      {
        input: { place: 10_000 },
        rows: { plan: [...three, standing("p0", 3, { state: "stopped" })] },
        changed: {
          "plan p1": { ...edited, place: 2 },
          "plan p2": { place: 0 },
          "plan p3": { place: 1 },
          "sweep compliance": swept,
        },
      },
    ],
    [
      "by somebody who knows another revision stays",
      {
        input: { revision: 2 },
        rows: { plan: three },
        changed: {},
        reply: { kind: "stale" },
      },
    ],
    [
      "waits where a rollout has begun whose rings were not looked at",
      {
        input: {},
        rows: {
          plan: three,
          rollout: [rolloutRow("r1", { planId: "p1" }), rolloutRow("r2", { planId: "p1", version: "26.7" })],
        },
        changed: {},
        reply: { kind: "again" },
      },
    ],
    [
      "does not wait for rollouts that are over, or of another plan",
      {
        input: { rollouts: [] },
        rows: {
          plan: three,
          rollout: [
            rolloutRow("r1", { planId: "p1", state: "aborted" }),
            rolloutRow("r2", { planId: "p1", version: "26.7", state: "superseded" }),
            rolloutRow("r3", { planId: "p2" }),
          ],
        },
        changed: { "plan p1": edited, "sweep compliance": swept },
      },
    ],
    [
      "is none that was stopped",
      {
        input: {},
        rows: { plan: [standing("p1", 0, { state: "stopped" })] },
        changed: {},
        reply: { kind: "over" },
      },
    ],
    ["is one that exists", { input: {}, rows: {}, changed: {}, reply: { kind: "over" } }],
    [
      "and is a once plan gets its name, and nobody is looked at",
      {
        input: { spec: null },
        rows: { plan: [planRow("p1")] },
        changed: { "plan p1": { name: "new", revision: 2 } },
        reply: { kind: "edited" },
      },
    ],
  ]);
});

describe("plans that are put in an order", () => {
  const rows = {
    plan: [standing("p1", 0), standing("p2", 1), standing("p3", 4), standing("p0", 2, { state: "stopped" })],
  };
  table(orderPlans, { order: ["p1", "p2", "p3"], now: NOW }, [
    [
      "have it, and all devices are looked at",
      {
        input: { order: ["p3", "p1", "p2"] },
        rows,
        changed: {
          "plan p3": { place: 0 },
          "plan p1": { place: 1 },
          "plan p2": { place: 2 },
          "sweep compliance": swept,
        },
        reply: { kind: "ordered" },
      },
    ],
    [
      "that they have stay where they are",
      { input: {}, rows: { plan: rows.plan.slice(0, 2) }, changed: {}, reply: { kind: "differs" } },
    ],
    [
      "close the gaps that stops have left",
      { input: {}, rows, changed: { "plan p3": { place: 2 }, "sweep compliance": swept } },
    ],
    ...(
      [
        ["that lacks one of them", ["p1", "p2"]],
        ["that names one twice", ["p1", "p2", "p2"]],
        ["that names a stopped one", ["p1", "p2", "p3", "p0"]],
      ] as const
    ).map(
      ([what, order]) =>
        [`refuse an order ${what}`, { input: { order }, rows, changed: {}, reply: { kind: "differs" } }] as const,
    ),
  ]);
});

describe("the runs that rollouts lack", () => {
  const plan = (rings: number, urgentDays: number | null) => ({
    id: "p1",
    spec: { standing: { days: 9, urgentDays, rings: Array.from({ length: rings }, () => ({})) } } as unknown as Json,
  });
  const known = [ringRunRow("r1", 0, { state: "passed" }), ringRunRow("r1", 1, { state: "open" })];
  const names = (...of: Parameters<typeof lackingRuns>) =>
    lackingRuns(...of).map(({ rolloutId, ring, urgent, state }) => `${rolloutId} ${ring} ${urgent} ${state}`);
  it.each([
    ["of rings that are new", plan(4, null), {}, ["r1 2 0 waiting", "r1 3 0 waiting"]],
    ["none where rings are gone", plan(1, null), {}, []],
    ["none where a plan without rings has one", plan(0, null), {}, []],
    [
      "urgent ones, where the plan hurries now",
      plan(2, 3),
      { urgentBelow: "26.6.1" },
      ["r1 0 1 waiting", "r1 1 1 waiting"],
    ],
    ["none urgent, where the release is not", plan(2, 3), {}, []],
    ["those of a paused rollout too", plan(3, null), { state: "paused" }, ["r1 2 0 waiting"]],
    ["none of a rollout that is over", plan(3, null), { state: "aborted" }, []],
    ["none of another plan", plan(3, null), { planId: "p2" }, []],
  ] as const)("%s", (_what, edited, more, expected) => {
    expect(names(edited, [rolloutRow("r1", { planId: "p1", ...more })], known, NOW)).toEqual(expected);
  });
});
