import { describe, expect, it } from "vitest";
import { DAY } from "../jobs/units.ts";
import type { GateContext, RunSince } from "./context.ts";
import { ringsOf } from "./context.ts";
import { NO_COUNTS, type RingCounts } from "./counts.ts";
import { at, context, KNOWN, PLAN, rollout, runOf } from "./gate.suite.ts";
import type { Rollout } from "./rollout.ts";
import { nextOf, runAfter, passVerdictOf } from "./run-state.ts";

const OLD = rollout("26.6.1", { base: "2026-08-06", since: at("2026-08-06T20:00") });
const MINE = rollout("26.6.2");
const NEW = rollout("26.6.3", { base: "2026-08-20", since: at("2026-08-20T20:00") });
const TUESDAY = at("2026-08-18T09:00");
/** What happens to a run of MINE: "open time-has-come", or "" for nothing. */
function step(run: RunSince, now: number, values: Partial<GateContext> = {}, of: Rollout = MINE): string {
  const { runs = [], rollouts = [], ...others } = values;
  const all = context({ ...others, rollouts: [of, ...rollouts], runs: [run, ...runs] });
  const next = nextOf(run, of, all, now);
  return next === null ? "" : `${next.what} ${next.reason}`;
}
const OPENS = "open time-has-come";

