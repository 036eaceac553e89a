/** What was acknowledged is on disk: read here through another connection, which sees only what is committed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlanView } from "../../src/contract/index.ts";
import {
  commandBytes,
  type Device,
  DOWNLOADED,
  enrolDevice,
  kindsOf,
  makePlan,
  memoryOf,
  newDevice,
  rawCommand,
  SOON,
  startUptick,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let device: Device;

beforeAll(async () => {
  // Another connection holds the database: the server must not wait for it on this very event loop.
  uptick = await startUptick({ threads: true });
  device = await enrolDevice(uptick);
});
afterAll(() => uptick.close());

const question = { RequestType: "ProfileList" };
const ROUNDS = 20;

describe("guarantee 1: on disk before it is acknowledged", () => {
  it("holds for a raw command at its 202, for its handing out, and for the answer at the device's 200", async () => {
    for (let nth = 0; nth < ROUNDS; nth += 1) {
      const uuid = `disk-${nth}`;
      expect((await rawCommand(uptick, device.udid, commandBytes(uuid, question))).status).toBe(202);
      expect(uptick.rows("SELECT state FROM command WHERE uuid = ?", uuid)).toEqual([{ state: "queued" }]);

      expect((await device.poll()).command?.uuid).toBe(uuid);
      expect(uptick.rows("SELECT state, offers FROM command WHERE uuid = ?", uuid)).toEqual([
        { state: "offered", offers: 1 },
      ]);

      await device.poll("Acknowledged", { CommandUUID: uuid, ProfileList: [`profile ${nth}`] });
      expect(uptick.rows("SELECT state FROM command WHERE uuid = ?", uuid)).toEqual([]);
      const [closed] = uptick.rows<{ outcome: string; answer: string }>(
        "SELECT outcome, answer FROM closed_command WHERE uuid = ?",
        uuid,
      );
      const { batch, n } = JSON.parse(closed?.answer ?? "") as { batch: number; n: number };
      const where = "enrollment_id = (SELECT id FROM enrollment WHERE apple_id = ?) AND batch = ? AND n = ?";
      const kept = uptick.rows<{ bytes: Uint8Array }>(`SELECT bytes FROM body WHERE ${where}`, device.udid, batch, n);
      expect(closed?.outcome).toBe("Acknowledged");
      expect(kept.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual([
        expect.stringContaining(`profile ${nth}`),
      ]);
    }
  });

  it("holds for a plan at its 201, and for an enrollment at the device's 200", async () => {
    const { id } = await uptick.web.post<PlanView>("/api/v1/plans", {
      to: "26.4",
      action: "install",
      devices: ["all"],
    });
    expect(uptick.rows("SELECT state, devices FROM plan WHERE id = ?", id)).toEqual([{ state: "active", devices: 1 }]);
    expect(uptick.rows("SELECT enrollment_id FROM plan_device WHERE plan_id = ?", id)).toHaveLength(1);

    const fresh = await newDevice(uptick);
    const state = (): unknown => uptick.rows("SELECT state FROM enrollment WHERE apple_id = ?", fresh.udid);
    await fresh.authenticate();
    expect(state()).toEqual([{ state: "authenticated" }]);
    await fresh.tokenUpdate();
    expect(state()).toEqual([{ state: "enrolled" }]);
  });

  it("says nothing while nothing can be written, and goes on when it can", async () => {
    await rawCommand(uptick, device.udid, commandBytes("held", question));
    let replied = false;
    const release = await uptick.backend.hold();
    const reply = device.poll().finally(() => (replied = true));
    try {
      // The admin API goes on answering; time enough for many a poll.
      for (let nth = 0; nth < 50; nth += 1) await uptick.web.request("GET", "/nowhere", { token: null });
      expect(replied).toBe(false);
    } finally {
      await release();
    }
    expect((await reply).command?.uuid).toBe("held");
    await device.poll("Acknowledged", { CommandUUID: "held" });
  });

  it("acknowledges nothing whose commit fails, after everything before it went well", async () => {
    await rawCommand(uptick, device.udid, commandBytes("uncommitted", question));
    const before = memoryOf(uptick);
    const mend = await uptick.fail("commit");
    try {
      const refused = await rawCommand(uptick, device.udid, commandBytes("never", question));
      expect([refused.status, refused.problem().code]).toEqual([503, "store-unavailable"]);
      const replies = [await device.poll(), await device.poll("Acknowledged", { CommandUUID: "uncommitted" })];
      expect(replies.map(({ status, body }) => [status, body.length])).toEqual(Array(2).fill([503, 0]));
    } finally {
      await mend();
    }
    expect(uptick.takeErrors().length).toBeGreaterThan(0);
    expect(memoryOf(uptick)).toEqual(before);
    expect((await device.poll()).command?.uuid).toBe("uncommitted");
    await device.poll("Acknowledged", { CommandUUID: "uncommitted" });
  });

  it("holds over a restart: what was accepted and not yet answered is there again", async () => {
    await rawCommand(uptick, device.udid, commandBytes("over-1", question));
    await rawCommand(uptick, device.udid, commandBytes("over-2", question));
    expect((await device.poll()).command?.uuid).toBe("over-1");
    await uptick.restart();
    expect((await device.poll("Acknowledged", { CommandUUID: "over-1" })).command?.uuid).toBe("over-2");
    await device.poll("Acknowledged", { CommandUUID: "over-2" });
    expect((await rawCommand(uptick, device.udid, commandBytes("over-1", question))).status).toBe(200);
  });
});

describe("guarantee 1: at least once out, once in", () => {
  it("hands a question out again until it is answered, and applies the answer once", async () => {
    const twice = await enrolDevice(uptick);
    await rawCommand(uptick, twice.udid, commandBytes("again", question));
    for (let nth = 0; nth < 3; nth += 1) expect((await twice.poll()).command?.uuid).toBe("again");
    for (let nth = 0; nth < 3; nth += 1) await twice.poll("Acknowledged", { CommandUUID: "again" });
    expect((await kindsOf(uptick, twice.udid)).filter((kind) => kind === "answer")).toHaveLength(4);
    expect((await uptick.timeline(twice.udid)).filter(({ data }) => Object(data).uuid === "again")).toMatchObject([
      { kind: "command-queued" },
      { kind: "command-sent" },
      { kind: "command-sent" },
      { kind: "command-sent" },
      { kind: "answer" },
    ]);
  });

  it("hands out once what does harm when it comes twice, and says that the answer was lost", async () => {
    const fragile = await enrolDevice(uptick);
    const restart = commandBytes("restart", { RequestType: "RestartDevice" });
    await rawCommand(uptick, fragile.udid, restart);
    expect((await fragile.poll()).command?.uuid).toBe("restart");
    for (let nth = 0; nth < 3; nth += 1) expect((await fragile.poll()).command).toBeUndefined();
    const { status, problem } = await rawCommand(uptick, fragile.udid, restart);
    expect([status, problem()]).toMatchObject([
      410,
      { code: "command-closed", detail: expect.stringContaining("lost") },
    ]);
  });

  it("offers an install again only after version and status were asked", async () => {
    const swallows = await enrolDevice(uptick);
    await makePlan(uptick, [swallows.udid]);
    const first = await swallows.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: undefined });
    expect(typesOf(first).slice(-1)).toEqual(["ScheduleOSUpdate"]);

    // It restarted, says Idle, and its answer never comes.
    const asked = await swallows.session({ OSUpdateStatus: undefined });
    expect(typesOf(asked)).toEqual(["DeviceInformation", "OSUpdateStatus"]);
    // Known to be lost, and not ordered again at once.
    expect(typesOf(await swallows.session({ OSUpdateStatus: DOWNLOADED }))).not.toContain("ScheduleOSUpdate");
    await uptick.restart({ later: 3_600_000 });
    await expect.poll(async () => (await uptick.device(swallows.udid)).outstanding.length, SOON).toBeGreaterThan(0);
    const again = await swallows.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: undefined });
    const types = typesOf(again);
    expect(types.indexOf("ScheduleOSUpdate")).toBeGreaterThan(types.indexOf("OSUpdateStatus"));
    expect(types.filter((type) => type === "ScheduleOSUpdate")).toHaveLength(1);
    expect(again.at(-1)?.uuid).not.toBe(first.at(-1)?.uuid);
  });

  it("does not offer an install again while the device says that it installs", async () => {
    const busy = await enrolDevice(uptick);
    await makePlan(uptick, [busy.udid]);
    await busy.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: undefined });
    const installing = { OSUpdateStatus: [{ ProductKey: "k", Status: "Installing", IsDownloaded: true }] };
    const seen = await busy.session({ OSUpdateStatus: installing });
    expect(typesOf(seen)).toEqual(["DeviceInformation", "OSUpdateStatus"]);
    for (let nth = 0; nth < 3; nth += 1)
      expect(typesOf(await busy.session({ OSUpdateStatus: installing }))).not.toContain("ScheduleOSUpdate");
  });
});
