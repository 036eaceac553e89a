/** Nothing that this server says over declarative management makes a device leave, or lose what it should keep. */
import { createPrivateKey } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loopbackCertificate } from "../../simulator/index.ts";
import {
  ableDevice,
  BY_FRIDAY,
  declarative,
  type Device,
  enrolDevice,
  forget,
  inForce,
  jobOf,
  makePlan,
  newDevice,
  type Reply,
  SOON,
  startUptick,
  stopPlan,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const ENDPOINTS = [
  "tokens",
  "declaration-items",
  "declaration/configuration/uptick.subscriptions",
  "declaration/activation/uptick.subscriptions",
  "declaration/configuration/of.nobody",
  "declaration/configuration/",
  "declaration/nonsense/x",
  "declaration",
  "status",
  "",
  "nonsense",
  "../tokens",
  "tokens/",
  `declaration/configuration/${"x".repeat(5000)}`,
];

async function askEverything(device: Device, udids: readonly string[]): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (const UDID of udids) {
    for (const Endpoint of ENDPOINTS) {
      for (const more of [
        {},
        { Data: Buffer.from('{"StatusItems":{}}') },
        { UserID: "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF" },
      ])
        replies.push(await device.checkIn({ MessageType: "DeclarativeManagement", UDID, Endpoint, ...more }));
    }
    replies.push(await device.checkIn({ MessageType: "DeclarativeManagement", UDID }));
    replies.push(await device.checkIn({ MessageType: "DeclarativeManagement", UDID, Endpoint: 7 }));
  }
  return replies;
}

const harmful = (replies: readonly Reply[]): unknown[] =>
  replies
    .filter(({ status, body }) => ![200, 400, 403, 503].includes(status) || (status !== 200 && body.length > 0))
    .map(({ status, body }) => [status, body.toString()]);

describe("guarantee 6 by declaration: whoever asks for whatever", () => {
  it("is never told 401, nothing that removes a profile, and no 404 for what was never withdrawn", async () => {
    const [known, other] = [await ableDevice(uptick), await ableDevice(uptick)];
    const made = loopbackCertificate("Another authority");
    const foreign = { certificate: made.cert, key: made.key, keyObject: createPrivateKey(made.key) };
    const { profile } = known.device;
    const left = await enrolDevice(uptick, { refusesDeclarations: false });
    await left.checkIn({ MessageType: "CheckOut" });
    const speakers = [
      known.device,
      left,
      await newDevice(uptick),
      await newDevice(uptick, { profile, identity: foreign }),
      await newDevice(uptick, { profile, identity: "none" }),
    ];
    for (const speaker of speakers) {
      const replies = await askEverything(speaker, [speaker.udid, other.device.udid, "NOBODY"]);
      expect(harmful(replies)).toEqual([]);
      expect(replies.length).toBeGreaterThan(80);
    }
    // Both are as they were.
    for (const { its } of [known, other]) expect(await its.sync()).toBe(false);
  });

  it("gets nothing of another enrollment, and changes nothing of it", async () => {
    const [thief, other] = [await ableDevice(uptick), await ableDevice(uptick)];
    await inForce(uptick, other);
    const of = (Endpoint: string, more = {}) =>
      thief.device.checkIn({ MessageType: "DeclarativeManagement", UDID: other.device.udid, Endpoint, ...more });
    const identifier = other.its.update()?.Identifier ?? "";
    const Data = Buffer.from('{"StatusItems":{"device":{"operating-system":{"version":"26.6.1"}}},"Errors":[]}');
    const replies = [
      await of("tokens"),
      await of("declaration-items"),
      await of(`declaration/configuration/${identifier}`),
      await of("status", { Data }),
    ];
    expect(replies.map(({ status, body }) => [status, body.length])).toEqual(Array(4).fill([403, 0]));
    expect(await jobOf(uptick, other.device.udid)).toMatchObject({ state: "declared" });
    expect((await uptick.device(other.device.udid)).osVersion).toBe("26.5");
  });
});

describe("guarantee 6 by declaration: 404 takes a declaration away", () => {
  it("so it is said of a withdrawn one only; of one never known, 503", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    const path = `declaration/configuration/${able.its.update()?.Identifier}`;
    expect((await able.its.ask(path)).status).toBe(200);
    expect((await able.its.ask("declaration/configuration/of.nobody")).status).toBe(503);
    await stopPlan(uptick, id);
    await expect.poll(async () => (await able.its.ask(path)).status, SOON).toBe(404);
    expect((await able.its.ask("declaration/configuration/of.nobody")).status).toBe(503);
    // Another device's, known here but not to this one.
    const other = await ableDevice(uptick);
    await inForce(uptick, other, { deadline: "2026-08-29T09:00" });
    expect((await able.its.ask(`declaration/configuration/${other.its.update()?.Identifier}`)).status).toBe(503);
  });
});

describe("guarantee 6 by declaration: a device that a restored backup does not know", () => {
  it("is told to ask later while it is in quarantine and keeps its list; adopted, it gets one again", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    await inForce(uptick, able);
    await uptick.restart({ between: (database) => forget(database, device.udid) });
    for (let nth = 0; nth < 2; nth += 1) {
      for (const endpoint of ["tokens", "declaration-items", `declaration/configuration/${its.update()?.Identifier}`]) {
        const reply = await its.ask(endpoint);
        expect([endpoint, reply.status, reply.body.length]).toEqual([endpoint, 503, 0]);
      }
      expect((await its.report({ "softwareupdate.install-state": "prepared" })).status).toBe(200);
    }
    expect(its.update()).toBeDefined();
    expect((await uptick.web.request("POST", `/api/v1/devices/${device.udid}/adopt`)).status).toBe(200);
    await expect
      .poll(async () => (await device.session()).map(({ requestType }) => requestType), SOON)
      .toContain("DeclarativeManagement");
    await its.settle();
    expect(its.held.has("configuration/uptick.subscriptions")).toBe(true);
    // The plan of its former life is not known any more, and neither is its declaration.
    expect(its.update()).toBeUndefined();
  });
});

describe("guarantee 6 by declaration: adopted with a question open", () => {
  it("is switched on once that is answered, not a day later", async () => {
    const { device } = await ableDevice(uptick);
    await uptick.restart({ between: (database) => forget(database, device.udid) });
    await device.poll();
    await uptick.web.request("POST", `/api/v1/devices/${device.udid}/adopt`);
    // What it runs is known, and the server looks after it again while the next question waits.
    await expect
      .poll(async () => {
        await device.session({ SecurityInfo: undefined });
        return (await uptick.device(device.udid)).osVersion;
      }, SOON)
      .toBe("26.5");
    const looked = "SELECT unheard FROM enrollment WHERE apple_id = ? AND unheard > 0";
    await expect.poll(() => uptick.rows(looked, device.udid), SOON).toHaveLength(1);
    const types = async () => (await device.session()).map(({ requestType }) => requestType);
    await expect.poll(types, SOON).toContain("DeclarativeManagement");
  });
});

describe("guarantee 6 by declaration: enrolled anew", () => {
  it("begins with a list of its own, without the declaration of the former life", async () => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    const { udid, serial } = able.device;
    const second = await enrolDevice(uptick, { udid, serial, refusesDeclarations: false });
    const its = declarative(second);
    await its.settle();
    expect(its.update()).toBeUndefined();
    expect(await jobOf(uptick, udid)).toMatchObject({ state: "failed", reason: "enrolled-anew" });
    await makePlan(uptick, [udid], BY_FRIDAY);
    await its.settle();
    expect(its.update()).toBeDefined();
    expect((await able.its.ask("tokens")).status).toBe(403);
  });
});