describe("targets R11: a run that waits", () => {
  it.each([
    ["2026-08-17T20:11", ""],
    ["2026-08-18T08:59:59.999", ""],
    ["2026-08-18T09:00", OPENS],
    ["2026-08-18T09:59:59.999", OPENS],
    ["2026-08-18T10:00", ""],
    ["2026-08-19T03:00", ""],
    ["2026-08-19T09:00", OPENS],
    ["2026-08-22T09:00", ""],
    ["2026-08-23T09:00", ""],
    ["2026-08-24T09:00", OPENS],
  ])("opens at 09:00 from Monday to Friday: at %s %j", (now, expected) => {
    expect(step(runOf(MINE, 0), at(now))).toBe(expected);
  });

  it.each([
    ["2026-08-24T09:00", ""],
    ["2026-08-25T09:00", OPENS],
  ])("opens on its day after base: ring 2 at %s %j", (now, expected) => {
    const before = runOf(MINE, 0, { state: "passed", since: at("2026-08-21T17:00") });
    expect(step(runOf(MINE, 1), at(now), { runs: [before] })).toBe(expected);
  });

  it.each(["waiting", "open", "asks"] as const)("leads nowhere where its plan has its ring no more: %s", (state) => {
    const before = runOf(MINE, 0, { state: "passed", since: at("2026-08-21T17:00") });
    const gone = runOf(MINE, PLAN.rings.length, { state, since: TUESDAY });
    const others = PLAN.rings.slice(1).map((_ring, n) => runOf(MINE, n + 1, { state: "passed", since: TUESDAY }));
    expect(step(gone, at("2026-11-24T09:00"), { runs: [before, ...others] })).toBe("");
  });

  it("does not open before its release is known", () => {
    const knownAt = at("2026-08-18T09:00:00.001");
    expect(step(runOf(MINE, 0), TUESDAY + 5, { knownAt })).toBe("");
    expect(step(runOf(MINE, 0), TUESDAY + DAY, { knownAt })).toBe(OPENS);
  });

  it.each([
    ["waiting", ""],
    ["open", ""],
    ["asks", ""],
    ["superseded", ""],
    ["passed", OPENS],
  ] as const)("where the ring before is %s does %j", (state, expected) => {
    const before = runOf(MINE, 0, { state, since: at("2026-08-21T17:00") });
    expect(step(runOf(MINE, 1), at("2026-08-25T09:00"), { runs: [before] })).toBe(expected);
  });

  it.each([
    ["2026-09-02T17:00", "2026-09-02T17:01", ""],
    ["2026-09-02T17:00", "2026-09-03T09:00", OPENS],
    ["2026-09-03T09:00", "2026-09-03T09:00", OPENS],
    ["2026-09-03T09:01", "2026-09-03T09:02", ""],
    ["2026-09-03T09:01", "2026-09-04T09:00", OPENS],
  ])("where the ring before passed late, at %s, does at %s %j", (passed, now, expected) => {
    const before = runOf(MINE, 1, { state: "passed", since: at(passed) });
    expect(step(runOf(MINE, 2), at(now), { runs: [before] })).toBe(expected);
  });

  const others: readonly [string, Rollout, Partial<RunSince>, string][] = [
    ["an older release is open in the ring", OLD, { state: "open" }, ""],
    ["a held one is open in it", { ...OLD, state: "held" }, { state: "open" }, ""],
    ["an older one asks", OLD, { state: "asks" }, OPENS],
    ["an older one has passed", OLD, { state: "passed" }, OPENS],
    ["an older one waits", OLD, { state: "waiting" }, OPENS],
    ["an older one is paused", { ...OLD, state: "paused" }, { state: "open" }, OPENS],
    ["an older one was aborted", { ...OLD, state: "aborted" }, { state: "open" }, OPENS],
    ["an older one is superseded", { ...OLD, state: "superseded" }, { state: "open" }, OPENS],
    ["the urgent run of an older one is open", OLD, { state: "open", urgent: true }, OPENS],
    ["an older one is open in another ring", OLD, { state: "open", ring: 1 }, OPENS],
    ["an older one of another major is open", rollout("15.7"), { state: "open" }, OPENS],
    ["an older one of another plan is open", { ...OLD, planId: "other" }, { state: "open" }, OPENS],
    ["the release is open before its block ended", rollout("26.6.2", { blockId: "b" }), { state: "open" }, OPENS],
    ["a newer one waits", NEW, { state: "waiting" }, OPENS],
    ["a newer one is open", NEW, { state: "open" }, "supersede newer-open"],
    ["a newer one asks", NEW, { state: "asks" }, "supersede newer-open"],
    ["a newer one has passed", NEW, { state: "passed" }, "supersede newer-open"],
    ["a newer one is superseded", NEW, { state: "superseded" }, OPENS],
    ["a newer one was aborted", { ...NEW, state: "aborted" }, { state: "open" }, OPENS],
    ["a newer one is open in another ring", NEW, { state: "open", ring: 1 }, OPENS],
    ["a newer one of another major is open", rollout("27.0"), { state: "open" }, OPENS],
  ];
  it.each(others)("where %s", (_title, other, run, expected) => {
    const values = { rollouts: [other], runs: [runOf(other, 0, run)] };
    expect(step(runOf(MINE, 0), TUESDAY, values)).toBe(expected);
  });

  it("waits until the next 09:00 after an older one has ended", () => {
    const asks = runOf(OLD, 0, { state: "asks", since: at("2026-08-18T09:05"), openedAt: at("2026-08-07T09:00") });
    expect(step(runOf(MINE, 0), at("2026-08-18T09:06"), { rollouts: [OLD], runs: [asks] })).toBe("");
    expect(step(runOf(MINE, 0), at("2026-08-19T09:00"), { rollouts: [OLD], runs: [asks] })).toBe(OPENS);
    const paused = { ...OLD, state: "paused", since: at("2026-08-18T09:05") } as const;
    const open = runOf(OLD, 0, { state: "open", since: at("2026-08-07T09:00") });
    expect(step(runOf(MINE, 0), at("2026-08-18T09:06"), { rollouts: [paused], runs: [open] })).toBe("");
  });

  it("in the last ring does not wait for an older one, and in a plan without rings neither", () => {
    const older = { rollouts: [OLD], runs: [runOf(OLD, 2, { state: "open" }), runOf(MINE, 1, { state: "passed" })] };
    expect(step(runOf(MINE, 2), at("2026-09-01T09:00"), older)).toBe(OPENS);
    const plan = { ...PLAN, rings: ringsOf([], 14) };
    const one = { plan, rollouts: [OLD], runs: [runOf(OLD, 0, { state: "open" })] };
    expect(step(runOf(MINE, 0), TUESDAY, one)).toBe(OPENS);
  });

  it.each(["held", "paused", "aborted", "superseded"] as const)("does not open while its rollout is %s", (state) => {
    expect(step(runOf(MINE, 0), TUESDAY, {}, { ...MINE, state })).toBe("");
  });

  it("opens at the next 09:00 after a person resumed the rollout", () => {
    const resumed = { ...MINE, since: at("2026-08-18T09:10") };
    expect(step(runOf(MINE, 0), at("2026-08-18T09:11"), {}, resumed)).toBe("");
    expect(step(runOf(MINE, 0), at("2026-08-19T09:00"), {}, resumed)).toBe(OPENS);
  });

  it("of a once plan opens at once", () => {
    const plan = { ...PLAN, kind: "once", rings: ringsOf([], 14) } as const;
    expect(step(runOf(MINE, 0), at("2026-08-22T03:00"), { plan })).toBe("open once");
  });
});

