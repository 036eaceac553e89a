/** How often an install is ordered: after 1, 4 and 12 hours, three times in 24 hours, and never without asking before. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlistValue } from "../../protocol/index.ts";
import type { Job, LiveJob } from "./job.ts";
import { offerableAt, offeredAt, sayAgain, takenBack, withoutWaits } from "./offers.ts";
import { answer, DAY, dict, HOUR, MINUTE, newOne as begun, NOON as T, OLD } from "./one-job.suite.ts";
import type { Input } from "./input.ts";
import { step } from "./step.ts";
import { verdictOf } from "../../words/verdict/of-job.suite.ts";

const SECOND = 1000;

/** Orders left at these moments (ms after T). */
const ordered = (...at: readonly number[]): LiveJob => at.reduce((job, ms) => offeredAt(job, T + ms), begun());
const mayAt = (job: Job, ms: number): boolean => offerableAt(job, T + ms) <= T + ms;

describe("when an install may be ordered", () => {
  it.each<[string, readonly number[], number, number]>([
    // title, orders, too early, early enough (ms after T)
    ["an hour after the first order", [0], HOUR - SECOND, HOUR],
    ["four hours after the second", [0, HOUR], 5 * HOUR - SECOND, 5 * HOUR],
    ["twelve hours after the third", [0, HOUR, 5 * HOUR], 17 * HOUR - SECOND, 17 * HOUR],
    ["when the 24 hours are over after the fourth", [0, HOUR, 5 * HOUR, 17 * HOUR], DAY - MINUTE, DAY],
    ["to the millisecond", [0, HOUR, 5 * HOUR, 17 * HOUR], DAY - 1, DAY],
    [
      "an hour after an order at their end",
      [0, HOUR, 5 * HOUR, DAY - MINUTE],
      DAY + HOUR - 61 * SECOND,
      DAY + HOUR - MINUTE,
    ],
    ["when they are over, though the wait is longer", [0, HOUR, 20 * HOUR], DAY - 1, DAY],
    ["as at first in the next 24 hours", [0, HOUR, 5 * HOUR, 17 * HOUR, DAY], DAY + HOUR - 1, DAY + HOUR],
    ["four hours after the second in these", [0, DAY, DAY + HOUR], DAY + 5 * HOUR - 1, DAY + 5 * HOUR],
    // The hours of the round before count where it was used late.
    [
      "not a fifth time in any 24 hours",
      [0, 15 * HOUR, 19 * HOUR, DAY, DAY + HOUR, DAY + 5 * HOUR],
      39 * HOUR + HOUR,
      43 * HOUR,
    ],
  ])("is %s", (_title, orders, early, late) => {
    expect([mayAt(ordered(...orders), early), mayAt(ordered(...orders), late)]).toEqual([false, true]);
  });

  it("is at once for a job that has not ordered it, and after an order that the device would not take now", () => {
    expect(mayAt(begun(), 0)).toBe(true);
    expect(mayAt(takenBack(ordered(0)), 1)).toBe(true);
    expect(mayAt(takenBack(ordered(0, HOUR)), 2 * HOUR)).toBe(true);
    expect(mayAt(takenBack(ordered(0, HOUR)), HOUR - 1)).toBe(false);
  });

  it("is at once when what was in the way is gone, but no fifth time in 24 hours", () => {
    expect(mayAt(withoutWaits(ordered(0, HOUR, 5 * HOUR)), 5 * HOUR + 1)).toBe(true);
    const used = withoutWaits(ordered(0, HOUR, 5 * HOUR, 17 * HOUR));
    expect([mayAt(used, DAY - 1), mayAt(used, DAY)]).toEqual([false, true]);
  });

  it("does not hang on orders that a clock noted which was far ahead, but on those of a clock that was a little", () => {
    expect(mayAt(ordered(30 * DAY), 0)).toBe(true);
    expect([mayAt(ordered(MINUTE), 0), mayAt(ordered(MINUTE), HOUR)]).toEqual([false, false]);
  });

  it("is never a fifth time in 24 hours, and never sooner than an hour after, whatever the device does", () => {
    const waits = fc.array(fc.integer({ min: 0, max: 30 * HOUR }), { minLength: 1, maxLength: 20 });
    const holds = fc.check(
      fc.property(waits, (delays) => {
        let job = begun();
        let now = T;
        const orders: number[] = [];
        for (const delay of delays) {
          now = Math.max(now, offerableAt(job, now)) + delay * (delay % 3 === 0 ? 0 : 1);
          job = offeredAt(job, now);
          orders.push(now);
        }
        const since = (before: number) => orders.slice(before).map((at, n) => at - (orders[n] ?? 0));
        return since(1).every((ms) => ms >= HOUR) && since(4).every((ms) => ms >= DAY);
      }),
    );
    expect(holds).toMatchObject({ failed: false });
  });
});

