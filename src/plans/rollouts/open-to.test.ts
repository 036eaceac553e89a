import { describe, expect, it } from "vitest";
import type { RunSince } from "./context.ts";
import { PLAN, rollout, runOf } from "./gate.suite.ts";
import { isOpenTo } from "./open-to.ts";
import type { Rollout } from "./rollout.ts";

const MINE = rollout("26.6.1");
const NEW = rollout("26.6.2");
const open = (
  run: Partial<RunSince>,
  of: Rollout = MINE,
  newer: { rollout: Rollout; run?: Partial<RunSince> }[] = [],
  hasJob = false,
): boolean => {
  const mine = runOf(of, 0, run);
  const context = {
    plan: PLAN,
    rollouts: [of, ...newer.map((one) => one.rollout)],
    runs: [mine, ...newer.map((one) => runOf(one.rollout, 0, { state: "open", ...one.run }))],
  };
  return isOpenTo(mine, of, context, hasJob);
};
const SUPERSEDED = { state: "superseded" } as const;
const SUPERSEDED_OPEN = { ...SUPERSEDED, openedAt: 1 };
const pausedFor = (instead: string | null): Rollout => ({ ...NEW, state: "paused", instead });

describe("targets R5: a release is open to a device", () => {
  it.each([
    ["waiting", false],
    ["open", true],
    ["asks", true],
    ["passed", true],
    ["superseded", false],
  ] as const)("where its ring's run is %s: %s", (state, expected) => {
    expect(open({ state }, MINE, [{ rollout: NEW }])).toBe(expected);
  });

  it("targets R15: at once where it joins a ring that has passed", () => {
    expect(open({ state: "passed" })).toBe(true);
  });

  it.each([
    ["running", false, true],
    ["running", true, true],
    ["held", false, false],
    ["held", true, true],
    ["paused", true, false],
    ["aborted", true, false],
    ["superseded", true, false],
  ] as const)("targets R12: where its rollout is %s and a job for it: %s, %s", (state, hasJob, expected) => {
    const last = { rollout: NEW, run: { ring: PLAN.rings.length - 1 } };
    expect(open({ state: "passed" }, { ...MINE, state }, [last], hasJob)).toBe(expected);
  });

  const withdrawn: readonly [string, Rollout[], boolean][] = [
    ["runs", [NEW], false],
    ["was aborted", [{ ...NEW, state: "aborted" }], true],
    ["is paused", [pausedFor(null)], false],
    ["is paused with this one given instead", [pausedFor("26.6.1")], true],
    ["is paused with another given instead", [pausedFor("26.6")], false],
    ["runs with this one given instead of it earlier", [{ ...NEW, instead: "26.6.1" }], false],
    ["was aborted, and another runs", [{ ...NEW, state: "aborted" }, rollout("26.6.3")], false],
    ["was aborted, and another too", [{ ...NEW, state: "aborted" }, rollout("26.6.3", { state: "aborted" })], true],
  ];
  it.each(withdrawn)("after it was superseded by one that %s", (_title, newer, expected) => {
    const all = newer.map((one) => ({ rollout: one }));
    expect(open(SUPERSEDED_OPEN, MINE, all)).toBe(expected);
    // The same where the whole rollout was superseded by them, in its last ring.
    const last = newer.map((one) => ({ rollout: one, run: { ring: PLAN.rings.length - 1 } }));
    expect(open({ state: "passed" }, { ...MINE, state: "superseded" }, last)).toBe(expected);
  });

  it("not where its run never opened", () => {
    expect(open({ ...SUPERSEDED, openedAt: null }, MINE, [{ rollout: { ...NEW, state: "aborted" } }])).toBe(false);
  });

  it("also where a newer one only waits in its ring", () => {
    const waits = { rollout: NEW, run: { state: "waiting" } as const };
    expect(open(SUPERSEDED_OPEN, MINE, [waits, { rollout: rollout("26.6.3", { state: "aborted" }) }])).toBe(true);
  });
});
