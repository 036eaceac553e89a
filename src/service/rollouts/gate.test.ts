/** What the gate decides is written only if it is still as it was read (targets R11, test 13.7). */
import { describe, expect, it } from "vitest";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import { blackoutRow, planRow, ringRunRow, rolloutRow } from "../../store/suite-rows.ts";
import { askedAgain, gateDecides, type GateInput, gateTurn } from "./gate.ts";

const NOW = Date.UTC(2026, 7, 25, 7, 0, 30);
const NINE = Date.UTC(2026, 7, 25, 7);
const PLAN = planRow("plan", { kind: "standing", revision: 3 });
const ROLLOUT = rolloutRow("r1", { since: 5 });
const RUN = ringRunRow("r1", 1, { since: 5, decisions: 2 });
const BEFORE = ringRunRow("r1", 0, { state: "passed", openedAt: 3, countFrom: 3 });
const NEWER = rolloutRow("r2", { version: "26.6.3" });
const NEWER_RUN = ringRunRow("r2", 1);
const SWEEP = (name: "gate" | "compliance") => ({ name, cause: 0, cursor: null, dueAt: null, leaseUntil: 0 });
const rows = (more: MemoryRows = {}): MemoryRows => ({
  plan: [PLAN],
  rollout: [ROLLOUT, NEWER],
  ringRun: [RUN, BEFORE, NEWER_RUN],
  sweep: [SWEEP("gate"), SWEEP("compliance")],
  ...more,
});
const opens: GateInput = {
  read: { plan: PLAN, rollouts: [ROLLOUT, NEWER], runs: [RUN, BEFORE, NEWER_RUN], blackouts: [] },
  ...{ rolloutId: "r1", ring: 1, urgent: 0 },
  ...{ what: "open", reason: "time-has-come", numbers: {}, to: { run: "open" } },
  ...{ openedAt: NINE, now: NOW },
};
const failed = { ring: 1, urgent: 0, n: 2, by: "gate", at: NOW };

/** The run that is decided about. */
const own = ({ ringRun }: MemoryRows) => ringRun?.filter(({ rolloutId, ring }) => rolloutId === "r1" && ring === 1);