const result = (Status: string): Input =>
  answer("install", { UpdateResults: [dict({ ProductKey: "k", InstallAction: "InstallASAP", Status })] });
const status = (entries: Record<string, PlistValue>): Input =>
  answer("status", { OSUpdateStatus: [dict({ ProductKey: "k", ...entries })] });
const DOWNLOADED = status({ IsDownloaded: true, Status: "Idle" });

const LIST = answer("list", {
  AvailableOSUpdates: [dict({ ProductKey: "k", Version: "26.6.1", Build: "23G83", IsConfigDataUpdate: false })],
});

interface Played {
  readonly job: Job;
  readonly now: number;
  /** Moments at which an install left (ms after T). */
  readonly left: number[];
  readonly reasons: Set<string>;
  /** Commands that were answered, each since the install before it. */
  readonly asked: string[][];
}

/** The device answers each question at once, and each install with `taken`; "lost": it says nothing, and then Idle. */
function play(from: Job, taken: Input | "lost", until: number, told: Input = DOWNLOADED): Played {
  let { job } = step(from, { kind: "begin" }, T);
  let now = T;
  const left: number[] = [];
  const reasons = new Set<string>();
  const asked: string[][] = [[]];
  for (let nth = 0; nth < 3000 && job.next !== null; nth += 1) {
    const { ask, status: progress, install } = job.out;
    let input: Input = { kind: "due" };
    if (ask !== undefined) input = OLD;
    else if (progress !== undefined) input = told;
    else if (job.out.scan !== undefined) input = answer("scan", { ScanInitiated: true });
    else if (job.out.list !== undefined) input = LIST;
    else if (install !== undefined && install.offeredAt === null) {
      job = step(job, { kind: "offered", purpose: "install" }, now).job;
      left.push(now - T);
      asked.push([]);
      input = taken === "lost" ? { kind: "unanswered", purpose: "install" } : taken;
    }
    const due = job.next?.at ?? now;
    if (input.kind === "due" && Math.max(now, due) > T + until) break;
    if (input.kind === "due") now = Math.max(now, due);
    if (input.kind === "answer") asked.at(-1)?.push(input.purpose);
    job = step(job, input, now).job;
    reasons.add(job.reason);
  }
  return { job, now, left, reasons, asked };
}

const LADDER = [0, 1, 5, 17, 24, 25, 29, 41].map((hours) => hours * HOUR);
const failing = (name: string) => play(begun(), result(name), 2 * DAY - HOUR);

