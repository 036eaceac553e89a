/** A device syncs its declarations, as a table: what it asks for and its rows → its rows afterwards, and what it is given. */
import { describe, expect, it } from "vitest";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import { planRow } from "../../store/suite-rows.ts";
import { able, DECLARED } from "../enrollment/declared-device.suite.ts";
import { fetchDeclaration, syncItems, syncTokens } from "./sync.ts";
import { caller, device, enrollment, ID, MINUTE, NOW, only, table, withJob } from "../enrollment/one-device.suite.ts";

/** A plan has given it an update by declaration since. */
const told = withJob(able, DECLARED, MINUTE);
const items = only(told, "declarative").items;
const update = items.find(({ identifier }) => identifier.startsWith("uptick.update.")) ?? {
  kind: "configuration",
  identifier: "",
};
const fetching = { ...caller, kind: "configuration", identifier: update.identifier } as const;
const listed = transact(syncItems, { ...caller, now: NOW - 30_000 }, told).rows;
const taken = transact(fetchDeclaration, { ...fetching, now: NOW - 20_000 }, listed).rows;
const stopped = (rows: MemoryRows): MemoryRows => ({
  ...rows,
  plan: [planRow("p1", { state: "stopped", stoppedAt: NOW - 1 })],
});
const other = { shown: { ...caller.shown, fingerprint: "f9", identityHash: "f9" } };

it("begins from a device that is to have an update", () => {
  expect(update.identifier).not.toBe("");
  expect(only(told, "declarative")).toMatchObject({ held: 0 });
});

describe("the tokens", () => {
  table(syncTokens, caller, [
    [
      "are those of the list as it is, and asking for them changes nothing",
      {
        input: {},
        rows: told,
        changed: {},
        reply: { kind: "json", text: expect.stringContaining(only(told, "declarative").token) },
        notes: [],
      },
    ],
    [
      "are asked for by a device of which nothing was begun: it begins",
      {
        input: {},
        rows: device(),
        changed: {
          "declarative e1": { held: 0, syncedToken: null, tries: 0 },
          [`command e1/${ID}`]: { requestType: "DeclarativeManagement" },
          "enrollment e1": { dueAt: NOW + 15 * MINUTE },
          "outbox push:e1": { dueAt: NOW },
          ...Object.fromEntries(
            only(able, "declarative").items.map(({ kind, identifier }) => [`declaration e1/${kind}/${identifier}`, {}]),
          ),
        },
        reply: { kind: "json", enrollmentId: "e1" },
      },
    ],
    [
      "are asked for by one whose OS takes none: it is to have nothing",
      {
        input: {},
        rows: device({ enrollment: [enrollment({ osVersion: "14.8" })] }),
        changed: {},
        reply: { kind: "json" },
      },
    ],
    [
      "of a plan that has been stopped are not those with its update",
      {
        input: {},
        rows: stopped(told),
        changed: {
          "job j1": { state: "stopped", reason: "withdrawn" },
          "declarative e1": { token: expect.any(String) },
          [`declaration e1/${update.kind}/${update.identifier}`]: { withdrawnAt: NOW },
          [`declaration e1/activation/${update.identifier.replace("update", "activation")}`]: { withdrawnAt: NOW },
          "outbox push:e1": {},
        },
      },
    ],
    [
      "are not for another certificate, which waits for the admin",
      { input: other, rows: told, changed: { "certificate f9": { pendingFor: "e1" } }, reply: { kind: "pending" } },
    ],
  ]);
});

describe("the list", () => {
  table(syncItems, caller, [
    [
      "is fetched: it is known by the device, and its job waits for the declaration to be fetched",
      {
        input: {},
        rows: told,
        changed: { "declarative e1": { syncedAt: NOW, syncedToken: only(told, "declarative").token }, "job j1": {} },
        reply: { kind: "json", text: expect.stringContaining(update.identifier) },
        notes: ["declarations-listed"],
      },
    ],
    [
      "is fetched again: only the moment changes",
      { input: {}, rows: listed, changed: { "declarative e1": { syncedAt: NOW }, "job j1": {} }, notes: [] },
    ],
    [
      "without an update: nothing that it holds of one counts any more",
      {
        input: {},
        rows: { ...able, declarative: [{ ...only(able, "declarative"), held: 1 }] },
        changed: { "declarative e1": { held: 0, syncedAt: NOW } },
        notes: [],
      },
    ],
    [
      "with an update: what it holds stays",
      { input: {}, rows: taken, changed: { "declarative e1": { syncedAt: NOW }, "job j1": {} } },
    ],
    [
      "after a stop ends the job that waited for that",
      {
        input: {},
        rows: transact(syncTokens, caller, stopped(taken)).rows,
        changed: {
          "declarative e1": { held: 0, syncedAt: NOW, syncedToken: expect.any(String) },
          "job j1": { reason: "withdrawal-fetched" },
        },
        notes: ["declarations-listed", "job-step"],
      },
    ],
  ]);
});

describe("a declaration", () => {
  table(fetchDeclaration, fetching, [
    [
      "of an update is fetched: the device has it, and the job knows",
      {
        input: {},
        rows: listed,
        changed: { "declarative e1": { held: 1 }, "job j1": { reason: "taken" } },
        reply: { kind: "json", text: expect.stringContaining("26.6.1") },
        notes: ["declaration-fetched", "job-step"],
      },
    ],
    [
      "of an update is fetched again: nothing is new",
      { input: {}, rows: taken, changed: { "job j1": {} }, notes: ["declaration-fetched"] },
    ],
    [
      "that holds no update is fetched without a trace",
      {
        input: { kind: items[0]?.kind ?? "asset", identifier: items[0]?.identifier ?? "" },
        rows: listed,
        changed: {},
        reply: { kind: "json" },
        notes: [],
      },
    ],
    [
      "that was withdrawn is gone: the device removes its copy",
      {
        input: {},
        rows: transact(syncTokens, caller, stopped(listed)).rows,
        changed: {},
        reply: { kind: "withdrawn" },
        notes: ["declaration-gone"],
      },
    ],
    [
      "of a plan that is stopped at this moment is not delivered",
      {
        input: {},
        rows: stopped(listed),
        changed: {
          "job j1": { state: "stopped" },
          "declarative e1": {},
          [`declaration e1/${update.kind}/${update.identifier}`]: { withdrawnAt: NOW },
          [`declaration e1/activation/${update.identifier.replace("update", "activation")}`]: { withdrawnAt: NOW },
          "outbox push:e1": {},
        },
        reply: { kind: "withdrawn" },
      },
    ],
    [
      "that nobody has made is unknown, which removes nothing from a device",
      {
        input: { identifier: "uptick.update.none" },
        rows: listed,
        changed: {},
        reply: { kind: "unknown" },
        notes: ["declaration-unknown"],
      },
    ],
    [
      "by a name of another kind is unknown",
      { input: { kind: "asset" }, rows: listed, changed: {}, reply: { kind: "unknown" } },
    ],
  ]);
});
