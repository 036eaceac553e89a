import { describe, expect, it } from "vitest";
import { DAY } from "../jobs/units.ts";
import type { RunSince } from "./context.ts";
import { NO_COUNTS, type RingCounts } from "./counts.ts";
import { at, KNOWN, PLAN, rollout, runOf } from "./gate.suite.ts";
import type { Rollout } from "./rollout.ts";
import { isWatched, nextOfRollout, runsAfterResume } from "./rollout-state.ts";

const MINE = rollout("26.6.2");
const NEW = rollout("26.6.3");
const failing: RingCounts = { ...NO_COUNTS, members: 50, startedSince: 41, failuresSince: 6 };
/** A newer release has opened in the same ring, and in no later one. */
const step = (counts: RingCounts, run: Partial<RunSince>, of: Rollout = MINE, newer: Rollout = NEW) =>
  nextOfRollout(of, {
    plan: PLAN,
    rollouts: [of, newer],
    runs: [runOf(newer, 1, { state: "open" })],
    counted: [{ run: runOf(of, 1, run), counts }],
  });

describe("targets R12: failures in any run pause the whole rollout", () => {
  it.each(["open", "asks", "passed"] as const)("in one that is %s", (state) => {
    const next = step(failing, { state, urgent: state === "asks" });
    expect(next).toMatchObject({ what: "pause", to: "paused", reason: "failures", ring: 1, urgent: state === "asks" });
    expect(next?.numbers).toMatchObject({ started: 41, failures: 6, maxFailurePercent: 5 });
    expect(Number(next?.numbers["chance"]).toFixed(3)).toBe("0.016");
  });

  it.each(["waiting", "superseded"] as const)("not in one that is %s", (state) => {
    expect(step(failing, { state })).toBeNull();
  });

  it("not while they are few", () => {
    expect(step({ ...failing, failuresSince: 5 }, { state: "open" })).toBeNull();
  });

  it.each([
    ["running", "paused"],
    ["held", "paused"],
    ["paused", undefined],
    ["aborted", undefined],
  ] as const)("where the rollout is %s it becomes %s", (state, to) => {
    expect(step(failing, { state: "open" }, { ...MINE, state })?.to).toBe(to);
  });

  it.each([
    ["was aborted", { state: "aborted" }, "paused"],
    ["is paused with this one given instead", { state: "paused", instead: "26.6.2" }, "paused"],
    ["is paused with another given instead", { state: "paused", instead: "26.6.1" }, undefined],
    ["is paused", { state: "paused" }, undefined],
    ["runs", {}, undefined],
  ] as const)("targets R5: in a superseded one where the newer release %s: %s", (_title, newer, to) => {
    expect(step(failing, { state: "superseded" }, MINE, { ...NEW, ...newer })?.to).toBe(to);
    // The same where the whole rollout was superseded, in its last ring.
    const whole = { ...MINE, state: "superseded" } as const;
    const next = nextOfRollout(whole, {
      plan: PLAN,
      rollouts: [whole, { ...NEW, ...newer }],
      runs: [runOf(NEW, 2, { state: "open" })],
      counted: [{ run: runOf(whole, 1, { state: "passed" }), counts: failing }],
    });
    expect(next?.to).toBe(to);
  });

  it("targets R11: after a resumption earlier failures no longer count", () => {
    const runs = [runOf(MINE, 0, { state: "passed" }), runOf(MINE, 1, { state: "open" }), runOf(MINE, 2)];
    const resumed = at("2026-08-27T10:00");
    expect(runsAfterResume(runs, resumed).map(({ countFrom }) => countFrom)).toEqual([resumed, resumed, null]);
    expect(runsAfterResume(runs, resumed).map(({ since }) => since)).toEqual(runs.map(({ since }) => since));
  });
});

describe("targets R11: a rollout is superseded", () => {
  const by = (newer: Rollout, run: Partial<RunSince>, of: Rollout = MINE): string | undefined =>
    nextOfRollout(of, {
      plan: PLAN,
      rollouts: [of, newer],
      runs: [runOf(of, 2, { state: "open" }), runOf(newer, 2, run)],
      counted: [],
    })?.to;
  const givenInstead = (instead: string): Rollout => ({ ...NEW, state: "paused", instead });
  const rows: readonly [string, Rollout, Partial<RunSince>, string | undefined][] = [
    ["where a newer one is open in its last ring", NEW, { state: "open" }, "superseded"],
    ["where a newer one has passed there", NEW, { state: "passed" }, "superseded"],
    ["not where a newer one waits there", NEW, { state: "waiting" }, undefined],
    ["not where a newer one is open in an earlier ring", NEW, { state: "open", ring: 1 }, undefined],
    ["not by an urgent run", NEW, { state: "open", urgent: true }, undefined],
    [
      "not by a newer one that is paused with this one given instead",
      givenInstead("26.6.2"),
      { state: "open" },
      undefined,
    ],
    ["by one that is paused with another given instead", givenInstead("26.6.1"), { state: "open" }, "superseded"],
    ["not by a newer one that was aborted", { ...NEW, state: "aborted" }, { state: "open" }, undefined],
    ["not by an older one", rollout("26.6.1"), { state: "open" }, undefined],
    ["not by the release after a block", rollout("26.6.2", { blockId: "b" }), { state: "open" }, undefined],
    ["not by another major", rollout("27.0"), { state: "open" }, undefined],
  ];
  it.each(rows)("%s", (_title, newer, run, to) => {
    expect(by(newer, run)).toBe(to);
  });

  it.each([
    ["held", "superseded"],
    ["paused", "superseded"],
    ["aborted", undefined],
    ["superseded", undefined],
  ] as const)("where it is %s it becomes %s", (state, to) => {
    expect(by(NEW, { state: "open" }, { ...MINE, state })).toBe(to);
  });
});

describe("targets R14: a run is watched", () => {
  const START = at("2026-08-20T12:00");
  it.each([
    ["waiting", START, START, false],
    ["superseded", START, START, false],
    ["open", START, START + 99 * DAY, true],
    ["asks", null, START + 99 * DAY, true],
    ["passed", START, START + 14 * DAY, true],
    ["passed", START, START + 14 * DAY + 1, false],
    ["passed", null, KNOWN + 14 * DAY, true],
    ["passed", null, KNOWN + 14 * DAY + 1, false],
  ] as const)("while it is %s, with the last start at %s, at %i: %s", (state, lastStart, now, watched) => {
    expect(isWatched(runOf(MINE, 0, { state }), lastStart, now)).toBe(watched);
  });
});
