/** A deadline means the same by command as by declaration: before it only the download is ordered, the install from then on. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DryRun, PlanRequest } from "../../src/contract/index.ts";
import {
  isoOf,
  type Device,
  DOWNLOADED,
  enrolDevice,
  IPHONE,
  makePlan,
  NOTHING_IN_PROGRESS,
  planJob,
  progress,
  result,
  SOON,
  START,
  startUptick,
  stopPlan,
  typesOf,
  type Uptick,
} from "../support/index.ts";
import { list, type PlistDict } from "../../simulator/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const HOUR = 3_600_000;
/** These systems have no declarations. */
const OLD_IPHONE = { ...IPHONE, OSVersion: "16.7.10", BuildVersion: "20H350", ProductName: "iPhone10,1" };
const OLD_MAC = {
  OSVersion: "10.15.6",
  BuildVersion: "19G73",
  ProductName: "MacBookPro15,1",
  SoftwareUpdateDeviceID: "J680AP",
  IsSupervised: true,
};
const TO_IPHONE = { to: "16.7.11", allowUnlisted: true } as const;
const TO_MAC = { to: "10.15.7", allowUnlisted: true } as const;
/** The time of the server, two days ahead, on the clock of UTC. */
const inTwoDays = (): number => Math.ceil((uptick.now() + 48 * HOUR) / 60_000) * 60_000;
const local = (at: number): string => new Date(at).toISOString().slice(0, 16);

/** The InstallActions that the device was ordered. */
async function ordered(device: Device, status: PlistDict): Promise<unknown[]> {
  const commands = await device.session({
    OSUpdateStatus: status,
    ScheduleOSUpdate: result("DownloadOnly", "Downloading"),
  });
  return commands
    .filter(({ requestType }) => requestType === "ScheduleOSUpdate")
    .map(({ body }) => (list(body, "Updates")?.[0] as PlistDict | undefined)?.["InstallAction"]);
}
const stateOf = (id: string, device: Device) =>
  expect.poll(async () => (await planJob(uptick, id, device.udid)).job, SOON);
async function sentenceOf(device: Device, request: Partial<PlanRequest>): Promise<string | undefined> {
  const body = { action: "install", devices: [device.udid], ...request };
  const { rows: decisions } = await uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", body);
  return decisions[0]?.sentence;
}