const good = (members: number): RingCounts => ({
  ...NO_COUNTS,
  members,
  good: members,
  settled: members,
  startedSince: members,
});
const OPENED = { state: "open", since: TUESDAY } as const;
const ASKS = { ...OPENED, state: "asks", since: at("2026-08-24T17:00") } as const;
const LATE = at("2026-08-24T17:00");

describe("targets R11: a run that has opened", () => {
  const rows: readonly [string, Partial<RunSince>, Partial<GateContext>, string][] = [
    ["stays open", OPENED, { deadlineAt: LATE }, ""],
    ["passes", OPENED, { counts: good(50) }, "pass enough-good"],
    ["asks 5 days after its deadline", OPENED, {}, "ask too-few-good"],
    ["passes while it asks", { ...OPENED, ...ASKS }, { counts: good(50) }, "pass enough-good"],
    ["asks once", { ...OPENED, ...ASKS }, {}, ""],
    ["stays passed", { ...OPENED, state: "passed" }, { counts: good(1) }, ""],
    ["stays superseded", { ...OPENED, state: "superseded" }, { counts: good(50) }, ""],
    ["passes without members", OPENED, { counts: NO_COUNTS }, "pass no-members"],
  ];
  it.each(rows)("%s", (_title, run, values, expected) => {
    expect(step(runOf(MINE, 0, run), LATE, values)).toBe(expected);
  });

  it.each(["open", "asks"] as const)("is superseded while it is %s where a newer one opened here", (state) => {
    const newer = { rollouts: [NEW], runs: [runOf(NEW, 0, { state: "open" })], counts: good(50) };
    expect(step(runOf(MINE, 0, { ...OPENED, state }), LATE, newer)).toBe("supersede newer-open");
    // Also while its own rollout is paused.
    const paused = { ...MINE, state: "paused" } as const;
    expect(step(runOf(MINE, 0, { ...OPENED, state }), LATE, newer, paused)).toBe("supersede newer-open");
  });

  it("stays passed where a newer one opened", () => {
    const newer = { rollouts: [NEW], runs: [runOf(NEW, 0, { state: "open" })] };
    expect(step(runOf(MINE, 0, { ...OPENED, state: "passed" }), LATE, newer)).toBe("");
  });

  it("names the newest release that supersedes it", () => {
    const newest = rollout("26.6.4");
    const runs = [NEW, newest].map((one) => runOf(one, 0, { state: "open" }));
    const run = runOf(MINE, 0, OPENED);
    const next = nextOf(run, MINE, context({ rollouts: [MINE, NEW, newest], runs: [run, ...runs] }), LATE);
    expect(next).toMatchObject({ to: "superseded", numbers: { version: "26.6.4" } });
  });

  it("passes while its rollout is held, and does not pass or ask while it is paused or aborted", () => {
    const stepIn = (state: Rollout["state"]): string =>
      step(runOf(MINE, 0, OPENED), LATE, { counts: good(50) }, { ...MINE, state });
    expect([stepIn("held"), stepIn("paused"), stepIn("aborted")]).toEqual(["pass enough-good", "", ""]);
    const asks = step(runOf(MINE, 0, OPENED), LATE, {}, { ...MINE, state: "paused" });
    expect(asks).toBe("");
  });

  it("targets R10: with approval by a person asks where it would pass, and waits for the answer", () => {
    const rings = PLAN.rings.map((ring) => ({ ...ring, approval: "person" }) as const);
    const values = { plan: { ...PLAN, rings }, counts: good(50) };
    expect(step(runOf(MINE, 0, OPENED), LATE, values)).toBe("ask approval");
    expect(step(runOf(MINE, 0, { ...OPENED, ...ASKS }), LATE, values)).toBe("");
  });

  it("targets R11: a person who waits is asked again after 5 days", () => {
    const waits = runAfter(runOf(MINE, 0, { ...OPENED, ...ASKS, openedAt: TUESDAY, countFrom: TUESDAY }), "open", LATE);
    expect(waits).toMatchObject({ state: "open", openedAt: TUESDAY, countFrom: TUESDAY, since: LATE });
    expect(step(waits, LATE + 5 * DAY - 1)).toBe("");
    expect(step(waits, LATE + 5 * DAY)).toBe("ask too-few-good");
  });

  it("carries the numbers on which it was decided", () => {
    const run = runOf(MINE, 0, OPENED);
    const all = context({ rollouts: [MINE], runs: [run], counts: good(50) });
    expect(nextOf(run, MINE, all, LATE)?.numbers).toEqual({ ...passVerdictOf(run, all, LATE).numbers });
    expect(nextOf(run, MINE, all, LATE)?.numbers).toMatchObject({ settled: 50, needed: 43, failures: 0 });
  });

  it("opens with its counting, and keeps it", () => {
    const opened = runAfter(runOf(MINE, 0), "open", TUESDAY);
    expect(opened).toMatchObject({ state: "open", openedAt: TUESDAY, countFrom: TUESDAY, since: TUESDAY });
    expect(runAfter(opened, "passed", LATE)).toEqual({ ...opened, state: "passed", since: LATE });
    const asksStill = runOf(MINE, 0, { urgent: true });
    expect(runAfter(asksStill, "waiting", LATE)).toEqual(asksStill);
  });
});

