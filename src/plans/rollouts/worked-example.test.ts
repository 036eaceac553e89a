/** The worked example of targets section 11, by the gate's functions. The numbers are those of the requirement. */
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { addDays } from "../deadlines/local.ts";
import { DAY, HOUR } from "../jobs/units.ts";
import { countsOf } from "./counts.ts";
import { at, context, deadlineOf, KNOWN, PLAN, rollout, runOf, ZONE } from "./gate.suite.ts";
import { member } from "./member.suite.ts";
import { openingFrom } from "./opening.ts";
import { type MemberFacts, outcomeOf } from "./outcome.ts";
import { nextOfRollout } from "./rollout-state.ts";
import { nextOf } from "./run-state.ts";

const BASE = "2026-08-17";
const MINE = rollout("26.6.2");
const local = (ms: number): string =>
  Temporal.Instant.fromEpochMilliseconds(ms)
    .toZonedDateTimeISO(ZONE)
    .toPlainDateTime()
    .toString({ smallestUnit: "minute" });
const opening = (opens: number): string => local(openingFrom(addDays(BASE, opens), ZONE, KNOWN, "working"));
const deadline = (due: number, openAt = KNOWN): string => deadlineOf(BASE, due, openAt);
const many = (count: number, facts: Partial<MemberFacts>): MemberFacts[] =>
  Array.from({ length: count }, () => member(facts));
const counted = (members: readonly MemberFacts[], from: number, now: number) =>
  countsOf(
    members.map((one) => ({ outcome: outcomeOf(one, now, "normal"), startedAt: one.startedAt })),
    from,
    now,
  );

describe("targets section 11: 50 pilots, step 1", () => {
  const OPENED = at("2026-08-18T09:00");
  const MOMENT = at("2026-08-19T17:00");
  const FRIDAY = at("2026-08-21T17:00");
  const given = { openedAt: OPENED, givenAt: OPENED, momentAt: MOMENT };
  /** Those that fail after their moment are heard and below; what is away was last heard before the ring opened. */
  const pilots = (now: number): MemberFacts[] => [
    ...many(44, { ...given, startedAt: MOMENT, reachedAt: MOMENT + HOUR, lastSeenAt: now }),
    ...many(1, {
      ...given,
      startedAt: MOMENT,
      lastSeenAt: now,
      signs: { at: [MOMENT + HOUR, MOMENT + 2 * HOUR], since: null },
    }),
    ...many(3, { ...given, lastSeenAt: now, hindrance: { since: OPENED - DAY } }),
    ...many(2, { ...given, lastSeenAt: OPENED - 6 * DAY }),
  ];
  const step = (now: number) => {
    const run = runOf(MINE, 0, { state: "open", since: OPENED });
    const counts = counted(pilots(now), OPENED, now);
    return nextOf(run, MINE, context({ rollouts: [MINE], runs: [run], counts, deadlineAt: MOMENT }), now);
  };

  it("open Tue 18 Aug 09:00, and are due Wed 19 Aug 17:00", () => {
    expect([opening(0), deadline(2)]).toEqual(["2026-08-18T09:00", "2026-08-19T17:00"]);
    const run = runOf(MINE, 0);
    const open = (now: number) => nextOf(run, MINE, context({ rollouts: [MINE], runs: [run] }), now)?.what;
    expect([open(OPENED - 1), open(OPENED)]).toEqual([undefined, "open"]);
  });

  it("pass on Fri 21 Aug 17:00 with 44 of 45, 1 failure of 2 allowed", () => {
    expect(step(FRIDAY - 1)).toBeNull();
    expect(step(FRIDAY)).toEqual({
      what: "pass",
      to: "passed",
      reason: "enough-good",
      numbers: {
        members: 50,
        reachable: 48,
        expected: 45,
        settled: 44,
        needed: 39,
        started: 45,
        failures: 1,
        unclear: 0,
        allowed: 2,
      },
    });
  });
});

describe("targets section 11: 200 early ones, step 2", () => {
  const OPENED = at("2026-08-25T09:00");
  const WEDNESDAY = at("2026-08-26T11:00");
  const given = { openedAt: OPENED, givenAt: OPENED, momentAt: at("2026-08-26T17:00"), lastSeenAt: WEDNESDAY };
  const started = OPENED + 4 * HOUR;
  const early = (failures: number): MemberFacts[] => [
    ...many(12, { ...given, startedAt: started, reachedAt: started + HOUR }),
    ...many(29 - failures, { ...given, startedAt: WEDNESDAY - HOUR, installingAt: WEDNESDAY - HOUR }),
    ...many(failures, {
      ...given,
      startedAt: started,
      signs: { at: [started + HOUR, started + 2 * HOUR], since: null },
    }),
    ...many(159, given),
  ];
  const step = (failures: number) => {
    const run = runOf(MINE, 1, { state: "open", since: OPENED });
    const counts = counted(early(failures), OPENED, WEDNESDAY);
    return nextOfRollout(MINE, { plan: PLAN, rollouts: [MINE], runs: [run], counted: [{ run, counts }] });
  };

  it("open on Tue 25 Aug 09:00, and are due Wed 26 Aug 17:00", () => {
    expect([opening(8), deadline(9)]).toEqual(["2026-08-25T09:00", "2026-08-26T17:00"]);
    const passed = runOf(MINE, 0, { state: "passed", since: at("2026-08-21T17:00") });
    const run = runOf(MINE, 1);
    const open = (now: number) => nextOf(run, MINE, context({ rollouts: [MINE], runs: [passed, run] }), now)?.what;
    expect([open(OPENED - 1), open(OPENED), open(at("2026-08-24T09:00"))]).toEqual([undefined, "open", undefined]);
  });

  it("pause the rollout with 6 failures of 41 started, which happens by chance in 1.6 percent of cases", () => {
    const next = step(6);
    expect(next).toMatchObject({ to: "paused", ring: 1, numbers: { started: 41, failures: 6, maxFailurePercent: 5 } });
    expect((100 * Number(next?.numbers["chance"])).toFixed(1)).toBe("1.6");
  });

  it("would not with 5", () => {
    expect(step(5)).toBeNull();
  });
});

describe("targets section 11: the others, step 4", () => {
  const WEDNESDAY = at("2026-09-02T17:00");
  const THURSDAY = at("2026-09-03T09:00");
  const resumed = { ...MINE, since: at("2026-08-27T10:00") };
  const early = runOf(MINE, 1, { state: "passed", since: WEDNESDAY, openedAt: at("2026-08-25T09:00") });
  const run = runOf(MINE, 2);
  const step = (now: number) => nextOf(run, resumed, context({ rollouts: [resumed], runs: [early, run] }), now)?.what;

  it("were planned for Tue 1 Sep 09:00, due Thu 3 Sep 17:00", () => {
    expect([opening(15), deadline(17)]).toEqual(["2026-09-01T09:00", "2026-09-03T17:00"]);
  });

  it("open Thu 3 Sep 09:00, as the ring before passed on Wed 2 Sep 17:00", () => {
    expect([step(WEDNESDAY), step(THURSDAY - 1), step(THURSDAY)]).toEqual([undefined, undefined, "open"]);
  });

  it("are due Mon 7 Sep 17:00: with 24 h of notice, and Friday skipped", () => {
    expect(deadline(17, THURSDAY)).toBe("2026-09-07T17:00");
  });

  it("step 3: those withdrawn by the pause are due Mon 31 Aug 17:00 after the resumption", () => {
    expect(deadline(9, resumed.since)).toBe("2026-08-31T17:00");
  });
});
