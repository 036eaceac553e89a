/** An answer that can't be interpreted is kept and shown; it breaks no poll and no job. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlistDict } from "../../simulator/index.ts";
import {
  SOON,
  DOWNLOADED,
  enrolDevice,
  makePlan,
  NOTHING_IN_PROGRESS,
  type Received,
  result,
  startUptick,
  storyOf,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const MARK = "a-mark-in-the-bytes";

interface Case {
  readonly title: string;
  /** The command whose answer is odd. */
  readonly to: string;
  readonly odd: PlistDict;
  /** What the device says before, so that the job comes that far. */
  readonly status?: PlistDict;
}

const CASES: readonly Case[] = [
  { title: "DeviceInformation without QueryResponses", to: "DeviceInformation", odd: {} },
  { title: "DeviceInformation as a list", to: "DeviceInformation", odd: { QueryResponses: ["26.5"] } },
  { title: "a version that is none", to: "DeviceInformation", odd: { QueryResponses: { OSVersion: "twenty-six" } } },
  { title: "a version that is a number", to: "DeviceInformation", odd: { QueryResponses: { OSVersion: 26 } } },
  { title: "OSUpdateStatus as text", to: "OSUpdateStatus", odd: { OSUpdateStatus: "Idle" } },
  { title: "OSUpdateStatus of texts", to: "OSUpdateStatus", odd: { OSUpdateStatus: ["Idle", 7] } },
  { title: "no OSUpdateStatus", to: "OSUpdateStatus", odd: {} },
  { title: "UpdateResults as a number", to: "ScheduleOSUpdate", odd: { UpdateResults: 7 } },
  { title: "no UpdateResults", to: "ScheduleOSUpdate", odd: {} },
  { title: "empty UpdateResults", to: "ScheduleOSUpdate", odd: { UpdateResults: [] } },
  { title: "UpdateResults of empty things", to: "ScheduleOSUpdate", odd: { UpdateResults: [{}] } },
  { title: "an ErrorChain that is none", to: "ScheduleOSUpdate", odd: { Status: "Error", ErrorChain: "broken" } },
  { title: "an error without a word", to: "ScheduleOSUpdate", odd: { Status: "Error" } },
  { title: "no UpdateResults for the install", to: "ScheduleOSUpdate", odd: {}, status: DOWNLOADED },
  {
    title: "UpdateResults as text for the install",
    to: "ScheduleOSUpdate",
    odd: { UpdateResults: "yes" },
    status: DOWNLOADED,
  },
];

describe("promise 5: an answer that can't be interpreted", () => {
  it.each(CASES)("is kept, closes its command, marks the job and stops nothing: $title", async (one) => {
    const device = await enrolDevice(uptick);
    await makePlan(uptick, [device.udid]);
    let odd: Received | undefined;
    const usual: Record<string, PlistDict> = { OSUpdateStatus: one.status ?? NOTHING_IN_PROGRESS };
    await device.session({
      OSUpdateStatus: usual["OSUpdateStatus"],
      [one.to]: (command: Received) => {
        // The first is odd; what follows waits.
        if (odd !== undefined) return undefined;
        odd = command;
        return { ...one.odd, Note: MARK };
      },
    });
    const uuid = odd?.uuid ?? "";
    const answer = (await storyOf(uptick, device.udid)).find(
      ({ kind, data }) => kind === "answer" && Object(data).uuid === uuid,
    );
    expect(answer?.raw).toContain(MARK);
    const sql = "SELECT CAST(answer AS TEXT) AS answer FROM closed_command WHERE uuid = ?";
    expect(uptick.rows(sql, uuid)).toMatchObject([{ answer: expect.stringContaining(MARK) }]);
    const { job, outstanding } = await uptick.device(device.udid);
    expect(outstanding.map((command) => command.uuid)).not.toContain(uuid);
    expect(job?.finishedAt).toBeNull();
    expect(job?.next?.at).toBeGreaterThan(0);
    expect(job?.verdict.sentence).toMatch(/\w/);
    expect((await device.poll()).status).toBe(200);
  });

  it("leads on once the device speaks clearly again", async () => {
    const device = await enrolDevice(uptick);
    await makePlan(uptick, [device.udid]);
    await device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: { UpdateResults: "what?" } });
    device.facts = { ...device.facts, OSVersion: "26.6.1", BuildVersion: "23G83" };
    await uptick.restart({ later: 3_600_000 });
    await expect.poll(async () => (await uptick.device(device.udid)).outstanding.length, SOON).toBe(1);
    await device.session({ OSUpdateStatus: result("InstallASAP", "Idle") });
    expect((await uptick.device(device.udid)).job).toMatchObject({ state: "done", reason: "updated" });
  });

  it("does not keep the questions of the server from the next device", async () => {
    const odd = await enrolDevice(uptick, { facts: { OSVersion: "26.5" } });
    await odd.session({ SecurityInfo: { SecurityInfo: "none" } });
    const next = await enrolDevice(uptick);
    expect(typesOf(await next.session())).toEqual([]);
    expect((await uptick.device(next.udid)).osVersion).toBe("26.5");
  });
});
