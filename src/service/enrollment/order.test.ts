/** Where two things follow from one transaction: which of them goes first, and that neither is done twice. */
import { describe, expect, it } from "vitest";
import { transact } from "../../store/in-memory.suite.ts";
import { certificateRow, planRow } from "../../store/suite-rows.ts";
import { adopt } from "../check-in/adoption.ts";
import { poll } from "../commands/poll.ts";
import { withdrawRaw } from "../commands/raw.ts";
import { reportStatus } from "../declarations/status.ts";
import { syncItems } from "../declarations/sync.ts";
import { makeJob } from "../plans/make-job.ts";
import { jobDue } from "../plans/plan.ts";
import { maintain } from "../work/maintenance.ts";
import { able, DECLARED } from "./declared-device.suite.ts";
import {
  acknowledged,
  after,
  caller,
  command,
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
  runs,
  SEED,
  table,
  withJob,
} from "./one-device.suite.ts";

const own = { enrollmentId: "e1", firstId: ID, now: NOW };
const stopped = planRow("p1", { state: "stopped", stoppedAt: NOW - 1 });
const second = { ...own, planId: "p2", jobId: "j2", blocks: [], blockedBy: [] } as const;
const decidedAgain = (seed: Partial<typeof SEED> = {}) => ({ ...decided(seed), planId: "p2" });
const replaces = planRow("p2", { spec: { replace: true } });

describe("a plan that replaces a job whose plan was stopped", () => {
  table(makeJob, second, [
    [
      "takes its place: it need not be seen as stopped first",
      {
        input: {},
        rows: { ...withJob(device(), {}, HOUR), plan: [stopped, replaces], planDevice: [decidedAgain()] },
        changed: {
          "planDevice p2/e1": { jobId: "j2", doneAt: NOW },
          "job j1": { live: 0, state: "stopped", reason: "withdrawn" },
          "job j2": { live: 1, state: "asking" },
          [`command e1/${ID.replace("0198", "0197")}`]: "gone",
          [`closedCommand e1/${ID.replace("0198", "0197")}`]: { outcome: "withdrawn" },
          [`command e1/${ID}`]: { origin: "job", requestType: "DeviceInformation", jobId: "j2" },
          "outbox push:e1": {},
        },
      },
    ],
  ]);

  it("is told once what it must have, where both are by declaration", () => {
    const had = withJob({ ...able, command: [] }, DECLARED, MINUTE);
    const job = { ...SEED, ...DECLARED, target: { version: "26.7", major: false } };
    const rows = { ...had, command: [], plan: [stopped, replaces], planDevice: [decidedAgain(job)] };
    const done = transact(makeJob, second, rows);
    expect(done.notes.filter((kind) => kind === "declarations-changed")).toHaveLength(1);
    expect(done.rows.command?.map(({ requestType }) => requestType)).toEqual(["DeclarativeManagement"]);
  });
});

describe("a look that is sooner than the facts ask for", () => {
  const soon = { enforces: 0, dueAt: NOW + 5 * MINUTE } as const;
  const rested = { "enrollment e1": { dueAt: NOW - HOUR + DAY } };

  it("stays when one job replaces another", () => {
    const rows = withJob(device({ enrollment: [enrollment(soon)] }), {}, HOUR);
    const done = transact(makeJob, second, { ...rows, plan: [stopped, replaces], planDevice: [decidedAgain()] });
    expect(only(done.rows, "enrollment").dueAt).toBe(NOW + 5 * MINUTE);
  });

  table(withdrawRaw, { ...own, uuid: "raw" }, [
    [
      "is not needed for a command that an admin has withdrawn, delivered or not",
      {
        input: {},
        rows: device({
          enrollment: [enrollment(soon)],
          command: [command("raw", { origin: "raw", state: "offered", once: 1, offeredAt: NOW - 1 })],
        }),
        changed: { "command e1/raw": "gone", "closedCommand e1/raw": { outcome: "answer-lost" }, ...rested },
        reply: "withdrawn",
      },
    ],
  ]);
});

describe("a device in Setup Assistant whose DeviceConfigured may have been lost", () => {
  it("is pushed when it reports: it is here", () => {
    const rows = device({
      enrollment: [enrollment({ awaitingConfiguration: 1, enrolledAt: NOW - MINUTE, dueAt: NOW + HOUR })],
      command: [command("c", { requestType: "DeviceConfigured", origin: "care", state: "offered" })],
    });
    const data = new TextEncoder().encode(JSON.stringify({ StatusItems: {}, Errors: [] }));
    expect(transact(reportStatus, { ...caller, data }, rows).changed).toMatchObject({
      "outbox push:e1": { dueAt: NOW },
    });
  });
});

