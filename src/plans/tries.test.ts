/** How often and how long a job tries: what has been given up is tried again later, and what is tried again has an end. */
import { describe, expect, it } from "vitest";
import { hindranceOf, RETRY_DELAYS } from "./hindrance.ts";
import type { Job } from "./job.ts";
import { newJob } from "./resolve.ts";
import { type Input, step } from "./step.ts";
import { answer, begun, DAY, NOON, OLD } from "./one-job.suite.ts";

const NOTHING = answer("status", { OSUpdateStatus: [] });

interface Played {
  readonly job: Job;
  readonly now: number;
  readonly orders: number;
}

/** The device answers every question with "below, and nothing in progress", and every order with nothing of use, until `end`. */
function until(end: (job: Job) => boolean, { job, now }: { readonly job: Job; readonly now: number }): Played {
  let [current, at, orders] = [job, now, 0];
  for (let nth = 0; nth < 500 && !end(current) && current.next !== null; nth += 1) {
    const { out } = current;
    const input: Input = out.ask ? OLD : out.status ? NOTHING : out.download ? answer("download", {}) : { kind: "due" };
    at = input.kind === "due" ? Math.max(at, current.next.at) : at + 1000;
    const after = step(current, input, at);
    orders += after.effects.filter((effect) => effect.kind === "send" && effect.purpose === "download").length;
    current = after.job;
  }
  return { job: current, now: at, orders };
}

describe("a job whose device never begins to download", () => {
  const blocked = (job: Job): boolean => job.state === "blocked";
  const first = until(blocked, { job: begun(), now: NOON });

  it("gives up after five orders, and says why", () => {
    expect([first.orders, first.job.state, first.job.reason]).toEqual([5, "blocked", "download-not-starting"]);
  });

  it("orders again after the wait, as often as the first time", () => {
    const woken = until((job) => !blocked(job), first);
    expect(woken.now - first.now).toBe(RETRY_DELAYS.retry[0]);
    const second = until(blocked, woken);
    expect([second.orders, second.job.reason]).toEqual([5, "download-not-starting"]);
  });

  it("ends when the waits are used up, or its life is", () => {
    const last = until(() => false, { job: begun(), now: NOON });
    expect(last.job).toMatchObject({ state: "failed", next: null });
    expect(last.orders).toBeGreaterThan(5);
    expect(last.now).toBeLessThanOrEqual(NOON + 31 * DAY);
  });
});

describe("a job's life", () => {
  it.each([
    ["from its beginning", undefined, NOON + 30 * DAY],
    ["from its deadline, where that is later", NOON + 5 * DAY, NOON + 35 * DAY],
    ["from its beginning, where its deadline is over", NOON - DAY, NOON + 30 * DAY],
  ])("is 30 days %s", (_from, deadlineAt, ends) => {
    const seed = { ...begun(), ...(deadlineAt === undefined ? {} : { deadlineAt }) };
    expect(newJob(seed, { id: "j", planId: "p" }, NOON).expiresAt).toBe(ends);
  });

  it.each([
    [-1, false],
    [0, true],
    [1, true],
  ])("is over at its very end: %d ms after it", (ms, over) => {
    const job = begun();
    const due = { ...job, next: { action: "push-again", at: job.expiresAt + ms } } as const;
    expect(step(due, { kind: "due" }, job.expiresAt + ms).job.state === "failed").toBe(over);
  });
});

describe("the waits between tries", () => {
  it.each(["soon", "retry", "needs-user", "terminal"] as const)(
    "of class %s never get shorter, and have an end",
    (of) => {
      const delays = RETRY_DELAYS[of];
      expect(delays.toSorted((a, b) => a - b)).toEqual(delays);
      expect(delays.length).toBe({ soon: 10, retry: 8, "needs-user": 15, terminal: 0 }[of]);
    },
  );

  it("are those of a retry for a code that nobody knows", () => {
    expect(hindranceOf("unheard-of")).toEqual({ class: "retry", words: 'the device reports "unheard-of"' });
  });
});
