/** The sentences about rollouts, as tables. */
import { describe, expect, it } from "vitest";
import { NO_COUNTS } from "../plans/rollouts/counts.ts";
import { PLAN, rollout, runOf } from "../plans/rollouts/gate.suite.ts";
import { nextOfRollout } from "../plans/rollouts/rollout-state.ts";
import { powerOf } from "../plans/rollouts/power.ts";
import { askWords, decisionWords, percentOf, powerWords, rolloutWords } from "./rollouts.ts";

const FAILURES = { started: 41, failures: 6, chance: 0.0156, maxFailurePercent: 5 };

describe("a rollout in words", () => {
  it.each([
    [{ state: "running", by: "system", reason: "began" }, "Under way."],
    [{ state: "running", by: "token:ops", reason: "mended." }, "Resumed by token:ops: mended."],
    [
      { state: "held", by: "token:ops", reason: "VPN" },
      "Held by token:ops: VPN. No other device is given the release; devices that have a job continue.",
    ],
    [
      { state: "paused", by: "gate", reason: "failures" },
      "Paused by the gate: 6 of 41 devices that started failed; if 5 % failed, so many would fail in 1.6 % of cases. Its devices receive nothing until a person resumes the rollout.",
    ],
    [
      { state: "paused", by: "token:ops", reason: "failures", instead: "26.6.1" },
      "Paused by token:ops: failures. Its devices receive 26.6.1 until a person resumes the rollout.",
    ],
    [
      { state: "aborted", by: "account:1", reason: "no" },
      "Aborted by account:1: no. Its devices go to the next older release that is open to them.",
    ],
    [
      { state: "superseded", by: "gate", reason: "newer-open" },
      "Superseded: a newer release has opened in the last ring.",
    ],
  ] as const)("%o", (facts, sentence) =>
    expect(rolloutWords({ numbers: FAILURES, instead: null, ...facts })).toBe(sentence),
  );

  it.each([
    [5, "5 devices without a failure rule out only failure rates above 37 %."],
    [12, "12 devices without a failure rule out only failure rates above 17 %."],
    [20, "20 devices without a failure rule out only failure rates above 11 %."],
    [50, "50 devices without a failure rule out only failure rates above 4.5 %."],
    [100, "100 devices without a failure rule out only failure rates above 2.3 %."],
    [1, "1 device without a failure rules out only failure rates above 90 %."],
  ])("says what %i devices can prove, as targets R13 has it", (members, sentence) =>
    expect(powerWords(members, powerOf(members))).toBe(sentence),
  );

  it("rounds to a tenth below ten", () => expect([0.0999, 0.1, 0.045].map(percentOf)).toEqual([10, 10, 4.5]));

  it("says what a ring asks, and who waits for the answer", () => {
    expect(askWords("unreachable", {}, { waiting: 950, planned: "2026-08-25" })).toBe(
      "Asks a person: none of its devices can be reached. 950 devices wait; planned 2026-08-25.",
    );
    expect(askWords("unreachable", {}, { waiting: 1, planned: null })).toBe(
      "Asks a person: none of its devices can be reached. 1 device waits.",
    );
  });

  it.each([
    [
      { what: "open", by: "gate", reason: "time-has-come", urgent: false },
      "The gate opened ring Pilot: its day has come, and the ring before it has passed.",
    ],
    [
      { what: "ask", by: "gate", reason: "blackout", urgent: true },
      "The gate asks about the urgent devices of ring Pilot: a blackout holds its urgent devices back.",
    ],
    [
      { what: "wait", by: "token:ops", reason: "leave", urgent: false },
      "token:ops waits 5 more days for ring Pilot: leave.",
    ],
    [{ what: "instead", by: "token:ops", reason: "a CVE", urgent: false }, "token:ops gave 26.6.1 instead: a CVE."],
    [{ what: "pause", by: "token:ops", reason: "approval", urgent: false }, "token:ops paused the rollout: approval."],
  ] as const)("tells a decision: %o", (decision, sentence) =>
    expect(decisionWords({ numbers: { version: "26.6.1" }, ...decision }, "Pilot")).toBe(sentence),
  );

  it.each([
    [8, 3, "3 of 8 devices that started failed; if 5 % failed, so many would fail in 0.6 % of cases"],
    [400, 200, "200 of 400 devices that started failed; if 5 % failed, so many would fail in less than 0.1 % of cases"],
  ])("tells a pause by the numbers that the fail rule gives it: %i started, %i failed", (started, failures, cause) => {
    const of = rollout("26.6.2");
    const counts = { ...NO_COUNTS, members: started, startedSince: started, failuresSince: failures };
    const counted = [{ run: runOf(of, 1, { state: "open" }), counts }];
    const decided = nextOfRollout(of, { plan: PLAN, rollouts: [of], runs: [], counted });
    expect(decided).not.toBeNull();
    const { what = "open", reason = "", numbers = {} } = decided ?? {};
    const sentence = decisionWords({ what, reason, numbers, urgent: false, by: "gate" }, "Early");
    expect(sentence).toBe(`The gate paused the rollout: ${cause}.`);
  });
});
