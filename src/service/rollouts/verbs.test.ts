/** What a person says of a rollout and its rings, as tables: each verb in each state → the rows afterwards. */
import { describe, expect, it } from "vitest";
import type { RolloutState, RolloutVerb, RunState, RunVerb } from "../../plans/index.ts";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import { gateDecisionRow, planRow, ringRunRow, rolloutRow } from "../../store/suite-rows.ts";
import { decideRollout, type DecideRolloutInput, decideRun, type DecideRunInput } from "./verbs.ts";

const NOW = Date.UTC(2026, 7, 26, 11);
const THEN = NOW - 86_400_000;

const OPENED = { state: "open", openedAt: THEN, countFrom: THEN, since: THEN, decisions: 1 } as const;
const SWEEPS = [
  { name: "compliance", cause: 1, cursor: "x", dueAt: null, leaseUntil: 9 },
  { name: "gate", cause: 0, cursor: null, dueAt: null, leaseUntil: 9 },
] as const;
/** A person's decision makes all of these due, whatever turn is under way. */
const WOKEN = {
  "sweep compliance": { cause: NOW, cursor: null, dueAt: NOW, leaseUntil: 0 },
  "sweep gate": { dueAt: NOW, leaseUntil: 0 },
  "plan p": { dueAt: NOW },
};

/** 26.6.2 after 26.6.1 in a plan of three rings: the first has passed, the second is open. */
const rows = (more: Parameters<typeof rolloutRow>[1] = {}, run: Parameters<typeof ringRunRow>[2] = {}): MemoryRows => ({
  plan: [planRow("p", { kind: "standing", place: 0, dueAt: null, leaseUntil: 0 })],
  rollout: [
    rolloutRow("old", { planId: "p", version: "26.6.1", state: "superseded" }),
    rolloutRow("r", { planId: "p", version: "26.6.2", stateBy: "system", since: THEN, ...more }),
    rolloutRow("new", { planId: "p", version: "26.6.3" }),
    rolloutRow("major", { planId: "p", version: "15.7.9" }),
    rolloutRow("bad", { planId: "p", version: "26.6", state: "aborted" }),
  ],
  ringRun: [
    ringRunRow("r", 0, { ...OPENED, state: "passed", decisions: 2 }),
    ringRunRow("r", 1, { ...OPENED, ...run }),
    ringRunRow("r", 2),
  ],
  gateDecision: [gateDecisionRow("r", 0, { ring: 1 })],
  sweep: [...SWEEPS],
});

const SAID = { rolloutId: "r", reason: "two iPads do not start", by: "token:u", now: NOW };

function say(verb: RolloutVerb, before: MemoryRows, version?: string) {
  const input: DecideRolloutInput = { ...SAID, verb, ...(version === undefined ? {} : { version }) };
  return transact(decideRollout, input, before);
}

const decisionOf = (what: string, more: object = {}) => ({
  rolloutId: "r",
  what,
  by: "token:u",
  at: NOW,
  reason: SAID.reason,
  ...more,
});

/** Where each verb leads from each state; "same": nothing changes, and it is as was asked; "no": refused. */
const LEADS: {
  readonly [V in "hold" | "pause" | "resume" | "abort"]: Record<RolloutState, RolloutState | "same" | "no">;
} = {
  hold: { running: "held", held: "same", paused: "no", aborted: "no", superseded: "no" },
  pause: { running: "paused", held: "paused", paused: "same", aborted: "no", superseded: "no" },
  resume: { running: "same", held: "running", paused: "running", aborted: "no", superseded: "no" },
  abort: { running: "aborted", held: "aborted", paused: "aborted", aborted: "same", superseded: "no" },
};
const VERBS = Object.entries(LEADS).flatMap(([verb, states]) =>
  Object.entries(states).map(([state, to]) => [verb, state, to] as const),
) as readonly (readonly [keyof typeof LEADS, RolloutState, RolloutState | "same" | "no"])[];
const changing = VERBS.filter(([, , to]) => to !== "same" && to !== "no");

