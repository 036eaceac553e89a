/** A wrong end of a Mac is seen, whatever is wrong with it: each row is a right end with one thing changed. */
import { describe, expect, it } from "vitest";
import type { SimRecord } from "../../../simulator/index.ts";
import { type Course, courseProblems } from "./course.ts";
import { type Mac, macProblems, type Said } from "./judge.ts";
import { BEFORE, MAC_COUNT, RELEASE } from "./macs.ts";
import { COURSE, DAY, failure, HOUR, install, MACS, macIn, POSTED, saidOf, withRecord } from "./right-end.suite.ts";

const judged = (mac: Mac, said: Partial<Said> = {}, course: Course = COURSE): string[] =>
  macProblems({ ...saidOf(mac), ...said }, mac, MACS, course);
const updated = macIn(1, false);
const failed = macIn(1, true);
const spared = macIn(2, true);
const PAUSED = COURSE.pausedAt ?? 0;
const SERVED = { installsExecuted: [install(PAUSED - DAY)] };
const on = ({ version, build }: typeof BEFORE | typeof RELEASE): Partial<SimRecord> => ({
  finalVersion: version,
  finalBuild: build,
});

describe("the judgement of the Macs in rings", () => {
  it("finds nothing wrong with a story that ended as it must", () => {
    expect(MACS).toHaveLength(MAC_COUNT);
    expect(MACS.flatMap((mac) => judged(mac))).toEqual([]);
    expect(courseProblems(COURSE)).toEqual([]);
  });

  it("misses a Mac that never enrolled", () =>
    expect(macProblems(undefined, updated, MACS, COURSE)).toEqual(["never enrolled"]));

  it.each<[string, Mac, Partial<Said>]>([
    ["is said to run 26.6.2 (25G83), runs 26.7 (25H20)", updated, { osVersion: "26.6.2", buildVersion: "25G83" }],
    ["is said to be under-way of 26.7, not on-target of 26.7", updated, saying("under-way", "26.7")],
    ["is said to be on-target of 26.6.2, not on-target of 26.7", updated, saying("on-target", "26.6.2")],
    ["is said to be on-target of 26.7, not on-target of 26.6.2", failed, saying("on-target", "26.7")],
    ["is said to be undefined of undefined, not on-target of 26.7", updated, { compliance: null }],
    ["its job ended as undefined/undefined, not as updated", updated, { job: null }],
    ["its job ended as stopped/withdrawn-not-installing, not as updated", updated, { job: saidOf(failed).job }],
    ["its job ended as done/updated, not as withdrawn", failed, { job: saidOf(updated).job }],
    ["its job ended as failed/x, not as withdrawn", failed, { job: jobOf("failed", "release-blocked") }],
    ["its job ended as stopped/x, not as withdrawn", failed, { job: jobOf("stopped", "plan-left") }],
  ])("sees what the server says wrong: %s", (problem, mac, said) => expect(judged(mac, said)).toEqual([problem]));

  function saying(kind: string, target: string): Partial<Said> {
    return { compliance: { class: kind, target } as never };
  }
  function jobOf(state: string, cause: string): Said["job"] {
    return { state, reason: "x", verdict: { code: "x", params: { cause }, sentence: "" } } as never;
  }

  it.each<[string, Mac]>([
    ["a violation", withRecord(updated, { violations: ["a violation"] })],
    ["runs 26.6.2, not 26.7", withRecord(updated, on(BEFORE))],
    ["installed 0 times", withRecord(updated, { installsExecuted: [] })],
    ["installed 2 times", withRecord(updated, { installsExecuted: [1, 2].map((n) => install(PAUSED - n * HOUR)) })],
    ["installed before the day of its ring", withRecord(updated, { installsExecuted: [install(POSTED + 7 * DAY)] })],
    ["installed while the rollout was paused", withRecord(updated, { installsExecuted: [install(PAUSED + 2 * HOUR)] })],
    ["runs 26.7: its model is blocked, and must stay on 26.6.2", withRecord(failed, on(RELEASE))],
    ["installed 1 times", withRecord(failed, SERVED)],
    [
      "tried to install 1 times after the block",
      withRecord(failed, { events: [PAUSED - HOUR, PAUSED - 1, PAUSED + DAY].map(failure) }),
    ],
    ["failed 1 times, not twice or more", withRecord(failed, { events: [failure(PAUSED)] })],
    [
      "tried to install what was blocked before its ring opened",
      withRecord(spared, { events: [failure(PAUSED - DAY)] }),
    ],
    [
      "downloaded what was blocked before its ring opened",
      withRecord(spared, { downloadsExecuted: [{ at: PAUSED, ...RELEASE }] }),
    ],
  ])("sees what truly happened: %s", (problem, mac) => expect(judged(mac)).toEqual([problem]));

  it("takes an installation of another release for no failure of this one", () => {
    const other = { at: PAUSED, what: "install-failed", version: "26.6" };
    const events = [...failed.record.events, { ...other, at: PAUSED + 5 * DAY }];
    expect(judged(withRecord(failed, { events }))).toEqual([]);
  });

  it("sees a ring that did not wait for the one before it", () => {
    const late = MACS.map((mac) =>
      mac === macIn(0, false) ? withRecord(mac, { installsExecuted: [install(PAUSED)] }) : mac,
    );
    expect(macProblems(saidOf(updated), updated, late, COURSE)).toEqual(["installed before every Mac of Pilot did"]);
  });

  it("allows what was handed out before the pause, and nothing until it is resumed", () => {
    const at = (time: number): Mac => withRecord(updated, { installsExecuted: [install(time)] });
    const wrong = ["installed while the rollout was paused"];
    expect(judged(at(PAUSED + 60_000))).toEqual([]);
    expect(judged(at(PAUSED + 60_001))).toEqual(wrong);
    expect(judged(at((COURSE.resumedAt ?? 0) - 1))).toEqual(wrong);
    expect(judged(at(COURSE.resumedAt ?? 0))).toEqual([]);
    expect(judged(at(PAUSED + 90 * DAY), {}, { ...COURSE, resumedAt: null })).toEqual(wrong);
  });

  it.each<[string, Partial<Course>]>([
    ["the rollout was never paused", { pausedAt: null, pausedBy: null }],
    ["the rollout was paused by token:ops, not by the gate", { pausedBy: "token:ops" }],
    ["the release was never blocked", { blockedAt: null, blockReason: null }],
    ["no block of the release is in force at the end", { blockReason: null }],
    ["the rollout was never resumed", { resumedAt: null }],
    ["the last ring never passed", { endedAt: null }],
  ])("sees what is wrong with the story as a whole: %s", (problem, more) =>
    expect(courseProblems({ ...COURSE, ...more })).toEqual([problem]),
  );
});
