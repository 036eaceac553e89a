/** What is kept of a device's declarations and status is bounded by what it has; what is withdrawn goes with history. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STORED_STATUS_BYTES } from "../../src/protocol/index.ts";
import {
  ableDevice,
  declaredPlan,
  enrolDevice,
  inForce,
  pendingBy,
  SOON,
  startUptick,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick({ flags: { "history-days": "2" } });
});
afterAll(() => uptick.close());

const DAY = 24 * 3_600_000;
const ID = "(SELECT id FROM enrollment WHERE apple_id = ?)";
const count = (table: string, udid: string, more = ""): number =>
  uptick.rows<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE enrollment_id = ${ID} ${more}`, udid)[0]?.n ?? 0;

describe("guarantee 10 by declaration", () => {
  it("keeps one row of what a device is to have, and one of what it reported, however often it syncs and reports", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    await inForce(uptick, able);
    const declarations = count("declaration", device.udid);
    const timeline = count("timeline", device.udid);
    for (let nth = 0; nth < 100; nth += 1) await its.ask("tokens");
    for (let nth = 0; nth < 100; nth += 1) await its.ask("declaration-items");
    // What was fetched before is noted once.
    expect(count("timeline", device.udid)).toBeLessThanOrEqual(timeline + 2);
    for (let nth = 0; nth < 50; nth += 1)
      await its.report({
        ...pendingBy(its),
        "softwareupdate.install-state": nth % 2 === 0 ? "downloading" : "prepared",
      });
    expect(["declarative", "device_status"].map((table) => count(table, device.udid))).toEqual([1, 1]);
    expect(count("declaration", device.udid)).toBe(declarations);
    expect(count("command", device.udid)).toBeLessThanOrEqual(1);
  });

  it("keeps of a status no more than its bound, whatever a device reports, and its own items before strange ones", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    for (let nth = 0; nth < 8; nth += 1) {
      const reply = await its.report({ [`strange${nth}.item`]: "x".repeat(200_000), [`errors${nth}.more`]: nth });
      expect(reply.status).toBe(200);
    }
    await its.report({ "softwareupdate.install-state": "prepared" });
    const [kept] = uptick.rows<{ doc: string }>(
      `SELECT doc FROM device_status WHERE enrollment_id = ${ID}`,
      device.udid,
    );
    expect(Buffer.byteLength(kept?.doc ?? "")).toBeLessThanOrEqual(STORED_STATUS_BYTES);
    expect(kept?.doc).toContain("prepared");
  });

  it("forgets withdrawn declarations and what was fetched with history, and nothing that is in force", async () => {
    const able = await ableDevice(uptick);
    const { device } = able;
    for (let day = 1; day <= 5; day += 1)
      await declaredPlan(uptick, able, { deadline: `2026-10-0${day}T17:00`, replace: true });
    const withdrawn = () => count("declaration", device.udid, "AND withdrawn_at IS NOT NULL");
    // Each with its activation.
    expect(withdrawn()).toBe(8);
    // However often the list changes, one command to sync says it.
    expect(count("command", device.udid, "AND request_type = 'DeclarativeManagement'")).toBe(1);
    const before = count("timeline", device.udid);
    await uptick.restart({ later: 3 * DAY });
    await expect.poll(withdrawn, SOON).toBe(0);
    await expect.poll(() => count("timeline", device.udid), SOON).toBeLessThan(before);
    await able.its.settle();
    expect(able.its.update()?.Payload).toMatchObject({ TargetLocalDateTime: "2026-10-05T17:00:00" });
  });

  it("queues one command to sync, however long a device answers it and does not sync", async () => {
    const silent = await enrolDevice(uptick, { refusesDeclarations: false });
    const mute = await enrolDevice(uptick, { refusesDeclarations: false });
    for (let day = 0; day < 4; day += 1) {
      await uptick.restart({ later: DAY });
      const due = () => uptick.rows("SELECT id FROM enrollment WHERE due_at IS NOT NULL AND due_at < ?", now());
      await expect.poll(due, SOON).toEqual([]);
      await mute.session();
      for (const { udid } of [silent, mute])
        expect(count("command", udid, "AND request_type = 'DeclarativeManagement'")).toBeLessThanOrEqual(1);
    }
    expect(count("outbox", silent.udid)).toBeLessThanOrEqual(1);
  });
});

/** A moment that the server's clock has reached. */
function now(): number {
  return uptick.rows<{ at: number }>("SELECT max(at) AS at FROM timeline")[0]?.at ?? 0;
}
