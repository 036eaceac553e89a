/** Documents of jobs of every version are read, and what a reason of the first version stood for is not lost. */
import { describe, expect, it } from "vitest";
import type { Job } from "./job.ts";
import { declaredOf, JOB_VERSION } from "./job.ts";
import type { JobV1 } from "./job-v1.ts";
import { DAY, DUE, HOUR, newOne, NOON, OLD, report, SEED, walk } from "./one-job.suite.ts";
import { step } from "./step.ts";
import { readJob, readLiveJob } from "./upgrade.ts";

const FIRST: JobV1 = {
  ...SEED,
  id: "j",
  planId: "p",
  expiresAt: NOON + 30 * DAY,
  state: "asking",
  reason: "begun",
  params: {},
  since: NOON,
  next: { action: "look-again", at: NOON },
  out: {},
  installs: 0,
  tries: { unheard: 0, hindered: 0, looks: 0, downloads: 0, scans: 0 },
  createdAt: NOON,
};
const enforcement = { local: "2026-08-25T22:00:00", at: NOON + HOUR, latestAt: NOON + HOUR, from: "deadline" } as const;
const declared = { mechanism: "declaration", enforcement, takenAt: NOON } as const;

describe("the document of a job", () => {
  it.each<[string, Partial<JobV1>, object]>([
    ["a stop by command whose install left", { reason: "cannot-be-recalled", installs: 1 }, { state: "too-late" }],
    ["a stop by command while a declaration is held", { reason: "withdrawal-unconfirmed" }, { state: "taking-back" }],
    ["a stop before the list is fetched", { ...declared, reason: "withdrawal-unconfirmed" }, { state: "taking-back" }],
    [
      "a stop whose list was fetched",
      { ...declared, reason: "withdrawal-fetched", droppedAt: NOON, params: { cause: "plan-stopped", loses: "will" } },
      { state: "last-word", stop: { cause: "plan-stopped", loses: "will", droppedAt: NOON } },
    ],
    [
      "a stop while it installed, its list fetched",
      { ...declared, reason: "declared-cannot-be-recalled", droppedAt: NOON },
      { state: "too-late", stop: { droppedAt: NOON } },
    ],
  ])("of the first version says which stop it is: %s", (_what, more, now) => {
    expect(readJob({ ...FIRST, state: "stopping", ...more })).toMatchObject(now);
  });

  it.each<[Partial<JobV1>, object]>([
    [{ ...declared, reason: "refused-by-device" }, { block: { by: "device" } }],
    [{ ...declared, reason: "declaration-not-made" }, { block: { by: "server" } }],
    [{ ...declared, reason: "failing-space" }, { block: { by: "failure", needs: "space" } }],
    [{ ...declared, reason: "never-reported" }, { block: { by: "silence" } }],
    [{ reason: "bootstrap-token-missing" }, { awaitsToken: true }],
    [{ reason: "installs-used-up" }, { awaitsToken: true }],
  ])("of the first version says why it is blocked: %j", (more, now) => {
    expect(readJob({ ...FIRST, state: "blocked", ...more })).toMatchObject(now);
  });

  it.each<[string, Partial<JobV1>, Partial<Job>["end"]]>([
    ["by its order", { state: "done", reason: "updated" }, { at: NOON, by: "this" }],
    ["by the order before it", { state: "done", reason: "brought-before" }, { at: NOON, by: "earlier" }],
    ["by nobody", { state: "done", reason: "already-there" }, { at: NOON }],
    [
      "and it fell back since",
      { state: "fell-back", reason: "fell-back", ended: { reason: "updated", params: {} } },
      { at: NOON, by: "this", said: { reason: "updated", params: {} } },
    ],
  ])("of the first version says how it ended: %s", (_what, more, end) => {
    expect(readJob({ ...FIRST, next: null, finishedAt: NOON, ...more })).toMatchObject({ next: null, end });
  });

  it("of the first version goes on as if it had been of the newest", () => {
    const old = { ...FIRST, ...declared, state: "stopping", reason: "withdrawal-fetched", droppedAt: NOON } as const;
    const early = step(readLiveJob(old), DUE, NOON + DAY - 1).job;
    expect([early.state, early.reason]).toEqual(["last-word", "withdrawal-fetched"]);
    expect(step(readLiveJob(old), DUE, NOON + DAY).job.state).toBe("stopped");
    const installs = report({ declaration: "untold", installState: "installing" });
    expect(walk(readLiveJob(old), [installs, NOON + HOUR]).state).toBe("too-late");
    const vague = { ...FIRST, state: "installing", installs: 1, reason: "asking-progress" } as const;
    const answer = {
      kind: "answer",
      purpose: "status",
      answer: { status: "Acknowledged", body: new Map(), errorChain: [] },
    };
    expect(step(readLiveJob(vague), answer as never, NOON).job.reason).toBe("unclear");
    expect(step(readLiveJob({ ...vague, reason: "silent" }), answer as never, NOON).job.reason).toBe("asking-version");
  });

  it("keeps what belongs to its mechanism, and is the same when it is read again", () => {
    const before = { ...FIRST, ...declared, orderedAt: NOON, progress: 0.5 };
    const job = readLiveJob(before);
    expect(job).toMatchObject({ v: JOB_VERSION, orders: { installs: 0, downloadAt: NOON }, known: { progress: 0.5 } });
    expect(declaredOf(job)).toEqual({ enforcement, takenAt: NOON });
    expect(readJob(before)).toBe(job);
    const stored = JSON.parse(JSON.stringify(walk(newOne(), [OLD, NOON]))) as object;
    expect(readJob(stored)).toBe(stored);
  });

  it("of a newer version is refused by name", () => {
    expect(() => readJob({ ...newOne(), v: JOB_VERSION + 1 })).toThrow(expect.objectContaining({ code: "job-newer" }));
  });
});
