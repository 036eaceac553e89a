/** Targets D9: by command, before the moment of a deadline only the download is ordered; the install from then on. */
import { describe, expect, it } from "vitest";
import { nextState } from "../next-state.ts";
import { answer, begun, DAY, dict, DUE, HOUR, MINUTE, NOON, OLD, runs } from "../one-job.suite.ts";
import type { Effect } from "../effect.ts";
import type { Input } from "../input.ts";
import type { Job } from "../job.ts";
import { step } from "../step.ts";

const DUE_AT = NOON + 3 * DAY + 5 * HOUR;
const status = (...items: Record<string, string | boolean>[]): Input =>
  answer("status", { OSUpdateStatus: items.map((item) => dict({ ProductKey: "k", ...item })) });
const results = (purpose: "download" | "install", InstallAction: string, Status: string): Input =>
  answer(purpose, { UpdateResults: [dict({ ProductKey: "k", InstallAction, Status })] });
const DOWNLOADED = status({ IsDownloaded: true, Status: "Idle" });
const DOWNLOADING = results("download", "DownloadOnly", "Downloading");
const installs = (effects: readonly Effect[]): Effect[] =>
  effects.filter((effect) => effect.kind === "send" && effect.purpose === "install");

/** Plays the inputs; a `due` happens at the job's own next moment. */
function play(job: Job, inputs: readonly Input[], from = NOON): { job: Job; now: number; effects: Effect[] } {
  let [current, now] = [job, from];
  const effects: Effect[] = [];
  for (const input of inputs) {
    now = input.kind === "due" ? Math.max(now, current.next?.at ?? now) : now + 1000;
    const after = step(current, input, now);
    current = after.job;
    effects.push(...after.effects);
  }
  return { job: current, now, effects };
}
const sent = (effects: readonly Effect[]): string[] => effects.flatMap((e) => (e.kind === "send" ? [e.purpose] : []));
const deadline = { deadline: "2026-08-28T17:00", deadlineAt: DUE_AT } as const;
const iphone = (more: Parameters<typeof begun>[0] = {}): Job => begun({ productKey: "k", ...deadline, ...more });
/** Until it is downloaded and waits. */
const toReady: readonly Input[] = [OLD, status(), DOWNLOADING, DUE, DOWNLOADED];
const mac = (more: Parameters<typeof begun>[0] = {}): Job =>
  iphone({ platform: "macOS", target: { version: "26.6.2", major: false }, ...more });
const scanned: readonly Input[] = [
  OLD,
  status(),
  answer("scan", { ScanInitiated: true }),
  DUE,
  answer("list", { AvailableOSUpdates: [dict({ ProductKey: "k", Version: "26.6.2", RestartRequired: true })] }),
];

