import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  changesAt,
  COMPLIANCE_CLASSES,
  COMPLIANCE_FLAGS,
  type ComplianceInput,
  complianceOf,
  type Governing,
  type Progress,
} from "./compliance.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 7, 25, 12);
const runs = (version: string) => ({ version });
const OFFER = { inMajor: runs("26.6.1"), newest: runs("26.6.1") };
const UNDER_WAY: Progress = { kind: "job", reason: "downloading", over: false };
const plan = (more: Partial<Governing> = {}): Governing => ({
  planId: "p",
  wanted: runs("26.6.1"),
  word: true,
  deadlineAt: null,
  progress: UNDER_WAY,
  ...more,
});
/** An iPhone on 26.5 that was heard just now and that nothing governs. */
const input = (more: Partial<ComplianceInput> = {}): ComplianceInput => ({
  heardAt: NOW,
  seen: runs("26.5"),
  listed: true,
  offer: OFFER,
  plan: null,
  silentDays: 7,
  now: NOW,
  ...more,
});
/** "under-way downloading" */
const classed = (more: Partial<ComplianceInput>): string => {
  const { class: kind, reason } = complianceOf(input(more));
  return `${kind} ${reason}`;
};
const flags = (more: Partial<ComplianceInput>) => complianceOf(input(more)).flags;

describe("the class of a device", () => {
  it.each<[string, Partial<ComplianceInput>, string]>([
    // unknown
    ["a version that is none", { odd: true }, "unknown version-unreadable"],
    ["no version", { seen: null }, "unknown facts-unknown"],
    ["no lookup id", { listed: false }, "unknown device-id-unknown"],
    ["no lookup id, with a plan", { listed: false, plan: plan({ word: false }) }, "unknown device-id-unknown"],
    ["7 days of silence less 1 ms", { heardAt: NOW - 7 * DAY + 1 }, "no-plan nothing-governs"],
    ["7 days of silence", { heardAt: NOW - 7 * DAY }, "unknown not-heard"],
    ["7 days of silence and 1 ms", { heardAt: NOW - 7 * DAY - 1 }, "unknown not-heard"],
    ["1 day of silence less 1 ms, of 1", { heardAt: NOW - DAY + 1, silentDays: 1 }, "no-plan nothing-governs"],
    ["1 day of silence, of 1", { heardAt: NOW - DAY, silentDays: 1 }, "unknown not-heard"],
    ["30 days of silence less 1 ms, of 60", { heardAt: NOW - 30 * DAY + 1, silentDays: 60 }, "no-plan nothing-governs"],
    ["30 days of silence, of 60", { heardAt: NOW - 30 * DAY, silentDays: 60 }, "unknown not-heard"],
    ["silence on the newest", { heardAt: NOW - 7 * DAY, seen: runs("26.6.1") }, "on-target newest-of-major"],
    [
      "silence on the newest of its major, where there is a newer major",
      { heardAt: NOW - 7 * DAY, seen: runs("26.6.1"), offer: { ...OFFER, newest: runs("27.0") } },
      "unknown not-heard",
    ],
    [
      "silence below the newest, on its target",
      { heardAt: NOW - 7 * DAY, plan: plan({ wanted: runs("26.5") }) },
      "unknown not-heard",
    ],
    ["30 days less 1 ms", { heardAt: NOW - 30 * DAY + 1, seen: runs("26.6.1") }, "on-target newest-of-major"],
    ["30 days", { heardAt: NOW - 30 * DAY, seen: runs("26.6.1") }, "unknown not-heard"],
    ["30 days and 1 ms", { heardAt: NOW - 30 * DAY - 1, seen: runs("26.6.1") }, "unknown not-heard"],
    ["no list", { offer: { doubt: "catalog-empty" } }, "unknown catalog-empty"],
    ["an old list", { offer: { ...OFFER, doubt: "catalog-stale" }, seen: runs("26.6.1") }, "unknown catalog-stale"],
    ["an old list and a word", { offer: { ...OFFER, doubt: "catalog-stale" }, plan: plan() }, "unknown catalog-stale"],
    [
      "an old list and a version",
      { offer: { ...OFFER, doubt: "catalog-stale" }, plan: plan({ word: false }) },
      "under-way downloading",
    ],
    ["a list that lacks the model", { offer: {} }, "unknown no-release"],
    // on target
    ["the newest of its major without a plan", { seen: runs("26.6.1") }, "on-target newest-of-major"],
    ["newer than the list", { seen: runs("26.7") }, "on-target newest-of-major"],
    ["nothing of its major in the list", { offer: { newest: runs("27.0") } }, "on-target newest-of-major"],
    ["a beta of the newest", { seen: { version: "26.6.1", build: "23G5075b" } }, "no-plan nothing-governs"],
    ["what its plan wants", { plan: plan({ wanted: runs("26.5") }) }, "on-target target-reached"],
    ["newer than its plan wants", { plan: plan({ wanted: runs("26.4") }) }, "on-target target-reached"],
    [
      "what its plan wants, excluded",
      { plan: plan({ wanted: runs("26.5") }), excludedUntil: NOW + 1 },
      "on-target target-reached",
    ],
    [
      "what its plan wants, refused",
      { plan: plan({ wanted: runs("26.5"), progress: { kind: "refused", reason: "not-supervised" } }) },
      "on-target target-reached",
    ],
    // no plan
    ["nothing that governs it", {}, "no-plan nothing-governs"],
    ["an exclusion", { plan: plan(), excludedUntil: NOW + 1 }, "no-plan excluded"],
    ["an exclusion at its end", { plan: plan(), excludedUntil: NOW }, "under-way downloading"],
    ["an exclusion that is over", { plan: plan(), excludedUntil: NOW - 1 }, "under-way downloading"],
    ["an exclusion without a plan", { excludedUntil: NOW + 1 }, "no-plan excluded"],
    // a person
    [
      "a job that waits for a person",
      { plan: plan({ progress: { kind: "job", reason: "in-force", over: false, person: "failing-space" } }) },
      "waiting-person failing-space",
    ],
    // cannot
    ["a refusal", { plan: plan({ progress: { kind: "refused", reason: "needs-major" } }) }, "cannot needs-major"],
    [
      "a refusal without a version",
      { plan: plan({ wanted: null, progress: { kind: "refused", reason: "no-target" } }) },
      "cannot no-target",
    ],
    [
      "a job that failed",
      { plan: plan({ progress: { kind: "job", reason: "job-expired", over: true } }) },
      "cannot job-expired",
    ],
    // under way
    ["a job", { plan: plan() }, "under-way downloading"],
    ["a ring", { plan: plan({ progress: { kind: "waits", reason: "silent" } }) }, "under-way silent"],
  ])("by %s", (_what, more, expected) => expect(classed(more)).toBe(expected));
});

