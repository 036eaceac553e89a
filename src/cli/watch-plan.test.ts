import { describe, expect, it } from "vitest";
import { isoAt, job, plan, planJob, verdictFor } from "../http/admin/fake-rows.suite.ts";
import type { JobView, PlanView } from "../contract/index.ts";
import type { Changes } from "../http/admin/fake-service.suite.ts";
import { run } from "./world.suite.ts";

describe("plan show --watch", () => {
  const downloading = verdictFor("Downloading", "downloading", { percent: 40 });
  const updated = verdictFor("Up to date", "updated", { version: "26.6.2" });
  const ends = { next: null, finishedAt: isoAt(0) } as const;
  const stages: readonly (readonly [PlanView, Partial<JobView>])[] = [
    [
      { ...plan, pending: 1, states: {}, finished: true },
      { state: "asking", reason: "begun", verdict: verdictFor("Being checked", "begun") },
    ],
    [
      { ...plan, states: { downloading: 1 } },
      { state: "downloading", reason: "downloading", verdict: downloading },
    ],
    [
      { ...plan, states: { downloading: 1 } },
      { state: "downloading", reason: "downloading", verdict: downloading },
    ],
    [
      { ...plan, states: { done: 1 }, finished: true },
      { state: "done", reason: "updated", verdict: updated, ...ends },
    ],
  ];
  function staged(): Changes {
    let stage = -1;
    return {
      "plans.show": async () => (stages[Math.min(++stage, stages.length - 1)] ?? stages[0])?.[0] ?? plan,
      "plans.jobs": async () => ({ rows: [{ ...planJob, job: { ...job, ...stages[stage]?.[1] } }], next: null }),
    };
  }
  const argv = ["plan", "show", "plan-1", "--watch"];

  it("prints a line for each change where it can't redraw, and ends with the plan", async () => {
    const { code, out, slept } = await run(argv, staged());
    expect(code).toBe(0);
    const lines = out.trimEnd().split("\n");
    expect(lines.filter((line) => line.includes("Room 4"))).toEqual([
      "2026-08-21 12:00:00Z  Room 4 / left: asking: Being checked: the plan has just been made.",
      "2026-08-21 12:00:00Z  Room 4 / left: downloading: Downloading: downloading, 40 % so far.",
      "2026-08-21 12:00:00Z  Room 4 / left: done: Up to date: seen on 26.6.2 after the update.",
    ]);
    expect(lines.at(-1)).toContain("August: active: 1 done");
    expect(out).not.toContain("\u001b");
    expect(slept).toHaveLength(3);
  });

  it("redraws on a terminal", async () => {
    const { out } = await run(argv, staged(), { isTty: true });
    const frames = out.split("\u001b[H\u001b[2J").slice(1);
    expect(frames).toHaveLength(4);
    expect(frames[1]).toMatch(/downloading +downloading, 40 % so far\./);
    expect(frames[3]).toContain("Up to date");
  });

  it("fits the screen while the plan runs, unfinished devices first", async () => {
    const states = { ...plan, states: { done: 99, blocked: 1 }, devices: 100 };
    const rows = Array.from({ length: 100 }, (_, index) => ({
      device: { ...planJob.device, id: String(index), name: `device ${index}` },
      job: index === 99 ? job : { ...job, ...stages[3]?.[1] },
    }));
    let looks = 0;
    const { out } = await run(
      argv,
      {
        "plans.show": async () => ({ ...states, finished: ++looks > 1 }),
        "plans.jobs": async () => ({ rows, next: null }),
      },
      { isTty: true, size: () => ({ columns: 300, rows: 12 }) },
    );
    const [live = "", final = ""] = out.split("\u001b[H\u001b[2J").slice(1);
    expect(live.trimEnd().split("\n").length).toBeLessThanOrEqual(12);
    expect(live).toContain("device 99 ");
    expect(live).toMatch(/… and \d+ more/);
    expect(final).toContain("device 98 ");
  });

  it.each([
    [80, 24],
    [60, 12],
    [40, 12],
  ])("fits a terminal of %i columns and %i rows, a line for each device", async (columns, rows) => {
    const name = "MacBook Pro of the third meeting room";
    const devices = Array.from({ length: 50 }, (_, index) => ({
      device: { ...planJob.device, id: String(index), name: `${name} ${index}` },
      job,
    }));
    let looks = 0;
    const { out } = await run(
      argv,
      {
        "plans.show": async () => ({ ...plan, states: { blocked: 50 }, devices: 50, finished: ++looks > 1 }),
        "plans.jobs": async () => ({ rows: devices, next: null }),
      },
      { isTty: true, size: () => ({ columns, rows }) },
    );
    const lines = (out.split("\u001b[H\u001b[2J")[1] ?? "").split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(lines.length).toBeLessThanOrEqual(rows);
    expect(lines.filter((line) => line.startsWith("MacBook")).length).toBeGreaterThan(2);
  });

  it("prints the plan's JSON when it has changed", async () => {
    const { out } = await run([...argv, "--json"], staged());
    expect(out).toBe([0, 1, 3].map((stage) => `${JSON.stringify(stages[stage]?.[0])}\n`).join(""));
  });

  it("continues after the server was unreachable for a while", async () => {
    let requests = 0;
    const flaky: typeof fetch = (...args) => {
      requests += 1;
      if (requests > 2 && requests < 6)
        return Promise.reject(Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } }));
      return fetch(...args);
    };
    const { code, err, out } = await run(argv, staged(), { fetch: flaky });
    expect(code).toBe(0);
    expect(err.match(/Trying again/g)).toHaveLength(1);
    expect(out).toContain("Up to date");
  });

  it("ends at once for a plan that is not there", async () => {
    const { code, err, slept } = await run(["plan", "show", "7", "--watch"]);
    expect([code, slept]).toEqual([1, []]);
    expect(err).toContain("code: plan-unknown");
  });
});
