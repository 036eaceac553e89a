/** A declaration installs inside its window and never earlier, and is not replaced without a cause. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Able,
  ableDevice,
  BY_FRIDAY,
  commandBytes,
  declaredPlan,
  inForce,
  IPHONE,
  jobOf,
  makePlan,
  pendingBy,
  rawCommand,
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

const at = ({ its }: Able): string => String(its.update()?.Payload["TargetLocalDateTime"]);

describe("guarantee 11 by declaration: the window", () => {
  it.each([
    ["UTC", "22:00-05:00", {}, "2026-08-25T22:00:00"],
    // 23:00 of that day there: the window is open, and an hour is left to sync and to save work.
    ["Asia/Tokyo", "22:00-05:00", {}, "2026-08-26T00:"],
    // 07:00 there, and the night is over.
    ["America/Los_Angeles", "22:00-05:00", {}, "2026-08-25T22:00:00"],
    ["UTC", "01:00-02:00", BY_FRIDAY, "2026-08-28T01:00:00"],
    ["UTC", "16:00-18:00", BY_FRIDAY, "2026-08-28T17:00:00"],
  ])("holds in %s: %s", async (TimeZone, window, more, expected) => {
    const able = await ableDevice(uptick, { facts: { ...IPHONE, TimeZone } });
    await declaredPlan(uptick, able, { window, ...more });
    await able.its.sync();
    expect(at(able)).toContain(expected);
    const [from = "", to = ""] = window.split("-");
    const time = at(able).slice(11, 16);
    expect(from < to ? time >= from && time < to : time >= from || time < to).toBe(true);
  });

  it("holds on every clock on earth where the device's is unknown", async () => {
    const { TimeZone: _silent, ...facts } = IPHONE;
    const able = await ableDevice(uptick, { facts });
    await declaredPlan(uptick, able, { window: "22:00-05:00" });
    await able.its.sync();
    // At UTC+14 it is 04:00 of the 26th: an hour ahead its window is over.
    expect(at(able)).toBe("2026-08-26T22:00:00");
  });

  it("is not left by a plan without one: an hour ahead is the nearest that a declaration can say", async () => {
    const facts = { ...IPHONE, IsSupervised: false };
    const able = await ableDevice(uptick, { facts });
    await declaredPlan(uptick, able, {});
    await able.its.sync();
    expect(at(able) >= "2026-08-25T15:00:00").toBe(true);
  });
});

describe("guarantee 11 by declaration: what comes twice or late", () => {
  it("never makes the moment an earlier one", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    await inForce(uptick, able, { window: "22:00-05:00" });
    const before = its.update();
    for (let nth = 0; nth < 3; nth += 1) {
      await its.report({ ...pendingBy(its), "softwareupdate.install-state": "prepared" });
      await its.report({ "softwareupdate.install-state": "downloading" });
      await its.ask("declaration-items");
      await its.ask(`declaration/configuration/${before?.Identifier}`);
      await device.session();
      await uptick.restart({ later: 600_000 });
      expect(await its.sync()).toBe(false);
    }
    expect(its.update()).toEqual(before);
  });

  it("leaves nothing behind that could install after a stop", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    const id = await inForce(uptick, able);
    const { Identifier } = its.update() ?? {};
    await stopPlan(uptick, id);
    await expect.poll(async () => (await jobOf(uptick, device.udid)).state, SOON).toBe("stopping");
    await its.sync();
    // A late report of the former life brings nothing back, nor does asking for it by name.
    await its.report({ "softwareupdate.install-state": "prepared" });
    expect((await its.ask(`declaration/configuration/${Identifier}`)).status).toBe(404);
    await device.session();
    await its.sync();
    expect(its.update()).toBeUndefined();
  });
});

describe("guarantee 11 by declaration: nothing is replaced without cause", () => {
  it("not by the device's answers, reports and daily questions", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    await inForce(uptick, able);
    const before = new Map(its.held);
    const tokens = (await its.ask("tokens")).body.toString();
    const question = { RequestType: "DeviceInformation", Queries: ["OSVersion", "DeviceName"] };
    await rawCommand(uptick, device.udid, commandBytes("daily", question));
    device.facts = { ...device.facts, DeviceName: "Another name" };
    await device.session();
    await device.tokenUpdate();
    await its.report({ "device.power.battery-health": "normal" }, { full: true, declarations: true });
    await uptick.restart();
    expect((await its.ask("tokens")).body.toString()).toBe(tokens);
    await its.sync();
    expect([...its.held]).toEqual([...before]);
  });

  it("not by a plan that says the same: identifier, server token and body are those that the device has", async () => {
    const able = await ableDevice(uptick);
    const first = await inForce(uptick, able);
    const before = able.its.update();
    await makePlan(uptick, [able.device.udid], { ...BY_FRIDAY, replace: true });
    await expect.poll(async () => (await jobOf(uptick, able.device.udid)).planId, SOON).not.toBe(first);
    await able.its.sync();
    expect(able.its.update()).toBe(before);
    const [{ n } = { n: 0 }] = uptick.rows<{ n: number }>(
      "SELECT count(*) AS n FROM declaration WHERE identifier LIKE 'uptick.update.%' AND withdrawn_at IS NULL AND enrollment_id = (SELECT id FROM enrollment WHERE apple_id = ?)",
      able.device.udid,
    );
    expect(n).toBe(1);
  });
});
