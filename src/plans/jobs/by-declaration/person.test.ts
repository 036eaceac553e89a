/** What only a person can finish is waited for two weeks after its moment, and not longer. */
import { describe, expect, it } from "vitest";
import { stepAfterEnd } from "../after-end.ts";
import type { Job } from "../job.ts";
import type { JobV1 } from "../job-v1.ts";
import { neededFor, patienceEnds } from "./person.ts";
import { dueAtOf } from "../../decisions/replace.ts";
import type { Input } from "../input.ts";
import { step } from "../step.ts";
import { verdictOf } from "../../../words/verdict/of-job.suite.ts";
import { remedyOf } from "../../../words/index.ts";
import { DAY, HOUR, newOne, NOON, report, walk } from "../one-job.suite.ts";

const TONIGHT = NOON + 10 * HOUR;
const DECLARED = {
  mechanism: "declaration",
  because: "declarations-preferred",
  enforcement: { local: "2026-08-25T22:00:00", at: TONIGHT, latestAt: TONIGHT, from: "deadline" },
} as const;
const job = (more: Partial<JobV1> = {}): Job => newOne({ ...DECLARED, ...more });
const END = TONIGHT + 14 * DAY;

const failed = (reason: string): Input => report({ installState: "failed", failure: { count: 3, reason } });
const LAST = TONIGHT + 13 * DAY;

/** Taken, and since then what the device says again and again; the last time a day before the two weeks are over. */
const saying = (says: Input, more: Partial<JobV1> = {}): Job =>
  walk(job(more), [{ kind: "begin" }, NOON], [{ kind: "taken" }, NOON + 1], [says, NOON + 2], [says, LAST]);
const mac = { platform: "macOS", bootstrapToken: "missing" } as const;
const prepared = report({ installState: "prepared" });

describe("a declared update that waits for a person", () => {
  it.each<[string, string, Job]>([
    ["its user's passcode", "failing-passcode", saying(failed("The passcode is required"))],
    ["free space", "failing-space", saying(failed("Not enough free space."))],
    ["someone to look at a device that has it downloaded", "past-prepared", saying(prepared)],
    ["a bootstrap token, downloaded", "bootstrap-token-missing", saying(prepared, mac)],
    ["a bootstrap token, failing", "bootstrap-token-missing", saying(failed("not authorized"), mac)],
    [
      "a Mac that lets no token authorise it",
      "bootstrap-token-disallowed",
      saying(prepared, { ...mac, bootstrapToken: "disallowed" }),
    ],
  ])("ends two weeks after its moment: %s", (_what, cause, waiting) => {
    expect(patienceEnds(waiting)).toEqual({ at: END, cause });
    expect(dueAtOf(waiting)).toBeLessThanOrEqual(END);
    const before = step(waiting, { kind: "due" }, END - 1).job;
    expect(before.state).toBe(waiting.state);
    const { job: ended } = step(waiting, { kind: "due" }, END);
    expect(ended).toMatchObject({ state: "failed", reason: "nobody-helped", next: null, end: { at: END } });
    expect(ended.params["cause"]).toBe(cause);
    const { sentence, remedy } = verdictOf(ended, END);
    expect(sentence).toMatch(/^Failed: two weeks after its enforcement time/);
    expect(remedy).toContain("new plan");
    // What has to be done is what the cause asks for.
    expect(remedy?.startsWith(remedyOf(cause) ?? "?")).toBe(true);
  });

  it.each<[string, Job]>([
    ["it downloads still", saying(report({ installState: "downloading" }))],
    ["it fails for what passes by itself", saying(failed("the network was lost"))],
    ["nothing of it is to be seen", saying(report())],
    ["a Mac that needs a token has not got so far", saying(report({ installState: "downloading" }), mac)],
    ["it installs", saying(report({ installState: "installing" }))],
    ["the device keeps silent", { ...saying(prepared), tries: { ...job().tries, unheard: 1 } }],
    ["it was told by command", { ...saying(prepared), mechanism: undefined } as unknown as Job],
  ])("does not end then: %s", (_what, waiting) => {
    expect(patienceEnds(waiting)).toBeUndefined();
    expect(step(waiting, { kind: "due" }, END).job.state).not.toBe("failed");
  });

  it("is given two weeks from when it was told, where its moment lay before that", () => {
    const late = walk(job({ createdAt: TONIGHT + 20 * DAY }), [{ kind: "begin" }, NOON]);
    const told = walk(late, [{ kind: "taken" }, TONIGHT + 20 * DAY], [prepared, TONIGHT + 21 * DAY]);
    expect(patienceEnds(told)?.at).toBe(TONIGHT + 35 * DAY);
  });

  it("ends at once when a device that had kept silent says so after the two weeks", () => {
    const silent: Job = { ...saying(prepared), tries: { ...job().tries, unheard: 3 } };
    const heard = step(silent, prepared, END + DAY).job;
    expect(dueAtOf(heard)).toBe(END);
    expect(step(heard, { kind: "due" }, END + DAY).job).toMatchObject({ state: "failed", reason: "nobody-helped" });
  });

  it("counts as done where the device installs after all", () => {
    const ended = step(saying(prepared), { kind: "due" }, END).job;
    const after = stepAfterEnd(ended, { version: "26.6.1", at: END + DAY }, END + DAY)?.job;
    expect(after).toMatchObject({ state: "done", reason: "updated" });
  });
});

describe("the text of a failure", () => {
  it.each([
    ["The passcode is required.", "passcode"],
    ["Enter PASSCODE", "passcode"],
    ["Not enough free space.", "space"],
    ["insufficient-space", "space"],
    ["No space left on device", "space"],
    ["You need 4 GB more storage.", "space"],
    ["Free up space", "space"],
    ["Not enough disk space is available", "space"],
    ["failed in namespace com.apple", undefined],
    ["spaceship", undefined],
    ["download-failed", undefined],
    ["Software update failed.", undefined],
    ["", undefined],
    [`${"x".repeat(1000)} passcode`, undefined],
  ])("%s", (text, needs) => {
    expect(neededFor(text)).toBe(needs);
  });
});
