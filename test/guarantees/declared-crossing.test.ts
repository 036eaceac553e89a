/** A job keeps its device while the way of telling it changes: from 26 to 27, where the commands are gone. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SAMPLE_SERVED_AT, sampleLookupService } from "../../src/catalog/index.ts";
import {
  type Able,
  ableDevice,
  ARRIVED,
  BY_FRIDAY,
  CAPABLE,
  type Device,
  DOWNLOADED,
  enrolDevice,
  declarative,
  IPHONE,
  jobOf,
  makePlan,
  NOTHING_IN_PROGRESS,
  rawCommand,
  commandBytes,
  result,
  SOON,
  startUptick,
  storyOf,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
  const entry = (ProductVersion: string, Build: string) => ({
    ProductVersion,
    Build,
    PostingDate: "2026-08-20",
    ExpirationDate: "2026-11-20",
    SupportedDevices: ["iPhone15,2"],
  });
  const { PublicAssetSets, AssetSets } = sampleLookupService();
  const iOS = [...AssetSets.iOS, entry("26.6.1", "23G83"), entry("27.0", "24A300"), entry("27.1", "24B80")];
  await uptick.server.admin.server.importCatalog(
    uptick.server.system,
    { PublicAssetSets, AssetSets: { ...AssetSets, iOS } },
    { modifiedAt: SAMPLE_SERVED_AT },
  );
});
afterAll(() => uptick.close());

const OS27 = { ...IPHONE, OSVersion: "27.0", BuildVersion: "24A300" };
/** "Now" is told by command up to OS 26. */
const NOW = { to: "27.1", allowMajor: true };

/** It runs 27 now, and says so when it is asked, as it is after every night. */
async function crosses(device: Device, says = {}): Promise<string[]> {
  device.facts = OS27;
  await rawCommand(
    uptick,
    device.udid,
    commandBytes(`asks-${device.udid}`, { RequestType: "DeviceInformation", Queries: ["OSVersion", "BuildVersion"] }),
  );
  return typesOf(await device.session(says));
}

const moves = async (device: Device): Promise<number> =>
  (await storyOf(uptick, device.udid)).filter(({ kind, data }) => kind === "job-step" && Object(data).event === "moved")
    .length;

describe("a job by command whose device crosses to 27", () => {
  const begun = async (): Promise<Able> => {
    const able = await ableDevice(uptick);
    await makePlan(uptick, [able.device.udid], NOW);
    return able;
  };

  it("moves to the declaration, with its order to download withdrawn and none given again", async () => {
    const { device, its } = await begun();
    const before = typesOf(await device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS, ScheduleOSUpdate: undefined }));
    expect(before.at(-1)).toBe("ScheduleOSUpdate");
    const after = await crosses(device);
    // The order that was left without an answer may come once more before its device has said what it runs.
    expect(after.slice(after.indexOf("DeviceInformation") + 1)).not.toContain("ScheduleOSUpdate");
    expect((await uptick.device(device.udid)).outstanding.map(({ requestType }) => requestType)).not.toContain(
      "ScheduleOSUpdate",
    );
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "declaring", release: "27.1" });
    await its.settle({ "device.operating-system.version": "27.0" });
    expect(its.update()?.Payload).toMatchObject({ TargetOSVersion: "27.1" });
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "declared" });
    expect(await moves(device)).toBe(1);
  });

  it("moves by its own status report as well, and never hears of the command again", async () => {
    const { device, its } = await begun();
    await device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: undefined });
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "installing" });
    await its.report({ "device.operating-system.version": "27.0", "device.operating-system.build-version": "24A300" });
    device.facts = OS27;
    for (let nth = 0; nth < 3; nth += 1) {
      expect(typesOf(await device.session({ OSUpdateStatus: DOWNLOADED }))).not.toContain("ScheduleOSUpdate");
      await its.sync();
    }
    expect(its.update()).toBeDefined();
    expect(await moves(device)).toBe(1);
  });

  it("is done, and moves nowhere, where 27 is what was asked for", async () => {
    const { device, its } = await ableDevice(uptick);
    await makePlan(uptick, [device.udid], { ...NOW, to: "27.0" });
    await device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: result("InstallASAP", "Installing") });
    await its.arrive({ "device.operating-system.version": "27.0", "device.operating-system.build-version": "24A300" });
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "done", reason: "updated" });
    expect(await moves(device)).toBe(0);
  });

  it("waits for the first report where the device has never told what it takes", async () => {
    const device = await enrolDevice(uptick, { refusesDeclarations: false });
    await makePlan(uptick, [device.udid], NOW);
    await device.session({
      OSUpdateStatus: NOTHING_IN_PROGRESS,
      ScheduleOSUpdate: result("DownloadOnly", "Downloading"),
    });
    await crosses(device);
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "awaiting" });
    const its = declarative(device);
    await its.settle({ "device.operating-system.version": "27.0" });
    expect(its.update()?.Payload).toMatchObject({ TargetOSVersion: "27.1" });
  });

  it("is given another chance where the device said on 26 that it takes none", async () => {
    const device = await enrolDevice(uptick);
    await makePlan(uptick, [device.udid], { ...NOW, ...BY_FRIDAY });
    await device.session({
      OSUpdateStatus: NOTHING_IN_PROGRESS,
      ScheduleOSUpdate: result("DownloadOnly", "Downloading"),
    });
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "downloading" });
    await crosses(device, { DeclarativeManagement: {} });
    await expect.poll(async () => typesOf(await device.session({ DeclarativeManagement: {} })), SOON).toEqual([]);
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "awaiting" });
    await declarative(device).settle({ "device.operating-system.version": "27.0" });
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "declared" });
  });
});

describe("a device that reports that its OS is another", () => {
  it("is asked anew what it takes, where it took no enforcement before", async () => {
    const { device, its } = await ableDevice(uptick);
    const without = structuredClone(CAPABLE);
    without["supported-payloads"].declarations.configurations = [
      "com.apple.configuration.management.status-subscriptions",
    ];
    await its.report({ "management.client-capabilities": without });
    const enforces = () =>
      uptick.rows<{ enforces: number | null }>("SELECT enforces FROM enrollment WHERE apple_id = ?", device.udid);
    expect(enforces()).toEqual([{ enforces: 0 }]);
    await its.arrive({ "device.operating-system.version": "27.0", "device.operating-system.build-version": "24A300" });
    expect(enforces()).toEqual([{ enforces: null }]);
  });

  it("may report version and build apart, and is asked for both", async () => {
    const { device, its } = await ableDevice(uptick);
    await its.report({ "device.operating-system.version": "26.6.1" });
    expect(await uptick.device(device.udid)).toMatchObject({ osVersion: "26.5", buildVersion: "23F77" });
    await its.arrive(ARRIVED);
    expect(await uptick.device(device.udid)).toMatchObject({ osVersion: "26.6.1", buildVersion: "23G83" });
  });
});
