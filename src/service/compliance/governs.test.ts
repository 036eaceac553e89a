import { describe, expect, it } from "vitest";
import type { Json, PlanDeviceRow, PlanRow } from "../../store/index.ts";
import { enrollmentRow, jobRow, planDeviceRow, planRow } from "../../store/suite-rows.ts";
import { governingBy, type PlanRows } from "./governs.ts";

const NOW = Date.UTC(2026, 7, 25, 12);
const DEVICE = enrollmentRow("e", { platform: "iOS", timeZone: "Europe/Berlin" });
const OFFER = { inMajor: { version: "26.6.1" }, newest: { version: "27.0" } };

const planOf = (target: object, more: object = {}, row: Partial<PlanRow> = {}): PlanRow =>
  planRow("p", { spec: { targets: { iOS: target }, allowMajor: false, zone: "UTC", ...more } as Json, ...row });
const WORD = planOf({ kind: "latest-minor" });
const decision = (more: Partial<PlanDeviceRow> = {}) => planDeviceRow("p", "e", { doneAt: 1, ...more });
const REFUSED = decision({ kind: "refused", reason: "not-supervised" });
/** A job that has ended, by what its document says. */
const over = (state: string, reason: string, doc: object = {}) =>
  jobRow("j", "e", {
    live: 0,
    state,
    reason,
    doc: { v: 2, state, reason, params: {}, target: { version: "26.6", major: false }, ...doc } as Json,
  });
const NONE: PlanRows = { live: undefined, livePlan: undefined, decision: undefined, plan: undefined, job: undefined };

describe("what governs a device", () => {
  it.each<[string, Partial<PlanRows>, object | null]>([
    ["nothing without a decision", {}, null],
    [
      "nothing where the plan was stopped",
      { decision: REFUSED, plan: planOf({ kind: "latest" }, {}, { state: "stopped" }) },
      null,
    ],
    ["nothing where the plan is not there", { decision: REFUSED }, null],
    ["nothing where the job is forgotten", { decision: decision({ jobId: "j" }), plan: WORD }, null],
    [
      "a refusal: the newest of its major by a word",
      { decision: REFUSED, plan: WORD },
      { wanted: { version: "26.6.1" }, word: true, progress: { kind: "refused", reason: "not-supervised" } },
    ],
    [
      "a refusal: the newest of all where the plan crosses majors",
      { decision: REFUSED, plan: planOf({ kind: "latest" }, { allowMajor: true }) },
      { wanted: { version: "27.0" }, word: true },
    ],
    [
      "a refusal: not known for the major before the newest",
      { decision: REFUSED, plan: planOf({ kind: "n-1" }, { allowMajor: true }) },
      { wanted: null, word: true },
    ],
    [
      "a refusal: that version, with its build or its letter",
      { decision: REFUSED, plan: planOf({ kind: "exact", version: "26.3.1", extra: "a" }) },
      { wanted: { version: "26.3.1", supplemental: { extra: "a", build: "" } }, word: false },
    ],
    [
      "a refusal without a version",
      { decision: REFUSED, plan: planOf({ kind: "other-updates" }) },
      { wanted: null, word: false },
    ],
    [
      "a refusal: its deadline on the device's own clock",
      { decision: REFUSED, plan: planOf({ kind: "latest" }, { deadline: "2026-08-20T17:00" }) },
      { deadlineAt: Date.UTC(2026, 7, 20, 15) },
    ],
    [
      "a decision that has not been carried out",
      {
        decision: decision({ doneAt: null, seed: { target: { version: "26.6", major: false }, deadlineAt: 7 } }),
        plan: WORD,
      },
      { wanted: { version: "26.6" }, deadlineAt: 7, progress: { kind: "waits", reason: "begun" } },
    ],
    [
      "the same of a device that is there",
      { decision: decision({ kind: "compliant", doneAt: null, seed: { version: "26.6", major: false } }), plan: WORD },
      { wanted: { version: "26.6" }, deadlineAt: null },
    ],
    [
      "a job that failed",
      { decision: decision({ jobId: "j" }), plan: WORD, job: over("failed", "job-expired", { deadlineAt: 9 }) },
      { wanted: { version: "26.6" }, deadlineAt: 9, progress: { kind: "job", reason: "job-expired", over: true } },
    ],
    [
      "a device that was there before the plan",
      {
        decision: decision({ kind: "compliant", jobId: "j" }),
        plan: WORD,
        job: over("done", "already-there", { target: undefined, wanted: { version: "26.5", major: false } }),
      },
      { wanted: { version: "26.5" }, deadlineAt: null },
    ],
  ])("%s", (_what, rows, expected) => {
    const found = governingBy({ ...NONE, ...rows }, { ...DEVICE, lastSeenAt: NOW }, OFFER);
    expect({ found }).toMatchObject({ found: expected === null ? null : { planId: "p", ...expected } });
  });

  it.each([
    ["26.6", undefined],
    ["26.6.1", true],
  ])("targets T5: of a release 26.6 and a floor %s it says whether the release is below: %s", (floor, below) => {
    const plan = planOf({ kind: "latest-minor", floor });
    const ended = { decision: decision({ jobId: "j" }), plan, job: over("done", "target-reached") };
    expect(governingBy({ ...NONE, ...ended }, DEVICE, OFFER)?.belowFloor).toBe(below);
  });
});
