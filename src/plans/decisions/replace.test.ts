/** What becomes of a declaration, and of what was downloaded under it, when another plan takes its place. */
import { describe, expect, it } from "vitest";
import type { Enforcement } from "../jobs/by-declaration/enforcement.ts";
import { declaredOf, type LiveJob, type Job } from "../jobs/job.ts";
import { DAY, HOUR } from "../jobs/units.ts";
import { dueAtOf, heldBy, knownBy, lossOf, momentFor, takeOver } from "./replace.ts";
import { newJob } from "../jobs/new-job.ts";
import type { JobSeed } from "../jobs/job.ts";
import type { Input } from "../jobs/input.ts";
import { step } from "../jobs/step.ts";
import { verdictOf } from "../../words/verdict/of-job.suite.ts";
import { report, SEED, walk } from "../jobs/one-job.suite.ts";

const NOW = Date.UTC(2026, 7, 25, 12);
const moment = (local: string, from: Enforcement["from"] = "deadline", build?: string): Enforcement => {
  const at = Date.parse(`${local}Z`);
  return { local, at, latestAt: at, from, ...(build === undefined ? {} : { build }) };
};
const FRIDAY = moment("2026-08-28T17:00:00");
const THURSDAY = moment("2026-08-27T17:00:00");
const WEDNESDAY = moment("2026-08-26T17:00:00");
const SATURDAY = moment("2026-08-29T17:00:00");
const HELP = "https://it.example.org";

const seed = (more: Partial<JobSeed> = {}): JobSeed => ({
  ...SEED,
  mechanism: "declaration",
  enforcement: FRIDAY,
  ...more,
});
const fresh = (of: Partial<JobSeed>, now = NOW): LiveJob => newJob(seed(of), { id: "new", planId: "q" }, now);

const says = (installState: string, ours = true): Input => report({ ours, installState });
const begun = walk(newJob(seed(), { id: "old", planId: "p" }, NOW), [{ kind: "begin" }, NOW]);
const taken = walk(begun, [{ kind: "taken" }, NOW + 1]);
const inForce = walk(taken, [says("none", false), NOW + 2]);
const downloading = walk(taken, [says("downloading"), NOW + 2]);
const ready = walk(taken, [says("prepared"), NOW + 2]);
const installing = walk(taken, [says("installing"), NOW + 2]);
const refused = walk(taken, [
  { kind: "report", report: { declaration: { active: false, valid: "invalid", reasons: [] }, ours: false } },
  NOW + 2,
]);
const stopped = walk(ready, [{ kind: "withdraw", cause: "plan-stopped", held: true }, NOW + 3]);
const dropped = walk(stopped, [{ kind: "synced", listed: false }, NOW + 4]);

/** As `makeJob` does it. */
const replace = (before: Job, of: Partial<JobSeed>, now = NOW + HOUR): Job => {
  const job = takeOver(before, fresh(of, now));
  return walk(job, [{ kind: "begin" }, now], [{ kind: "known", events: knownBy(before, job) }, now]);
};

