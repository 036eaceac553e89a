/** Deadlines over any history of a device (targets 13.2, 13.11, D11). */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY, HOUR } from "../jobs/units.ts";
import { ACTS, blackedOut, carried, DAY_1, DUE, given, happen, look, running } from "./give.suite.ts";
import type { StandingPlan } from "./plan.ts";
import type { Resolution } from "./resolve.ts";
import { at, device, openRun, ring, rollout } from "./standing.suite.ts";

describe("targets 13.2: over any history", () => {
  it("no deadline moves later without its cause, and looking twice is looking once", () => {
    const act = fc.record({
      act: fc.constantFrom(...ACTS),
      hours: fc.integer({ min: 0, max: 96 }),
      n: fc.integer({ min: 1, max: 25 }),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
        let now = DAY_1;
        let world = given();
        let deadline: string | undefined = DUE;
        for (const one of acts) {
          now += one.hours * HOUR;
          const job = world.device.live?.job.deadline;
          world = happen(world, one.act, one.n, now);
          const byJob = world.device.live?.job.deadline !== job;
          const { found, world: after } = carried(world, now);
          const isLater = found.deadline !== undefined && deadline !== undefined && found.deadline > deadline;
          expect(isLater && !byJob && found.moved.length === 0).toBe(false);
          const { live } = after.device;
          const isLive = live !== null && live.job.state !== "paused";
          expect(isLive ? live.job.deadline : found.deadline).toBe(found.deadline);
          const again = look(after, now + 1);
          expect([again.act.kind, again.given, again.moved, again.deadline]).toEqual(["keep", [], [], found.deadline]);
          [world, deadline] = [after, found.deadline];
        }
      }),
      { seed: 20261128, numRuns: 300 },
    );
  });
});

/** Things that are carried out later than they are decided: what comes between is drawn. */
const LATE_ACTS = ["made", "worked", "look", "pause", "resume", "edit", "page", "exploited", "newer", "wait"] as const;

describe("targets 13.2, 13.11, D11: in whatever order the looks and the work at blackouts come", () => {
  const FIRST = DAY_1;
  /** The plan as it is by then. */
  interface Terms {
    readonly days: number;
    readonly editedAt: number;
    readonly page: string;
    readonly exploitedAt: number | null;
    readonly newerAt: number | null;
  }
  const planOf = ({ days, editedAt, page, exploitedAt, newerAt }: Terms): StandingPlan =>
    running({
      rings: [ring("", "rest", 0, days)],
      standing: { days, editedAt, urgentDays: 3 },
      spec: { detailsUrl: page },
      rollouts: [
        rollout("26.6.1", { urgentBelow: exploitedAt === null ? null : "26.6.1" }),
        ...(newerAt === null ? [] : [rollout("26.6.2")]),
      ],
      runs: [
        openRun("26.6.1", FIRST),
        ...(exploitedAt === null ? [] : [openRun("26.6.1", exploitedAt, { urgent: true })]),
        ...(newerAt === null ? [] : [openRun("26.6.2", newerAt)]),
      ],
    });
  const act = fc.record({
    act: fc.constantFrom(...LATE_ACTS),
    hours: fc.integer({ min: 0, max: 60 }),
    n: fc.integer({ min: 3, max: 25 }),
  });

  it("nothing is given that has passed, and in the end no moment ahead lies in a blackout", () => {
    fc.assert(
      fc.property(fc.array(act, { minLength: 3, maxLength: 14 }), (acts) => {
        let now = FIRST;
        let terms: Terms = { days: 14, editedAt: 0, page: "https://example.com/0", exploitedAt: null, newerAt: null };
        let world = carried({ device: device(), plans: [planOf(terms)] }, now).world;
        const looked = (): Resolution => {
          const { found, world: after } = carried({ ...world, plans: [planOf(terms)] }, now);
          world = after;
          const minutes = (rows: Resolution["given"]) =>
            rows.filter(({ givenAt: gave, cause }) => gave === now && cause !== "release-replaced");
          for (const row of minutes(found.given)) expect(at(row.local)).toBeGreaterThan(now);
          return found;
        };
        const worked = (): void => void (world = blackedOut(world, world.device.blackouts, now));
        for (const { act: what, hours, n } of acts) {
          now += hours * HOUR + 60_000;
          if (what === "made") {
            const day = (days: number): string => new Date(now + days * DAY).toISOString().slice(0, 10);
            world = { ...world, device: { ...world.device, blackouts: [{ name: "b", from: day(n), to: day(n + 3) }] } };
          } else if (what === "worked") worked();
          else if (what === "pause" || what === "resume") world = happen(world, what, n, now);
          else if (what === "edit") terms = { ...terms, days: n, editedAt: now };
          else if (what === "page") terms = { ...terms, page: `https://example.com/${n}` };
          else if (what === "exploited") terms = { ...terms, exploitedAt: terms.exploitedAt ?? now };
          else if (what === "newer") terms = { ...terms, newerAt: terms.newerAt ?? now };
          if (what !== "wait" && what !== "made") looked();
        }
        now += 60_000;
        worked();
        looked();
        now += 1000;
        const { act: left, given: again, deadline } = looked();
        expect([left.kind, again]).toEqual(["keep", []]);
        const { live, blackouts } = world.device;
        const job = live === null || live.job.state === "paused" ? undefined : live.job;
        const told = job?.mechanism === "declaration" ? job.declared.enforcement?.local : undefined;
        const isAhead = told !== undefined && at(told.slice(0, 16)) > now;
        const day = told?.slice(0, 10) ?? "";
        expect(isAhead && blackouts.some(({ from, to }) => from <= day && day <= to)).toBe(false);
        expect(job === undefined ? deadline : job.deadline).toBe(deadline);
      }),
      { seed: 20261128, numRuns: 400 },
    );
  });
});
