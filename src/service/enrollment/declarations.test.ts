/** What a device is to have by declaration, as a table: a cause of it and the rows → the list, its token and the "sync now". */
import { describe, expect, it } from "vitest";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import { planRow } from "../../store/suite-rows.ts";
import { able, DECLARED } from "./declared-device.suite.ts";
import { syncItems } from "../declarations/sync.ts";
import { after, caller, command, decided, HOUR, ID, MINUTE, NOW, only, table, withJob } from "./one-device.suite.ts";
import { makeJob } from "../plans/make-job.ts";
import { jobDue } from "../plans/plan.ts";

/** All that it was asked is answered, and nothing waits. */
const quiet: MemoryRows = { ...able, command: [], outbox: [] };
const told = withJob(quiet, DECLARED, MINUTE);
const before = only(quiet, "declarative").items;
const [update = "", activation = ""] = (["configuration", "activation"] as const).map(
  (kind) =>
    only(told, "declarative").items.find(
      (item) => item.kind === kind && !before.some(({ identifier }) => identifier === item.identifier),
    )?.identifier,
);
const rowsOf = (withdrawnAt: number | null) => ({
  [`declaration e1/configuration/${update}`]: { withdrawnAt },
  [`declaration e1/activation/${activation}`]: { withdrawnAt },
});
const queued = command("s", { requestType: "DeclarativeManagement", origin: "care", queuedAt: NOW - HOUR });
const offered = { ...queued, state: "offered", offeredAt: NOW - MINUTE, offers: 1 } as const;
const sync = {
  [`command e1/${ID}`]: { requestType: "DeclarativeManagement", origin: "care", once: 0, state: "queued" },
};
const anew = { token: expect.stringMatching(/./), changedAt: NOW };
const stopped = { plan: [planRow("p1", { state: "stopped", stoppedAt: NOW - 1 })] };

it("begins from a device that has fetched its list, and is to have an update", () => {
  expect([update, activation]).not.toContain("");
});

describe("targets D8b: a device that is given a job which a declaration tells", () => {
  const input = { planId: "p1", enrollmentId: "e1", jobId: "j1", firstId: ID, now: NOW };
  const rows = (more: MemoryRows = {}): MemoryRows => ({
    ...quiet,
    plan: [planRow("p1")],
    planDevice: [decided(DECLARED)],
    ...more,
  });
  const made = { "planDevice p1/e1": { jobId: "j1", doneAt: NOW, seed: null } };
  const changed = { ...made, "job j1": { live: 1 }, ...rowsOf(null), "outbox push:e1": { dueAt: NOW } };
  table(makeJob, input, [
    [
      "gets a list of another token, and is told to sync",
      {
        input: {},
        rows: rows(),
        changed: { ...changed, "declarative e1": { ...anew, askedAt: NOW }, ...sync },
        notes: ["job-step", "job-step", "declarations-changed", "command-queued"],
      },
    ],
    [
      "is not told twice where the word to sync waits in the queue",
      { input: {}, rows: rows({ command: [queued] }), changed: { ...changed, "declarative e1": anew } },
    ],
    [
      "is told again where the word to sync has left: it may have been followed before",
      { input: {}, rows: rows({ command: [offered] }), changed: { ...changed, "declarative e1": anew, ...sync } },
    ],
    [
      "begins anew to be reminded",
      {
        input: {},
        rows: rows({ declarative: [{ ...only(quiet, "declarative"), tries: 4 }] }),
        changed: { ...changed, "declarative e1": { ...anew, tries: 0 }, ...sync },
      },
    ],
  ]);
});

describe("a device whose job is withdrawn", () => {
  const input = { enrollmentId: "e1", jobId: "j1", firstId: ID, now: NOW };
  const fetched = after(told, (rows) => transact(syncItems, { ...caller, now: NOW - 1 }, rows).rows);
  const gone = { "job j1": {}, ...rowsOf(NOW), "outbox push:e1": {} };
  table(jobDue, input, [
    [
      "loses its declarations, which stay known as withdrawn since then",
      {
        input: {},
        rows: { ...fetched, ...stopped, command: [] },
        changed: { ...gone, "declarative e1": { ...anew, items: before, askedAt: NOW }, ...sync },
      },
    ],
    [
      "before the word to sync has left is told by the same",
      { input: {}, rows: { ...told, ...stopped }, changed: { ...gone, "declarative e1": { ...anew, items: before } } },
    ],
  ]);

  it("never gets a token again that it had, though it is to have the same", () => {
    const less = transact(jobDue, input, { ...told, ...stopped }).rows;
    const again = withJob({ ...less, job: [], plan: [planRow("p1")] }, DECLARED);
    const tokens = [quiet, told, less, again].map((rows) => only(rows, "declarative").token);
    expect(new Set(tokens).size).toBe(4);
    expect(only(less, "declarative").items).toEqual(before);
    expect(only(again, "declarative").items).toEqual(only(told, "declarative").items);
    // Served again, and so no longer withdrawn.
    expect(again.declaration).toEqual(told.declaration);
  });
});
