/** By declaration: whoever could not have been told in time gets a new install time with the notice that the plan promises (targets D6). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  msOf,
  type Able,
  ableDevice,
  declaredPlan,
  inForce,
  jobOf,
  pendingBy,
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

const HOUR = 3_600_000;
const told = ({ its }: Able): string | undefined => its.update()?.Payload["TargetLocalDateTime"] as string | undefined;
const job = ({ device }: Able) => jobOf(uptick, device.udid);
/** The time of the server so many hours from now, on the clock of UTC. */
const inHours = (hours: number): string => new Date(uptick.now() + hours * HOUR).toISOString().slice(0, 16);
const later = (local: string, days: number): string =>
  new Date(Date.parse(`${local}Z`) + days * 24 * HOUR).toISOString().slice(0, 19);
const noted = async ({ device }: Able, kind: string) =>
  (await uptick.timeline(device.udid)).filter((entry) => entry.kind === kind).map(({ data }) => data);

/** The list of declarations that the device would be given now. */
async function listed({ device }: Able): Promise<string> {
  const { id } = await uptick.device(device.udid);
  const [row] = uptick.rows<{ items: string }>("SELECT items FROM declarative WHERE enrollment_id = ?", id);
  return row?.items ?? "";
}

/** The server so many hours later, and its work is done: the job has been looked at. */
async function after(able: Able, hours: number, said: string): Promise<void> {
  await uptick.restart({ later: hours * HOUR });
  await expect.poll(async () => (await job(able)).verdict.sentence, SOON).toContain(said);
}

describe("a device that never fetched its declaration", () => {
  it("loses it at its time, and gets a new time a day after its next contact", async () => {
    const able = await ableDevice(uptick);
    const deadline = inHours(30);
    const id = await declaredPlan(uptick, able, { deadline, noticeHours: 24 });
    expect(await listed(able)).toContain("uptick.update");
    await after(able, 31, "its install time was taken back, because it passed before the device was told");
    expect(await noted(able, "moment-recalled")).toEqual([
      expect.objectContaining({ moment: deadline, why: "not-fetched" }),
    ]);
    // Before the device is heard of again, the declaration has left its list.
    expect(await listed(able)).not.toContain("uptick.update");
    // Whatever it asks for first: the time of before is in no list any more.
    await able.its.sync();
    expect(told(able)).toBe(later(deadline, 1 + 1));
    const now = await job(able);
    expect(now.verdict.sentence).not.toContain("was taken back");
    // The deadline stays, and the device is overdue.
    expect(now.verdict.sentence).toMatch(/overdue/i);
    expect(await noted(able, "moment-moved")).toEqual([
      expect.objectContaining({ from: deadline, to: later(deadline, 2).slice(0, 16), why: "not-fetched" }),
    ]);
    await stopPlan(uptick, id);
  });

  it("gets it on no skipped weekday, and in no blackout that was made meanwhile", async () => {
    const able = await ableDevice(uptick);
    const deadline = inHours(30);
    const day = (n: number): string => later(deadline, n).slice(0, 10);
    const weekday = new Date(`${day(2)}T00:00Z`).toLocaleDateString("en", { weekday: "short", timeZone: "UTC" });
    const skipped = weekday.toLowerCase() as "mon";
    const id = await declaredPlan(uptick, able, { deadline, skipWeekdays: [skipped] });
    await uptick.web.post("/api/v1/blackouts", { name: "Fair", from: day(3), to: day(4) });
    await after(able, 31, "was taken back");
    await able.its.sync();
    expect(told(able)).toBe(later(deadline, 5));
    await uptick.web.request("DELETE", "/api/v1/blackouts/Fair");
    await stopPlan(uptick, id);
  });

  it("keeps its time where it comes early enough, and gets a later one where it does not", async () => {
    const early = await ableDevice(uptick);
    const late = await ableDevice(uptick);
    const deadline = inHours(30);
    const ids = [await declaredPlan(uptick, early, { deadline, noticeHours: 24 })];
    ids.push(await declaredPlan(uptick, late, { deadline, noticeHours: 24 }));
    await uptick.restart({ later: 5 * HOUR });
    await early.its.sync();
    expect(told(early)).toBe(`${deadline}:00`);
    await uptick.restart({ later: 5 * HOUR });
    await early.its.sync();
    await late.its.sync();
    expect([told(early), told(late)]).toEqual([`${deadline}:00`, later(deadline, 1)]);
    expect(await noted(late, "moment-moved")).toEqual([expect.objectContaining({ why: "late" })]);
    for (const id of ids) await stopPlan(uptick, id);
  });

  it("keeps its time where its plan promises no notice", async () => {
    const able = await ableDevice(uptick);
    const deadline = inHours(3);
    const id = await declaredPlan(uptick, able, { deadline });
    await uptick.restart({ later: 4 * HOUR });
    await able.its.sync();
    expect(told(able)).toBe(`${deadline}:00`);
    await stopPlan(uptick, id);
  });
});

describe("a device that fetched its declaration and fell silent", () => {
  it("keeps it for 72 hours after its time, then loses it, and gets a new time at its next contact", async () => {
    const able = await ableDevice(uptick);
    const deadline = inHours(30);
    const id = await inForce(uptick, able, { deadline, noticeHours: 24 });
    await uptick.restart({ later: (30 + 71) * HOUR });
    await expect.poll(async () => msOf((await job(able)).next?.dueAt) > uptick.now(), SOON).toBe(true);
    expect((await job(able)).verdict.sentence).not.toContain("taken back");
    await after(able, 2, "the device has been silent since before it, and it may have begun to install");
    await able.its.sync();
    expect(told(able)).toBe(later(deadline, 5));
    expect(await noted(able, "moment-moved")).toEqual([expect.objectContaining({ why: "silent" })]);
    await stopPlan(uptick, id);
  });

  it("keeps it where it was heard after its time, or its install has begun", async () => {
    const heard = await ableDevice(uptick);
    const installs = await ableDevice(uptick);
    const deadline = inHours(30);
    const ids = [await inForce(uptick, heard, { deadline, noticeHours: 24 })];
    ids.push(await inForce(uptick, installs, { deadline, noticeHours: 24 }));
    await installs.its.report({ ...pendingBy(installs.its), "softwareupdate.install-state": "installing" });
    await uptick.restart({ later: 31 * HOUR });
    await heard.its.report({ "device.power.battery-health": "normal" });
    await uptick.restart({ later: 80 * HOUR });
    for (const able of [heard, installs]) {
      await able.its.sync();
      expect(told(able)).toBe(`${deadline}:00`);
    }
    for (const id of ids) await stopPlan(uptick, id);
  });
});
