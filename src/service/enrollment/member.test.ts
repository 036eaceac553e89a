/** What messages of a device write for the gate of its ring, and that a message which tells nothing writes nothing. */
import { describe, expect, it } from "vitest";
import type { JobSeed } from "../../plans/index.ts";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import { poll } from "../commands/poll.ts";
import { syncItems } from "../declarations/sync.ts";
import { able, DECLARED } from "./declared-device.suite.ts";
import {
  acknowledged,
  caller,
  command,
  DAY,
  device,
  HOUR,
  ID,
  idle,
  MINUTE,
  nextId,
  NOW,
  only,
  runs,
  withJob,
} from "./one-device.suite.ts";

const { der: _kept, ...shown } = caller.shown;

/** In the ring of a rollout. */
function inRing(rows: MemoryRows, seed: Partial<JobSeed> = {}): MemoryRows {
  const made = withJob(rows, seed);
  return { ...made, job: (made.job ?? []).map((row) => ({ ...row, rolloutId: "r1", ring: 0 })) };
}
const says = (rows: MemoryRows, message: Uint8Array, after: number) => {
  const now = NOW + after;
  return transact(poll, { shown, message, now, firstId: nextId(after) }, rows);
};
const kept = (rows: MemoryRows) => {
  const { member, startedAt } = only(rows, "job");
  return { member, startedAt };
};

describe("a member that is told by command", () => {
  it("has started when its order leaves, which no step before the reply shows, and is there when its version says so", () => {
    const asked = says(inRing(device()), idle, MINUTE).rows;
    const uuid = (rows: MemoryRows) => only(rows, "command").uuid;
    const status = says(asked, runs(uuid(asked), "26.5"), 2 * MINUTE).rows;
    const nothing = acknowledged(uuid(status), { OSUpdateStatus: [] });
    const ordered = says(status, nothing, 3 * MINUTE).rows;
    expect(only(ordered, "command")).toMatchObject({ requestType: "ScheduleOSUpdate" });
    expect(kept(ordered)).toEqual({ member: { orderedAt: NOW + 3 * MINUTE }, startedAt: NOW + 3 * MINUTE });
  });

  it("targets R8: keeps the same where its plan is decided once", () => {
    const asked = says(withJob(device()), idle, MINUTE).rows;
    const told = says(asked, runs(only(asked, "command").uuid, "26.6.1"), 2 * MINUTE).rows;
    expect([only(told, "job").state, kept(told)]).toEqual([
      "done",
      { member: { reachedAt: NOW + 2 * MINUTE }, startedAt: NOW + 2 * MINUTE },
    ]);
  });

  it("is there when it says so, and has gone back when it is seen below after its job has ended", () => {
    const asked = says(inRing(device()), idle, MINUTE).rows;
    const there = says(asked, runs(only(asked, "command").uuid, "26.6.1"), 2 * MINUTE).rows;
    const reached = NOW + 2 * MINUTE;
    expect([only(there, "job").state, kept(there)]).toEqual([
      "done",
      { member: { reachedAt: reached }, startedAt: reached },
    ]);
    const question = command("q", { requestType: "DeviceInformation", origin: "care", state: "offered", offers: 1 });
    const back = says({ ...there, command: [question] }, runs("q", "26.5"), DAY).rows;
    expect([only(back, "job").state, kept(back)]).toEqual([
      "fell-back",
      { member: { wentBackAt: NOW + DAY }, startedAt: reached },
    ]);
  });
});

describe("a member that is told by declaration", () => {
  const MOMENT = DECLARED.enforcement.latestAt;
  const made = inRing(able, DECLARED);
  const rows = {
    ...made,
    job: (made.job ?? []).map((row) => ({ ...row, member: { fetchedAt: NOW, momentAt: MOMENT } })),
  };

  it("starts with its first message at its moment or later, whatever that is", () => {
    const early = says(rows, idle, MOMENT - NOW - 1);
    expect(kept(early.rows).startedAt).toBeNull();
    const heard = says(early.rows, idle, MOMENT - NOW);
    expect(kept(heard.rows)).toEqual({
      member: { fetchedAt: NOW, momentAt: MOMENT, heardPastMomentAt: MOMENT },
      startedAt: MOMENT,
    });
    const synced = transact(syncItems, { ...caller, now: MOMENT + HOUR, firstId: ID }, early.rows);
    expect(kept(synced.rows).startedAt).toBe(MOMENT + HOUR);
  });

  it("writes nothing with an Idle that tells nothing", () => {
    const heard = says(says(rows, idle, MOMENT - NOW).rows, idle, MOMENT - NOW + MINUTE);
    const again = says({ ...heard.rows, command: [] }, idle, MOMENT - NOW + 2 * MINUTE);
    expect(again.changed).toEqual({});
  });
});
