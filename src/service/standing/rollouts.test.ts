/** Rollouts that begin, that hurry later, and that follow a block (targets D2, U3, C9). */
import { describe, expect, it } from "vitest";
import { transact } from "../../store/in-memory.suite.ts";
import { blockRow, planRow, ringRunRow, rolloutRow } from "../../store/suite-rows.ts";
import { endBlock } from "../catalog/block.ts";
import { ID, NOW } from "../enrollment/one-device.suite.ts";
import { beginRollout } from "./begin-rollout.ts";
import { noteUrgent } from "./note-urgent.ts";

const ring = (name: string, opens: number, due: number) => ({ name, who: "rest", opens, due, approval: "gate" });
const spec = (more: object = {}) => ({
  zone: "Europe/Berlin",
  standing: { rings: [ring("Pilot", 0, 2), ring("Everyone", 8, 14)], days: 14, urgentDays: null, ...more },
});
const plan = (id: string, more: object = {}) => planRow(id, { kind: "standing", place: 0, spec: spec(more) });
const RELEASE = { platform: "macOS", version: "26.6.2", extra: "", blockId: "" };
const begin = { id: "r1", planId: "p1", release: RELEASE, base: "2026-08-25", knownAt: 1, urgent: null, now: NOW };
const runsOf = ({ ringRun = [] }: Parameters<typeof transact>[2]): string[] =>
  ringRun.map(({ rolloutId, ring: place, urgent, state }) => `${rolloutId} ${place} ${urgent} ${state}`);
const GATE = { name: "gate", cause: 0, cursor: null, dueAt: null, leaseUntil: 0 } as const;

describe("a rollout", () => {
  it("begins with a run for each ring, and makes the gate due", () => {
    const { rows } = transact(beginRollout, begin, { plan: [plan("p1")], sweep: [GATE] });
    expect(rows.rollout).toMatchObject([{ id: "r1", base: "2026-08-25", state: "running", urgentBelow: null }]);
    expect(runsOf(rows)).toEqual(["r1 0 0 waiting", "r1 1 0 waiting"]);
    expect(rows.sweep).toMatchObject([{ name: "gate", dueAt: NOW }]);
    // Twice begins it once.
    expect(transact(beginRollout, { ...begin, id: "r2" }, rows).changed).toEqual({});
  });

  it("does not begin in a plan that was stopped, or that is not there", () => {
    const stopped = planRow("p1", { kind: "standing", state: "stopped", spec: spec() });
    expect(transact(beginRollout, begin, { plan: [stopped] }).changed).toEqual({});
    expect(transact(beginRollout, begin, {}).changed).toEqual({});
  });

  const hurries = plan("p1", { urgentDays: 3 });
  it("has urgent runs where its plan hurries and an exploited CVE is known", () => {
    const urgent = { below: "26.6.1", at: NOW };
    const { rows } = transact(beginRollout, { ...begin, urgent }, { plan: [hurries], sweep: [GATE] });
    expect(runsOf(rows)).toEqual(["r1 0 0 waiting", "r1 0 1 waiting", "r1 1 0 waiting", "r1 1 1 waiting"]);
    expect(rows.rollout).toMatchObject([{ urgentBelow: "26.6.1", urgentAt: NOW }]);
  });

  const late = { rolloutId: "r1", below: "26.6.1", now: NOW + 5 };
  it("targets U3: hurries when the CVE comes to be known later; data that disappears takes nothing back", () => {
    const first = transact(beginRollout, begin, { plan: [hurries], sweep: [GATE] }).rows;
    const { rows } = transact(noteUrgent, late, first);
    expect(runsOf(rows)).toEqual(["r1 0 0 waiting", "r1 1 0 waiting", "r1 0 1 waiting", "r1 1 1 waiting"]);
    expect(rows.rollout).toMatchObject([{ urgentBelow: "26.6.1", urgentAt: NOW + 5 }]);
    expect(transact(noteUrgent, late, rows).changed).toEqual({});
    expect(transact(noteUrgent, { ...late, below: null }, rows).changed).toEqual({});
    expect(transact(noteUrgent, { ...late, below: "26.6" }, rows).changed).toEqual({});
    const newer = transact(noteUrgent, { ...late, below: "26.6.2", now: NOW + 9 }, rows).rows;
    expect(newer.rollout).toMatchObject([{ urgentBelow: "26.6.2", urgentAt: NOW + 5 }]);
  });

  it("gets the runs of rings that its plan was given later", () => {
    const rows = { plan: [plan("p1")], rollout: [rolloutRow("r1", { planId: "p1" })], ringRun: [ringRunRow("r1", 0)] };
    expect(runsOf(transact(noteUrgent, { ...late, below: null }, rows).rows)).toEqual([
      "r1 0 0 waiting",
      "r1 1 0 waiting",
    ]);
  });
});

describe("targets C9: after a block has ended", () => {
  const block = blockRow("b1", { platform: "macOS", version: "26.6.2" });
  const rollout = rolloutRow("r1", { planId: "p1", urgentBelow: "26.6.1" });
  const ended = (more: Parameters<typeof transact>[2]) =>
    transact(
      endBlock,
      { id: "b1", by: "token:a", reason: "mended", firstId: ID, now: NOW },
      { block: [block], ...more },
    ).rows;

  it("its devices take the release by a rollout of their own, counted from that day", () => {
    const rows = ended({ plan: [plan("p1"), plan("p2")], rollout: [rollout] });
    expect(rows.rollout?.map(({ id, blockId, base, reason }) => [id, blockId, base, reason])).toEqual([
      ["r1", "", "2026-08-17", "began"],
      [ID, "b1", "2026-08-25", "block-ended"],
    ]);
    expect(runsOf(rows)).toEqual([`${ID} 0 0 waiting`, `${ID} 1 0 waiting`]);
  });

  it.each(["held", "paused"] as const)("its devices wait with the others while the release is %s", (state) => {
    const { rollout: after } = ended({ plan: [plan("p1")], rollout: [{ ...rollout, state }] });
    expect(after?.map((one) => [one.id, one.state])).toEqual([
      ["r1", state],
      [ID, state],
    ]);
  });

  it.each([
    ["that was aborted", { rollout: [{ ...rollout, state: "aborted" }] }],
    ["of another release", { rollout: [{ ...rollout, version: "26.6.1" }] }],
    ["of an improvement of it", { rollout: [{ ...rollout, extra: "(a)" }] }],
    ["of a plan that was stopped", { plan: [planRow("p1", { kind: "standing", state: "stopped", spec: spec() })] }],
  ] as const)("nothing follows in a rollout %s", (_what, more) => {
    expect(ended({ plan: [plan("p1")], rollout: [rollout], ...more }).rollout).toHaveLength(1);
  });
});
