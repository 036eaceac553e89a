/** The pace of a job that a declaration tells: how long it waits for a first report, for what the device says, and after its moment. */
import { describe, expect, it } from "vitest";
import type { Enforcement } from "./enforcement.ts";
import type { Job } from "../job.ts";
import { DAY, DUE, HOUR, MINUTE, newOne, NOON, report, walk } from "../one-job.suite.ts";
import { step } from "../step.ts";

const TONIGHT: Enforcement = {
  local: "2026-08-25T22:00:00",
  at: NOON + 10 * HOUR,
  latestAt: NOON + 10 * HOUR,
  from: "deadline",
};
const declared = (more: Partial<Job> = {}): Job =>
  newOne({ mechanism: "declaration", because: "declarations-preferred", enforcement: TONIGHT, ...more });

/** What is due comes at its own moment, until `end`; the gaps between, in minutes. */
function pace(from: Job, start: number, most: number, end = (_job: Job): boolean => false) {
  let [job, now] = [from, start];
  const gaps: number[] = [];
  for (let nth = 0; nth < most && job.next !== null && !end(job); nth += 1) {
    gaps.push((job.next.at - now) / MINUTE);
    now = job.next.at;
    job = step(job, DUE, now).job;
  }
  return { job, now, gaps };
}

describe("a device that has not reported what it takes", () => {
  const awaiting = walk(declared({ unreported: true, otherwise: "product-version" }), [{ kind: "begin" }, NOON]);

  it("is pushed less and less often, and gets a command after a day", () => {
    const { gaps, now, job } = pace(awaiting, NOON, 20, ({ mechanism }) => mechanism === undefined);
    expect(gaps).toEqual([15, 60, 240, 1125]);
    expect(now).toBe(NOON + DAY);
    expect(job).toMatchObject({ state: "asking", because: "no-report" });
  });

  it.each([
    [-1, "awaiting"],
    [0, "asking"],
  ])("has a day to the moment (%i ms)", (early, state) => {
    expect(step({ ...awaiting, next: { action: "push-again", at: NOON } }, DUE, NOON + DAY + early).job.state).toBe(
      state,
    );
  });
});

describe("a device that has fetched its declaration", () => {
  const later = { ...TONIGHT, at: NOON + 9 * DAY, latestAt: NOON + 9 * DAY };
  const taken = walk(declared({ enforcement: later }), [{ kind: "begin" }, NOON], [{ kind: "taken" }, NOON]);

  it.each([
    [-1, "taken"],
    [0, "taken-not-reported"],
  ])("owes a report a day later (%i ms)", (early, reason) => {
    const due = { ...taken, state: "declaring", next: { action: "push-again", at: NOON } } as const;
    expect(step(due, DUE, NOON + DAY + early).job.reason).toBe(reason);
  });

  it("is looked at once a day, and at its moment and the time that an install takes", () => {
    const inForce = walk(taken, [report(), NOON + HOUR]);
    expect(inForce.next).toEqual({ action: "look-again", at: NOON + HOUR + DAY });
    const near = walk(taken, [report(), later.latestAt + HOUR]);
    expect(near.next).toEqual({ action: "enforce", at: later.latestAt + 2 * HOUR });
  });
});

describe("a device whose moment has passed", () => {
  const taken = walk(declared(), [{ kind: "begin" }, NOON], [{ kind: "taken" }, NOON]);
  const late = TONIGHT.latestAt + 2 * HOUR;

  it.each([
    [-1, "in-force"],
    [0, "past-not-begun"],
  ])("is late two hours after it (%i ms)", (early, reason) => {
    expect(walk(taken, [report(), late + early]).reason).toBe(reason);
  });

  it("is looked at eight times at the pace of an install, then once a day", () => {
    let job = walk(taken, [report(), late]);
    const gaps: number[] = [];
    for (let [nth, now] = [0, late]; nth < 10; nth += 1) {
      gaps.push(((job.next?.at ?? 0) - now) / MINUTE);
      now = job.next?.at ?? 0;
      job = walk(job, [report(), now]);
    }
    expect(gaps).toEqual([15, 15, 30, 30, 60, 60, 60, 60, 1440, 1440]);
  });
});
