/** An admin removes a device: what is withdrawn and said, what is left of it, and what happens when it speaks again. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeviceRemoval, DeviceView, DryRun, ServerStatus } from "../../src/contract/index.ts";
import {
  ableDevice,
  commandBytes,
  type Device,
  DOWNLOADED,
  enrolDevice,
  inForce,
  jobOf,
  kindsOf,
  makePlan,
  makePolicy,
  newDevice,
  newProfile,
  planJob,
  policyDevice,
  rawCommand,
  removePolicy,
  SOON,
  startUptick,
  typesOf,
  type Uptick,
} from "../support/index.ts";

const DAY = 86_400_000;
let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const remove = (ref: string, query = ""): Promise<DeviceRemoval> =>
  uptick.web.post(`/api/v1/devices/${encodeURIComponent(ref)}/remove${query}`, undefined);
const listed = async (query = ""): Promise<string[]> =>
  (await uptick.web.get<{ rows: DeviceView[] }>(`/api/v1/devices?limit=1000${query}`)).rows.map(({ udid }) => udid);
const status = (): Promise<ServerStatus> => uptick.web.get("/api/v1/status");
const warnings = async (): Promise<string[]> => (await status()).warnings.map(({ reason: code }) => code);
const adopt = (ref: string) => uptick.web.request("POST", `/api/v1/devices/${ref}/adopt`);
const empty = async (reply: Promise<{ status: number; body: Buffer }>): Promise<[number, number]> => {
  const { status: code, body } = await reply;
  return [code, body.length];
};
const secretsOf = (id: string): unknown[] =>
  uptick.rows<{ name: string }>("SELECT name FROM secret WHERE owner = ? ORDER BY name", id).map(({ name }) => name);

/** A device with a job whose install order has left, a raw command, a policy and a push under way. */
async function busyDevice(): Promise<{ device: Device; planId: string }> {
  const device = await enrolDevice(uptick);
  const { id: planId } = await makePlan(uptick, [device.udid]);
  await device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: undefined });
  await rawCommand(uptick, device.udid, commandBytes(`raw-${device.udid}`, { RequestType: "ProfileList" }));
  return { device, planId };
}

