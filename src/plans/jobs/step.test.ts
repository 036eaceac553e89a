import { describe, expect, it } from "vitest";
import type { PlistValue } from "../../protocol/index.ts";
import { stepAfterEnd } from "./after-end.ts";
import type { Job } from "./job.ts";
import type { JobV1 } from "./job-v1.ts";
import type { FinalState } from "./state.ts";
import { newOne, NOON } from "./one-job.suite.ts";
import type { Input } from "./input.ts";
import { step } from "./step.ts";
import { verdictOf } from "../../words/verdict/of-job.suite.ts";
import type { Effect } from "./effect.ts";

const TEN_PM = Date.UTC(2026, 7, 25, 22);

const begun = (more: Partial<JobV1> = {}): Job => newOne({ window: { from: "22:00", to: "05:00" }, ...more });

type Dict = Map<string, PlistValue>;
const acknowledged = (purpose: "ask" | "status" | "download" | "install", body: Dict): Input => ({
  kind: "answer",
  purpose,
  answer: { status: "Acknowledged", body, errorChain: [] },
});
const version = (text: string, build: string): Dict =>
  new Map([
    [
      "QueryResponses",
      new Map([
        ["OSVersion", text],
        ["BuildVersion", build],
      ]),
    ],
  ]);
const status = (...items: readonly (readonly [string, PlistValue])[][]): Dict =>
  new Map([["OSUpdateStatus", items.map((item) => new Map<string, PlistValue>([["ProductKey", "k"], ...item]))]]);
const results = (action: string, state: string): Dict =>
  new Map([
    [
      "UpdateResults",
      [
        new Map([
          ["ProductKey", "k"],
          ["InstallAction", action],
          ["Status", state],
        ]),
      ],
    ],
  ]);

/** Feeds inputs one after the other; gives the job and all effects. */
function walk(job: Job, inputs: readonly (readonly [Input, number])[]): { job: Job; effects: Effect[] } {
  const effects: Effect[] = [];
  let current = job;
  for (const [input, now] of inputs) {
    const result = step(current, input, now);
    current = result.job;
    effects.push(...result.effects);
  }
  return { job: current, effects };
}
const sent = (effects: readonly Effect[]): string[] => effects.flatMap((e) => (e.kind === "send" ? [e.purpose] : []));

const toReady: readonly (readonly [Input, number])[] = [
  [{ kind: "begin" }, NOON],
  [acknowledged("ask", version("26.5", "23F77")), NOON + 1],
  [acknowledged("status", status()), NOON + 2],
  [acknowledged("download", results("DownloadOnly", "Downloading")), NOON + 3],
  [{ kind: "due" }, NOON + 16 * 60_000],
  [
    acknowledged(
      "status",
      status([
        ["IsDownloaded", true],
        ["Status", "Idle"],
      ]),
    ),
    NOON + 16 * 60_000 + 1,
  ],
];

