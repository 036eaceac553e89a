import { describe, expect, it } from "vitest";
import { readExposition } from "../../test/support/exposition.ts";
import type { Figures } from "../service/index.ts";
import { createMetrics, type MetricsOptions } from "./metrics.ts";

const FIGURES: Figures = {
  classes: { "on-target": 3, "no-plan": 0, unknown: 0, "under-way": 2, "waiting-person": 0, cannot: 1 },
  flags: { overdue: 2, exposed: 0, silent: 0, newest: 0, "major-ended": 0, "below-floor": 0 },
  jobs: { installing: 2, blocked: 0 },
  commands: { queued: 4, delivered: 1 },
  outbox: { pushes: 5, lateMs: 2500 },
  isHalted: true,
  catalog: { ageMs: null, fetchedAt: null, isFailing: true },
  ends: { push: null, tls: 5000, authority: 6000, device_identity: null },
  warnings: new Set(["plans-halted"]),
  databaseBytes: 8192,
};

/** Metrics on a clock and a store that the test moves. `limit`: the store has been waited for long enough. */
function world(figures: MetricsOptions["figures"] = async () => FIGURES) {
  let [now, asked] = [0, 0];
  const limit = Promise.withResolvers<void>();
  const metrics = createMetrics({
    version: "1.2.3",
    nodeVersion: "24",
    outcomes: ["accepted", "later"],
    figures() {
      asked += 1;
      return figures();
    },
    diskFree: async () => undefined,
    now: () => now,
    sleep: () => limit.promise,
  });
  return { metrics, pass: (ms: number) => void (now += ms), asked: () => asked, limit: () => limit.resolve() };
}
const read = async ({ metrics }: ReturnType<typeof world>) => readExposition(await metrics.text());
const samples = (families: Awaited<ReturnType<typeof read>>, name: string) =>
  families.get(name)?.samples.map(({ labels, value }) => [...Object.values(labels), value]);

describe("the figures of the store", () => {
  it("are shown with their labels; what is not known is missing", async () => {
    const families = await read(world());
    expect(samples(families, "uptick_jobs")).toEqual([
      ["installing", 2],
      ["blocked", 0],
    ]);
    expect(samples(families, "uptick_outbox_oldest_due_seconds")).toEqual([[2.5]]);
    expect(samples(families, "uptick_certificate_expiry_timestamp_seconds")).toEqual([
      ["tls", 5],
      ["authority", 6],
    ]);
    for (const name of [
      "uptick_catalog_age_seconds",
      "uptick_catalog_last_fetch_timestamp_seconds",
      "uptick_disk_free_bytes",
    ])
      expect(samples(families, name)).toEqual([]);
  });

  it("are gathered once in 15 seconds, however many ask", async () => {
    const its = world();
    await Promise.all([its.metrics.text(), its.metrics.text()]);
    its.pass(14_999);
    await its.metrics.text();
    expect(its.asked()).toBe(1);
    its.pass(1);
    await its.metrics.text();
    expect(its.asked()).toBe(2);
  });

  it("forget a label that is gone", async () => {
    let figures = FIGURES;
    const its = world(async () => figures);
    await its.metrics.text();
    figures = { ...FIGURES, warnings: new Set() };
    its.pass(15_000);
    expect(samples(await read(its), "uptick_warning_active")).toEqual([]);
  });

  it("are missing, and the store is down, where it fails; what the process counts is there", async () => {
    const its = world(() => Promise.reject(new Error("the disk is gone")));
    its.metrics.pushed("accepted");
    const families = await read(its);
    expect(samples(families, "uptick_store_up")).toEqual([[0]]);
    expect(families.has("uptick_devices")).toBe(false);
    expect(samples(families, "uptick_pushes_total")).toEqual([
      ["accepted", 1],
      ["later", 0],
    ]);
  });

  it("are not waited for without end, and a store that hangs is asked once", async () => {
    const late = Promise.withResolvers<Figures>();
    const its = world(() => late.promise);
    its.limit();
    expect(samples(await read(its), "uptick_store_up")).toEqual([[0]]);
    its.pass(60_000);
    expect(samples(await read(its), "uptick_store_up")).toEqual([[0]]);
    expect(its.asked()).toBe(1);
    late.resolve(FIGURES);
    await late.promise;
    // The limit has passed in this world: only what is there at once is in time.
    its.pass(1);
    await settled();
    expect(samples(await read(its), "uptick_store_up")).toEqual([[1]]);
  });
});

/** Lets what is ready continue. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe("what the process counts", () => {
  it("is by kind, status, route and loop", async () => {
    const its = world();
    its.metrics.answered("Idle", 200, 3);
    its.metrics.answered("Idle", 503, 7000);
    its.metrics.asked({ method: "GET", route: "/a", status: 200 }, 12);
    its.metrics.asked({ method: "GET", route: "/events", status: 200 }, undefined);
    its.metrics.refused("tls", "handshake-failed");
    its.metrics.turned("jobs", 5500);
    its.metrics.turned("pushes", null);
    const families = await read(its);
    expect(samples(families, "uptick_device_requests_total")).toEqual([
      ["Idle", "200", 1],
      ["Idle", "503", 1],
    ]);
    const counts = (name: string) =>
      families
        .get(name)
        ?.samples.flatMap((one) => (one.name.endsWith("_count") ? [Object.values(one.labels), one.value] : []));
    expect(counts("uptick_device_request_duration_seconds")).toEqual([["Idle"], 2]);
    expect(counts("uptick_admin_request_duration_seconds")).toEqual([["/a"], 1]);
    expect(samples(families, "uptick_refused_requests_total")).toEqual([["tls", "handshake-failed", 1]]);
    expect(samples(families, "uptick_loop_last_success_timestamp_seconds")).toEqual([["jobs", 5.5]]);
    expect(samples(families, "uptick_loop_failures_total")).toEqual([["pushes", 1]]);
  });
});
