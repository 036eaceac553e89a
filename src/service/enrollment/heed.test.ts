/** What was decided about a plan, a rollout or all plans holds in each transaction of a device, whatever has happened before. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MemoryRows } from "../../store/in-memory.suite.ts";
import { born, happen, type Happening, happening, timeOf } from "./a-life.suite.ts";
import { conditionsOf } from "../../store/lookups.ts";
import { haltRow, jobRow } from "../../store/suite-rows.ts";
import { DAY, MINUTE, NOW } from "./one-device.suite.ts";
import { enrollmentLookups } from "./rows.ts";

const jobOf = (rows: MemoryRows) => rows.job?.find(({ live }) => live === 1);

/** Nothing of the live job may leave at `now` (ms UTC). */
function isWithheld(rows: MemoryRows, now: number): boolean {
  if (jobOf(rows) !== undefined && now < (rows.enrollment?.[0]?.excludedEndsAt ?? 0)) return true;
  const plan = rows.plan?.find(({ id }) => id === jobOf(rows)?.planId);
  const rollout = rows.rollout?.find(({ id }) => id === jobOf(rows)?.rolloutId);
  if (rollout?.state === "paused" || rollout?.state === "aborted") return true;
  return plan !== undefined && (plan.state !== "active" || rows.halt?.[0]?.active === 1);
}

/** Requests of the device: in each of them what was said is consulted. */
const ASKS: ReadonlySet<Happening["kind"]> = new Set(["idle", "session", "report", "tokens", "items", "fetch"]);

const orders = (rows: MemoryRows): string[] =>
  (rows.command ?? [])
    .filter(({ requestType, origin }) => requestType === "ScheduleOSUpdate" && origin === "job")
    .filter(({ state }) => state === "offered")
    .map(({ uuid, offers }) => `${uuid} ${offers}`);

const listed = (rows: MemoryRows): string[] =>
  (rows.declarative?.[0]?.items ?? []).map(({ identifier }) => identifier).filter((name) => name.includes("update"));

/** What a happening has broken, in words. */
function broken(before: MemoryRows, what: Happening, after: MemoryRows, now: number): string[] {
  const live = jobOf(after);
  const had = new Set(orders(before));
  const faults: string[] = [];
  // Where nothing is listed, nothing is fetched.
  const asks = ASKS.has(what.kind) && after !== before;
  if (isWithheld(before, now) && jobOf(before) !== undefined && asks) {
    faults.push(
      ...orders(after)
        .filter((order) => !had.has(order))
        .map((order) => `the order ${order} has left`),
    );
    if (isWithheld(after, now)) faults.push(...listed(after).map((name) => `${name} is listed`));
  }
  if (asks && live !== undefined && !isWithheld(after, now) && ["pausing", "paused"].includes(live.state))
    faults.push(`the job is ${live.state}, and nothing holds it back`);
  if (live !== undefined && live.dueAt === null) faults.push("nothing will happen to the job any more");
  const made = (after.job ?? []).map(({ planId }) => planId);
  if (new Set(made).size < made.length) faults.push("a plan has made two jobs");
  return faults;
}

describe("the halt", () => {
  const halt = { halt: [haltRow()] };
  const looked = (rows: MemoryRows): readonly string[] => {
    const seen = { enrollment: rows.enrollment, job: rows.job } as unknown as Parameters<typeof conditionsOf>[1];
    return Object.entries(enrollmentLookups)
      .filter(([, lookup]) => conditionsOf(lookup, seen) !== undefined)
      .map(([name]) => name);
  };

  it("costs a device without a job nothing: neither the plan's row nor the halt's is looked up", () => {
    expect(looked({ ...born("iOS"), ...halt, job: [] })).toEqual([
      "outstanding",
      "job",
      "push",
      "declarative",
      "assignment",
    ]);
  });

  it("and the rollout's row only that of a job that a rollout gave", () => {
    const of = (rolloutId: string | null) => looked({ ...born("iOS"), job: [jobRow("j1", "e1", { rolloutId })] });
    expect(of(null)).not.toContain("jobRollout");
    expect(of("r1")).toContain("jobRollout");
  });

  it("is found for every live job", () => {
    expect(looked({ ...born("iOS"), ...halt, job: [jobRow("j1", "e1")] })).toEqual(
      expect.arrayContaining(["plan", "halt"]),
    );
  });
});

