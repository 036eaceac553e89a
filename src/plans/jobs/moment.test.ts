/** When a job's moment is taken back, and which one its device gets then, at the edges of all times. */
import { describe, expect, it } from "vitest";
import { dueAtOf } from "../decisions/replace.ts";
import { enforcementFor } from "./by-declaration/enforcement.ts";
import { declaredOf, type JobSeed, type LiveJob } from "./job.ts";
import { newMoment, recallDueAt, recallNow } from "./moment.ts";
import { newJob } from "./new-job.ts";
import { DAY, DUE, HOUR, MINUTE, NOON, report, SEED, walk } from "./one-job.suite.ts";
import { step } from "./step.ts";
import { momentOf } from "./terms.ts";

/** Three days after noon of the 25th. */
const AT = NOON + 3 * DAY;
const PROMISES = { deadline: "2026-08-28T12:00", deadlineAt: AT, noticeMs: DAY } as const;
const NIGHT = { from: "22:00", to: "05:00" } as const;

const made = (more: Partial<JobSeed>, heardAt?: number): LiveJob =>
  newJob({ ...SEED, ...more }, { id: "j", planId: "p" }, NOON, heardAt);
const declared = (more: Partial<JobSeed> = {}): LiveJob => {
  const seed = { ...SEED, ...PROMISES, ...more };
  return walk(made({ ...seed, mechanism: "declaration", enforcement: enforcementFor(seed, NOON) }), [
    { kind: "begin" },
    NOON,
  ]);
};
const commanded = (more: Partial<JobSeed> = {}): LiveJob =>
  walk(made({ ...PROMISES, ...more }, NOON - DAY), [{ kind: "begin" }, NOON]);
const taken = (more: Partial<JobSeed> = {}): LiveJob => walk(declared(more), [{ kind: "taken" }, NOON + 1]);

describe("a moment is taken back", () => {
  const before = NOON - DAY;
  it.each<[what: string, job: LiveJob, heardAt: number, now: number, why: string | undefined]>([
    ["of a declaration that nobody fetched, as it passes", declared(), before, AT, "not-fetched"],
    ["not a moment before", declared(), before, AT - 1, undefined],
    ["also where the device was heard since, and did not fetch it", declared(), AT, AT, "not-fetched"],
    ["of one that was fetched, 72 hours later", taken(), AT - 1, AT + 3 * DAY, "silent"],
    ["not a moment before that", taken(), AT - 1, AT + 3 * DAY - 1, undefined],
    ["not where the device was heard after it", taken(), AT, AT + 30 * DAY, undefined],
    ["of an order, an hour after it", commanded(), before, AT + HOUR, "not-fetched"],
    ["of an order not before", commanded(), before, AT + HOUR - 1, undefined],
    ["not of a device that was heard since: it has its order", commanded(), AT, AT + DAY, undefined],
    ["with a window, of an order at the deadline", commanded({ window: NIGHT }), before, AT, "not-fetched"],
    ["with a window, of an order not before", commanded({ window: NIGHT }), before, AT - 1, undefined],
    [
      "with a window, of a declaration at its moment",
      declared({ window: NIGHT }),
      before,
      AT - 14 * HOUR,
      "not-fetched",
    ],
    // Kiritimati is 14 hours ahead: there the moment has passed first.
    ["of unknown zone by the first clock", declared({ zoneKnown: false }), before, AT - 14 * HOUR, "not-fetched"],
    ["of an order by the last clock", commanded({ zoneKnown: false }), before, AT + 13 * HOUR - 1, undefined],
    ["of an order an hour after it", commanded({ zoneKnown: false }), before, AT + 13 * HOUR, "not-fetched"],
  ])("%s", (_what, job, heardAt, now, why) => expect(recallNow(job, heardAt, now)).toBe(why));

  it.each<[string, LiveJob]>([
    ["a plan without a notice", drop(declared(), "noticeMs")],
    ["a plan without a deadline", drop(declared(), "deadline")],
    ["an install that has begun", walk(taken(), [report({ installState: "installing" }), NOON + HOUR])],
    ["an order that has left", { ...commanded(), orders: { installs: 1 } }],
    ["a paused job", walk(declared(), [{ kind: "withdraw", cause: "plan-paused" }, NOON + 1])],
    ["a plan that only downloads", declared({ goal: "downloaded" })],
    ["one that was taken back already", { ...declared(), recalled: "not-fetched" }],
  ])("never of %s", (_what, job) => {
    expect([recallNow(job, 0, AT + 30 * DAY), recallDueAt(job)]).toEqual([undefined, undefined]);
  });

  it.each<[string, LiveJob, number | undefined]>([
    ["at the moment, while nothing is fetched", declared(), AT],
    ["72 hours later, once it is", taken(), AT + 3 * DAY],
    ["never, once the device is heard after it", walk(taken(), [report(), AT + 1]), undefined],
    ["an hour after it, by command", commanded(), AT + HOUR],
  ])("is due %s", (_what, job, at) => {
    expect(recallDueAt(job)).toBe(at);
    expect(dueAtOf(job)).toBeLessThanOrEqual(at ?? job.next.at);
  });

  it("leaves nothing on its way, and is due no more", () => {
    const job = walk(declared(), [DUE, AT]);
    expect(job).toMatchObject({ recalled: "not-fetched", state: "declaring" });
    expect(job.next.at).toBeGreaterThan(AT);
    expect(dueAtOf(job)).toBe(job.next.at);
  });

  it("is not of a device that was heard by others than the job", () => {
    const { job } = step(
      { ...taken(), next: { action: "look-again", at: NOON } },
      { kind: "due", heardAt: AT + 1 },
      AT + 3 * DAY,
    );
    expect(job).toMatchObject({ heardAt: AT + 1 });
    expect(job).not.toHaveProperty("recalled");
  });
});

