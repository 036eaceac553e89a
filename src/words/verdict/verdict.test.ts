import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFinal, type Job, type NextAction } from "../../plans/index.ts";
import { JOB_STATES } from "../../plans/jobs/state.ts";
import { newOne } from "../../plans/jobs/one-job.suite.ts";
import { verdictOf } from "./of-job.suite.ts";
import { causeOf, REASON_CODES } from "./reasons.ts";
import { sentenceOf } from "./verdict.ts";

const NOW = Date.UTC(2026, 7, 25, 12);
const ACTIONS: readonly NextAction[] = ["push-again", "look-again", "install", "try-again", "read-list"];
const job = newOne({ zone: "America/New_York" });
const params = fc.dictionary(
  fc.constantFrom(
    "version",
    "percent",
    "pushes",
    "detail",
    "cause",
    "note",
    "zone",
    "platform",
    "action",
    "plan",
    "from",
  ),
  fc.oneof(fc.stringMatching(/^[a-z0-9.]{1,12}$/), fc.integer({ min: 0, max: 100 })),
);
const HOLES = /undefined|NaN|\[object|null|\(\)|: ;|: \.$| {2}/;

describe("the words of verdicts", () => {
  it("make a whole sentence of every reason in every state, whatever is known", () => {
    const any = fc.record({
      state: fc.constantFrom(...JOB_STATES),
      reason: fc.constantFrom(...REASON_CODES),
      params,
      action: fc.constantFrom(...ACTIONS),
    });
    fc.assert(
      fc.property(any, ({ state, reason, params: given, action }) => {
        const ended = isFinal(state);
        const said = { ...job, reason, params: given };
        const here: Job = isFinal(state)
          ? { ...said, state, next: null, end: { at: NOW } }
          : { ...said, state, next: { action, at: NOW + 60_000 } };
        const { sentence, reason: code } = verdictOf(here, NOW);
        expect(code).toBe(reason);
        expect(sentence).toMatch(/^[A-Z].*\.$/s);
        expect(sentence).not.toMatch(HOLES);
        // What happens next and when, in the device's zone, or nothing more.
        const word = action === "install" ? "from" : "at";
        expect(sentence.includes(`next, ${word} 2026-08-25 08:01 (America/New_York), `)).toBe(!ended);
      }),
      { numRuns: 2000 },
    );
  });

  it("do not show a code where words stand for it", () => {
    const bare = REASON_CODES.filter((code) => code.includes("-") && causeOf(code, {}).includes(code));
    expect(bare).toEqual([]);
  });

  it("show a code that nobody has words for as it came", () => {
    expect(causeOf("SomethingNew", {})).toContain("SomethingNew");
  });

  it("say of a refusal and of a device that is there why, without a time", () => {
    expect(sentenceOf("refused", "commands-removed", { version: "27.0" })).toMatch(/^Not possible: it runs OS 27\.0/);
    expect(sentenceOf("done", "already-newer", { version: "26.7" })).toMatch(/^Up to date: runs 26\.7/);
  });

  it("say now when the next action's time has come, and that a deadline has passed", () => {
    const late = { ...job, next: { action: "look-again", at: NOW } as const, deadlineAt: NOW - 3_600_000 };
    const { sentence } = verdictOf(late, NOW);
    expect(sentence).toContain("next, now, Uptick asks it again");
    expect(sentence).toContain("overdue since 2026-08-25 07:00");
  });

  it("say of a job that has ended nothing of its deadline, whenever that was", () => {
    const ended = { ...job, state: "stopped", reason: "withdrawn", next: null, end: { at: NOW - 1 } } as const;
    for (const deadlineAt of [NOW - 3_600_000, NOW, NOW + 1])
      expect(verdictOf({ ...ended, deadlineAt }, NOW).sentence).not.toContain("overdue");
    const live = { ...job, next: { action: "look-again", at: NOW + 1 } } as const;
    expect(verdictOf({ ...live, deadlineAt: NOW }, NOW).sentence).not.toContain("overdue");
    expect(verdictOf({ ...live, deadlineAt: NOW - 1 }, NOW).sentence).toContain("overdue");
    // Where its zone is unknown, every time zone must have reached the deadline.
    const anywhere = { ...live, zone: "UTC", zoneKnown: false };
    const HALF_A_DAY = 12 * 3_600_000;
    expect(verdictOf({ ...anywhere, deadlineAt: NOW - HALF_A_DAY }, NOW).sentence).not.toContain("overdue");
    expect(verdictOf({ ...anywhere, deadlineAt: NOW - HALF_A_DAY }, NOW + 1).sentence).toContain("overdue");
  });
});
