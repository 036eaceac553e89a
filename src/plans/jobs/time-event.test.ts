/** What a job's next moment means, at the edges of windows, of deadlines, of the lead before a window closes, and of a job's life. */
import { describe, expect, it } from "vitest";
import type { Job } from "./job.ts";
import type { JobV1 } from "./job-v1.ts";
import { DAY, HOUR, MINUTE, newOne, NOON } from "./one-job.suite.ts";
import { timeEvent } from "./time-event.ts";

const WINDOW = { from: "22:00", to: "05:00" } as const;
const OPENS = NOON + 10 * HOUR;
/** A quarter of an hour before its window ends. */
const LAST = NOON + 17 * HOUR - 15 * MINUTE;

describe("a job's next moment", () => {
  const at = (next: number, more: Partial<JobV1> = {}): Job =>
    newOne({ state: "ready", next: { action: "install", at: next }, ...more });
  const queued = (since: number): Partial<JobV1> => ({
    state: "installing",
    window: WINDOW,
    next: { action: "push-again", at: NOON },
    out: { install: { since, offeredAt: null } },
  });

  const withoutWindow = ({ window: _window, ...more }: Partial<JobV1>): Partial<JobV1> => more;

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
    ["has come early by a deadline that is ahead", "windowClosed", at(NOON, { deadlineAt: NOON + 1 }), NOON],
    ["has come with its deadline", "windowOpen", at(NOON, { deadlineAt: NOON }), NOON],
    [
      "finds an order that was queued before its deadline, by a version that did not wait",
      "windowClosed",
      newOne({ ...queued(OPENS), deadlineAt: OPENS + 3 * DAY }),
      OPENS + 1,
    ],
    [
      "finds such an order without a window",
      "windowClosed",
      newOne({ ...withoutWindow(queued(OPENS)), deadlineAt: OPENS + 3 * DAY }),
      OPENS + 1,
    ],
    [
      "finds an order that was queued at its deadline, and the clock stepped back since",
      "unheard",
      newOne({ ...withoutWindow(queued(OPENS)), deadlineAt: OPENS }),
      OPENS - HOUR,
    ],
    ["is its life's last but one", undefined, at(NOON + 31 * DAY), NOON + 30 * DAY - 1],
    ["is the end of its life", "expired", at(NOON + 31 * DAY), NOON + 30 * DAY],
    ["never comes once it has ended", undefined, newOne({ state: "stopped", next: null }), NOON + 31 * DAY],
  ])("%s", (_what, kind, job, now) => {
    expect(timeEvent(job, now)?.kind).toBe(kind);
  });
});
