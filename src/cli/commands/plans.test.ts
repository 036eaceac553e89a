import { describe, expect, it } from "vitest";
import { isoAt, job, plan, planJob, verdictFor } from "../../http/admin/fake-rows.suite.ts";
import { run } from "../world.suite.ts";

describe("plan", () => {
  it("lists the ends of ids, which commands take, and the jobs in one state", async () => {
    const ids = ["0198c000-0000-7000-8000-00001234abcd", "0198c000-0000-7001-8000-00005678abcd"];
    const { out } = await run(["plan", "list"], {
      "plans.list": async () => ({ rows: ids.map((id) => ({ ...plan, id })), next: null }),
    });
    expect(out).toMatch(/^ID +NAME.*\n1234abcd +August.*\n5678abcd +August/);
    const failed = await run(["plan", "show", "plan-1", "--state", "failed"]);
    expect(failed.asked.map(({ method, args }) => [method, ...args])).toEqual([
      ["plans.show", "plan-1"],
      ["plans.jobs", "plan-1", undefined, 1000, "failed"],
    ]);
    expect((await run(["plan", "jobs", "plan-1", "--state", "failed"])).asked[0]?.args[3]).toBe("failed");
    const junk = await run(["plan", "show", "1234abcd", "--state", "blokced"]);
    expect([junk.code, junk.err]).toEqual([2, expect.stringMatching(/Allowed choices are .*blocked/s)]);
  });

  it("shows every device with state and verdict", async () => {
    const { out } = await run(["plan", "show", "plan-1"]);
    expect(out).toContain("August (plan-1), active");
    expect(out).toMatch(/Room 4 \/ left +SERIAL1 +macOS 26\.5 +26\.6\.2 \(25G83\) +blocked +3 min ago +Blocked:/);
  });

  it("prints the plan's JSON unchanged, and the jobs' pages", async () => {
    expect((await run(["plan", "show", "plan-1", "--json"])).out).toBe(`${JSON.stringify(plan)}\n`);
    const jobs = await run(["plan", "jobs", "plan-1", "--json"]);
    expect(jobs.out).toBe(`${JSON.stringify({ rows: [planJob], next: null })}\n`);
  });

  it("stops, and then says how each device stands", async () => {
    const verdict = verdictFor("Being stopped", "cannot-be-recalled");
    const stopping = { ...planJob, job: { ...job, state: "stopping", reason: verdict.reason, verdict } };
    const { out, asked } = await run(["plan", "stop", "plan-1"], {
      "plans.jobs": async () => ({ rows: [stopping], next: null }),
    });
    expect(asked[0]).toEqual({ method: "plans.stop", args: ["plan-1"] });
    expect(out).toContain("stopped just now");
    expect(out).toContain("\n  1 device: cannot be recalled\n");
    expect(out).toMatch(new RegExp(`stopping +3 min ago +${verdict.sentence}`));
    expect(out).toContain("Some devices have not confirmed yet");
  });

  it("waits until the server has withdrawn the jobs before it says how they stand", async () => {
    let looks = 0;
    const stopped = { ...plan, state: "stopped", stoppedAt: isoAt(0), working: true } as const;
    const { out, slept } = await run(["plan", "stop", "plan-1"], {
      "plans.stop": async () => stopped,
      "plans.show": async () => ({ ...stopped, working: (looks += 1) < 3, finished: true }),
      "plans.jobs": async () => ({
        rows: [
          {
            ...planJob,
            job:
              looks < 3
                ? { ...job, state: "downloading" }
                : { ...job, state: "stopped", next: null, finishedAt: isoAt(0) },
          },
        ],
        next: null,
      }),
    });
    expect([looks, slept.length]).toEqual([3, 3]);
    expect(out).toContain("1 device: withdrawn and confirmed");
  });
});