describe("a plan with a deadline, by command", () => {
  it("orders the download at once, and the install from the deadline on", () => {
    const { job, effects } = play(iphone(), toReady);
    expect(sent(effects)).toEqual(["status", "download", "status"]);
    expect(job).toMatchObject({
      state: "ready",
      reason: "waiting-for-deadline",
      params: { opensAt: DUE_AT, percent: 100 },
      next: { action: "install", at: DUE_AT },
    });
    // However often anything comes before.
    for (const input of [DUE, DOWNLOADED, { kind: "seen", seen: { version: "26.5", at: NOON + DAY } } as const])
      expect(installs(step(job, input, DUE_AT - 1).effects)).toEqual([]);
    expect(installs(step(job, DUE, DUE_AT).effects)).toEqual([
      { kind: "send", purpose: "install", once: true, notBefore: DUE_AT },
    ]);
  });

  it("waits for it where the download was there before", () => {
    const { job, effects } = play(iphone(), [OLD, DOWNLOADED]);
    expect(sent(effects)).toEqual(["status"]);
    expect(job).toMatchObject({ state: "ready", reason: "waiting-for-deadline", next: { at: DUE_AT } });
  });

  it("is done where its user installs before, and withdrawn by a stop, since no order has left", () => {
    const { job } = play(iphone(), toReady);
    expect(step(job, runs("26.6.1", "23G83"), NOON + DAY).job).toMatchObject({ state: "done" });
    expect(nextState(job, { kind: "withdrawn", cause: "plan-stopped" })).toBe("taking-back");
    expect(step(job, { kind: "withdraw", cause: "plan-stopped" }, NOON + DAY).job).toMatchObject({ state: "stopped" });
  });

  it("orders it at once where the deadline has passed, and without a deadline", () => {
    for (const job of [iphone({ deadlineAt: NOON }), begun({ productKey: "k" })]) {
      const { effects } = play(job, toReady);
      expect(installs(effects)).toHaveLength(1);
    }
  });

  it("orders it in its window: the last one before the deadline, then each", () => {
    const window = { from: "22:00", to: "05:00" };
    const { job } = play(iphone({ window }), toReady);
    const opens = NOON + 2 * DAY + 10 * HOUR;
    expect(job).toMatchObject({ reason: "waiting-for-deadline", next: { action: "install", at: opens } });
    // The window of an earlier night is open, and nothing is ordered.
    expect(installs(step(job, DOWNLOADED, opens - DAY + HOUR).effects)).toEqual([]);
    const bounds = { notBefore: opens, notAfter: opens + 7 * HOUR - 15 * MINUTE };
    const ordered = step(job, DUE, opens);
    expect(installs(ordered.effects)).toEqual([{ kind: "send", purpose: "install", once: true, ...bounds }]);
    // Nobody took the order: at the next opening, which is after the deadline.
    const missed = step(ordered.job, DUE, bounds.notAfter).job;
    expect(missed).toMatchObject({
      state: "ready",
      reason: "window-passed",
      next: { action: "install", at: opens + DAY },
    });
    expect(installs(step(missed, DUE, opens + DAY).effects)).toHaveLength(1);
  });

  it("waits until it has come on every clock where the device's zone is unknown, and says so", () => {
    const at = DUE_AT + 12 * HOUR;
    const { job } = play(iphone({ zoneKnown: false }), toReady);
    expect(job).toMatchObject({ state: "ready", params: { opensAt: at, zoneUnknown: 1 }, next: { at } });
    expect(installs(step(job, DUE, at - 1).effects)).toEqual([]);
    expect(installs(step(job, DUE, at).effects)).toEqual([
      { kind: "send", purpose: "install", once: true, notBefore: at },
    ]);
    expect(play(iphone({ zoneKnown: false, zoneNamed: true }), toReady).job.next?.at).toBe(DUE_AT);
  });

  it("takes an order back that was queued before it by a version that did not wait", () => {
    const queued = iphone({
      state: "installing",
      reason: "install-ordered",
      next: { action: "push-again", at: NOON + 15 * MINUTE },
      out: { install: { since: NOON, offeredAt: null } },
      progress: 1,
    });
    const { job, effects } = step(queued, DUE, NOON + HOUR);
    expect(effects).toEqual([{ kind: "withdraw", purpose: "install" }]);
    expect(job).toMatchObject({ state: "ready", reason: "waiting-for-deadline", out: {}, next: { at: DUE_AT } });
  });

  it("tries a download that something blocks again, and orders no install meanwhile", () => {
    const full = results("download", "DownloadOnly", "DownloadInsufficientSpace");
    const { job, effects } = play(iphone(), [OLD, status(), full, DUE, OLD, status(), DOWNLOADING, DUE, DOWNLOADED]);
    expect([sent(effects).filter((purpose) => purpose === "download").length, installs(effects)]).toEqual([2, []]);
    expect(job).toMatchObject({ state: "ready", reason: "waiting-for-deadline", next: { at: DUE_AT } });
  });
});

describe("a Mac that can't be ordered to download only", () => {
  it("is ordered nothing before the deadline, and says so", () => {
    const { job, effects } = play(mac({ twoSteps: false }), scanned);
    expect(sent(effects)).toEqual(["status", "scan", "list"]);
    expect(job).toMatchObject({
      state: "ready",
      reason: "not-ordered-before-deadline",
      params: { opensAt: DUE_AT },
      next: { action: "install", at: DUE_AT },
    });
    expect(installs(step(job, DUE, DUE_AT - 1).effects)).toEqual([]);
    expect(installs(step(job, DUE, DUE_AT).effects)).toHaveLength(1);
  });

  it("is one that has ignored three orders to do so", () => {
    let { job, now, effects } = play(mac(), scanned);
    expect(sent(effects).at(-1)).toBe("download");
    for (let n = 0; n < 20 && job.state === "downloading"; n += 1) {
      const after = play(job, [results("download", "DownloadOnly", "Idle"), DUE, status()], now);
      [job, now, effects] = [after.job, after.now, [...effects, ...after.effects]];
    }
    expect([job.state, job.reason, job.next?.at]).toEqual(["ready", "not-ordered-before-deadline", DUE_AT]);
    expect([now < NOON + DAY, installs(effects)]).toEqual([true, []]);
  });

  it("is not one that tells its user only: that has no moment to wait for", () => {
    const told = mac({ twoSteps: false, goal: "notified", action: "NotifyOnly" });
    expect(installs(play(told, scanned).effects)).toHaveLength(1);
  });
});
