/** The disk that holds the database is full: devices are told to come again, nothing is lost, and room is all it takes. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  msOf,
  type Able,
  ableDevice,
  declaredPlan,
  type Device,
  enrolDevice,
  jobOf,
  kindsOf,
  makePlan,
  newDevice,
  newProfile,
  planJob,
  type Received,
  result,
  SOON,
  startUptick,
  type Uptick,
} from "../support/index.ts";
import { smallDisk } from "./small-disk.ts";

const disk = smallDisk();
if (disk === undefined) console.warn("full-disk: skipped, neither mount nor prlimit works here");

/** Nothing is left to be written for a device when it polls next: no push waits in `directory`'s database, and it has come. */
async function atRest(directory: string, device: Device): Promise<void> {
  await vi.waitFor(() => {
    const database = new DatabaseSync(join(directory, "uptick.sqlite"), { readOnly: true });
    try {
      expect(database.prepare("SELECT id FROM outbox").all()).toEqual([]);
    } finally {
      database.close();
    }
  }, SOON);
  await device.poll();
}

describe.skipIf(disk === undefined)("a full disk", () => {
  let uptick: Uptick;
  let enrolled: Device;
  let late: Device;

  beforeAll(async () => {
    uptick = await startUptick({ threads: true, flags: { "data-dir": disk?.directory ?? "" } });
    enrolled = await enrolDevice(uptick);
    late = await newDevice(uptick, { profile: await newProfile(uptick) });
    await atRest(disk?.directory ?? "", enrolled);
    disk?.fill();
  });
  afterAll(async () => {
    disk?.free();
    try {
      await uptick.close();
    } finally {
      disk?.end();
    }
  });

  it("is a 503 for what must be written, again and again, and never a 401 or 403", async () => {
    const statuses: number[] = [];
    for (let nth = 0; nth < 5; nth += 1) statuses.push((await late.authenticate()).status);
    const together = await Promise.all(Array.from({ length: 5 }, () => late.authenticate()));
    expect(new Set([...statuses, ...together.map(({ status }) => status)])).toEqual(new Set([503]));
  });

  it("does not disturb a poll that writes nothing, even beside those that must write", async () => {
    const polls = Array.from({ length: 5 }, () => [enrolled.poll(), late.authenticate()] as const);
    for (const [poll, refused] of polls) {
      expect((await poll).status).toBe(200);
      expect((await refused).status).toBe(503);
    }
  });

  it("is reported to the admin with code and reason, and reads still work", async () => {
    const json = { "content-type": "application/json", accept: "application/json" };
    const reply = await uptick.web.request("POST", "/api/v1/enrollments", { body: '{"uses":1}', headers: json });
    expect(reply.status).toBe(503);
    expect(reply.text).toMatch(/store-unavailable.*disk/s);
    expect(await uptick.device(enrolled.serial)).toMatchObject({ serial: enrolled.serial });
  });

  it("leaves the server alive and not ready, without a token", async () => {
    expect((await uptick.web.request("GET", "/healthz", { token: null })).status).toBe(200);
    const reply = await uptick.web.request("GET", "/readyz", { token: null });
    const { code, state, reasons } = reply.problem();
    expect([reply.status, code, state]).toEqual([503, "store-unavailable", "not-ready"]);
    expect(reasons).toMatchObject([{ reason: "store-unavailable", sentence: expect.stringContaining("disk") }]);
    expect(Number(reply.headers["retry-after"])).toBeGreaterThan(0);
  });

  it("is in the log with its code", () => {
    const lines = uptick.takeErrors();
    expect(JSON.stringify(lines)).toMatch(/store-unavailable/);
    expect(JSON.stringify(lines)).toMatch(/disk/);
  });

  it("is over when there is room, without a restart, and what was acknowledged is there", async () => {
    disk?.free();
    await expect.poll(async () => (await late.authenticate()).status, SOON).toBe(200);
    const ready = async () => (await uptick.web.request("GET", "/readyz", { token: null })).status;
    await expect.poll(ready, SOON).toBe(200);
    expect((await late.tokenUpdate()).status).toBe(200);
    await late.session();
    expect((await enrolled.poll()).status).toBe(200);
    for (const { serial } of [enrolled, late]) expect(await uptick.device(serial)).toMatchObject({ serial });
    uptick.takeErrors();
  });

  it("lets the server stop, and start again from the log", async () => {
    disk?.fill();
    await uptick.server.stop();
    uptick.takeErrors();
    disk?.free();
    await uptick.begin({});
    expect((await enrolled.poll()).status).toBe(200);
    expect(await uptick.device(late.serial)).toMatchObject({ serial: late.serial });
  });
});