describe("a rollout", () => {
  it.each(changing)("on %s from %s is %s: by whom, why and since when, with a decision", (verb, state, to) => {
    const { changed, reply } = say(verb, rows({ state, instead: state === "paused" ? "26.6.1" : null }));
    expect(reply).toEqual({ kind: "done" });
    const { "ringRun r/0/0": first, "ringRun r/1/0": second, ...rest } = changed;
    expect(rest).toEqual({
      "rollout r": expect.objectContaining({
        state: to,
        reason: SAID.reason,
        stateBy: "token:u",
        since: NOW,
      }) as unknown,
      "gateDecision r/1/0/1": expect.objectContaining(
        decisionOf(verb, { ring: 1, urgent: 0, n: 1, numbers: {} }),
      ) as unknown,
      ...WOKEN,
    });
    // After a pause earlier failures do not count, in every ring that has opened.
    const counted = verb === "resume" && state === "paused" ? { countFrom: NOW } : {};
    expect(first).toEqual(verb === "resume" && state === "paused" ? counted : undefined);
    expect(second).toEqual({ decisions: 2, ...counted });
  });

  it("that is resumed or aborted gives nothing instead any more", () => {
    for (const verb of ["resume", "abort"] as const)
      expect(say(verb, rows({ state: "paused", instead: "26.6.1" })).changed["rollout r"]).toMatchObject({
        instead: null,
      });
  });

  it.each(VERBS.filter(([, , to]) => to === "same"))("on a second %s while %s stays as it is", (verb, state) => {
    const { changed, reply } = say(verb, rows({ state, stateBy: "gate", reason: "failures" }));
    expect([changed, reply]).toEqual([{}, { kind: "done" }]);
  });

  it.each(VERBS.filter(([, , to]) => to === "no"))("refuses %s while %s", (verb, state) => {
    const { changed, reply } = say(verb, rows({ state }));
    expect([changed, reply]).toEqual([{}, { kind: "rollout-state", state }]);
  });

  it("has the decision in its first ring where none has opened, and in the last of those that have", () => {
    const none = rows();
    const first = say("hold", { ...none, ringRun: [ringRunRow("r", 0), ringRunRow("r", 1)], gateDecision: [] });
    expect(first.changed).toHaveProperty("gateDecision r/0/0/0");
    const urgent = ringRunRow("r", 2, { ...OPENED, urgent: 1, decisions: 0 });
    const last = say("hold", { ...none, ringRun: [...(none.ringRun ?? []), urgent] });
    expect(last.changed).toHaveProperty("gateDecision r/2/1/0");
  });

  it("that is not there, and one of a plan that was stopped, change nothing", () => {
    const gone = transact(decideRollout, { ...SAID, rolloutId: "none", verb: "pause" }, rows());
    expect([gone.changed, gone.reply]).toEqual([{}, { kind: "rollout-unknown" }]);
    const stopped = say("pause", { ...rows(), plan: [planRow("p", { state: "stopped" })] });
    expect([stopped.changed, stopped.reply]).toEqual([{}, { kind: "plan-stopped" }]);
  });
});

describe("an older release instead", () => {
  it("is given while the rollout is paused, and the decision names it", () => {
    const { changed, reply } = say("instead", rows({ state: "paused" }), "26.6.1");
    expect(reply).toEqual({ kind: "done" });
    expect(changed).toMatchObject({
      "rollout r": { instead: "26.6.1" },
      "gateDecision r/1/0/1": decisionOf("instead", { numbers: { version: "26.6.1" } }),
      ...WOKEN,
    });
    expect(Object.keys(changed["rollout r"] as object)).toEqual(["instead"]);
  });

  it("a second time changes nothing", () =>
    expect(say("instead", rows({ state: "paused", instead: "26.6.1" }), "26.6.1")).toMatchObject({
      changed: {},
      reply: { kind: "done" },
    }));

  it.each(["26.6.3", "26.6.2", "15.7.9", "26.6", "26.5"])(
    "is none that is newer, the same, of another major, aborted or unknown: %s",
    (version) =>
      expect(say("instead", rows({ state: "paused" }), version)).toMatchObject({
        changed: {},
        reply: { kind: "not-older" },
      }),
  );

  it.each(["running", "held", "aborted", "superseded"] as const)("is refused while %s", (state) =>
    expect(say("instead", rows({ state }), "26.6.1")).toMatchObject({
      changed: {},
      reply: { kind: "rollout-state", state },
    }),
  );
});

describe("a blackout that is lifted", () => {
  const urgent = (more: Parameters<typeof rolloutRow>[1] = {}): MemoryRows => {
    const before = rows(more);
    return {
      ...before,
      ringRun: [...(before.ringRun ?? []), ringRunRow("r", 0, { urgent: 1, asked: "blackout", askedAt: THEN })],
    };
  };

  it.each(["running", "held", "paused"] as const)("holds no urgent device back any more: %s", (state) => {
    const { changed, reply } = say("lift-blackout", urgent({ state }));
    expect(reply).toEqual({ kind: "done" });
    expect(changed).toMatchObject({
      "rollout r": { blackoutLifted: 1 },
      "gateDecision r/1/0/1": decisionOf("lift-blackout"),
    });
  });

  it("a second time changes nothing", () =>
    expect(say("lift-blackout", urgent({ blackoutLifted: 1 }))).toMatchObject({
      changed: {},
      reply: { kind: "done" },
    }));

  it.each(["aborted", "superseded"] as const)("is refused where the rollout is %s", (state) =>
    expect(say("lift-blackout", urgent({ state })).reply).toEqual({ kind: "rollout-state", state }),
  );

  it("is refused where the release is urgent for nobody", () =>
    expect(say("lift-blackout", rows())).toMatchObject({ changed: {}, reply: { kind: "not-urgent" } }));
});

