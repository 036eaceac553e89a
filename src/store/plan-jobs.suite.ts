/** The contract of every backend, for admins: the jobs of plans, and what is still to be done of them. The three devices are those of `admin.suite.ts`. */
import { expect, it } from "vitest";
import type { PlanJobRow } from "./admin-store.ts";
import type { Given } from "./given.suite.ts";
import type { JobRow, PlanDeviceRow } from "./rows.ts";
import { jobRow, planDeviceRow } from "./suite-rows.ts";
import type { Write } from "./transaction.ts";

const REFUSED = { kind: "refused", reason: "busy", seed: null } as const;

/** Exclusions in force, by when they end. */
const excludedUntil = (...all: readonly (readonly [id: string, endsAt: number])[]): Write[] =>
  all.map(([id, excludedEndsAt]) => ({
    patch: "enrollment",
    where: { id },
    set: { excludedEndsAt, excludedDueAt: excludedEndsAt },
  }));

/** The job's id; of a device that was refused one, its own. */
const shownBy = (row: PlanJobRow): string => ("job" in row ? row.job.id : row.refused.enrollmentId);

export function testPlanJobs(given: Given): void {
  const { put } = given;
  it("pages over the jobs of devices that are forgotten", async () => {
    await put({ drop: "enrollment", where: { id: "a" } });
    const first = await given.store.admin.planJobs("plan", undefined, 2);
    expect(first.rows.map((row) => [shownBy(row), row.enrollment?.id ?? null])).toEqual([
      ["j2", null],
      ["j3", "b"],
    ]);
    expect(first.next).toBeUndefined();
  });

  it("counts and pages a plan's jobs", async () => {
    const counts = await given.store.admin.planCounts(["plan", "none"]);
    expect(counts.get("plan")).toContainEqual({ state: "blocked", reason: "insufficient-space", jobs: 1 });
    expect(counts.get("none")).toEqual([]);
    expect(await given.store.admin.planCounts([])).toEqual(new Map());
    const inState = async (state?: string) =>
      (await given.store.admin.planJobs("plan", undefined, 9, state)).rows.map(shownBy);
    expect([await inState(), await inState("blocked"), await inState("refused")]).toEqual([["j2", "j3"], ["j3"], []]);
    const live = async (docs: boolean) => await given.store.admin.liveJobs(["a", "b", "c"], docs);
    const [bare, whole] = [await live(false), await live(true)];
    expect([bare, whole].map((jobs) => jobs.map((job) => job.id).sort())).toEqual([
      ["j2", "j3"],
      ["j2", "j3"],
    ]);
    expect(bare.map((job) => "doc" in job)).toEqual([false, false]);
    expect(whole.map((job) => job.doc)).toEqual(whole.map(({ id, enrollmentId }) => jobRow(id, enrollmentId).doc));
  });

  it("counts and pages those whom a plan has refused among its jobs, by device", async () => {
    const { admin } = given.store;
    const row = (enrollmentId: string, more: Partial<PlanDeviceRow> = {}): Write => ({
      put: "planDevice",
      row: planDeviceRow("plan", enrollmentId, more),
    });
    await put(row("a", { jobId: "j2", doneAt: 1 }), row("b", { jobId: "j3", doneAt: 1 }));
    await put(row("aa", REFUSED), row("c", { ...REFUSED, doneAt: 5 }), row("d"), row("e", { kind: "compliant" }));
    const counted = (await admin.planCounts(["plan"])).get("plan");
    expect(counted).toContainEqual({ state: "refused", reason: "busy", jobs: 2 });
    expect(counted?.reduce((sum, { jobs }) => sum + jobs, 0)).toBe(4);
    const pages: unknown[] = [];
    let after: string | undefined;
    do {
      const { rows, next } = await admin.planJobs("plan", after, 1);
      pages.push(...rows.map(shownBy));
      after = next;
    } while (after !== undefined);
    expect(pages).toEqual(["j2", "aa", "j3", "c"]);
    expect((await admin.planJobs("plan", undefined, 9, "refused")).rows.map(shownBy)).toEqual(["aa", "c"]);
  });

  it("finds what is still to be done of a plan: decisions without a job, and after a stop jobs that are under way", async () => {
    const { admin } = given.store;
    const row = (planId: string, enrollmentId: string, more: Partial<PlanDeviceRow> = {}): Write => ({
      put: "planDevice",
      row: planDeviceRow(planId, enrollmentId, more),
    });
    await put(row("plan", "c"), row("plan", "b", { kind: "compliant" }), row("plan", "a", { doneAt: 3 }));
    await put(row("plan", "d", REFUSED), row("other", "a"));
    expect(await admin.openDecisions("plan", 9)).toEqual(["c", "b"]);
    expect(await admin.openDecisions("plan", 1)).toEqual(["c"]);
    const open = async (limit = 9) =>
      (await admin.jobsThat("run", "plan", limit)).map(({ id }) => id).toSorted((a, b) => a.localeCompare(b));
    expect([await open(), (await open(1)).length]).toEqual([["j2", "j3"], 1]);
    await put({ patch: "job", where: { id: "j2" }, set: { state: "stopping" } });
    expect(await open()).toEqual(["j3"]);
    await put(...excludedUntil(["b", 7]));
    const continuing = async (now: number) => (await admin.jobsThat("run", "plan", 9, now)).map(({ id }) => id);
    expect([await open(), await continuing(6), await continuing(7), await continuing(8)]).toEqual([
      ["j3"],
      [],
      ["j3"],
      ["j3"],
    ]);
    expect(await admin.standingsOf(["b", "nobody"])).toEqual([{ id: "b", compliance: "unknown", excludedEndsAt: 7 }]);
    expect(await admin.standingsOf([])).toEqual([]);
    await put({ drop: "enrollment", where: { id: "b" } });
    expect(await open()).toEqual([]);
  });

  it("pages live jobs by device, for a block to look at", async () => {
    const { admin } = given.store;
    const devicesOf = async (after: string | null, limit: number) =>
      (await admin.liveJobsAfter(after, limit)).map(({ id, enrollmentId }) => `${enrollmentId} ${id}`);
    const all = await devicesOf(null, 9);
    expect(all).toEqual(["a j2", "b j3"]);
    expect([await devicesOf(null, 1), await devicesOf("a", 9), await devicesOf("b", 9)]).toEqual([
      ["a j2"],
      ["b j3"],
      [],
    ]);
    expect((await admin.liveJobsAfter(null, 1))[0]?.doc).toEqual(jobRow("j2", "a").doc);
  });

  it("finds the jobs that ended with an update that a plan ordered", async () => {
    const { put, store } = given;
    const ended = (id: string, enrollmentId: string, more: Partial<JobRow>): Write => ({
      put: "job",
      row: jobRow(id, enrollmentId, { live: 0, state: "done", reason: "updated", ...more }),
    });
    await put(
      ended("u2", "a", { createdAt: 20 }),
      ended("u1", "a", { createdAt: 10 }),
      ended("u3", "b", { createdAt: 15, reason: "brought-before" }),
      ended("u4", "b", { reason: "already-there" }),
      ended("u5", "b", { begun: 0, reason: "brought-before" }),
      ended("u6", "b", { state: "fell-back" }),
      ended("u7", "c", {}),
    );
    expect((await store.admin.updatedJobs(["a", "b"])).map(({ id }) => id)).toEqual(["u1", "u3", "u2"]);
    expect(await store.admin.updatedJobs([])).toEqual([]);
  });
}
