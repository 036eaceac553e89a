/** When an install that came to nothing is ordered again: 1, 4 and 12 h after the order before it, three times in a day. */
import { describe, expect, it } from "vitest";
import type { Job } from "./job.ts";
import { offerAt, offersWithin, withoutOffer } from "./offers.ts";
import { type Input, step } from "./step.ts";
import { verdictOf } from "./verdict.ts";
import { answer, begun, DAY, dict, HOUR, MINUTE, NOON, OLD } from "./one-job.suite.ts";

describe("the next order of an install", () => {
  it.each<[string, readonly number[], number, number]>([
    ["the first", [], 0, 0],
    ["an hour after the first, a moment before", [0], HOUR - 1, HOUR],
    ["an hour after the first", [0], HOUR, HOUR],
    ["four hours after the second, a moment before", [0, HOUR], 5 * HOUR - 1, 5 * HOUR],
    ["four hours after the second", [0, HOUR], 5 * HOUR, 5 * HOUR],
    ["twelve hours after the third, a moment before", [0, HOUR, 5 * HOUR], 17 * HOUR - 1, 17 * HOUR],
    ["twelve hours after the third", [0, HOUR, 5 * HOUR], 17 * HOUR, 17 * HOUR],
    ["not a fourth time within a day", [0, HOUR, 5 * HOUR, 17 * HOUR], 17 * HOUR, 25 * HOUR],
    ["when the first is a day old, an hour after the only one", [0], DAY, DAY],
    ["when the oldest of three leaves the day, four hours after the newest", [0, 10 * HOUR, 20 * HOUR], DAY - 1, DAY],
    ["where the newest lies ahead, as after a clock that stepped back", [5 * HOUR], HOUR, HOUR],
  ])("%s", (_what, offersAt, now, at) => {
    expect(offerAt({ offersAt }, now)).toBe(at);
  });

  it("counts those of the last day", () => {
    expect(offersWithin({ offersAt: [0, 1, HOUR] }, DAY)).toBe(2);
    expect(offersWithin({}, DAY)).toBe(0);
  });
});

const DOWNLOADED = answer("status", {
  OSUpdateStatus: [dict({ ProductKey: "k", IsDownloaded: true, Status: "Idle" })],
});
const result = (Status: string): Input =>
  answer("install", { UpdateResults: [dict({ ProductKey: "k", InstallAction: "InstallASAP", Status })] });
const TAKEN = result("Installing");

interface Played {
  readonly job: Job;
  readonly now: number;
  /** When installs left, hours after the first. */
  readonly left: readonly number[];
}

/** Every order leaves at once and is answered with `says`; whatever is asked, the update is downloaded and does not install. */
function play(job: Job, says: Input, until: number, end = (_job: Job): boolean => false): Played {
  let [current, now] = [job, NOON];
  const left: number[] = [];
  for (let nth = 0; nth < 2000 && now < until && current.next !== null && !end(current); nth += 1) {
    const { out } = current;
    const fresh = out.install !== undefined && out.install.offeredAt === null;
    if (fresh) left.push(now);
    const input: Input = fresh
      ? { kind: "offered", purpose: "install" }
      : out.install !== undefined
        ? says
        : out.ask
          ? OLD
          : out.status
            ? DOWNLOADED
            : { kind: "due" };
    if (input.kind === "due") now = Math.max(now, current.next.at);
    current = step(current, input, now).job;
  }
  return { job: current, now, left: left.map((at) => (at - (left[0] ?? 0)) / HOUR) };
}

describe("an install that a device takes and does not carry out", () => {
  const day = play(begun(), TAKEN, NOON + DAY);

  it("is ordered after 1, 4 and 12 hours, and not again within the day", () => {
    expect(day.left).toEqual([0, 1, 5, 17]);
    expect(day.job).toMatchObject({ state: "installing", installs: 4 });
  });

  it("is given up for a while after ten orders, with a reason that says who can help", () => {
    const { job, left, now } = play(begun(), TAKEN, NOON + 10 * DAY, ({ state }) => state === "blocked");
    expect(left.slice(0, 8)).toEqual([0, 1, 5, 17, 25, 29, 41, 49]);
    expect(left).toHaveLength(10);
    for (const at of left) expect(left.filter((other) => other > at - 24 && other <= at).length).toBeLessThanOrEqual(4);
    expect(job.reason).toBe("install-not-starting");
    expect(verdictOf(job, now).remedy).toContain("Ask the user");
  });

  it("counts over every restart: what is due comes from the job alone", () => {
    const copy = JSON.parse(JSON.stringify(day.job)) as Job;
    expect(offerAt(copy, day.now)).toBe(offerAt(day.job, day.now));
    expect(copy.offersAt).toHaveLength(4);
  });

  it("waits in sight where its answer got lost, and the device is asked before the next order", () => {
    const ordered = play(begun(), { kind: "unanswered", purpose: "install" }, NOON + 1);
    const lost = step(ordered.job, { kind: "unanswered", purpose: "install" }, NOON + MINUTE).job;
    const below = step(lost, OLD, NOON + MINUTE).job;
    const { job } = step(below, DOWNLOADED, NOON + MINUTE);
    expect(job).toMatchObject({
      state: "ready",
      reason: "install-not-begun",
      params: { orders: 1 },
      next: { action: "look-again", at: NOON + HOUR },
    });
    expect(verdictOf(job, NOON + MINUTE).sentence).toContain("was ordered once within a day and has not begun");
    const due = step(job, { kind: "due" }, NOON + HOUR);
    expect(due.effects).toContainEqual({ kind: "send", purpose: "status", once: false });
    const again = step(due.job, DOWNLOADED, NOON + HOUR + 1);
    expect(again.job).toMatchObject({ state: "installing", reason: "install-ordered" });
    const silent = step(due.job, { kind: "due" }, NOON + HOUR + 15 * MINUTE);
    expect(silent.job).toMatchObject({ state: "ready", reason: "install-not-begun", next: { action: "push-again" } });
  });

  it("is not counted where the device said NotNow, or refused it with a reason that has a pace of its own", () => {
    const ordered = step(play(begun(), TAKEN, NOON + 1).job, { kind: "due" }, NOON).job;
    expect(withoutOffer({ ...ordered, offersAt: [1] }).offersAt).toBeUndefined();
    const refused = play(begun(), result("InstallPhoneCallInProgress"), NOON + 2 * HOUR);
    expect(refused.left).toEqual([0, 0.25, 0.5, 1]);
    const offered = step(begun({ state: "ready" }), { kind: "due" }, NOON);
    expect(offered.job.offersAt).toBeUndefined();
  });
});
