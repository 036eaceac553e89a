/** An exclusion of one device, at the edges of its time; routes and the CLI have their own tests. */
import { describe, expect, it } from "vitest";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import { planRow } from "../../store/suite-rows.ts";
import { poll } from "../commands/poll.ts";
import { syncItems } from "../declarations/sync.ts";
import { able, DECLARED } from "../enrollment/declared-device.suite.ts";
import { exclusionAt } from "../enrollment/exclusion.ts";
import {
  after,
  caller,
  DAY,
  decided,
  device,
  enrollment,
  HOUR,
  ID,
  idle,
  MINUTE,
  NOW,
  only,
  withJob,
} from "../enrollment/one-device.suite.ts";
import { endExclusion, excludeDevice, EXCLUSION_ENDS_SOON, exclusionDue } from "./exclusion.ts";
import { makeJob } from "./make-job.ts";
import { jobDue, stopPlan } from "./plan.ts";

const END = NOW + 20 * DAY;
const own = (now: number) => ({ enrollmentId: "e1", firstId: ID, now });

const excluded = (rows: MemoryRows, { endsAt = END, at = NOW, by = "token:ops", reason = "trade fair" } = {}) =>
  transact(excludeDevice, { ...own(at), until: "2026-09-14", endsAt, reason, by }, rows).rows;
const polled = (rows: MemoryRows, at: number) => transact(poll, { ...caller, now: at, message: idle }, rows).rows;
const due = (rows: MemoryRows, at: number) => transact(exclusionDue, own(at), rows).rows;

const state = (rows: MemoryRows): string => only(rows, "job").state;
const notes = (rows: MemoryRows, ...kinds: readonly string[]) =>
  (rows.timeline ?? []).filter(({ kind }) => kinds.includes(kind)).map(({ kind, data }) => [kind, data]);
const queued = (rows: MemoryRows) => (rows.command ?? []).filter(({ origin }) => origin === "job");
const exclusionOf = (rows: MemoryRows, at: number) => exclusionAt(only(rows, "enrollment"), at);