describe("a device that is adopted", () => {
  it("is asked for its facts, however new those of its former life are", () => {
    const rows = device({ enrollment: [enrollment({ state: "quarantined" })] });
    const adopting = { ...own, fingerprint: "f1", accessRights: 8191 };
    expect(transact(adopt, adopting, rows).changed["enrollment e1"]).toMatchObject({ dueAt: NOW, factsAskedAt: null });
  });

  it("with another certificate keeps nothing that it said before", () => {
    const facts = [{ enrollmentId: "e1", doc: { OSVersion: { value: "next", at: NOW } } }];
    const other = certificateRow("f2", { pendingFor: "e1" });
    const known = device({ facts, enrollment: [enrollment({ reportedVersion: "next", bootstrapTokenRequired: 1 })] });
    const rows = { ...known, certificate: [...(known.certificate ?? []), other] };
    expect(transact(adopt, { ...own, fingerprint: "f2", accessRights: 8191 }, rows).changed).toMatchObject({
      "facts e1": "gone",
      "enrollment e1": { reportedVersion: null, bootstrapTokenRequired: null, certificate: "f2" },
    });
  });
});

describe("a job that was decided before its device had reported what it takes", () => {
  it("is told by declaration from the beginning, where it has reported since", () => {
    const unreported = withJob({ ...able, command: [] }, { ...DECLARED, unreported: true });
    expect(only(unreported, "job")).toMatchObject({ state: "declaring" });
    expect(only(unreported, "declarative").items.some(({ identifier }) => identifier.includes("update"))).toBe(true);
  });
});

describe("a job by command whose device has turned out to take declarations", () => {
  const doc = { OSVersion: { value: "26.5", at: NOW - MINUTE }, BuildVersion: { value: "23A1", at: NOW - MINUTE } };
  const known = { osVersion: "26.5", buildVersion: "23A1", reportedVersion: "26.5" } as const;
  const begun = withJob(device({ enrollment: [enrollment(known)] }), { deadline: DECLARED.deadline }, MINUTE);
  const now = {
    ...begun,
    enrollment: [{ ...only(begun, "enrollment"), enforces: 1 } as const],
    declarative: able.declarative ?? [],
    facts: [{ enrollmentId: "e1", doc }],
  };

  it("is told by declaration after an answer that says nothing new", () => {
    const done = transact(poll, { ...caller, message: runs(only(begun, "command").uuid, "26.5") }, now);
    expect(Object.keys(done.changed).filter((row) => row.startsWith("facts"))).toEqual([]);
    expect(only(done.rows, "job")).toMatchObject({ doc: { mechanism: "declaration" } });
  });
});

describe("a job whose next command Apple's rules forbid on its device", () => {
  const mac = { platform: "macOS", osVersion: "10.11.4" } as const;
  const asks = withJob(device({ enrollment: [enrollment(mac)] }), { platform: "macOS", from: { version: "10.11.4" } });
  const question = only(asks, "command");
  const delivered = { ...asks, command: [{ ...question, state: "offered", offeredAt: NOW - 1, offers: 1 } as const] };

  it("continues without it, and queues none of it", () => {
    const done = transact(poll, { ...caller, message: runs(question.uuid, "10.11.4") }, delivered);
    const queued = done.rows.command?.map(({ requestType }) => requestType);
    expect(queued).not.toContain("OSUpdateStatus");
    expect(queued).toHaveLength(1);
    expect(only(done.rows, "job")).toMatchObject({ live: 1 });
  });
});

describe("a device that may have a declaration of a job that was withdrawn", () => {
  const told = withJob({ ...able, command: [] }, DECLARED, HOUR);
  const holds = { ...told, declarative: [{ ...only(told, "declarative"), held: 1 } as const], command: [] };
  const withdrawn = transact(jobDue, { ...own, jobId: "j1" }, { ...holds, plan: [stopped] }).rows;

  it("is not done with it before it fetches its list, however late that is", () => {
    expect(only(withdrawn, "job")).toMatchObject({ live: 1, state: "stopping" });
    const late = transact(syncItems, { ...caller, now: NOW + 9 * DAY }, withdrawn);
    expect(only(late.rows, "declarative")).toMatchObject({ held: 0 });
    expect(late.changed["job j1"]).toMatchObject({ reason: "withdrawal-fetched" });
  });
});