type Leads = Record<RunState, RunState | "same" | "no">;
const RUNS: readonly (readonly [RunVerb, urgent: boolean, Leads])[] = [
  ["promote", false, { waiting: "no", open: "no", asks: "passed", passed: "same", superseded: "no" }],
  ["promote", true, { waiting: "open", open: "same", asks: "passed", passed: "same", superseded: "no" }],
  ["wait", false, { waiting: "no", open: "same", asks: "open", passed: "no", superseded: "no" }],
  ["wait", true, { waiting: "no", open: "same", asks: "open", passed: "no", superseded: "no" }],
];
const RUN_CASES = RUNS.flatMap(([verb, urgent, leads]) =>
  (Object.keys(leads) as RunState[]).map((state) => [verb, urgent ? "urgent" : "normal", state, leads[state]] as const),
);

describe("a ring", () => {
  const sayRun = (verb: RunVerb, kind: string, state: RunState, more: Parameters<typeof rolloutRow>[1] = {}) => {
    const urgent = kind === "urgent";
    const before = rows(more);
    const opened = state === "waiting" ? { openedAt: null, countFrom: null } : {};
    const run = ringRunRow("r", 1, {
      ...OPENED,
      urgent: urgent ? 1 : 0,
      state,
      asked: "few",
      askedAt: THEN,
      ...opened,
    });
    const input: DecideRunInput = { ...SAID, verb, ring: 1, urgent };
    return transact(decideRun, input, { ...before, ringRun: [run], gateDecision: [] });
  };

  it.each(RUN_CASES.filter(([, , , to]) => to !== "no" && to !== "same"))(
    "on %s of its %s run that is %s is %s, and the question is answered",
    (verb, kind, state, to) => {
      const urgent = kind === "urgent" ? 1 : 0;
      const { changed, reply } = sayRun(verb, kind, state);
      expect(reply).toEqual({ kind: "done" });
      expect(changed).toEqual({
        [`ringRun r/1/${urgent}`]: {
          ...{ state: to, since: NOW, asked: null, askedAt: null, decisions: 2 },
          ...(state === "waiting" ? { openedAt: NOW, countFrom: NOW } : {}),
        },
        [`gateDecision r/1/${urgent}/1`]: expect.objectContaining(
          decisionOf(verb, { ring: 1, urgent, n: 1 }),
        ) as unknown,
        ...WOKEN,
      });
    },
  );

  it.each(RUN_CASES.filter(([, , , to]) => to === "same"))(
    "on %s of its %s run that is %s stays as it is",
    (verb, kind, state) => expect(sayRun(verb, kind, state)).toMatchObject({ changed: {}, reply: { kind: "done" } }),
  );

  it.each(RUN_CASES.filter(([, , , to]) => to === "no"))("refuses %s of its %s run that is %s", (verb, kind, state) =>
    expect(sayRun(verb, kind, state)).toMatchObject({ changed: {}, reply: { kind: "ring-state", state } }),
  );

  it.each([
    ["running", "done"],
    ["held", "done"],
    ["paused", "rollout-state"],
    ["aborted", "rollout-state"],
    ["superseded", "rollout-state"],
  ] as const)("is promoted in a rollout that is %s: %s", (state, kind) =>
    expect(sayRun("promote", "normal", "asks", { state }).reply).toMatchObject({ kind }),
  );

  it("that is not there is unknown", () => {
    const input: DecideRunInput = { ...SAID, verb: "wait", ring: 7, urgent: false };
    expect(transact(decideRun, input, rows()).reply).toEqual({ kind: "ring-unknown" });
    expect(transact(decideRun, { ...input, rolloutId: "none" }, rows()).reply).toEqual({ kind: "rollout-unknown" });
  });
});

describe("a person and the gate at once", () => {
  it("only the first of them decides: the other finds the state that it reads in its own transaction", () => {
    const before = rows({}, { state: "asks", asked: "approval", askedAt: THEN });
    const promoted = transact(decideRun, { ...SAID, verb: "promote", ring: 1, urgent: false }, before);
    const waited = transact(decideRun, { ...SAID, verb: "wait", ring: 1, urgent: false }, promoted.rows);
    expect([waited.changed, waited.reply]).toEqual([{}, { kind: "ring-state", state: "passed" }]);
    const aborted = say("abort", promoted.rows);
    expect(say("pause", aborted.rows).reply).toEqual({ kind: "rollout-state", state: "aborted" });
    expect(aborted.rows.gateDecision?.map(({ n, what }) => [n, what])).toEqual([
      [0, "open"],
      [1, "promote"],
      [2, "abort"],
    ]);
  });
});
