/** When a device that waits in Setup Assistant is let out: (what is known of it, the moment) → DeviceConfigured or a later look. */
import { describe, expect, it } from "vitest";
import type { Rows } from "../../store/index.ts";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import { assignmentRow, commandBytesRow, policyRow } from "../../store/suite-rows.ts";
import { maintain } from "../work/maintenance.ts";
import {
  acknowledged,
  after,
  bytesOf,
  caller,
  command,
  DAY,
  device,
  enrollment,
  HOUR,
  ID,
  idle,
  MINUTE,
  NOW,
  only,
  says,
} from "./one-device.suite.ts";
import { poll } from "../commands/poll.ts";

const FIRST = NOW - 3 * MINUTE;
/** It takes no declarations unless `more` says so. */
const waits = (more: Partial<Rows["enrollment"]> = {}, rows: MemoryRows = {}): MemoryRows =>
  device({
    enrollment: [
      enrollment({
        awaitingConfiguration: 1,
        enrolledAt: FIRST,
        enforces: 0,
        factsAskedAt: FIRST,
        dueAt: NOW + HOUR,
        ...more,
      }),
    ],
    ...rows,
  });
const asked = {
  rank: 2e14,
  requestType: "SecurityInfo",
  origin: "care",
  state: "offered",
  offeredAt: NOW - MINUTE,
} as const;
const answered = acknowledged("a");
const polled = (message: Uint8Array, rows: MemoryRows, now = NOW) =>
  transact(poll, { ...caller, now, message, firstId: ID }, rows);
const queued = (rows: MemoryRows): string[] => (rows.command ?? []).map(({ requestType }) => requestType);

const synced = {
  enrollmentId: "e1",
  token: "t",
  items: [],
  leftOut: [],
  changedAt: FIRST,
  knows: [],
  standing: {},
  askedAt: FIRST,
  tries: 0,
  syncedAt: FIRST + MINUTE,
  syncedToken: "t",
  held: 0,
  reportedAt: FIRST + MINUTE,
} as const;
const UPDATE = { kind: "configuration", identifier: "uptick.update.u", serverToken: "s" } as const;
const policy = (state: Rows["assignment"]["state"], objection: string | null = null): MemoryRows => ({
  assignment: [{ ...assignmentRow("e1", "p1"), state, objection }],
  policy: [policyRow("p1")],
});

describe("a device in Setup Assistant that has answered its last question", () => {
  it.each<[string, boolean, MemoryRows]>([
    ["is let out where it takes no declarations and has no policy", true, waits()],
    ["is let out where its policy is applied", true, waits({}, policy("applied"))],
    ["is let out where its policy can't be applied", true, waits({}, policy("failed"))],
    ["waits for its policy", false, waits({}, policy("pending"))],
    ["is let out where it refused its policy's profile", true, waits({}, policy("pending", "no"))],
    ["waits for declarative management to begin", false, waits({ enforces: null })],
    ["is let out when it has reported what it has", true, waits({ enforces: 1 }, { declarative: [synced] })],
    [
      "waits for the list of its declarations to be fetched",
      false,
      waits({ enforces: 1 }, { declarative: [{ ...synced, syncedToken: "s" }] }),
    ],
    [
      "waits for a report of what it has fetched",
      false,
      waits({ enforces: 1 }, { declarative: [{ ...synced, reportedAt: FIRST + MINUTE - 1 }] }),
    ],
    [
      "waits for its update declaration to be fetched",
      false,
      waits({ enforces: 1 }, { declarative: [{ ...synced, items: [UPDATE] }] }),
    ],
    [
      "is let out when it has fetched its update declaration and reported",
      true,
      waits({ enforces: 1 }, { declarative: [{ ...synced, items: [UPDATE], held: 1 }] }),
    ],
    [
      "waits where it has never reported",
      false,
      waits({ enforces: 1 }, { declarative: [{ ...synced, reportedAt: null }] }),
    ],
  ])("%s", (_what, out, rows) => {
    const { rows: done } = polled(answered, { ...rows, command: [command("a", asked)] });
    expect(queued(done)).toEqual(out ? ["DeviceConfigured"] : []);
    const due = only(done, "enrollment").dueAt ?? Number.POSITIVE_INFINITY;
    expect(due).toBeLessThanOrEqual(out ? NOW + 15 * MINUTE : FIRST + 10 * MINUTE);
  });

  it("is handed DeviceConfigured in the same session, once", () => {
    const first = polled(answered, { ...waits(), command: [command("a", asked)] });
    expect(first.reply).toMatchObject({ kind: "command", closed: "a" });
    const again = polled(idle, first.rows);
    expect(queued(again.rows)).toEqual(["DeviceConfigured"]);
    const done = polled(acknowledged(ID), again.rows);
    expect(only(done.rows, "enrollment").awaitingConfiguration).toBe(0);
    expect(done.reply).toMatchObject({ kind: "nothing" });
  });

  it("is told again at the next look, not at once, where it refuses", () => {
    const refused = after(
      { ...waits(), command: [command("a", asked)] },
      (rows) => polled(answered, rows).rows,
      (rows) => polled(says({ Status: "Error", CommandUUID: ID, ErrorChain: [] }), rows).rows,
    );
    expect(queued(refused)).toEqual([]);
    const { dueAt } = only(refused, "enrollment");
    expect(dueAt).toBeLessThanOrEqual(NOW + 15 * MINUTE);
    const looked = transact(maintain, { enrollmentId: "e1", firstId: ID, now: dueAt ?? 0 }, refused).rows;
    expect(queued(looked)).toContain("DeviceConfigured");
  });
});