describe("the gate", () => {
  it("opens a ring at its opening, keeps the decision, and wakes devices and plan", () => {
    const done = transact(gateDecides, opens, rows());
    expect(done.reply).toBe(true);
    expect(own(done.rows)).toMatchObject([
      { state: "open", since: NINE, openedAt: NINE, countFrom: NINE, decisions: 3 },
    ]);
    expect(done.rows.gateDecision).toMatchObject([{ ...failed, what: "open", reason: "time-has-come" }]);
    // The gate is looking already.
    expect(done.rows.sweep).toMatchObject([
      { name: "gate", dueAt: null },
      { name: "compliance", dueAt: NOW },
    ]);
    expect(done.rows.plan).toMatchObject([{ dueAt: NOW }]);
  });

  it("passes, and keeps when it opened", () => {
    const run = { ...RUN, state: "open", openedAt: 7, countFrom: 7, since: 7 } as const;
    const input = {
      ...opens,
      read: { ...opens.read, runs: [run, BEFORE, NEWER_RUN] },
      what: "pass",
      to: { run: "passed" },
      openedAt: null,
    } as const;
    const done = transact(gateDecides, input, rows({ ringRun: [run, BEFORE, NEWER_RUN] }));
    expect(own(done.rows)).toMatchObject([{ state: "passed", since: NOW, openedAt: 7, countFrom: 7 }]);
  });

  it("asks, and forgets the question once it has gone on", () => {
    const run = { ...RUN, state: "open", openedAt: 7, countFrom: 7 } as const;
    const asking = {
      ...opens,
      read: { ...opens.read, runs: [run, BEFORE, NEWER_RUN] },
      what: "ask",
      reason: "unreachable",
      to: { run: "asks" },
    } as const;
    const asked = transact(gateDecides, asking, rows({ ringRun: [run, BEFORE, NEWER_RUN] })).rows;
    expect(own(asked)).toMatchObject([{ state: "asks", asked: "unreachable", askedAt: NOW }]);
    const again = { rolloutId: "r1", ring: 1, urgent: 0, askedAt: NOW, now: NOW + 9 } as const;
    const told = transact(askedAgain, again, asked);
    expect([told.reply, own(told.rows)?.[0]?.askedAt]).toEqual([true, NOW + 9]);
    // Of two processes one tells it.
    expect(transact(askedAgain, again, told.rows).reply).toBe(false);
    const passing = {
      ...opens,
      read: { ...opens.read, runs: asked.ringRun ?? [] },
      what: "pass",
      to: { run: "passed" },
    } as const;
    expect(own(transact(gateDecides, passing, asked).rows)).toMatchObject([
      { state: "passed", asked: null, askedAt: null },
    ]);
  });

  it("pauses a whole rollout, and leaves its run open", () => {
    const run = { ...RUN, state: "open", openedAt: 7, countFrom: 7 } as const;
    const numbers = { failures: 6, started: 41 };
    const to = { rollout: "paused" } as const;
    const input = {
      ...opens,
      read: { ...opens.read, runs: [run, BEFORE, NEWER_RUN] },
      what: "pause",
      reason: "failures",
      numbers,
      to,
    } as const;
    const done = transact(gateDecides, input, rows({ ringRun: [run, BEFORE, NEWER_RUN] }));
    expect(done.rows.rollout).toMatchObject([
      { state: "paused", reason: "failures", stateBy: "gate", since: NOW },
      NEWER,
    ]);
    expect(own(done.rows)).toMatchObject([{ state: "open", openedAt: 7, decisions: 3 }]);
    expect(done.rows.gateDecision).toMatchObject([{ ...failed, what: "pause", numbers }]);
  });

  it.each<[string, MemoryRows]>([
    ["the run has opened", { ringRun: [{ ...RUN, state: "open" }, BEFORE, NEWER_RUN] }],
    ["the run was decided about", { ringRun: [{ ...RUN, decisions: 3 }, BEFORE, NEWER_RUN] }],
    ["its numbers count from another moment", { ringRun: [{ ...RUN, countFrom: 9 }, BEFORE, NEWER_RUN] }],
    ["the run is not there", { ringRun: [BEFORE, NEWER_RUN] }],
    ["the rollout is paused", { rollout: [{ ...ROLLOUT, state: "paused" }, NEWER] }],
    ["the rollout was paused and resumed", { rollout: [{ ...ROLLOUT, since: 6 }, NEWER] }],
    ["the ring before it has asked", { ringRun: [RUN, { ...BEFORE, state: "asks", decisions: 1 }, NEWER_RUN] }],
    ["an urgent run was added", { ringRun: [RUN, BEFORE, NEWER_RUN, ringRunRow("r1", 0, { urgent: 1 })] }],
    ["another release has opened", { ringRun: [RUN, BEFORE, { ...NEWER_RUN, state: "open", decisions: 1 }] }],
    ["another release is paused", { rollout: [ROLLOUT, { ...NEWER, state: "paused" }] }],
    ["another release has begun", { rollout: [ROLLOUT, NEWER, rolloutRow("r3", { version: "26.6.4" })] }],
    ["this one is given instead of another", { rollout: [ROLLOUT, { ...NEWER, instead: "26.6.2" }] }],
    ["it has become urgent", { rollout: [{ ...ROLLOUT, urgentBelow: "26.6.1", urgentAt: 6 }, NEWER] }],
    ["a blackout was lifted for it", { rollout: [{ ...ROLLOUT, blackoutLifted: 1 }, NEWER] }],
    ["a blackout was made", { blackout: [blackoutRow("Summer", { rule: "all" })] }],
    ["the plan was edited", { plan: [{ ...PLAN, revision: 4 }] }],
    ["the plan is paused", { plan: [{ ...PLAN, state: "paused" }] }],
  ])("decides nothing where %s meanwhile", (_what, more) => {
    const done = transact(gateDecides, opens, rows(more));
    expect([done.reply, done.changed]).toEqual([false, {}]);
  });

  it("decides once where two have read the same", () => {
    const first = transact(gateDecides, opens, rows());
    const second = transact(gateDecides, opens, first.rows);
    expect([first.reply, second.reply, second.changed]).toEqual([true, false, {}]);
  });

  it("gives its turn back, unless another cause has made it due again", () => {
    const claimed = { ...SWEEP("gate"), dueAt: 1, leaseUntil: 60 };
    const turn = { leaseUntil: 60, dueAt: NOW };
    expect(transact(gateTurn, turn, { sweep: [claimed] }).rows.sweep).toMatchObject([{ dueAt: NOW, leaseUntil: 0 }]);
    expect(transact(gateTurn, turn, { sweep: [{ ...claimed, leaseUntil: 0 }] }).changed).toEqual({});
  });
});
