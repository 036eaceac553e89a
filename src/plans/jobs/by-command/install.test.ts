/** How long an install that was ordered is looked at, and how long one that was stopped: the bounds, and their edges. */
import { describe, expect, it } from "vitest";
import type { Job, LiveJob } from "../job.ts";
import type { JobV1 } from "../job-v1.ts";
import { answer, begun, DAY, dict, DUE, HOUR, MINUTE, newOne, NOON, OLD, walk } from "../one-job.suite.ts";
import type { Input } from "../input.ts";
import { step } from "../step.ts";

const status = (item: Parameters<typeof dict>[0]): Input =>
  answer("status", { OSUpdateStatus: [dict({ ProductKey: "k", ...item })] });
const NOTHING = status({ IsDownloaded: true, Status: "Installing" });
const IDLE = answer("status", { OSUpdateStatus: [] });
const DOWNLOADED = status({ IsDownloaded: true, Status: "Idle" });
/** Ordered at noon, left, and taken. */
const ordered = (more: Partial<JobV1> = {}): LiveJob =>
  begun({ state: "installing", installs: 1, offers: { at: [NOON], round: 1 }, ...more });
/** In `installing` with so many looks behind it. */
const looked = (looks: number, more: Partial<JobV1> = {}): LiveJob => {
  const job = ordered(more);
  return { ...job, state: "installing", out: {}, tries: { ...job.tries, looks } };
};

describe("an install that shows no sign", () => {
  it.each([
    [0, "installing"],
    [2, "installing"],
    [3, "downloading"],
  ])("after %i looks is %s", (looks, state) => {
    expect(step(looked(looks), IDLE, NOON + HOUR).job.state).toBe(state);
  });

  it("is looked at while the device says that it installs", () => {
    expect(step(looked(30), NOTHING, NOON + HOUR).job).toMatchObject({ state: "installing", reason: "installing" });
  });
});

describe("an update that is downloaded and does not begin", () => {
  const mac = { platform: "macOS", productKey: "k", target: { version: "26.6.2", major: false } } as const;

  it.each([
    ["a moment before it may be ordered again", -1, "installing"],
    ["when it may be ordered again", 0, "installing"],
  ])("%s", (_what, early, state) => {
    const { job } = step(looked(1), DOWNLOADED, NOON + HOUR + early);
    expect(job.state).toBe(state);
    expect(job.reason).toBe(early < 0 ? "waiting-for-user" : "install-ordered");
  });

  it("is looked at when it may be ordered again, if that is before the next look", () => {
    const soon = step(looked(8), DOWNLOADED, NOON + 50 * MINUTE).job;
    expect(soon.next).toEqual({ action: "look-again", at: NOON + HOUR });
    const later = step(looked(0), DOWNLOADED, NOON + 10 * MINUTE).job;
    expect(later.next).toEqual({ action: "look-again", at: NOON + 25 * MINUTE });
  });

  it.each([
    [35, "waiting-for-user"],
    [36, "install-ordered"],
  ])("and was to install later is looked at 36 times: after %i it is %s", (looks, reason) => {
    expect(step(looked(looks, { ...mac, action: "InstallLater" }), DOWNLOADED, NOON + 2 * DAY).job.reason).toBe(reason);
  });

  it.each([
    ["before the Mac's own moment and what an install takes", -1, "waiting-for-user"],
    ["after it", 0, "install-ordered"],
  ])("is not ordered again %s", (_what, early, reason) => {
    const planned = NOON + 3 * DAY;
    const job = looked(1, { ...mac, deferrals: { nextInstallAt: planned } });
    expect(step(job, DOWNLOADED, planned + 45 * MINUTE + early).job.reason).toBe(reason);
  });

  it.each([
    [0, "installing", "waiting-for-user"],
    [1, "blocked", "bootstrap-token-missing"],
  ])("on a Mac without a bootstrap token, after %i looks, is %s: %s", (looks, state, reason) => {
    const { job } = step(looked(looks, { ...mac, bootstrapToken: "missing" }), DOWNLOADED, NOON + 30 * MINUTE);
    expect([job.state, job.reason]).toEqual([state, reason]);
  });
});

describe("an install that was stopped after it had left", () => {
  it.each([
    [24, "too-late"],
    [25, "stopped"],
  ])("after %i looks is %s", (looks, state) => {
    const job: Job = { ...looked(looks), state: "too-late", stop: { cause: "plan-stopped" } };
    expect(step(job, NOTHING, NOON + DAY).job.state).toBe(state);
  });
});

describe("a Mac's updates other than its OS, when none is left", () => {
  const others = { platform: "macOS", target: { version: "other-updates", major: false, others: true } } as const;
  it.each([
    [0, "no-other-updates"],
    [1, "other-updates-installed"],
  ])("after %i orders are %s", (installs, reason) => {
    const scanning = newOne({
      ...others,
      state: "scanning",
      installs,
      reason: "reading-list",
      lastScan: 2,
      scanBefore: 1,
    });
    const { job } = step(scanning, answer("list", { AvailableOSUpdates: [] }), NOON);
    expect(job).toMatchObject({ state: "done", reason });
  });
});

describe("a declaration that was withdrawn", () => {
  const enforcement = {
    local: "2026-08-25T22:00:00",
    at: NOON + 10 * HOUR,
    latestAt: NOON + 10 * HOUR,
    from: "deadline",
  } as const;
  const stopping = (more: Partial<JobV1>): Job =>
    newOne({ mechanism: "declaration", enforcement, takenAt: NOON, state: "stopping", ...more });

  it.each([
    [5, "too-late"],
    [6, "stopped"],
  ])("while it installed counts as let go after %i looks that find the old version: %s", (looks, state) => {
    const job = stopping({ reason: "declared-cannot-be-recalled", tries: { ...newOne().tries, looks } });
    expect(walk(job, [OLD, NOON + DAY]).state).toBe(state);
  });

  it.each([
    [-1, "last-word"],
    [0, "stopped"],
  ])("and whose list was fetched is given a day for its word (%i ms): %s", (early, state) => {
    const next = { action: "look-again", at: NOON } as const;
    const job = stopping({ reason: "withdrawal-fetched", droppedAt: NOON, next });
    expect(step(job, DUE, NOON + DAY + early).job.state).toBe(state);
  });

  it("is looked at less and less often", () => {
    const gaps = [0, 1, 2, 3, 4, 9].map((looks) => {
      const job = stopping({ reason: "declared-cannot-be-recalled", tries: { ...newOne().tries, looks } });
      const { next } = step(
        job,
        { kind: "report", report: { declaration: "untold", ours: true, installState: "installing" } },
        NOON,
      ).job;
      return ((next?.at ?? 0) - NOON) / MINUTE;
    });
    expect(gaps).toEqual([15, 15, 30, 30, 60, 60]);
  });
});