describe("the download that is lost", () => {
  const loss = (before: Job, of: JobSeed) => {
    const held = heldBy(before);
    return held === undefined ? undefined : lossOf(held, of);
  };
  it.each<[what: string, before: Job, Partial<JobSeed>, ReturnType<typeof lossOf>]>([
    ["the same wish", ready, {}, undefined],
    ["an earlier moment", ready, { enforcement: THURSDAY }, undefined],
    ["an earlier moment, another page", ready, { enforcement: THURSDAY, detailsUrl: HELP }, undefined],
    ["a later moment", ready, { enforcement: SATURDAY }, "will"],
    ["a later moment", downloading, { enforcement: SATURDAY }, "will"],
    ["a later moment, installing", installing, { enforcement: SATURDAY }, "will"],
    ["a later moment, no download reported", inForce, { enforcement: SATURDAY }, "may"],
    ["a later moment, nothing reported", taken, { enforcement: SATURDAY }, "may"],
    ["a later moment, never fetched", begun, { enforcement: SATURDAY }, undefined],
    ["a later moment, can't be applied", refused, { enforcement: SATURDAY }, undefined],
    ["another version", ready, { target: { version: "26.6.2", major: false } }, "will"],
    ["another version, earlier", ready, { target: { version: "26.6.2", major: false }, enforcement: THURSDAY }, "will"],
    ["a build, named now", ready, { enforcement: moment(FRIDAY.local, "deadline", "23G83") }, "will"],
    ["nothing but another page", ready, { detailsUrl: HELP }, "will"],
    ["a command", ready, { mechanism: undefined, enforcement: undefined } as never, "will"],
    ["the same wish after a stop", stopped, {}, undefined],
    ["an earlier moment after a stop", stopped, { enforcement: THURSDAY }, "may"],
    ["a later moment after a stop that the device has followed", dropped, { enforcement: SATURDAY }, undefined],
    ["a later moment on a Mac", { ...ready, platform: "macOS" }, { platform: "macOS", enforcement: SATURDAY }, "may"],
  ])("by %s (%#)", (_what, before, of, expected) => {
    expect(loss(before, seed(of))).toBe(expected);
  });
});

describe("a job that takes the place of one with the same wish", () => {
  it.each([
    ["fetched", taken, "declaring", "taken"],
    ["in force", inForce, "declared", "in-force"],
    ["downloading", downloading, "downloading", "downloading"],
    ["prepared", ready, "ready", "prepared"],
    ["installing", installing, "installing", "installing"],
    ["stopped: its download is not known any more", stopped, "declared", "in-force"],
    ["never fetched", begun, "declaring", "declaration-set"],
    ["let go", dropped, "declaring", "declaration-set"],
  ])("knows as much as is known: %s", (_what, before, state, reason) => {
    const job = replace(before, {});
    const { takenAt, former } = declaredOf(job);
    expect(job).toMatchObject({ id: "new", state, reason });
    expect(former).toBeUndefined();
    const held = reason !== "declaration-set";
    expect(takenAt).toBe(held ? declaredOf(before).takenAt : undefined);
  });

  it("keeps a moment that its plan could name as well, and no other", () => {
    const nights = { window: { from: "22:00", to: "05:00" } };
    const had = moment("2026-08-25T22:00:00", "window");
    const held = heldBy({ ...taken, ...nights, declared: { ...declaredOf(taken), enforcement: had } } as Job);
    if (held === undefined) throw new Error("nothing is held");
    const keeps = (wanted: Enforcement, more: object, now: number) =>
      momentFor(wanted, { target: { version: "26.6.1" }, ...more }, held, now) === had;
    const later = moment("2026-08-25T23:10:00", "window");
    const before = Date.parse("2026-08-25T21:55:00Z");
    expect(keeps(later, nights, before)).toBe(true);
    expect(keeps(later, nights, before + HOUR)).toBe(false);
    const moment22 = Date.parse("2026-08-25T22:00:00Z");
    expect([moment22 - 1, moment22, moment22 + 1].map((now) => keeps(later, nights, now))).toEqual([
      true,
      false,
      false,
    ]);
    expect(keeps(moment("2026-08-25T21:00:00", "window"), nights, before)).toBe(false);
    expect(keeps(later, { window: { from: "22:00", to: "04:00" } }, before)).toBe(false);
    expect(keeps(later, { ...nights, deadline: "2026-08-28T17:00" }, before)).toBe(false);
    expect(keeps(later, { ...nights, detailsUrl: HELP }, before)).toBe(false);
    expect(keeps(moment(later.local, "soon"), {}, before)).toBe(false);
  });
});