describe("after a pause, a stop, a halt and an exclusion", () => {
  const plan = fc.record({
    kind: fc.constant("plan" as const),
    by: fc.constantFrom("command" as const, "declaration" as const),
    replace: fc.constant(false),
    version: fc.constant("26.6.1"),
  });
  const life = fc
    .tuple(plan, fc.array(happening, { minLength: 8, maxLength: 30 }))
    .map(([first, rest]): Happening[] => [first, ...rest]);

  it.each(["iOS", "macOS"] as const)("no order leaves and no declaration is listed, in any history: %s", (platform) => {
    let withheld = 0;
    fc.assert(
      fc.property(life, (happenings) => {
        let rows = born(platform);
        happenings.forEach((what, n) => {
          const after = happen(rows, what, n + 1);
          if (isWithheld(rows, timeOf(n + 1, what))) withheld += 1;
          expect(broken(rows, what, after, timeOf(n + 1, what))).toEqual([]);
          rows = after;
        });
      }),
      { numRuns: 60 },
    );
    // The histories are about something.
    expect(withheld).toBeGreaterThan(100);
  });

  const given: Happening = { kind: "plan", by: "command", replace: false, version: "26.6.1" };
  const paused: Happening = { kind: "rollout", to: "paused" };
  const idle: Happening = { kind: "idle" };
  const live = (...happenings: readonly Happening[]): MemoryRows =>
    happenings.reduce((before, what, n) => happen(before, what, n + 1), born("iOS"));

  it.each<readonly [what: string, hold: Happening, letGo: Happening]>([
    ["pause of its plan", { kind: "pause" }, { kind: "resume" }],
    ["pause of its rollout", paused, { kind: "rollout", to: "running" }],
    ["halt", { kind: "halt" }, { kind: "unhalt" }],
    ["exclusion of its device", { kind: "exclude", lasts: 30 * DAY }, { kind: "include" }],
  ])("the same job continues after a %s has ended, at the next poll", (_what, hold, letGo) => {
    const held = [given, hold, idle] as const satisfies readonly Happening[];
    const rows = held.reduce((before, what, n) => happen(before, what, n + 1), born("iOS"));
    const job = jobOf(rows);
    expect(job).toMatchObject({ state: "paused", reason: "withdrawn", live: 1 });
    expect(job?.dueAt).toBeGreaterThan(NOW + MINUTE);
    const after = happen(happen(rows, letGo, 4), idle, 5);
    expect(jobOf(after)).toMatchObject({ id: job?.id, state: "asking" });
  });

  it.each<readonly [what: string, happenings: readonly Happening[], cause: string]>([
    ["is aborted", [given, { kind: "rollout", to: "aborted" }], "rollout-aborted"],
    ["is aborted while it is paused", [given, paused, idle, { kind: "rollout", to: "aborted" }], "rollout-aborted"],
    [
      "is superseded while it is paused",
      [given, paused, idle, { kind: "rollout", to: "superseded" }],
      "rollout-superseded",
    ],
    [
      "is superseded while it and its plan are paused",
      [given, paused, idle, { kind: "pause" }, { kind: "rollout", to: "superseded" }],
      "rollout-superseded",
    ],
  ])("a job ends whose rollout %s", (_what, happenings, cause) => {
    const rows = live(...happenings, idle);
    expect(jobOf(rows)).toBeUndefined();
    expect(rows.job).toMatchObject([{ state: "stopped", reason: "withdrawn", doc: { params: { cause } } }]);
  });

  it.each(["held", "superseded"] as const)("a job that is under way continues in a rollout that is %s", (to) => {
    expect(jobOf(live(given, { kind: "rollout", to }, idle))).toMatchObject({ state: "asking" });
  });

  it("the doubt in a release outlasts a pause of its plan: the job waits for its rollout", () => {
    const rows = live(given, { kind: "pause" }, idle, paused, idle);
    expect(jobOf(rows)?.doc).toMatchObject({ stop: { cause: "rollout-paused" } });
    expect(jobOf(happen(happen(rows, { kind: "resume" }, 8), idle, 9))).toMatchObject({ state: "paused" });
  });

  it("a deadline that moves when the rollout is resumed says so, and is followed by the plan's own record", () => {
    const before = "2026-08-25T17:00";
    const had = happen(happen(born("iOS"), given, 1), paused, 2);
    const due = {
      ...had,
      job: (had.job ?? []).map((row) => ({
        ...row,
        doc: { ...(row.doc as object), deadline: before, deadlineAt: Date.parse(`${before}Z`) },
      })),
    };
    const rows = happen(happen(happen(due, idle, 3), { kind: "rollout", to: "running" }, 4), idle, 5);
    const note = rows.timeline?.find(({ kind }) => kind === "deadline-moved");
    expect(note?.data).toMatchObject({ from: before, to: "2026-08-26T17:00", cause: "rollout-resumed", by: "token:t" });
    // Its device is resolved again, which moves what its plan has given (plans/standing/give.ts).
    expect(jobOf(rows)?.doc).toMatchObject({ again: { cause: "rollout-resumed", moved: true } });
    expect(rows.enrollment?.[0]?.classDueAt).not.toBeNull();
  });
});