describe("targets U2: an urgent run", () => {
  const urgent = (ring: number, values: Partial<RunSince> = {}): RunSince =>
    runOf(MINE, ring, { urgent: true, ...values });
  const FIRST = urgent(0, { state: "open", since: TUESDAY });
  const proven = { ...NO_COUNTS, members: 3, good: 1 };

  it.each([
    ["2026-08-18T08:59:59.999", ""],
    ["2026-08-18T09:00", OPENS],
    ["2026-08-18T23:00", OPENS],
    ["2026-08-19T01:00", ""],
    ["2026-08-22T09:00", OPENS],
  ])("of the first ring opens at 09:00 of any day, and later on that day: at %s %j", (now, expected) => {
    expect(step(urgent(0), at(now))).toBe(expected);
  });

  it.each([
    ["2026-08-19T08:59:59.999", ""],
    ["2026-08-19T09:00", OPENS],
  ])("of the second ring opens a day later, whatever the first shows: at %s %j", (now, expected) => {
    const older = { rollouts: [OLD], runs: [FIRST, runOf(OLD, 1, { urgent: true, state: "open" })] };
    expect(step(urgent(1), at(now), older)).toBe(expected);
  });

  it("does not open before the first ring has", () => {
    expect(step(urgent(1), at("2026-08-22T09:00"), { runs: [urgent(0)] })).toBe("");
    expect(step(urgent(1), at("2026-08-22T09:00"), { runs: [runOf(MINE, 0, { state: "passed" })] })).toBe("");
  });

  const last = (before: RingCounts | undefined, asked: string | null = null): string =>
    step(urgent(2), at("2026-08-20T09:00"), { runs: [FIRST], asked, ...(before === undefined ? {} : { before }) });
  it.each([
    [proven, OPENS],
    [{ ...proven, unclear: 1 }, "ask unproven"],
    [{ ...proven, good: 0 }, "ask unproven"],
    [undefined, "ask unproven"],
  ])("of the last ring, where the ring before has %j, does %s", (before, expected) => {
    expect(last(before)).toBe(expected);
  });

  it("stays waiting while it asks, asks once, and opens when the ring before is good", () => {
    const all = context({ rollouts: [MINE], runs: [FIRST, urgent(2)] });
    expect(nextOf(urgent(2), MINE, all, at("2026-08-20T09:00"))?.to).toBe("waiting");
    expect([last(undefined, "unproven"), last(proven, "unproven")]).toEqual(["", OPENS]);
  });

  it("of the only ring opens by the clock", () => {
    const plan = { ...PLAN, rings: ringsOf([], 14) };
    expect(step(urgent(0), TUESDAY, { plan })).toBe(OPENS);
  });

  it("asks where a blackout holds it back, once, and opens when it has ended or was lifted", () => {
    expect(step(urgent(0), TUESDAY, { inBlackout: true })).toBe("ask blackout");
    expect(step(urgent(0), TUESDAY, { inBlackout: true, asked: "blackout" })).toBe("");
    expect(step(urgent(0), TUESDAY, { asked: "blackout" })).toBe(OPENS);
    expect(step(urgent(0), TUESDAY - 1, { inBlackout: true })).toBe("");
  });

  it.each(["held", "paused", "aborted"] as const)("does not open while its rollout is %s", (state) => {
    expect(step(urgent(0), TUESDAY, {}, { ...MINE, state })).toBe("");
  });

  it("does not open where the plan has none", () => {
    expect(step(urgent(0), TUESDAY, { plan: { ...PLAN, urgentDays: null } })).toBe("");
  });

  it("is superseded by an urgent run, not by a normal one", () => {
    const by = (isUrgent: boolean): string =>
      step(urgent(0), KNOWN, { rollouts: [NEW], runs: [runOf(NEW, 0, { state: "open", urgent: isUrgent })] });
    expect([by(true), by(false)]).toEqual(["supersede newer-open", ""]);
  });
});