describe("the flags of a device", () => {
  const due = (deadlineAt: number, more: Partial<Governing> = {}) => ({ plan: plan({ deadlineAt, ...more }) });
  it.each<[string, Partial<ComplianceInput>, readonly string[]]>([
    ["none", {}, []],
    ["no deadline", { plan: plan() }, []],
    ["before its deadline", due(NOW + 1), []],
    ["at its deadline", due(NOW), []],
    ["past its deadline", due(NOW - 1), ["overdue"]],
    ["past its deadline, excluded", { ...due(NOW - 1), excludedUntil: NOW + 1 }, []],
    ["past its deadline, at the end of an exclusion", { ...due(NOW - 1), excludedUntil: NOW }, ["overdue"]],
    ["past its deadline, and there", due(NOW - 1, { wanted: runs("26.5") }), []],
    ["past its deadline, refused", due(NOW - 1, { wanted: null }), ["overdue"]],
    ["past its deadline, silent", { ...due(NOW - 1), heardAt: NOW - 40 * DAY }, ["overdue", "silent"]],
    ["7 days of silence less 1 ms", { heardAt: NOW - 7 * DAY + 1 }, []],
    ["7 days of silence", { heardAt: NOW - 7 * DAY }, ["silent"]],
    ["60 days of silence less 1 ms, of 60", { heardAt: NOW - 60 * DAY + 1, silentDays: 60 }, []],
    ["60 days of silence, of 60", { heardAt: NOW - 60 * DAY, silentDays: 60 }, ["silent"]],
    ["the newest", { seen: runs("26.6.1") }, ["newest"]],
    ["the newest, by an old list", { seen: runs("26.6.1"), offer: { ...OFFER, doubt: "catalog-stale" } }, []],
    ["the newest, by a list that lacks the model", { offer: {} }, []],
    ["the newest, without a lookup id", { seen: runs("26.6.1"), listed: false }, []],
    ["below a fix", { offer: { ...OFFER, exploitedFix: "26.6" } }, ["exposed"]],
    ["on a fix", { seen: runs("26.6"), offer: { ...OFFER, exploitedFix: "26.6" } }, []],
    ["above a fix", { seen: runs("26.6.1"), offer: { ...OFFER, exploitedFix: "26.6" } }, ["newest"]],
    ["an ended major", { offer: { ...OFFER, majorEnded: true } }, ["major-ended"]],
    ["below the floor", { plan: plan({ belowFloor: true }) }, ["below-floor"]],
  ])("%s", (_what, more, expected) => expect(flags(more)).toEqual(expected));
});