describe("a device that is excluded", () => {
  it("has its job withdrawn in the same transaction, with who, why and until when in its row and on its timeline", () => {
    const rows = excluded(withJob(device()));
    expect([state(rows), queued(rows)]).toEqual(["paused", []]);
    expect(only(rows, "job").doc).toMatchObject({ stop: { cause: "excluded" } });
    expect(only(rows, "enrollment")).toMatchObject({
      ...{ excludedUntil: "2026-09-14", excludedEndsAt: END, excludedReason: "trade fair", excludedBy: "token:ops" },
      ...{ excludedAt: NOW, excludedDueAt: END - 7 * DAY },
    });
    expect(notes(rows, "device-excluded")).toEqual([
      ["device-excluded", { until: "2026-09-14", reason: "trade fair", by: "token:ops" }],
    ]);
  });

  it.each([
    [-1, "paused"],
    [0, "asking"],
    [1, "asking"],
  ])("gets nothing of its job by a poll %i ms from the end, or continues: %s", (ms, expected) => {
    const rows = polled(excluded(withJob(device())), END + ms);
    expect(state(rows)).toBe(expected);
    expect(queued(rows)).toHaveLength(expected === "asking" ? 1 : 0);
  });

  it.each([
    [-1, "paused"],
    [0, "asking"],
  ])("continues without a message of it, by the work of its end %i ms from there: %s", (ms, expected) => {
    const rows = due(due(excluded(withJob(device())), END - 7 * DAY), END + ms);
    expect(state(rows)).toBe(expected);
    expect(rows.outbox ?? []).toHaveLength(1);
  });

  it("has a job that looks again a day later at most, and at the end", () => {
    const looks = (rows: MemoryRows, at: number) => transact(jobDue, { ...own(at), jobId: "j1" }, rows).rows;
    const rows = excluded(withJob(device()));
    expect(only(rows, "job").dueAt).toBe(NOW + DAY);
    const late = looks(rows, END - DAY + 1);
    expect(only(late, "job").dueAt).toBe(END);
    expect([state(looks(late, END - 1)), state(looks(late, END))]).toEqual(["paused", "asking"]);
    // The work of the end finds nothing left to do.
    expect(state(due(looks(late, END), END))).toBe("asking");
  });

  it("has a job that looks again at the new end, where the end is another", () => {
    const shorter = excluded(excluded(withJob(device())), { at: NOW + HOUR, endsAt: NOW + 3 * HOUR });
    expect(only(shorter, "job").dueAt).toBe(NOW + 3 * HOUR);
    const longer = excluded(shorter, { at: NOW + 2 * HOUR });
    expect(only(longer, "job").dueAt).toBe(NOW + 26 * HOUR);
    const paused = { ...shorter, plan: [planRow("p1", { state: "paused" as const })] };
    expect(only(polled(paused, NOW + 3 * HOUR), "job")).toMatchObject({ state: "paused", dueAt: NOW + 27 * HOUR });
  });

  it("has a declaration taken from its list, and gets it again at the end", () => {
    const items = (rows: MemoryRows) =>
      only(rows, "declarative").items.filter(({ identifier }) => identifier.includes("update")).length;
    const declared = withJob(able, DECLARED);
    const asks = (rows: MemoryRows, at: number) => transact(syncItems, { ...caller, now: at }, rows).rows;
    const before = after(
      declared,
      (rows) => polled(rows, NOW + MINUTE),
      (rows) => asks(rows, NOW + 2 * MINUTE),
    );
    expect(items(before)).toBe(1);
    const rows = excluded(before, { at: NOW + HOUR });
    expect(items(rows)).toBe(0);
    expect(items(asks(rows, END - 1))).toBe(0);
    expect(items(asks(polled(rows, END), END))).toBe(1);
  });

  it("moves its deadline so that the notice is left after the end, and the timeline says why and by whom", () => {
    const deadline = { deadline: "2026-08-28T17:00", deadlineAt: NOW + 77 * HOUR };
    const rows = polled(excluded(withJob(device(), deadline)), END);
    // It ends on 14 September at 12:00.
    expect(notes(rows, "deadline-moved")).toEqual([
      [
        "deadline-moved",
        {
          ...{ jobId: "j1", from: "2026-08-28T17:00", to: "2026-09-15T17:00" },
          ...{ cause: "device-excluded", by: "token:ops" },
        },
      ],
    ]);
  });

  it("keeps a deadline that leaves the notice", () => {
    const deadline = { deadline: "2026-09-20T17:00", deadlineAt: NOW + 26 * DAY + 5 * HOUR };
    expect(notes(polled(excluded(withJob(device(), deadline)), END), "deadline-moved")).toEqual([]);
  });

  it("has the job of a new plan rest at once, and continue at the end", () => {
    const plan = { plan: [planRow("p1")], planDevice: [decided()] };
    const wish = { ...own(NOW + MINUTE), planId: "p1", jobId: "j1", blocks: [], blockedBy: [] };
    const { rows, reply: _reply } = transact(makeJob, wish, { ...excluded(device()), ...plan });
    expect([state(rows), queued(rows), rows.closedCommand ?? []]).toEqual(["paused", [], []]);
    expect(only(rows, "planDevice")).toMatchObject({ jobId: "j1", doneAt: NOW + MINUTE });
    expect(state(polled(rows, END - 1))).toBe("paused");
    expect(state(polled(rows, END))).toBe("asking");
  });

  it.each([
    ["by command", device(), {}],
    ["by declaration", able, DECLARED],
  ])("has nothing of a job that replaces its own either, %s", (_way, born, seed) => {
    const rows = excluded(withJob(born, seed));
    const second = { planDevice: [...(rows.planDevice ?? []), { ...decided(seed), planId: "p2" }] };
    const plan = [...(rows.plan ?? []), planRow("p2", { spec: { replace: true } })];
    const wish = { ...own(NOW + MINUTE), planId: "p2", jobId: "j2", blocks: [], blockedBy: [] };
    const both = transact(makeJob, wish, { ...rows, ...second, plan }).rows;
    expect(both.job?.map(({ id, live, state: now }) => [id, live, now])).toEqual([
      ["j1", 0, "stopped"],
      ["j2", 1, "paused"],
    ]);
    expect(queued(both)).toEqual([]);
  });

  it("has its job ended by a stop of the plan", () => {
    const rows = transact(stopPlan, { planId: "p1", now: NOW }, excluded(withJob(device()))).rows;
    expect(state(polled(rows, NOW + MINUTE))).toBe("stopped");
  });

  it("waits for the end of a pause as well", () => {
    const paused = { ...excluded(withJob(device())), plan: [planRow("p1", { state: "paused", pauseBy: "token:x" })] };
    const rows = polled(paused, END);
    expect(state(rows)).toBe("paused");
    expect(only(rows, "job").doc).toMatchObject({ stop: { cause: "plan-paused" } });
  });
});

