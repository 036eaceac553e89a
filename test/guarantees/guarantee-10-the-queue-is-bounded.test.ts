/** The queue is bounded by what is outstanding, however long a device lives or keeps silent; history is kept apart. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  SOON,
  DOWNLOADED,
  enrolDevice,
  makePlan,
  NOTHING_IN_PROGRESS,
  result,
  startUptick,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const DAY = 24 * 3_600_000;
const POLLS = 500;
const DAYS = 5;

const count = (table: string, udid: string, more = ""): number => {
  const sql = `SELECT count(*) AS n FROM ${table} WHERE enrollment_id = (SELECT id FROM enrollment WHERE apple_id = ?) ${more}`;
  return uptick.rows<{ n: number }>(sql, udid)[0]?.n ?? 0;
};

describe("guarantee 10: the queue does not grow with time", () => {
  it(`is empty after ${POLLS} polls, and Idle leaves no trace in it`, async () => {
    const device = await enrolDevice(uptick);
    const timeline = count("timeline", device.udid);
    for (let nth = 0; nth < POLLS; nth += 1) expect((await device.poll()).body.length).toBe(0);
    expect(count("command", device.udid)).toBe(0);
    // Pushes that were under way may be noted meanwhile; polls are not.
    expect(count("timeline", device.udid)).toBeLessThanOrEqual(timeline + 2);
  });

  it(`holds the same few questions after ${DAYS} days of silence and of answers that are NotNow`, async () => {
    const [silent, busy, talks] = await Promise.all([enrolDevice(uptick), enrolDevice(uptick), enrolDevice(uptick)]);
    const history: number[] = [];
    const due = () => uptick.rows("SELECT id FROM enrollment WHERE due_at IS NOT NULL AND due_at < ?", now());
    for (let day = 1; day <= DAYS; day += 1) {
      await uptick.restart({ later: DAY + 60_000 });
      await expect.poll(() => count("command", silent.udid), SOON).toBe(2);
      await expect.poll(due, SOON).toEqual([]);
      for (let nth = 0; nth < 20; nth += 1) {
        const { command } = await busy.poll();
        if (command !== undefined) await busy.poll("NotNow", { CommandUUID: command.uuid });
      }
      expect(count("command", busy.udid)).toBeLessThanOrEqual(2);
      await talks.session();
      expect(count("command", talks.udid)).toBe(0);
      expect(count("command", silent.udid)).toBe(2);
      history.push(count("closed_command", talks.udid));
    }
    // Two questions a day, each in the history once answered; and once, that it takes no declarations.
    expect(history).toEqual(Array.from({ length: DAYS }, (_, day) => 2 * (day + 2) + 1));
    expect(count("outbox", silent.udid)).toBeLessThanOrEqual(1);
  });

  it("holds one DeviceConfigured, however often a device says that it waits for it", async () => {
    const device = await enrolDevice(uptick);
    for (let nth = 0; nth < 20; nth += 1) await device.tokenUpdate({ AwaitingConfiguration: true });
    const { outstanding } = await uptick.device(device.udid);
    expect(outstanding.map(({ requestType }) => requestType)).toEqual(["DeviceConfigured"]);
    expect(typesOf(await device.session())).toEqual(["DeviceConfigured"]);
    expect(count("command", device.udid)).toBe(0);
  });

  it("holds one command at most for a job, through every round of it, and none after it", async () => {
    const device = await enrolDevice(uptick);
    await makePlan(uptick, [device.udid]);
    for (let round = 0; round < 12; round += 1) {
      await device.session({
        OSUpdateStatus: NOTHING_IN_PROGRESS,
        ScheduleOSUpdate: result("DownloadOnly", "DownloadFailed"),
      });
      expect(count("command", device.udid, "AND origin = 'job'")).toBeLessThanOrEqual(1);
      // The server's own questions of the day: one of each.
      const twice = "AND origin <> 'job' GROUP BY request_type HAVING count(*) > 1";
      expect(count("command", device.udid, twice)).toBe(0);
      if (round % 4 === 3) await uptick.restart({ later: 3 * DAY });
    }
    await device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: result("InstallASAP", "Installing") });
    device.facts = { ...device.facts, OSVersion: "26.6.1", BuildVersion: "23G83" };
    await uptick.restart({ later: DAY });
    await expect.poll(() => count("command", device.udid), SOON).toBeGreaterThan(0);
    await device.session();
    await expect
      .poll(async () => {
        await device.session();
        return [(await uptick.device(device.udid)).job?.state, count("command", device.udid)];
      }, SOON)
      .toEqual(["done", 0]);
    expect(count("closed_command", device.udid)).toBeGreaterThan(10);
  });
});

/** A moment that the server's clock has reached: that of the newest entry of any timeline. */
function now(): number {
  return uptick.rows<{ at: number }>("SELECT max(at) AS at FROM timeline")[0]?.at ?? 0;
}
