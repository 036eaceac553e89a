/** The contract of every backend, for admins: rollouts: their jobs, members and starts. The three devices are those of `admin.suite.ts`. */
import { expect, it } from "vitest";
import type { JobsThat } from "./admin-store.ts";
import type { Given } from "./given.suite.ts";
import type { EnrollmentRow, JobRow } from "./rows.ts";
import { enrollmentRow, jobRow, ringRunRow, rolloutRow } from "./suite-rows.ts";
import type { Write } from "./transaction.ts";

export function testRollouts(given: Given): void {
  const { put } = given;
  it("finds the jobs that a rollout's pause or end concerns: those that must not run, may move, or are over", async () => {
    const { admin } = given.store;
    const states = ["running", "held", "paused", "aborted", "superseded"] as const;
    const jobs = [null, ...states].flatMap((rollout) =>
      ["asking", "paused"].map((state) => ({ rollout, state, id: `${rollout ?? "none"}-${state}` })),
    );
    await put(
      ...states.map(
        (state): Write => ({ put: "rollout", row: rolloutRow(state, { planId: "ringed", version: state, state }) }),
      ),
      ...jobs.flatMap(({ rollout, state, id }): Write[] => [
        { put: "enrollment", row: enrollmentRow(id) },
        { put: "job", row: jobRow(id, id, { planId: "ringed", rolloutId: rollout, state }) },
      ]),
      { put: "enrollment", row: enrollmentRow("over") },
      { put: "job", row: jobRow("over", "over", { planId: "ringed", rolloutId: "paused", live: 0, state: "done" }) },
    );
    const found = async (what: JobsThat) =>
      (await admin.jobsThat(what, "ringed", 20)).map(({ id }) => id).toSorted((a, b) => a.localeCompare(b));
    expect(await found("must-not-run")).toEqual(["aborted-asking", "paused-asking"]);
    expect(await found("may-move")).toEqual([
      "aborted-paused",
      "held-paused",
      "none-paused",
      "running-paused",
      "superseded-paused",
    ]);
    expect(await found("are-over")).toEqual(["aborted-paused"]);
    expect((await admin.jobsThat("may-move", "ringed", 2)).length).toBe(2);
  });

  it("knows a rollout's jobs, and the devices of its plan by what the plan means for them", async () => {
    const { admin } = given.store;
    const under = (id: string, ring: number | null, more: Partial<EnrollmentRow> = {}): Write => ({
      put: "enrollment",
      row: enrollmentRow(id, {
        platform: "macOS",
        governedBy: "ringed",
        ring,
        aim: "26.6.2",
        osVersion: "26.6",
        ...more,
      }),
    });
    const job = (id: string, rolloutId: string, more: Partial<JobRow> = {}): Write => ({
      put: "job",
      row: jobRow(`j-${id}-${rolloutId}`, id, { planId: "ringed", rolloutId, ...more }),
    });
    await put(
      { put: "rollout", row: rolloutRow("r1", { planId: "ringed", version: "26.6.1" }) },
      { put: "rollout", row: rolloutRow("r2", { planId: "ringed", version: "26.6.2" }) },
      ...[under("p1", 0), under("p2", 0), under("p3", 0), under("p4", 1), under("p5", 1, { osVersion: "26.6.2" })],
      // In no ring; in another plan; gone.
      ...[under("p6", null), under("p7", 0, { governedBy: "plan" }), under("p8", 0, { state: "removed" })],
      // The second has a job to the older release alone, the third one that is over.
      ...[job("p1", "r2"), job("p2", "r1"), job("p3", "r2", { live: 0, state: "done", reason: "updated" })],
    );
    const alike = (await admin.devicesUnder("ringed")).toSorted(
      (a, b) => a.ring - b.ring || Number(a.osVersion === a.aim) - Number(b.osVersion === b.aim),
    );
    const of = { platform: "macOS", aim: "26.6.2" };
    expect(alike).toEqual([
      { ...of, ring: 0, osVersion: "26.6", devices: 3, withJob: 1 },
      { ...of, ring: 1, osVersion: "26.6", devices: 1, withJob: 0 },
      { ...of, ring: 1, osVersion: "26.6.2", devices: 1, withJob: 0 },
    ]);
    expect(await admin.devicesUnder("none")).toEqual([]);
    const counts = await admin.rolloutCounts(["r1", "r2", "r3"]);
    expect(counts.get("r1")).toEqual([{ state: "asking", reason: "begun", jobs: 1 }]);
    expect(counts.get("r2")).toHaveLength(2);
    expect(counts.get("r2")).toContainEqual({ state: "done", reason: "updated", jobs: 1 });
    expect(counts.get("r3")).toEqual([]);
    expect(await admin.rolloutDocs("r2", "", 9)).toEqual([{ enrollmentId: "p1", doc: jobRow("j", "p1").doc }]);
    expect(await admin.rolloutDocs("r2", "p1", 9)).toEqual([]);
    expect(await admin.rollout("r1")).toEqual(rolloutRow("r1", { planId: "ringed", version: "26.6.1" }));
    expect(await admin.rollout("none")).toBeUndefined();
  });

  it("finds the members of a rollout, by the newest job of each device", async () => {
    const { admin } = given.store;
    const job = (id: string, enrollmentId: string, more: Partial<JobRow> = {}) => ({
      insert: "job" as const,
      row: jobRow(id, enrollmentId, { live: 0, rolloutId: "r1", ring: 1, createdAt: 3, ...more }),
    });
    await put(
      { insert: "enrollment", row: enrollmentRow("m1", { lastSeenAt: 9, governedBy: "p1" }) },
      { insert: "enrollment", row: enrollmentRow("m2", { lastSeenAt: 8 }) },
      { insert: "enrollment", row: enrollmentRow("m3", { state: "checked-out" }) },
      { insert: "enrollment", row: enrollmentRow("m4", { governedBy: "p2", lastSeenAt: null, excludedEndsAt: 4 }) },
      job("mj1", "m1", { ring: 0, member: { reachedAt: 4 } }),
      job("mj2", "m1", { urgent: 1, startedAt: 7, member: { orderedAt: 7, reachedAt: 8, momentAt: 6 } }),
      job("mj3", "m1", { rolloutId: "r2" }),
      job("mj4", "m2", { member: { momentAt: 5, installingAt: 6, report: { at: 7, namesHindrance: false } } }),
      job("mj5", "m3"),
      job("mj6", "m4"),
    );
    const found = await admin.ringMembers({ id: "r1", planId: "p1" }, true);
    const one = { ring: 1, urgent: 0, createdAt: 3, startedAt: null, excludedEndsAt: null, governedBy: null };
    const reported = { momentAt: 5, installingAt: 6, report: { at: 7, namesHindrance: false } };
    const rows = [
      { ...one, enrollmentId: "m1", urgent: 1, startedAt: 7, lastSeenAt: 9, governedBy: "p1" },
      { ...one, enrollmentId: "m2", lastSeenAt: 8, member: reported },
      { ...one, enrollmentId: "m4", lastSeenAt: null, excludedEndsAt: 4, member: null },
    ];
    expect(found.toSorted((a, b) => (a.enrollmentId < b.enrollmentId ? -1 : 1))).toMatchObject(rows);
    // Of a member it may be less than all: the order that it took is known by when it started.
    expect(found.find(({ urgent }) => urgent === 1)?.member).toMatchObject({ reachedAt: 8, momentAt: 6 });
    const without = await admin.ringMembers({ id: "r1", planId: "p1" }, false);
    expect(without).toHaveLength(rows.length);
    expect(without).toEqual(expect.arrayContaining(found.map((row) => ({ ...row, enrollmentId: "" }))));
    expect(await admin.ringMembers({ id: "r9", planId: "p1" }, true)).toEqual([]);
  });

  it("finds of a plan that is decided once the enrolled devices of which something was seen", async () => {
    const { admin } = given.store;
    const device = (id: string, job: Partial<JobRow>, more: Partial<EnrollmentRow> = {}): Write[] => [
      { put: "enrollment", row: enrollmentRow(id, { lastSeenAt: 9, ...more }) },
      { put: "job", row: jobRow(`j-${id}`, id, { planId: "once", live: 0, createdAt: 3, ...job }) },
    ];
    const failed = { momentAt: 5, jobFailedAt: 8 };
    await put(
      ...device("o1", { live: 1, member: { momentAt: 5 } }, { excludedEndsAt: 7 }),
      ...device("o2", { startedAt: 4, member: { momentAt: 5, reachedAt: 6 } }, { lastSeenAt: null }),
      ...device("o3", { startedAt: 4 }),
      ...device("o4", { member: failed }),
      // Nothing was seen, it has left, it is of a ring, or of another plan.
      ...device("o5", {}),
      ...device("o6", { member: failed }, { state: "checked-out" }),
      ...device("o7", { member: failed, rolloutId: "r1" }),
      ...device("o8", { member: failed, planId: "plan" }),
    );
    const found = await admin.keptMembers("once");
    const one = { createdAt: 3, startedAt: null, lastSeenAt: 9, excludedEndsAt: null };
    expect(found).toHaveLength(4);
    expect(found).toEqual(
      expect.arrayContaining([
        { ...one, excludedEndsAt: 7, member: { momentAt: 5 } },
        { ...one, startedAt: 4, lastSeenAt: null, member: { momentAt: 5, reachedAt: 6 } },
        { ...one, startedAt: 4, member: null },
        { ...one, member: expect.objectContaining(failed) },
      ]),
    );
    expect(await admin.keptMembers("none")).toEqual([]);
  });

  it("finds the devices of a plan's rings that a release was not given to", async () => {
    const { admin } = given.store;
    const under = { platform: "iOS", governedBy: "p1", ring: 2, aim: "26.6.2", lastSeenAt: 7 } as const;
    await put(
      { insert: "enrollment", row: enrollmentRow("n1", { ...under, supplementalExtra: "(a)", excludedEndsAt: 9 }) },
      { insert: "enrollment", row: enrollmentRow("n2", { ...under, osVersion: null, lastSeenAt: null }) },
      { insert: "enrollment", row: enrollmentRow("n3", under) },
      { insert: "enrollment", row: enrollmentRow("n4", { ...under, platform: "macOS" }) },
      { insert: "enrollment", row: enrollmentRow("n5", { ...under, ring: null }) },
      { insert: "enrollment", row: enrollmentRow("n6", { ...under, aim: null }) },
      { insert: "enrollment", row: enrollmentRow("n7", { ...under, state: "checked-out" }) },
      { insert: "enrollment", row: enrollmentRow("n8", { ...under, governedBy: "p2" }) },
      { insert: "job", row: jobRow("nj3", "n3", { live: 0, rolloutId: "r1", ring: 2 }) },
      { insert: "job", row: jobRow("nj2", "n2", { live: 0, rolloutId: "r2", ring: 2 }) },
    );
    const rollout = { id: "r1", planId: "p1", platform: "iOS" };
    const [n1, n2] = [
      {
        id: "n1",
        ring: 2,
        aim: "26.6.2",
        osVersion: "26.5",
        supplementalExtra: "(a)",
        lastSeenAt: 7,
        excludedEndsAt: 9,
      },
      {
        id: "n2",
        ring: 2,
        aim: "26.6.2",
        osVersion: null,
        supplementalExtra: null,
        lastSeenAt: null,
        excludedEndsAt: null,
      },
    ];
    const found = await admin.notGivenTo(rollout, true);
    expect(found.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([n1, n2]);
    const without = await admin.notGivenTo(rollout, false);
    expect(without.map(({ id }) => id)).toEqual(["", ""]);
    expect(await admin.notGivenTo({ ...rollout, id: "r2" }, true)).toHaveLength(2);
  });

  it("finds the last start in each run of a plan", async () => {
    const { admin } = given.store;
    const job = (id: string, more: Partial<JobRow>): Write => ({
      insert: "job",
      row: jobRow(id, `s-${id}`, { live: 0, rolloutId: "r1", ring: 0, ...more }),
    });
    await put(
      { insert: "rollout", row: rolloutRow("r1", { planId: "p1" }) },
      { insert: "rollout", row: rolloutRow("r2", { planId: "p2" }) },
      { insert: "ringRun", row: ringRunRow("r1", 0) },
      { insert: "ringRun", row: ringRunRow("r1", 0, { urgent: 1 }) },
      { insert: "ringRun", row: ringRunRow("r1", 1) },
      { insert: "ringRun", row: ringRunRow("r1", 2) },
      { insert: "ringRun", row: ringRunRow("r2", 0) },
      job("s1", { startedAt: 5 }),
      job("s2", { startedAt: 9 }),
      job("s3", { startedAt: null }),
      job("s4", { startedAt: 20, urgent: 1 }),
      job("s5", { ring: 1, startedAt: null }),
      job("s6", { startedAt: 30, rolloutId: "r2" }),
    );
    const found = await admin.lastStarts("p1");
    expect(
      found
        .map(({ rolloutId, ring, urgent, lastStartAt }) => [rolloutId, ring, urgent, lastStartAt])
        .toSorted((a, b) => Number(a[1]) - Number(b[1]) || Number(a[2]) - Number(b[2])),
    ).toEqual([
      ["r1", 0, 0, 9],
      ["r1", 0, 1, 20],
      ["r1", 1, 0, null],
      ["r1", 2, 0, null],
    ]);
    expect(await admin.lastStarts("p9")).toEqual([]);
  });
}