describe("plan step", () => {
  it("asks, downloads, looks, and waits for its window without ordering an install", () => {
    const { job, effects } = walk(begun(), toReady);
    expect(sent(effects)).toEqual(["ask", "status", "download", "status"]);
    expect(job).toMatchObject({ state: "ready", next: { action: "install", at: TEN_PM } });
  });

  // Guarantees 2 and 11: an install leaves once, and only inside its window.
  it("orders the install when the window opens, bounded by it, and answers silence by asking", () => {
    const ready = walk(begun(), toReady).job;
    expect(step(ready, { kind: "due" }, TEN_PM - 1).effects).toEqual([]);
    const { job, effects } = walk(ready, [
      [{ kind: "due" }, TEN_PM],
      [{ kind: "offered", purpose: "install" }, TEN_PM + 1],
      [{ kind: "unanswered", purpose: "install" }, TEN_PM + 2],
      [{ kind: "due" }, TEN_PM + 20 * 60_000],
      [{ kind: "due" }, TEN_PM + 90 * 60_000],
    ]);
    expect(effects.filter((e) => e.kind === "send" && e.purpose === "install")).toEqual([
      {
        kind: "send",
        purpose: "install",
        once: true,
        notBefore: TEN_PM,
        notAfter: TEN_PM + 7 * 3_600_000 - 15 * 60_000,
      },
    ]);
    expect(sent(effects)).toContain("ask");
    expect(job.orders.installs).toBe(1);
  });

  // Guarantee 3: Acknowledged is not installed; an observed version is.
  it("is done only when the version was seen, and never by a beta of it", () => {
    const installing = walk(begun(), [
      ...toReady,
      [{ kind: "due" }, TEN_PM],
      [{ kind: "offered", purpose: "install" }, TEN_PM],
    ]).job;
    const told = step(installing, acknowledged("install", results("InstallASAP", "Installing")), TEN_PM + 1).job;
    expect(told.state).toBe("installing");
    expect(step(told, acknowledged("ask", version("26.6.1", "23G5075b")), TEN_PM + 2).job.state).toBe("installing");
    const done = step(told, acknowledged("ask", version("26.6.1", "23G83")), TEN_PM + 2);
    expect(done.job).toMatchObject({ state: "done", reason: "updated", next: null });
    expect(step(begun(), { kind: "seen", seen: { version: "26.7", at: NOON } }, NOON).job).toMatchObject({
      state: "done",
      reason: "already-there",
    });
  });

  it("blocks with the device's own words and tries again", () => {
    const asked = walk(begun(), toReady.slice(0, 3)).job;
    const { job } = step(
      asked,
      acknowledged("download", results("DownloadOnly", "DownloadInsufficientSpace")),
      NOON + 9,
    );
    expect(job).toMatchObject({ state: "blocked", reason: "insufficient-space", next: { action: "try-again" } });
    expect(sent(step(job, { kind: "due" }, job.next?.at ?? 0).effects)).toEqual(["ask"]);
  });

  // Guarantee 7: before an install has left, a stop is final; after it, the outcome is watched.
  it("stops at once before an install has left, and watches afterwards", () => {
    const ready = walk(begun(), toReady).job;
    expect(step(ready, { kind: "withdraw", cause: "plan-stopped" }, NOON).job).toMatchObject({
      state: "stopped",
      reason: "withdrawn",
    });
    const left = walk(ready, [
      [{ kind: "due" }, TEN_PM],
      [{ kind: "offered", purpose: "install" }, TEN_PM],
    ]).job;
    expect(step(left, { kind: "withdraw", cause: "plan-stopped" }, TEN_PM).job).toMatchObject({
      state: "too-late",
      reason: "cannot-be-recalled",
    });
  });

  it.each([
    ["plan-stopped", "the plan was stopped"],
    ["replaced", "another plan took the device over"],
    ["release-blocked", "the release was blocked for this device"],
    ["plan-left", "the device left the plan"],
    ["rollout-aborted", "the rollout was aborted"],
    ["rollout-paused", "the rollout was paused"],
  ] as const)(
    "says why it was withdrawn (%s) once its outcome is known, and once that can't be known",
    (cause, why) => {
      const left = walk(begun(), [
        ...toReady,
        [{ kind: "due" }, TEN_PM],
        [{ kind: "offered", purpose: "install" }, TEN_PM],
        [{ kind: "withdraw", cause }, TEN_PM],
      ]).job;
      const confirmed = walk(left, [
        [acknowledged("ask", version("26.5", "23F77")), TEN_PM + 1],
        [acknowledged("status", status([["IsDownloaded", true]])), TEN_PM + 2],
      ]).job;
      expect(confirmed).toMatchObject({ reason: "withdrawn-not-installing", params: { cause } });
      expect(verdictOf(confirmed, TEN_PM + 3).sentence).toContain(`${why}, and the device was seen not installing`);
      // It answers, and never says what its update does.
      let unclear = left;
      for (let n = 0; n < 100 && unclear.state === "too-late"; n += 1)
        unclear = walk(unclear, [
          [{ kind: "due" }, unclear.next?.at ?? 0],
          [acknowledged("ask", version("26.5", "23F77")), unclear.next?.at ?? 0],
          [acknowledged("status", new Map()), unclear.next?.at ?? 0],
        ]).job;
      expect(unclear).toMatchObject({ reason: "cannot-confirm", params: { cause } });
    },
  );

  // Guarantee 9: what we do not know is kept, never a crash.
  it("takes a status it does not know as something to look at", () => {
    const asked = walk(begun(), toReady.slice(0, 3)).job;
    const { job } = step(asked, acknowledged("download", results("DownloadOnly", "Levitating")), NOON + 9);
    expect(job).toMatchObject({ state: "downloading", reason: "download-accepted" });
  });

  // Guarantee 8.
  it("always has a next action, or is finished", () => {
    let job = step(begun(), { kind: "begin" }, NOON).job;
    for (let i = 0; i < 100 && job.next !== null; i += 1) job = step(job, { kind: "due" }, job.next.at).job;
    expect(job).toMatchObject({ state: "failed", reason: "job-expired", next: null });
  });
});

describe("a finished job whose device is seen again", () => {
  const seen = (version: string) => ({ version, build: "23G83", at: TEN_PM });
  const ended = (state: FinalState): Job => begun({ state, reason: "job-expired", next: null, finishedAt: NOON });

  it.each(["failed", "stopped", "downloaded", "notified"] as const)(
    "is done after %s when it is on its target",
    (state) => {
      const after = stepAfterEnd(ended(state), seen("26.6.1"), TEN_PM);
      expect(after?.job).toMatchObject({ state: "done", next: null, end: { at: NOON }, params: { version: "26.6.1" } });
    },
  );

  it("stays as it ended when the version is below the target, or when it was refused or done", () => {
    expect(stepAfterEnd(ended("failed"), seen("26.5"), TEN_PM)).toBeUndefined();
    expect(stepAfterEnd(ended("refused"), seen("26.6.1"), TEN_PM)).toBeUndefined();
    expect(stepAfterEnd(ended("done"), seen("26.6.1"), TEN_PM)).toBeUndefined();
  });
});

describe("queries during an install", () => {
  it("are at growing distances", () => {
    let job = begun({ state: "installing", installs: 1 });
    const distances: number[] = [];
    let now = NOON;
    const installing = status([["Status", "Installing"]]);
    for (let look = 0; look < 5; look += 1) {
      const walked = walk(job, [
        [acknowledged("ask", version("26.5", "23F77")), now],
        [acknowledged("status", installing), now],
      ]);
      job = walked.job;
      distances.push(((job.next?.at ?? 0) - now) / 60_000);
      now = job.next?.at ?? now;
      job = step(job, { kind: "due" }, now).job;
    }
    expect(distances).toEqual([15, 15, 30, 30, 60]);
  });
});

describe("a step of several hops", () => {
  it("says for each hop what held then, not what holds at its end", () => {
    const asking = step(newOne(), { kind: "begin" }, NOON).job;
    const paused = step(asking, { kind: "withdraw", cause: "plan-paused" }, NOON + 1).job;
    const { job, traces } = step(paused, { kind: "resume" }, NOON + 2);
    expect(traces.map(({ event, reason, params }) => [event.kind, reason, params])).toEqual([
      ["resumed", paused.reason, { cause: "plan-paused" }],
      ["begun", job.reason, job.params],
    ]);
    expect(job.params).toEqual({});
  });
});