describe("a device in Setup Assistant of which the TokenUpdate did not say so", () => {
  const answers = (AwaitingConfiguration: boolean, more: Partial<Rows["enrollment"]> = {}) => {
    const rows = waits({ awaitingConfiguration: 0, ...more });
    const question = command("a", { ...asked, requestType: "DeviceInformation" });
    const message = acknowledged("a", { QueryResponses: new Map([["AwaitingConfiguration", AwaitingConfiguration]]) });
    return polled(message, { ...rows, command: [question] });
  };

  it.each<[string, boolean, Partial<Rows["enrollment"]>, readonly string[], number]>([
    ["is let out when its answer says it", true, {}, ["DeviceConfigured"], 1],
    ["is left alone where its answer says no", false, {}, [], 0],
    ["is not stuck by an answer that says no", false, { awaitingConfiguration: 1 }, ["DeviceConfigured"], 1],
    ["waits for what it is to have", true, { enforces: null }, [], 1],
  ])("%s", (_what, says, more, commands, awaitingConfiguration) => {
    const { rows } = answers(says, more);
    expect(queued(rows)).toEqual(commands);
    expect(only(rows, "enrollment")).toMatchObject({ awaitingConfiguration });
  });
});

describe("a device in Setup Assistant that leaves something undone", () => {
  const undone = (more: Partial<Rows["enrollment"]> = {}): MemoryRows => ({
    ...waits(more, policy("pending")),
    command: [command("a", asked)],
    commandBytes: [commandBytesRow("e1", "a")],
  });
  const looked = (rows: MemoryRows, now: number) =>
    transact(maintain, { enrollmentId: "e1", firstId: ID, now }, rows).rows;

  it.each<[string, boolean, number]>([
    ["waits until then", false, FIRST + 10 * MINUTE - 1],
    ["is let out after ten minutes", true, FIRST + 10 * MINUTE],
    ["waits at the moment of its enrollment", false, FIRST],
    ["is let out where the clock has stepped back before its enrollment", true, FIRST - 1],
    ["is let out where the clock has stepped on by years", true, FIRST + 4000 * DAY],
  ])("%s", (_what, out, now) => {
    const rows = looked(undone(), now);
    expect(queued(rows).includes("DeviceConfigured")).toBe(out);
    const due = only(rows, "enrollment").dueAt ?? Number.POSITIVE_INFINITY;
    expect(due).toBeLessThanOrEqual(out ? now + 15 * MINUTE : FIRST + 10 * MINUTE);
  });

  it("gets it before all else then", () => {
    const rows = looked(undone(), FIRST + 10 * MINUTE);
    const { reply } = polled(idle, rows, FIRST + 10 * MINUTE);
    expect(reply).toMatchObject({ kind: "command", bytes: bytesOf(rows, ID) });
  });

  it.each([
    [NOW - 1, ["SecurityInfo"]],
    [NOW, ["SecurityInfo", "DeviceConfigured"]],
  ])("need not come again where it comes at the end of its wait and the server is late: %d", (now, commands) => {
    const rows = undone({ enrolledAt: NOW - 10 * MINUTE, dueAt: NOW - 10 * MINUTE });
    const { rows: done, reply } = polled(
      idle,
      { ...rows, enrollment: [{ ...only(rows, "enrollment"), dueAt: now }] },
      now,
    );
    expect(queued(done)).toEqual(commands);
    expect(reply).toMatchObject({ kind: "command", bytes: bytesOf(done, done.command?.at(-1)?.uuid) });
  });

  it("gets one at a time, an admin's own counted", () => {
    const own = command("own", { rank: 1e14, requestType: "DeviceConfigured", origin: "raw" });
    const rows = undone();
    const done = looked({ ...rows, command: [...(rows.command ?? []), own] }, FIRST + 10 * MINUTE);
    expect(queued(done)).toEqual(["SecurityInfo", "DeviceConfigured"]);
  });

  it("is let out though it has a policy that waits, where nobody knows when it enrolled", () => {
    expect(queued(looked(undone({ enrolledAt: null }), NOW))).toContain("DeviceConfigured");
  });

  it("and that has left is told nothing", () => {
    expect(queued(looked(undone({ state: "checked-out" }), FIRST + DAY))).toEqual(["SecurityInfo"]);
  });
});