describe.skipIf(disk === undefined)("a disk that is full amid a sync", () => {
  const third = disk === undefined ? undefined : smallDisk();
  let uptick: Uptick;
  let able: Able;

  beforeAll(async () => {
    uptick = await startUptick({ threads: true, flags: { "data-dir": third?.directory ?? "" } });
    able = await ableDevice(uptick);
    await declaredPlan(uptick, able);
    third?.fill();
  });
  afterAll(async () => {
    third?.free();
    try {
      await uptick.close();
    } finally {
      third?.end();
    }
  });

  it("takes no report and notes no list that it can't keep: 503, and what was computed before is still served", async () => {
    const { its } = able;
    for (let nth = 0; nth < 3; nth += 1) {
      const replies = [
        await its.ask("declaration-items"),
        await its.report({ "softwareupdate.install-state": "none" }),
      ];
      expect(replies.map(({ status, body }) => [status, body.length])).toEqual(Array(2).fill([503, 0]));
      expect((await its.ask("tokens")).status).toBe(200);
    }
    expect(its.update()).toBeUndefined();
  });

  it("has lost nothing when there is room: the device gets its declaration and its reports count", async () => {
    third?.free();
    const { its, device } = able;
    await expect.poll(async () => (await its.ask("declaration-items")).status, SOON).toBe(200);
    await its.sync();
    expect(its.update()).toBeDefined();
    await its.report({}, { declarations: true });
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "declared" });
    uptick.takeErrors();
  });
});

describe.skipIf(disk === undefined)("a disk that is full amid a plan", () => {
  const second = disk === undefined ? undefined : smallDisk();
  let uptick: Uptick;
  let working: Device;
  let other: Device;
  let quiet: Device;
  let plan: string;
  let command: Received;

  beforeAll(async () => {
    uptick = await startUptick({
      threads: true,
      flags: { "data-dir": second?.directory ?? "", "last-seen-flush": "200" },
    });
    [working, other, quiet] = [await enrolDevice(uptick), await enrolDevice(uptick), await enrolDevice(uptick)];
    plan = (await makePlan(uptick, [working.udid, other.udid])).id;
    const first = (await working.poll()).command;
    if (first === undefined) throw new Error("the plan asks nothing");
    command = first;
    await atRest(second?.directory ?? "", quiet);
    second?.fill();
  });
  afterAll(async () => {
    second?.free();
    try {
      await uptick.close();
    } finally {
      second?.end();
    }
  });

  let before: number;
  /** What is on the disk of it. */
  const heard = async (): Promise<number> => msOf((await uptick.device(quiet.udid)).lastSeenAt);
  const answer = (): Promise<{ status: number }> => working.answer(command, { QueryResponses: working.facts });
  const newToken = { Token: Buffer.alloc(32, 7), PushMagic: "another magic" };

  it("takes no answer and no push token that it can't keep: 503, as often as they come", async () => {
    for (let nth = 0; nth < 3; nth += 1) {
      expect((await answer()).status).toBe(503);
      expect((await other.tokenUpdate(newToken)).status).toBe(503);
      expect((await other.checkIn({ MessageType: "CheckOut" })).status).toBe(503);
    }
    // It would be handed a command, and that must be written down first.
    expect((await other.poll()).status).toBe(503);
  });

  it("stops no loop: one that must write says so and tries again", async () => {
    const failed = (name: string): number =>
      uptick.log.filter(({ event, loop }) => event === "loop-failed" && loop === name).length;
    // Nothing is to be written for it but that it was heard.
    before = await heard();
    expect((await quiet.poll()).status).toBe(200);
    await expect.poll(() => failed("last-seen"), SOON).toBeGreaterThan(1);
    expect(await heard()).toBe(before);
  });

  it("has lost nothing when there is room, and the plan comes to its end", async () => {
    second?.free();
    await expect.poll(async () => (await answer()).status, SOON).toBe(200);
    expect((await other.tokenUpdate(newToken)).status).toBe(200);
    const kinds = await kindsOf(uptick, working.udid);
    expect(kinds.filter((kind) => kind === "answer")).not.toHaveLength(0);
    expect(kinds).not.toContain("answer-unasked");
    expect(kinds).not.toContain("answer-late");
    for (const device of [working, other]) {
      const says = {
        ScheduleOSUpdate: ({ body }: Received) => {
          const [update] = body["Updates"] as { InstallAction: string }[];
          device.facts = { ...device.facts, OSVersion: "26.6.1", BuildVersion: "23G83" };
          return result(update?.InstallAction ?? "", "Installing");
        },
        OSUpdateStatus: { OSUpdateStatus: [] },
      };
      const state = async (): Promise<string> => {
        await device.session(says);
        return (await planJob(uptick, plan, device.udid)).job.state;
      };
      await expect.poll(state, SOON).toMatch(/downloading|installing|done/);
    }
    await expect.poll(heard, SOON).toBeGreaterThan(before);
    uptick.takeErrors();
  });
});