const version = fc.constantFrom("26.4", "26.5", "26.6", "26.6.1", "27.0");
const wanted = version.map(runs);
const anyPlan = fc.record({
  planId: fc.constant("p"),
  wanted: fc.option(wanted),
  word: fc.boolean(),
  deadlineAt: fc.option(fc.integer({ min: NOW - 40 * DAY, max: NOW + 40 * DAY })),
  progress: fc.oneof(
    fc.record({
      kind: fc.constant("job" as const),
      reason: fc.constant("downloading"),
      over: fc.boolean(),
      person: fc.constantFrom("passcode", undefined),
    }) as fc.Arbitrary<Progress>,
    fc.constant<Progress>({ kind: "refused", reason: "busy" }),
  ),
});
const anyInput: fc.Arbitrary<ComplianceInput> = fc
  .record({
    silence: fc.integer({ min: 0, max: 40 * DAY }),
    silentDays: fc.constantFrom(1, 7, 60),
    seen: fc.option(wanted),
    odd: fc.constantFrom(true as const, undefined, undefined, undefined),
    listed: fc.boolean(),
    inMajor: fc.option(wanted, { nil: undefined }),
    newest: fc.option(wanted, { nil: undefined }),
    doubt: fc.constantFrom(undefined, undefined, "catalog-stale" as const),
    plan: fc.option(anyPlan),
    excludedUntil: fc.option(fc.integer({ min: NOW - DAY, max: NOW + 40 * DAY }), { nil: undefined, freq: 1 }),
  })
  .map(({ silence, odd, excludedUntil, inMajor, newest, doubt, ...rest }) => ({
    ...rest,
    heardAt: NOW - silence,
    now: NOW,
    ...(odd === undefined ? {} : { odd }),
    ...(excludedUntil === undefined ? {} : { excludedUntil }),
    offer: {
      ...(inMajor === undefined ? {} : { inMajor }),
      ...(newest === undefined ? {} : { newest }),
      ...(doubt === undefined ? {} : { doubt }),
    },
  }));
const RUNS = { numRuns: 3000 };

describe("any device", () => {
  it("has one of the six classes, and each of them occurs", () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(anyInput, (given) => {
        const { class: kind, flags: raised } = complianceOf(given);
        met.add(kind);
        expect(COMPLIANCE_CLASSES).toContain(kind);
        expect(COMPLIANCE_FLAGS.filter((flag) => raised.includes(flag))).toEqual(raised);
      }),
      RUNS,
    );
    expect(met).toEqual(new Set(COMPLIANCE_CLASSES));
  });

  it("never comes back from silence by more of it", () => {
    fc.assert(
      fc.property(anyInput, fc.nat(40 * DAY), (given, more) => {
        const [before, after] = [complianceOf(given), complianceOf({ ...given, heardAt: given.heardAt - more })];
        expect([before.class, "unknown"]).toContain(after.class);
        expect(after.class === before.class ? [before.reason, "not-heard"] : ["not-heard"]).toContain(after.reason);
        expect(before.flags.filter((flag) => !after.flags.includes(flag))).toEqual([]);
      }),
      RUNS,
    );
  });

  it("stays as it is until the moment at which it may change", () => {
    fc.assert(
      fc.property(anyInput, fc.nat(80 * DAY), (given, later) => {
        const at = changesAt(given) ?? Number.POSITIVE_INFINITY;
        const now = Math.min(given.now + later, at - 1);
        expect(complianceOf({ ...given, now })).toEqual(complianceOf(given));
        expect(at).toBeGreaterThan(given.now);
      }),
      RUNS,
    );
  });
});