describe("an order to update, to a device in Setup Assistant", () => {
  const ordered = (requestType: string): MemoryRows => ({
    ...waits({}, policy("pending")),
    command: [command("u", { rank: 1e14, requestType, origin: "raw" })],
    commandBytes: [commandBytesRow("e1", "u")],
  });

  it.each([
    ["ScheduleOSUpdate", false],
    ["ScheduleOSUpdateScan", false],
    ["OSUpdateStatus", true],
    ["AvailableOSUpdates", true],
    ["InstallProfile", true],
  ])("%s: delivered %s", (requestType, out) => {
    expect(polled(idle, ordered(requestType)).reply).toMatchObject({ kind: out ? "command" : "nothing" });
  });

  it("is not delivered after NotNow to DeviceConfigured either", () => {
    const late = FIRST + 10 * MINUTE;
    const rows = transact(maintain, { enrollmentId: "e1", firstId: ID, now: late }, ordered("ScheduleOSUpdate")).rows;
    const first = polled(idle, rows, late);
    const notNow = polled(says({ Status: "NotNow", CommandUUID: ID }), first.rows, late);
    expect(notNow.reply).toMatchObject({ kind: "nothing" });
    const again = polled(idle, notNow.rows, late + MINUTE);
    const done = polled(acknowledged(ID), again.rows, late + MINUTE);
    expect(queued(done.rows)).toEqual(["ScheduleOSUpdate"]);
    expect(done.reply).toMatchObject({ kind: "command" });
  });

  it("is delivered after DeviceConfigured once its wait is over, whatever its answer", () => {
    const late = FIRST + 10 * MINUTE;
    const rows = transact(
      maintain,
      { enrollmentId: "e1", firstId: ID, now: late },
      { ...ordered("ScheduleOSUpdate"), ...policy("applied") },
    ).rows;
    const first = polled(idle, rows, late);
    const offered = first.rows.command?.filter(({ state }) => state === "offered");
    expect(offered).toMatchObject([{ requestType: "DeviceConfigured" }]);
    const second = polled(says({ Status: "Error", CommandUUID: ID, ErrorChain: [] }), first.rows, late);
    expect(second.reply).toMatchObject({ kind: "command", closed: ID });
    expect(queued(second.rows)).toEqual(["ScheduleOSUpdate"]);
  });
});