describe("a job with an earlier moment", () => {
  const earlier = replace(ready, { enforcement: THURSDAY });

  it("begins again, with the former declaration in addition to the new one", () => {
    expect(earlier).toMatchObject({ state: "declaring", reason: "declaration-set" });
    expect(declaredOf(earlier).former?.map(({ enforcement }) => enforcement)).toEqual([FRIDAY]);
  });

  const at = NOW + 10 * DAY;
  const fetched: readonly [Input, number] = [{ kind: "taken" }, at];
  const active: readonly [Input, number] = [says("none"), at + 5];
  const due = (now: number): readonly [Input, number] => [{ kind: "due" }, now];
  it.each<[string, readonly (readonly [Input, number])[], boolean]>([
    ["while it has not been fetched, however long", [due(at)], true],
    ["right after the fetch", [fetched, due(at + 1)], true],
    ["in force: its scan may still go on", [fetched, active, due(at + HOUR)], true],
    ["in force for an hour", [fetched, active, due(at + 5 + HOUR)], false],
    [
      "in force for an hour, by any message",
      [fetched, active, [{ kind: "seen", seen: { version: "26.5", at } }, at + 6 + HOUR]],
      false,
    ],
    ["fetched and never reported for two days", [fetched, due(at + 2 * DAY)], false],
    ["fetched and not reported yet", [fetched, due(at + 2 * DAY - 1)], true],
    // The device's report of a download says nothing of which declaration it has.
    ["reported as ours before the fetch", [active, due(at + DAY)], true],
  ])("keeps the former one: %s", (_what, inputs, keeps) => {
    const job = walk({ ...earlier, expiresAt: at + 30 * DAY }, ...inputs);
    expect(declaredOf(job).former !== undefined).toBe(keeps);
  });

  it("is due when the former one goes, and that costs no question", () => {
    const job = walk(earlier, [{ kind: "taken" }, NOW + 2 * HOUR], [says("none"), NOW + 2 * HOUR]);
    expect(dueAtOf(job)).toBe(NOW + 3 * HOUR);
    const { job: after, effects } = step(job, { kind: "due" }, NOW + 3 * HOUR);
    expect([declaredOf(after).former, after.next, effects]).toEqual([undefined, job.next, []]);
    expect(dueAtOf(after)).toBe(job.next?.at);
  });

  it("hands on what the device may act on: all of them while the newest is not fetched, and no later one", () => {
    const moments = (job: Job) => declaredOf(job).former?.map(({ enforcement }) => enforcement);
    expect(moments(replace(earlier, { enforcement: WEDNESDAY }))).toEqual([FRIDAY]);
    expect(moments(replace(earlier, { enforcement: FRIDAY }))).toBeUndefined();
    expect(replace(earlier, { enforcement: FRIDAY })).toMatchObject({
      reason: "taken",
      declared: { takenAt: declaredOf(ready).takenAt },
    });
    expect(moments(replace(earlier, { enforcement: SATURDAY }))).toBeUndefined();
    const both = walk(earlier, [{ kind: "taken" }, NOW + 2 * HOUR]);
    expect(moments(replace(both, { enforcement: WEDNESDAY }))).toEqual([THURSDAY, FRIDAY]);
    expect(moments(replace(both, { enforcement: THURSDAY }))).toEqual([FRIDAY]);
    expect(moments(replace(both, { enforcement: FRIDAY }))).toBeUndefined();
  });
});

describe("a stop", () => {
  it.each([
    ["iOS", ready, /it throws away what it has downloaded/],
    ["iOS", downloading, /it throws away what it has downloaded/],
    ["macOS", ready, /it may throw away what it has downloaded/],
    ["iOS", inForce, /^(?!.*throw)/],
  ] as const)("says what it costs: %s (%#)", (platform, before, words) => {
    let job = walk({ ...before, platform }, [{ kind: "withdraw", cause: "plan-stopped", held: true }, NOW + 3]);
    expect(verdictOf(job, NOW + 4).sentence).toMatch(words);
    job = walk(job, [{ kind: "synced", listed: false }, NOW + 5]);
    expect(verdictOf(job, NOW + 6).sentence).toMatch(words);
  });
});
