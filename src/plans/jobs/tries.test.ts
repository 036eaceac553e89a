/** How often and how long a job tries: what has been given up is tried again later, and what is tried again has an end. */
import { describe, expect, it } from "vitest";
import { classOf, RETRY_DELAYS } from "./blocker.ts";
import type { Job } from "./job.ts";
import type { JobV1 } from "./job-v1.ts";
import { newJob } from "./new-job.ts";
import type { Input } from "./input.ts";
import { step } from "./step.ts";
import { answer, begun, DAY, dict, MINUTE, NOON, OLD, SEED } from "./one-job.suite.ts";

const NOTHING = answer("status", { OSUpdateStatus: [] });

const SAYS = {
  ask: OLD,
  status: NOTHING,
  scan: answer("scan", { ScanInitiated: true }),
  list: answer("list", { AvailableOSUpdates: [dict({ ProductKey: "k", Version: "26.6.2", Build: "25G83" })] }),
  download: answer("download", {}),
} as const;

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
    const asked = (Object.keys(SAYS) as (keyof typeof SAYS)[]).find((purpose) => out[purpose] !== undefined);
    const input: Input = asked === undefined ? { kind: "due" } : SAYS[asked];
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

  it("gives an order 15 and 30 minutes, one and two hours to show before the next", () => {
    const times: number[] = [];
    let played: Played = { job: begun(), now: NOON, orders: 0 };
    for (let nth = 1; nth <= 5; nth += 1) {
      const before = played.job.tries.downloads;
      played = until(({ tries }) => tries.downloads > before, played);
      times.push(played.job.orders.downloadAt ?? 0);
    }
    const gaps = times.slice(1).map((at, n) => Math.round((at - (times[n] ?? 0)) / MINUTE));
    expect(gaps).toEqual([15, 30, 60, 120]);
  });

  it.each([
    [-1, "look-again"],
    [0, "push-again"],
  ])("gives it that long to the moment (%i ms)", (early, next) => {
    const ordered = begun({ state: "downloading", orderedAt: NOON, tries: { ...begun().tries, downloads: 1 } });
    const { job } = step({ ...ordered, state: "downloading", out: {} }, NOTHING, NOON + 15 * MINUTE + early);
    expect(job.next?.action).toBe(next);
  });

  it("orders again after the wait, as often as the first time", () => {
    const woken = until((job) => !blocked(job), first);
    expect(woken.now - first.now).toBe(RETRY_DELAYS.retry[0]);
    const second = until(blocked, woken);
    expect([second.orders, second.job.reason]).toEqual([5, "download-not-starting"]);
  });

  it.each<[string, Partial<JobV1>, number, string]>([
    ["a Mac installs, which downloads too, after two orders", {}, 2, "installing"],
    ["a Mac that is only to download is blocked after five", { goal: "downloaded" }, 5, "blocked"],
  ])("%s", (_what, more, orders, state) => {
    const mac = begun({ platform: "macOS", target: { version: "26.6.2", major: false }, productKey: "k", ...more });
    const played = until((job) => job.state === "blocked" || job.state === "installing", { job: mac, now: NOON });
    expect([played.orders, played.job.state]).toEqual([orders, state]);
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
    const seed = { ...SEED, ...(deadlineAt === undefined ? {} : { deadlineAt }) };
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
    expect(classOf("unheard-of")).toBe("retry");
  });
});