describe("the server's next look", () => {
  const question = (uuid: string, requestType: string) =>
    command(uuid, { requestType, origin: "care", state: "offered", offeredAt: NOW - MINUTE });
  const waits = device({ enrollment: [enrollment({ enforces: 0, dueAt: NOW + 5 * MINUTE })] });
  const rested = { "enrollment e1": { dueAt: NOW - HOUR + DAY } };
  const closes = (uuid: string) => ({ [`command e1/${uuid}`]: "gone", [`closedCommand e1/${uuid}`]: {} });

  table(poll, { ...caller, message: acknowledged("a") }, [
    [
      "is a day off once the last of its questions is answered",
      {
        input: {},
        rows: { ...waits, command: [question("a", "SecurityInfo")] },
        changed: { ...closes("a"), ...rested },
      },
    ],
    [
      "stays while another is unanswered",
      {
        input: {},
        rows: {
          ...waits,
          command: [question("a", "SecurityInfo"), { ...question("b", "DeviceInformation"), skip: 1 }],
        },
        changed: closes("a"),
      },
    ],
    [
      "is at once where the answer ends the device's job, whatever else it ends",
      {
        input: { message: runs("a", "26.6.1") },
        rows: { ...withJob(waits, {}, HOUR), command: [question("a", "DeviceInformation")] },
        changed: {
          ...closes("a"),
          "enrollment e1": { dueAt: NOW },
          "facts e1": { doc: { OSVersion: { value: "26.6.1" } } },
          "job j1": { live: 0, state: "done" },
          "outbox push:e1": "gone",
          [`versionHistory e1/${NOW}`]: { version: "26.6.1" },
        },
      },
    ],
  ]);

  it("is the same after the list was fetched and the questions were answered, in whichever order", () => {
    const begun = after(
      device({ enrollment: [enrollment({ enforces: 1, factsAskedAt: NOW - 2 * DAY, dueAt: NOW - 2 * HOUR })] }),
      (rows) => transact(maintain, { ...own, now: NOW - HOUR }, rows).rows,
    );
    const session = (now: number) => (rows: typeof begun) => {
      let { rows: next, reply } = transact(poll, { ...caller, now, message: idle }, rows);
      // A queue that never empties must fail here, not hang.
      for (let turn = 0; reply.kind === "command"; turn += 1) {
        if (turn === 20) throw new Error("the session does not end");
        const out = next.command?.find(({ state }) => state === "offered");
        ({ rows: next, reply } = transact(poll, { ...caller, now, message: acknowledged(out?.uuid ?? "") }, next));
      }
      return next;
    };
    const sync = (now: number) => (rows: typeof begun) => transact(syncItems, { ...caller, now }, rows).rows;
    const soon = NOW - HOUR + MINUTE;
    const one = after(begun, session(soon), sync(soon + 1));
    const other = after(begun, sync(soon), session(soon + 1));
    expect([only(one, "enrollment").dueAt, only(other, "enrollment").dueAt]).toEqual([
      NOW - HOUR + DAY,
      NOW - HOUR + DAY,
    ]);
  });
});

describe("a version below the release that an ended job had brought", () => {
  const done = after(
    withJob(device(), {}, HOUR),
    (rows) => transact(poll, { ...caller, now: NOW - MINUTE, message: idle }, rows).rows,
    (rows) =>
      transact(poll, { ...caller, now: NOW - MINUTE, message: runs(only(rows, "command").uuid, "26.6.1") }, rows).rows,
  );
  const asked = {
    ...done,
    command: [command("q", { requestType: "DeviceInformation", origin: "care", state: "offered" })],
  };

  it("is told to that job by an answer", () => {
    expect(only(done, "job")).toMatchObject({ live: 0, state: "done" });
    const back = transact(poll, { ...caller, message: runs("q", "26.5") }, asked);
    expect(only(back.rows, "job")).toMatchObject({ live: 0, state: "fell-back" });
  });

  it("and by a report changes nothing before the device was asked", () => {
    const StatusItems = { device: { "operating-system": { version: "26.5" } } };
    const data = new TextEncoder().encode(JSON.stringify({ StatusItems, Errors: [] }));
    const said = transact(reportStatus, { ...caller, data }, asked);
    expect(only(said.rows, "job")).toMatchObject({ state: "done" });
    expect(said.notes).toContain("status-doubted");
  });
});