describe("a plan with a deadline, by command", () => {
  it("targets D9: orders the download at once, and the install at the deadline and not before", async () => {
    const device = await enrolDevice(uptick, { facts: OLD_IPHONE });
    const at = inTwoDays();
    const deadline = local(at);
    expect(await sentenceOf(device, { ...TO_IPHONE, deadline })).toContain(
      `by command: install from ${deadline.replace("T", " ")} UTC (its OS takes no update declarations yet)`,
    );
    const { id } = await makePlan(uptick, [device.udid], { ...TO_IPHONE, deadline });
    expect(await ordered(device, NOTHING_IN_PROGRESS)).toEqual(["DownloadOnly"]);
    await uptick.restart({ later: HOUR });
    expect(await ordered(device, DOWNLOADED)).toEqual([]);
    await stateOf(id, device).toMatchObject({ state: "ready", next: { action: "install", dueAt: isoOf(at) } });
    const { verdict } = (await planJob(uptick, id, device.udid)).job;
    expect(verdict.sentence).toMatch(/^Ready to install: downloaded; installs from [A-Z][a-z]{2} 2026-/);
    expect(verdict.sentence).toContain(`; next, from ${deadline.replace("T", " ")} (UTC), Uptick orders the install`);
    await uptick.restart({ later: at - uptick.now() - HOUR });
    expect(await ordered(device, DOWNLOADED)).toEqual([]);
    await uptick.restart({ later: at - uptick.now() + 1000 });
    await stateOf(id, device).toMatchObject({ state: "installing" });
    expect(await ordered(device, DOWNLOADED)).toEqual(["InstallASAP"]);
  });

  it("orders nothing any more after a stop before it, and takes all back", async () => {
    const device = await enrolDevice(uptick, { facts: OLD_IPHONE });
    const at = inTwoDays();
    const { id } = await makePlan(uptick, [device.udid], { ...TO_IPHONE, deadline: local(at) });
    await ordered(device, DOWNLOADED);
    await stateOf(id, device).toMatchObject({ state: "ready" });
    await stopPlan(uptick, id);
    await stateOf(id, device).toMatchObject({ state: "stopped", reason: "withdrawn" });
    await uptick.restart({ later: at - uptick.now() + HOUR });
    expect(await ordered(device, DOWNLOADED)).toEqual([]);
  });

  it("ends before it where the user installs", async () => {
    const device = await enrolDevice(uptick, { facts: OLD_IPHONE });
    const { id } = await makePlan(uptick, [device.udid], { ...TO_IPHONE, deadline: local(inTwoDays()) });
    await ordered(device, DOWNLOADED);
    device.facts = { ...OLD_IPHONE, OSVersion: "16.7.11", BuildVersion: "20H360" };
    await uptick.restart({ later: 30 * HOUR });
    const answered = async () => (await device.session(), (await planJob(uptick, id, device.udid)).job.state);
    await expect.poll(answered, SOON).toBe("done");
  });

  it("targets D9: orders it in the last window before it", async () => {
    const device = await enrolDevice(uptick, { facts: OLD_IPHONE });
    const at = inTwoDays();
    const hour = (from: number): string => local(from).slice(11);
    const opens = at - 3 * HOUR;
    const window = `${hour(opens)}-${hour(opens + 2 * HOUR)}`;
    const { id } = await makePlan(uptick, [device.udid], { ...TO_IPHONE, deadline: local(at), window });
    await ordered(device, DOWNLOADED);
    await stateOf(id, device).toMatchObject({ state: "ready", next: { action: "install", dueAt: isoOf(opens) } });
    await uptick.restart({ later: opens - 24 * HOUR - uptick.now() + HOUR });
    expect(await ordered(device, DOWNLOADED)).toEqual([]);
    await uptick.restart({ later: opens - uptick.now() + 1000 });
    await stateOf(id, device).toMatchObject({ state: "installing" });
    expect(await ordered(device, DOWNLOADED)).toEqual(["InstallASAP"]);
  });

  it("orders a Mac nothing before it that can't be ordered to download only, and says so", async () => {
    const device = await enrolDevice(uptick, { facts: OLD_MAC });
    const at = inTwoDays();
    const deadline = local(at);
    // Nobody knows its zone: every time zone must have reached the deadline.
    const from = at + 12 * HOUR;
    expect(await sentenceOf(device, { ...TO_MAC, deadline })).toContain(
      `install from ${local(from).replace("T", " ")} UTC (zone unknown, assumed), when its install time has come in every time zone, with nothing ordered before, because it can't be ordered to download only`,
    );
    const { id } = await makePlan(uptick, [device.udid], { ...TO_MAC, deadline });
    const answers = {
      OSUpdateStatus: NOTHING_IN_PROGRESS,
      ScheduleOSUpdateScan: { ScanInitiated: true },
      AvailableOSUpdates: {
        AvailableOSUpdates: [{ ProductKey: "MSU", Version: "10.15.7", Build: "19H2", RestartRequired: true }],
      },
    };
    await device.session(answers);
    await uptick.restart({ later: 6 * 60_000 });
    await expect.poll(async () => (await uptick.device(device.udid)).outstanding.length, SOON).toBe(1);
    expect(typesOf(await device.session(answers))).not.toContain("ScheduleOSUpdate");
    await stateOf(id, device).toMatchObject({ state: "ready", next: { action: "install", dueAt: isoOf(from) } });
    expect((await planJob(uptick, id, device.udid)).job.verdict.sentence).toMatch(
      /installs from [A-Z][a-z]{2} 2026-.+, when its install time has come in every time zone \(its own is unknown\); nothing is ordered before, because this Mac can't be ordered to download only/,
    );
    await uptick.restart({ later: at - uptick.now() + HOUR });
    expect(typesOf(await device.session(answers))).not.toContain("ScheduleOSUpdate");
    await uptick.restart({ later: from - uptick.now() + 1000 });
    await stateOf(id, device).toMatchObject({ state: "installing" });
    const types = typesOf(await device.session({ ...answers, ScheduleOSUpdate: result("InstallASAP", "Downloading") }));
    expect(types).toContain("ScheduleOSUpdate");
  });

  it("targets D10: counts in the dry run the devices of which no zone is known or named", async () => {
    const devices: string[] = [];
    for (const facts of [OLD_MAC, OLD_MAC, OLD_IPHONE]) devices.push((await enrolDevice(uptick, { facts })).udid);
    const terms = { to: "iOS=16.7.11,macOS=10.15.7", allowUnlisted: true, devices } as const;
    const notesOf = async (request: Partial<PlanRequest>): Promise<readonly string[]> => {
      const body = { action: "install", ...terms, ...request };
      return (await uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", body)).notes;
    };
    const said = [expect.stringMatching(/^No time zone is known or named for 2 devices\. .*--zone/)];
    expect(await notesOf({ deadline: local(inTwoDays()) })).toEqual(said);
    expect(await notesOf({ window: "22:00-05:00" })).toEqual(said);
    expect(await notesOf({})).toEqual([]);
    expect(await notesOf({ deadline: local(inTwoDays()), zone: "Europe/Zurich" })).toEqual([]);
    expect(await notesOf({ deadline: local(inTwoDays()), action: "notify" })).toEqual([]);
  });

  it("targets D9: does not change a plan without one: it installs as soon as it is downloaded", async () => {
    const device = await enrolDevice(uptick, { facts: OLD_IPHONE });
    expect(await sentenceOf(device, TO_IPHONE)).toContain("by command: install as soon as it is downloaded");
    await makePlan(uptick, [device.udid], TO_IPHONE);
    expect(await ordered(device, progress("Idle", 1))).toEqual(["InstallASAP"]);
    expect(uptick.now()).toBeGreaterThan(START);
  });
});