describe("a device that is heard", () => {
  it.each<[what: string, job: LiveJob, now: number, moment: string | undefined, why?: string]>([
    ["keeps its moment with the notice left", declared(), AT - DAY, undefined],
    ["gets a later one with a moment less", declared(), AT - DAY + 1, "2026-08-29T12:00", "late"],
    ["keeps it where it has fetched it", taken(), AT - 1, undefined],
    ["gets one a day after a contact after it", declared(), AT + HOUR, "2026-08-30T12:00", "not-fetched"],
    ["by command, where it is heard for the first time", commanded(), AT - DAY + 1, "2026-08-29T12:00", "late"],
    ["by command, not where it was heard before", { ...commanded(), heardAt: NOON + 1 }, AT - 1, undefined],
    ["on no skipped day", declared({ skipWeekdays: ["sun"] }), AT + HOUR, "2026-08-31T12:00", "not-fetched"],
    [
      "in no blackout",
      declared({ blackouts: [{ name: "fair", from: "2026-08-30", to: "2026-09-02" }] }),
      AT + HOUR,
      "2026-09-03T12:00",
      "not-fetched",
    ],
    ["at the opening of its window", declared({ window: NIGHT }), AT + HOUR, "2026-08-29T22:00", "not-fetched"],
    ["after months", { ...taken(), recalled: "silent" }, AT + 200 * DAY + MINUTE, "2027-03-18T12:00", "silent"],
    [
      "with the time that a sync takes",
      { ...taken(), recalled: "silent" },
      AT + 5 * DAY - 15 * MINUTE + 1,
      "2026-09-04T12:00",
      "silent",
    ],
  ])("%s", (_what, job, now, moment, why) => {
    const found = newMoment(job, job.heardAt ?? 0, now);
    expect([found === undefined ? undefined : momentOf(found.job), found?.why]).toEqual([moment, why]);
    // The deadline is what it was: the device may be overdue with a moment ahead.
    expect(found?.job.deadline ?? PROMISES.deadline).toBe(PROMISES.deadline);
  });

  it("is told again as if for the first time", () => {
    const contact = AT + 5 * DAY - 15 * MINUTE;
    const back = walk({ ...taken(), recalled: "silent" }, [{ kind: "contact", heardAt: NOON }, contact]);
    expect(back).toMatchObject({ state: "declaring", moment: "2026-09-03T12:00" });
    expect(back).not.toHaveProperty("recalled");
    expect(declaredOf(back)).toMatchObject({ enforcement: { local: "2026-09-03T12:00:00", from: "moment" } });
    expect(declaredOf(back)).not.toHaveProperty("takenAt");
    // And once only: it has a quarter of an hour to fetch it, and then it keeps it.
    const next = (job: LiveJob, now: number) => step(job, { kind: "contact", heardAt: contact }, now).job;
    expect(next(back, AT + 5 * DAY)).toBe(back);
    expect(next(back, AT + 5 * DAY + 1)).toMatchObject({ moment: "2026-09-04T12:00" });
    const fetched = walk(back, [{ kind: "taken" }, AT + 5 * DAY]);
    expect(next(fetched, AT + 6 * DAY - 1)).toBe(fetched);
  });
});

function drop<K extends keyof LiveJob>(job: LiveJob, name: K): LiveJob {
  const { [name]: _gone, ...rest } = job;
  return rest as LiveJob;
}