describe("the removal of a device", () => {
  it("says in a dry run what it would do, and does nothing", async () => {
    const { device, planId } = await busyDevice();
    const before = await uptick.device(device.udid);
    const said = await remove(device.udid, "?dryRun=true");
    expect(said).toMatchObject({ dryRun: true, outcome: "removed", withdrawn: { planId } });
    expect(said.withdrawn.commands).toBe(before.outstanding.length);
    const after = await uptick.device(device.udid);
    expect([after.enrollment, after.job?.state, after.outstanding]).toEqual([
      "enrolled",
      before.job?.state,
      before.outstanding,
    ]);
  });

  it("ends its job, withdraws its commands, and says that the order which was delivered may still install", async () => {
    const { device, planId } = await busyDevice();
    const said = await remove(device.serial);
    expect(said).toMatchObject({
      dryRun: false,
      outcome: "removed",
      device: { udid: device.udid, enrollment: "removed" },
      withdrawn: { planId },
    });
    expect(said.mayStill).toEqual([
      expect.objectContaining({
        kind: "command",
        release: "26.6.1",
        deliveredAt: expect.stringMatching(/^2026-08-25T.*Z$/),
        sentence: expect.stringContaining("may still install 26.6.1"),
      }),
    ]);
    expect(said.lastContactAt).toMatch(/^2026-08-25T/);
    expect((await planJob(uptick, planId, device.udid)).job).toMatchObject({
      state: "failed",
      reason: "device-removed",
      next: null,
    });
    expect(await uptick.device(device.udid)).toMatchObject({ outstanding: [], pushable: false });
    const { id } = said.device;
    expect(uptick.rows("SELECT id FROM outbox WHERE enrollment_id = ?", id)).toEqual([]);
    expect(uptick.rows("SELECT enrollment_id FROM renewal WHERE enrollment_id = ?", id)).toEqual([]);
    const shown = await uptick.web.request("GET", `/api/v1/devices/${id}/commands/raw-${device.udid}`);
    expect([shown.status, shown.problem().code]).toEqual([410, "command-closed"]);
    expect(await remove(id)).toMatchObject({ outcome: "already", mayStill: [], withdrawn: { commands: 0 } });
  });

  it("withdraws a declaration and its policy, and names the moment at which the device may still install", async () => {
    const able = await ableDevice(uptick);
    const { udid } = able.device;
    const policy = await makePolicy(uptick, [udid], { Notifications: false }, "Quiet");
    const planId = await inForce(uptick, able);
    const said = await remove(udid);
    expect(said.withdrawn).toMatchObject({ planId, declarations: 1, policy: "Quiet" });
    expect(said.mayStill).toContainEqual(
      expect.objectContaining({
        kind: "declaration",
        release: "26.6.1",
        enforceAtLocal: "2026-08-28T17:00:00",
        sentence: expect.stringContaining("2026-08-28 17:00:00 on its own clock"),
      }),
    );
    expect(said.mayStill.map(({ kind }) => kind)).toContain("restrictions");
    expect(await policyDevice(uptick, policy.id, udid)).toBeUndefined();
    expect(uptick.rows("SELECT 1 AS one FROM assignment WHERE enrollment_id = ?", said.device.id)).toEqual([]);

    // Taken back: the list that it fetches has neither, and it is told to fetch it.
    expect((await adopt(said.device.id)).status).toBe(200);
    await expect
      .poll(async () => typesOf(await able.device.session({ DeclarativeManagement: {} })), SOON)
      .toContain("DeclarativeManagement");
    await able.its.sync();
    expect(able.its.update()).toBeUndefined();
    expect([...able.its.held.keys()].filter((path) => path.endsWith("uptick.settings"))).toEqual([]);
    await removePolicy(uptick, policy.id);
  });

  it("leaves lists, counts, warnings and plans for all; only its own filter shows it, its timeline stays", async () => {
    const device = await enrolDevice(uptick);
    const before = (await status()).devices;
    await remove(device.udid);
    expect((await status()).devices).toBe(before - 1);
    expect(await listed()).not.toContain(device.udid);
    expect(await listed(`&search=${device.serial}`)).toEqual([]);
    expect(await listed("&enrollment=removed")).toContain(device.udid);
    const plan = { to: "26.6.1", action: "install", devices: ["all"] };
    const { rows: decisions } = await uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", plan);
    expect(decisions.map(({ device: { serial } }) => serial)).not.toContain(device.serial);
    expect(await kindsOf(uptick, device.udid)).toContain("removed");
  });

  it("keeps a plan that was decided before from making a job", async () => {
    const device = await enrolDevice(uptick);
    // The loop that makes jobs comes after the removal: both are asked for in one turn.
    const [{ id }] = await Promise.all([
      uptick.server.admin.plans.create(uptick.server.system, {
        to: "26.6.1",
        action: "install",
        devices: [device.udid],
      }),
      uptick.server.admin.devices.remove(uptick.server.system, device.udid),
    ]);
    await expect.poll(async () => (await uptick.server.admin.plans.show(id)).pending, SOON).toBe(0);
    expect((await jobOf(uptick, device.udid)).state).toMatch(/failed|refused/);
    expect(uptick.rows("SELECT 1 AS one FROM job WHERE plan_id = ? AND live = 1", id)).toEqual([]);
  });

  it("lets the push topic change once no other device is left", async () => {
    const only = await startUptick();
    try {
      const device = await enrolDevice(only);
      const { pushCertificate } = await import("../../simulator/index.ts");
      const other = pushCertificate("com.apple.mgmt.External.other").pem;
      await expect(only.server.admin.server.importPush(only.server.system, other)).rejects.toMatchObject({
        code: "push-topic-fixed",
      });
      await only.server.admin.devices.remove(only.server.system, device.udid);
      await only.server.admin.server.importPush(only.server.system, other);
      await only.restart({ flags: { "public-url": "https://elsewhere.example.org" } });
    } finally {
      await only.close();
    }
  });
});