describe("the end of an exclusion", () => {
  it.each([
    ["longer than seven days ahead", EXCLUSION_ENDS_SOON + 1, NOW + 1],
    ["seven days ahead", EXCLUSION_ENDS_SOON, NOW + EXCLUSION_ENDS_SOON],
    ["sooner", DAY, NOW + DAY],
  ])("is announced seven days before it, where it is %s", (_what, lasts, expected) => {
    const rows = excluded(device(), { endsAt: NOW + lasts });
    expect(only(rows, "enrollment").excludedDueAt).toBe(expected);
  });

  it("is announced once, and then is due itself", () => {
    const early = due(excluded(device()), END - 7 * DAY - 1);
    expect(only(early, "enrollment").excludedDueAt).toBe(END - 7 * DAY);
    const told = due(early, END - 7 * DAY);
    expect(only(told, "enrollment").excludedDueAt).toBe(END);
    const again = due(told, END - 1);
    expect(only(again, "enrollment")).toMatchObject({ excludedDueAt: END, excludedLeaseUntil: 0 });
    const over = due(again, END);
    expect(only(over, "enrollment").excludedDueAt).toBeNull();
    expect(notes(due(over, END + 1), "exclusion-ends-soon", "exclusion-ended")).toEqual([
      ["exclusion-ends-soon", { until: "2026-09-14" }],
      ["exclusion-ended", { until: "2026-09-14", by: null }],
    ]);
  });

  it("by an admin lets the job continue at once, and says who", () => {
    const { rows, reply } = transact(
      endExclusion,
      { ...own(NOW + HOUR), by: "token:night" },
      excluded(withJob(device())),
    );
    expect([reply, state(rows), exclusionOf(rows, NOW + HOUR)]).toEqual([true, "asking", undefined]);
    expect(notes(rows, "exclusion-ended")).toEqual([["exclusion-ended", { until: "2026-09-14", by: "token:night" }]]);
    // What it was stays known.
    expect(exclusionOf(rows, NOW + HOUR - 1)).toMatchObject({ reason: "trade fair", since: NOW });
    expect(due(rows, END)).toEqual(rows);
  });

  it.each([
    ["there was none", device()],
    ["it is over", device({ enrollment: [enrollment({ excludedEndsAt: NOW, excludedUntil: "2026-08-25" })] })],
  ])("changes nothing where %s", (_what, rows) => {
    const { reply, changed } = transact(endExclusion, { ...own(NOW), by: "token:night" }, rows);
    expect([reply, changed]).toEqual([false, {}]);
  });
});

describe("a second exclusion", () => {
  it("takes the place of the first, and the device has been excluded since that began", () => {
    const first = due(excluded(device()), END - 7 * DAY);
    const rows = excluded(first, { at: END - DAY, endsAt: END + 30 * DAY, by: "token:b", reason: "longer" });
    expect(exclusionOf(rows, END)).toEqual({
      ...{ until: "2026-09-14", endsAt: END + 30 * DAY, reason: "longer", by: "token:b", since: NOW },
    });
    expect(only(rows, "enrollment").excludedDueAt).toBe(END + 23 * DAY);
  });

  it("begins when it is made where the first is over", () => {
    const rows = excluded(due(excluded(device()), END), { at: END, endsAt: END + DAY });
    expect(exclusionOf(rows, END)).toMatchObject({ since: END });
  });
});
