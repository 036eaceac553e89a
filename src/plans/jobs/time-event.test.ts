/** What a job's next moment means, at the edges of windows, of the lead before they close, and of a job's life. */
import { describe, expect, it } from "vitest";
import type { Job } from "./job.ts";
import type { JobV1 } from "./job-v1.ts";
import { DAY, HOUR, MINUTE, newOne, NOON } from "./one-job.suite.ts";
import { installMoment, timeEvent } from "./time-event.ts";

const WINDOW = { from: "22:00", to: "05:00" } as const;
const OPENS = NOON + 10 * HOUR;
/** A quarter of an hour before its window ends. */
const LAST = NOON + 17 * HOUR - 15 * MINUTE;

describe("when an install may begin", () => {
  const moment = (now: number, window: Job["window"] = WINDOW) =>
    installMoment(newOne(window === undefined ? {} : { window }), now);
  it.each<[string, number, { open: boolean; opensAt: number; closesAt: number }]>([
    ["before the window", OPENS - 1, { open: false, opensAt: OPENS, closesAt: LAST }],
    ["as it opens", OPENS, { open: true, opensAt: OPENS, closesAt: LAST }],
    ["a moment before the lead", LAST - 1, { open: true, opensAt: OPENS, closesAt: LAST }],
    [
      "in the lead: a device would not be done in time",
      LAST,
      { open: false, opensAt: OPENS + DAY, closesAt: LAST + DAY },
    ],
    ["in its last minute", LAST + 15 * MINUTE - 1, { open: false, opensAt: OPENS + DAY, closesAt: LAST + DAY }],
    ["after it", LAST + 15 * MINUTE, { open: false, opensAt: OPENS + DAY, closesAt: LAST + DAY }],
  ])("%s", (_what, now, expected) => {
    expect(moment(now)).toEqual(expected);
  });

  it("is half of a window that is shorter than two leads", () => {
    expect(moment(OPENS, { from: "22:00", to: "22:20" })).toMatchObject({ open: true, closesAt: OPENS + 10 * MINUTE });
  });

  it("is any time without a window", () => {
    expect(installMoment(newOne(), NOON)).toEqual({ open: true, opensAt: NOON, closesAt: Number.MAX_SAFE_INTEGER });
  });
});

describe("a job's next moment", () => {
  const at = (next: number, more: Partial<JobV1> = {}): Job =>
    newOne({ state: "ready", next: { action: "install", at: next }, ...more });
  const queued = (since: number): Partial<JobV1> => ({
    state: "installing",
    window: WINDOW,
    next: { action: "push-again", at: NOON },
    out: { install: { since, offeredAt: null } },
  });

  it.each<[string, string | undefined, Job, number]>([
    ["has not come", undefined, at(NOON + 1), NOON],
    ["has come, and there is no window", "windowOpen", at(NOON), NOON],
    ["has come, its window is open", "windowOpen", at(OPENS, { window: WINDOW }), OPENS],
    ["has come late, its window is over", "windowClosed", at(OPENS, { window: WINDOW }), LAST],
    [
      "is one at which the device is looked at",
      "unheard",
      at(NOON, { next: { action: "look-again", at: NOON } }),
      NOON,
    ],
    ["finds an order that waits in the queue, its window open", "unheard", newOne(queued(OPENS)), LAST - 1],
    ["finds an order that waits in the queue, its window over", "windowClosed", newOne(queued(OPENS)), LAST],
    [
      "finds an order that has left, its window over",
      "unheard",
      newOne({ ...queued(OPENS), out: { install: { since: OPENS, offeredAt: OPENS + 1 } } }),
      LAST,
    ],
    ["is its life's last but one", undefined, at(NOON + 31 * DAY), NOON + 30 * DAY - 1],
    ["is the end of its life", "expired", at(NOON + 31 * DAY), NOON + 30 * DAY],
    ["never comes once it has ended", undefined, newOne({ state: "stopped", next: null }), NOON + 31 * DAY],
  ])("%s", (_what, kind, job, now) => {
    expect(timeEvent(job, now)?.kind).toBe(kind);
  });
});