describe("an install that a device takes and does not carry out", () => {
  it.each<[string, () => Played, string]>([
    ["it says Idle, and stays downloaded", () => play(begun(), result("Idle"), 2 * DAY - HOUR), "waiting-for-user"],
    ["its answer never comes", () => play(begun(), "lost", 2 * DAY - HOUR), "answer-missing"],
    [
      "a Mac shows nothing of it",
      () =>
        play(
          begun({ platform: "macOS", twoSteps: false, productKey: "k" }),
          result("Idle"),
          2 * DAY - HOUR,
          answer("status", { OSUpdateStatus: [dict({ ProductKey: "other" })] }),
        ),
      "install-accepted",
    ],
  ])("is ordered after 1, 4 and 12 hours, and again when 24 are over: %s", (_how, played, reason) => {
    const { left, reasons } = played();
    // A Mac must first list its updates.
    const first = left[0] ?? 0;
    expect(left.map((ms) => ms - first)).toEqual(LADDER);
    expect([...reasons]).toEqual(expect.arrayContaining([reason, "installs-used-up"]));
  });

  it.each([
    ["InstallPhoneCallInProgress", "phone-call"],
    ["InstallInsufficientPower", "insufficient-power"],
    ["InstallFailed", "install-failed"],
  ])("keeps the device's own cause (%s), and no wait is shorter", (name, code) => {
    const { left, reasons, job, now } = failing(name);
    const waits = left.slice(1, 4).map((ms, n) => ms - (left[n] ?? 0));
    expect(waits).toEqual([HOUR, 4 * HOUR, 12 * HOUR]);
    expect(left[4]).toBeGreaterThanOrEqual(DAY);
    expect(reasons).toContain(code);
    const { sentence, remedy } = verdictOf(job, now);
    expect([job.state, job.next?.action]).toEqual(["blocked", "try-again"]);
    expect(sentence.length).toBeGreaterThan(20);
    expect(remedy === undefined).toBe(["phone-call", "install-failed"].includes(job.reason));
  });

  it("is given up for a while after ten orders, with a reason that says who can help", () => {
    const { left, reasons } = play(begun(), result("Idle"), 5 * DAY);
    expect(left.slice(0, 10)).toEqual([...LADDER, 2 * DAY, 2 * DAY + HOUR]);
    expect(reasons).toContain("install-not-starting");
    expect(left[10]).toBeGreaterThan(2 * DAY + 5 * HOUR);
  });

  it("counts over every restart: what is due comes from the job alone", () => {
    const { job, now } = play(begun(), result("Idle"), 6 * HOUR);
    const copy = JSON.parse(JSON.stringify(job)) as Job;
    expect(copy.orders.offers?.at).toHaveLength(3);
    expect([offerableAt(copy, now), copy.next]).toEqual([T + 17 * HOUR, job.next]);
  });

  it("is asked about before every order but the first", () => {
    for (const { asked } of [
      play(begun(), result("Idle"), 2 * DAY),
      failing("InstallFailed"),
      play(begun(), "lost", DAY),
    ])
      for (const since of asked.slice(1, -1)) expect(since.slice(-2)).toEqual(["ask", "status"]);
  });

  it("waits for its window, and what the device does is asked when that opens", () => {
    const night = { from: "22:00", to: "05:00" };
    const { left } = play(begun({ window: night }), result("Idle"), 5 * DAY);
    const hours = left.map((ms) => new Date(T + ms).toISOString().slice(8, 16));
    expect(hours.slice(0, 6)).toEqual(["25T22:00", "25T23:00", "26T03:00", "26T22:00", "26T23:00", "27T03:00"]);
    const ready = begun({ state: "ready", reason: "waiting-for-window", installs: 1, window: night });
    const opens = { ...ready, next: { action: "install", at: T + 10 * HOUR } } as const;
    expect(step(opens, { kind: "due" }, T + 10 * HOUR - 1).effects).toEqual([]);
    expect(step(opens, { kind: "due" }, T + 10 * HOUR).effects).toContainEqual(
      expect.objectContaining({ kind: "send", purpose: "ask" }),
    );
    const first = step({ ...opens, orders: { installs: 0 } }, { kind: "due" }, T + 10 * HOUR);
    expect(first.effects).toContainEqual(expect.objectContaining({ kind: "send", purpose: "install" }));
  });

  it("goes on waiting when it is due before its time, as after a clock that stepped back", () => {
    const left = ordered(0);
    const orders = { ...left.orders, installs: 1 };
    const waiting = { ...left, orders, state: "ready", reason: "install-not-begun" } as const;
    const { job, effects } = step(
      { ...waiting, next: { action: "install", at: T + MINUTE } },
      { kind: "due" },
      T + MINUTE,
    );
    expect(job).toMatchObject({ state: "ready", next: { action: "install", at: T + HOUR } });
    expect(effects).toEqual([]);
  });

  it("goes on at once when a Mac that waits escrows its token, by asking first", () => {
    const left = ordered(0, HOUR);
    const orders = { ...left.orders, installs: 2 };
    const used = { ...left, platform: "macOS", orders, bootstrapToken: "missing" } as const;
    const next = { action: "install", at: T + 5 * HOUR } as const;
    const waiting: Job = { ...used, state: "ready", awaitsToken: true, next };
    const { job, effects } = step(waiting, { kind: "escrowed" }, T + 2 * HOUR);
    expect(job.state).toBe("asking");
    expect(effects).toContainEqual(expect.objectContaining({ purpose: "ask" }));
    expect(mayAt(job, 2 * HOUR)).toBe(true);
    // A token that comes while nothing waits for it changes nothing.
    const going: Job = { ...used, state: "installing", next };
    expect(step(going, { kind: "escrowed" }, T + 2 * HOUR).job.state).toBe("installing");
  });
});

describe("an install that was ordered as often as it may be", () => {
  const used = ordered(0, HOUR, 5 * HOUR, 17 * HOUR);
  const next = { action: "look-again", at: T + DAY } as const;
  const WAITING = { reason: "waiting-for-user", params: {} };
  const POWER = { reason: "insufficient-power", params: { detail: "low" } };

  it("says so, with what the device said and what can be done about that", () => {
    const plain = { ...sayAgain(used, WAITING, T + 18 * HOUR), next, state: "installing" } as const;
    expect(verdictOf(plain, T + 18 * HOUR)).toMatchObject({
      reason: "installs-used-up",
      sentence: expect.stringContaining(
        "the install was ordered 4 times within 24 hours and did not happen; it is not",
      ),
      remedy: expect.stringMatching(/^Look at the device/),
    });
    const power = {
      ...sayAgain(used, POWER, T + 18 * HOUR, POWER),
      next,
      state: "blocked",
    } as const;
    expect(verdictOf(power, T + 18 * HOUR)).toMatchObject({
      sentence: expect.stringContaining("the last time the device's battery is too low"),
      remedy: "Plug the device in.",
    });
  });

  it.each([
    [DAY - 1, "installs-used-up"],
    [DAY, "waiting-for-user"],
  ])("is no longer when the 24 hours are over: %d ms after the first", (ms, reason) => {
    expect(sayAgain(used, WAITING, T + ms).reason).toBe(reason);
  });
});
