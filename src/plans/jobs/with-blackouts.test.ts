/** What a blackout does to a job that is under way: what lies in it and is ahead moves, what has passed stays. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blackoutOn, type Days } from "../deadlines/days.ts";
import { addDays, dateOf } from "../deadlines/local.ts";
import { enforcementFor } from "./by-declaration/enforcement.ts";
import { declaredOf, type JobSeed, type LiveJob } from "./job.ts";
import { newJob } from "./new-job.ts";
import { DAY, HOUR, NOON, SEED, walk } from "./one-job.suite.ts";
import { step } from "./step.ts";
import { momentOf } from "./terms.ts";
import { inLine, knows } from "./with-blackouts.ts";

const BY_FRIDAY = { deadline: "2026-08-28T17:00", deadlineAt: NOON + 3 * DAY + 5 * HOUR } as const;
const FAIR: Days = { name: "fair", from: "2026-08-28", to: "2026-08-30" };
const NIGHT = { from: "22:00", to: "05:00" } as const;

const made = (seed: JobSeed): LiveJob => walk(newJob(seed, { id: "j", planId: "p" }, NOON), [{ kind: "begin" }, NOON]);
const declared = (more: Partial<JobSeed> = {}): LiveJob => {
  const seed = { ...SEED, ...BY_FRIDAY, ...more };
  return made({ ...seed, mechanism: "declaration", enforcement: enforcementFor(seed, NOON) });
};
const commanded = (more: Partial<JobSeed> = {}): LiveJob => made({ ...SEED, ...BY_FRIDAY, ...more });

describe("a blackout that is made", () => {
  it.each<[what: string, job: LiveJob, deadline: string | undefined, moment: string | undefined]>([
    ["moves both", declared(), "2026-08-31T17:00", "2026-08-31T17:00"],
    ["moves both by command", commanded(), "2026-08-31T17:00", "2026-08-31T17:00"],
    ["leaves a moment before it where it is", declared({ window: NIGHT }), "2026-08-31T17:00", "2026-08-27T22:00"],
    [
      "moves a moment in it of a deadline after it",
      declared({ deadline: "2026-08-31T17:00", window: { from: "20:00", to: "23:00" } }),
      "2026-08-31T17:00",
      "2026-08-31T20:00",
    ],
    ["leaves what lies after it", declared({ deadline: "2026-08-31T00:00" }), "2026-08-31T00:00", "2026-08-31T00:00"],
    ["leaves what lies before it", declared({ deadline: "2026-08-27T23:59" }), "2026-08-27T23:59", "2026-08-27T23:59"],
    ["skips the weekdays of the plan", declared({ skipWeekdays: ["mon"] }), "2026-09-01T17:00", "2026-09-01T17:00"],
  ])("%s", (_what, before, deadline, moment) => {
    const { job } = inLine(before, [FAIR], NOON);
    expect([job.deadline, momentOf(job), job.blackouts]).toEqual([deadline, moment, [FAIR]]);
    expect(knows(job, [FAIR])).toBe(true);
  });

  it("moves the moment of a plan without a deadline", () => {
    const before = declared({ deadline: undefined as never, window: { from: "09:00", to: "10:00" } });
    const soon: Days = { name: "now", from: "2026-08-26", to: "2026-08-27" };
    expect(momentOf(before)).toBe("2026-08-26T09:00");
    expect(momentOf(inLine(before, [soon], NOON).job)).toBe("2026-08-28T09:00");
  });

  it("leaves what has passed, and says that the device may restart", () => {
    const now = BY_FRIDAY.deadlineAt;
    const { job, ...moved } = inLine(declared(), [FAIR], now);
    expect(moved).toEqual({ mayRestart: true });
    expect([job.deadline, momentOf(job)]).toEqual(["2026-08-28T17:00", "2026-08-28T17:00"]);
    expect(inLine(declared(), [FAIR], now - 1)).toMatchObject({
      mayRestart: false,
      job: { deadline: "2026-08-31T17:00" },
    });
  });

  it("tells the device again only where its moment moves", () => {
    const taken = walk(declared({ window: NIGHT }), [{ kind: "taken" }, NOON + 1]);
    const kept = step(taken, { kind: "blackouts", covering: [FAIR] }, NOON + 2);
    expect(declaredOf(kept.job)).toEqual(declaredOf(taken));
    const again = step(
      walk(declared(), [{ kind: "taken" }, NOON + 1]),
      { kind: "blackouts", covering: [FAIR] },
      NOON + 2,
    );
    expect(again.job.state).toBe("declaring");
    expect(declaredOf(again.job)).toMatchObject({ enforcement: { local: "2026-08-31T17:00:00" } });
    expect(declaredOf(again.job)).not.toHaveProperty("takenAt");
  });

  it("moves the deadline of a job that is paused, and declares nothing for it", () => {
    const paused = walk(declared(), [{ kind: "withdraw", cause: "plan-paused" }, NOON]);
    const { job } = step(paused, { kind: "blackouts", covering: [FAIR] }, NOON);
    expect(job).toMatchObject({ state: paused.state, deadline: "2026-08-31T17:00" });
    const resumed = walk(job, [{ kind: "resume" }, NOON + HOUR]);
    expect(momentOf(resumed)).toBe("2026-08-31T17:00");
  });

  it("moves nothing back when it is removed", () => {
    const { job } = inLine(declared(), [FAIR], NOON);
    const after = inLine(job, [], NOON).job;
    expect([after.deadline, momentOf(after)]).toEqual(["2026-08-31T17:00", "2026-08-31T17:00"]);
    expect(after).not.toHaveProperty("blackouts");
  });
});

describe("whatever blackouts come", () => {
  const blackout = fc
    .record({ at: fc.integer({ min: 0, max: 30 }), length: fc.integer({ min: 0, max: 20 }) })
    .map(({ at, length }): Days => {
      const from = addDays("2026-08-26", at);
      return { name: `b${at}-${length}`, from, to: addDays(from, length) };
    });
  const seed = fc.record({
    day: fc.integer({ min: 1, max: 30 }),
    hour: fc.integer({ min: 0, max: 23 }),
    zone: fc.constantFrom("UTC", "Europe/Berlin", "Pacific/Kiritimati"),
    window: fc.option(fc.constantFrom(NIGHT, { from: "09:00", to: "10:00" })),
    byCommand: fc.boolean(),
  });

  it("one after the other: nothing that was ahead lies in one, nothing becomes earlier, and the same again moves nothing", () => {
    fc.assert(
      fc.property(
        seed,
        fc.array(blackout, { minLength: 1, maxLength: 4 }),
        ({ day, hour, zone, window, byCommand }, all) => {
          const deadline = `${addDays("2026-08-27", day)}T${String(hour).padStart(2, "0")}:00`;
          const more = { deadline, deadlineAt: 0, zone, ...(window === null ? {} : { window }) };
          let job = byCommand ? commanded(more) : declared(more);
          const unique = [...new Map(all.map((one) => [one.name, one])).values()];
          for (const [n] of unique.entries()) {
            const before = job;
            job = inLine(job, unique.slice(0, n + 1), NOON).job;
            expect((job.deadline ?? "") >= (before.deadline ?? "")).toBe(true);
            expect((momentOf(job) ?? "") >= (momentOf(before) ?? "")).toBe(true);
          }
          for (const local of [job.deadline, momentOf(job)])
            expect(local === undefined ? undefined : blackoutOn(dateOf(local), unique)).toBeUndefined();
          expect(inLine(job, unique, NOON).job).toEqual(job);
        },
      ),
      { numRuns: 300 },
    );
  });
});