describe("a removed device that speaks again", () => {
  const says: readonly (readonly [string, (device: Device) => Promise<{ status: number; body: Buffer }>])[] = [
    ["Idle", (device) => device.poll()],
    ["an answer", (device) => device.poll("Acknowledged", { CommandUUID: "of-before" })],
    ["TokenUpdate", (device) => device.tokenUpdate()],
    ["Authenticate", (device) => device.authenticate()],
    ["GetBootstrapToken", (device) => device.checkIn({ MessageType: "GetBootstrapToken" })],
    [
      "SetBootstrapToken",
      (device) => device.checkIn({ MessageType: "SetBootstrapToken", BootstrapToken: Buffer.from("b") }),
    ],
    ["a message of another kind", (device) => device.checkIn({ MessageType: "SomethingNew" })],
    [
      "DeclarativeManagement",
      (device) => device.checkIn({ MessageType: "DeclarativeManagement", Endpoint: "declaration-items" }),
    ],
    [
      "a status report",
      (device) =>
        device.checkIn({
          MessageType: "DeclarativeManagement",
          Endpoint: "status",
          Data: Buffer.from(JSON.stringify({ StatusItems: {}, Errors: [] })),
        }),
    ],
  ];

  it.each(says)("by %s is told nothing and waits, until adopt brings it back", async (what, say) => {
    const device = await enrolDevice(uptick);
    const { device: gone } = await remove(device.udid);
    expect(await empty(say(device))).toEqual([what === "DeclarativeManagement" ? 503 : 200, 0]);
    expect(await uptick.device(gone.id)).toMatchObject({ enrollment: "quarantined", removedAt: null });
    expect(await listed("&enrollment=quarantined")).toContain(device.udid);
    expect(await warnings()).toContain("devices-to-adopt");
    expect((await adopt(gone.id)).status).toBe(200);
    expect(await uptick.device(gone.id)).toMatchObject({ enrollment: "enrolled", pushable: true });
    await expect.poll(async () => typesOf(await device.session()), SOON).toContain("DeviceInformation");
  });

  it("with another certificate is refused and stays removed", async () => {
    const device = await enrolDevice(uptick);
    const { device: gone } = await remove(device.udid);
    const other = await newDevice(uptick, { udid: device.udid });
    expect((await other.poll()).status).toBe(403);
    expect(await uptick.device(gone.id)).toMatchObject({ enrollment: "removed" });
  });

  it("by CheckOut stays removed, and what was kept for its return goes", async () => {
    const device = await enrolDevice(uptick);
    const { device: gone } = await remove(device.udid);
    expect(secretsOf(gone.id)).toContain("PushToken");
    expect(await empty(device.checkIn({ MessageType: "CheckOut" }))).toEqual([200, 0]);
    expect(await uptick.device(gone.id)).toMatchObject({ enrollment: "removed" });
    expect(secretsOf(gone.id)).toEqual([]);
    const refused = await adopt(gone.id);
    expect([refused.status, refused.problem().code]).toEqual([409, "not-quarantined"]);
  });

  it.each([false, true])(
    "with a new profile enrolls again as any device does (it has spoken before: %s)",
    async (spoke) => {
      const former = await enrolDevice(uptick);
      await former.checkIn({ MessageType: "SetBootstrapToken", BootstrapToken: Buffer.from("of the former life") });
      const { device: gone } = await remove(former.udid);
      if (spoke) await former.poll();
      const again = await newDevice(uptick, {
        udid: former.udid,
        serial: former.serial,
        profile: await newProfile(uptick),
      });
      expect((await again.authenticate()).status).toBe(200);
      expect((await again.tokenUpdate()).status).toBe(200);
      await again.session();
      expect(await uptick.device(gone.id)).toMatchObject({
        enrollment: "enrolled",
        removedAt: null,
        bootstrapTokenAt: null,
        osVersion: "26.5",
      });
      expect((await former.poll()).status).toBe(403);
    },
  );
});

describe("a removal by mistake", () => {
  it("is taken back by adopt before the device has said anything, with the tokens it had escrowed", async () => {
    const device = await enrolDevice(uptick);
    await device.checkIn({ MessageType: "SetBootstrapToken", BootstrapToken: Buffer.from("kept") });
    const { device: gone } = await remove(device.udid);
    expect((await adopt(device.udid)).status).toBe(200);
    expect(await uptick.device(gone.id)).toMatchObject({ enrollment: "enrolled", pushable: true, removedAt: null });
    const reply = await device.checkIn({ MessageType: "GetBootstrapToken" });
    expect(reply.body.toString()).toContain(Buffer.from("kept").toString("base64"));
  });
});

describe("a removed device whose history has ended", () => {
  it("is forgotten with its secrets and certificates; its plan still counts it; if it comes, it waits as unknown", async () => {
    const device = await enrolDevice(uptick);
    const { id: planId } = await makePlan(uptick, [device.udid]);
    const { device: gone } = await remove(device.udid);
    expect(secretsOf(gone.id)).toContain("PushToken");
    await uptick.restart({ later: 500 * DAY, flags: { "history-days": "400" } });
    await expect.poll(() => uptick.rows("SELECT id FROM enrollment WHERE id = ?", gone.id), SOON).toEqual([]);
    for (const [table, column] of [
      ["secret", "owner"],
      ["certificate", "enrollment_id"],
      ["timeline", "enrollment_id"],
      ["renewal", "enrollment_id"],
    ])
      expect(uptick.rows(`SELECT 1 AS one FROM ${table} WHERE ${column} = ?`, gone.id)).toEqual([]);
    const plan = await uptick.server.admin.plans.show(planId);
    expect(plan).toMatchObject({ devices: 1, pending: 0, finished: true });
    const { rows, next } = await uptick.server.admin.plans.jobs(planId, undefined, 10);
    expect([rows.map(({ device: { id, serial } }) => [id, serial]), next]).toEqual([[[gone.id, null]], null]);
    expect(await empty(device.poll())).toEqual([200, 0]);
    expect(await uptick.device(device.udid)).toMatchObject({
      enrollment: "quarantined",
      timeline: [{ kind: "quarantined" }],
    });
  });
});
