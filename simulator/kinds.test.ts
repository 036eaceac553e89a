import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KindName } from "./kinds.ts";
import { loadedKeys } from "./other-updates.ts";
import type { PlistDict } from "./plist.ts";
import { text } from "./plist.ts";
import type { Player, World } from "./scripted-server.suite.ts";
import { startWorld } from "./scripted-server.suite.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const schedule = (version: string, InstallAction: string, more: PlistDict = {}): PlistDict => ({
  RequestType: "ScheduleOSUpdate",
  Updates: [{ ProductVersion: version, InstallAction, ...more }],
});
const byKey = (ProductKey: string, InstallAction: string): PlistDict => ({
  RequestType: "ScheduleOSUpdate",
  Updates: [{ ProductKey, InstallAction }],
});
const status: PlistDict = { RequestType: "OSUpdateStatus" };
const available: PlistDict = { RequestType: "AvailableOSUpdates" };
/** Without what a Mac has loaded by itself. */
const ofOS = (list: PlistDict[]): PlistDict[] => list.filter(({ ProductKey }) => !loadedKeys.has(ProductKey as string));
const results = (answer: PlistDict): PlistDict[] => ofOS(answer["UpdateResults"] as PlistDict[]);
const items = (answer: PlistDict): PlistDict[] =>
  ofOS((answer["OSUpdateStatus"] ?? answer["AvailableOSUpdates"]) as PlistDict[]);
const errorCode = (answer: PlistDict): unknown => (answer["ErrorChain"] as PlistDict[] | undefined)?.[0]?.["ErrorCode"];

describe("a kind of simulated device", () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  async function begin(kind: KindName): Promise<Player> {
    const player = world.start(kind);
    await player.happened("enrolled");
    return player;
  }
  async function downloaded(player: Player, version = "26.6.1"): Promise<void> {
    await player.ask(schedule(version, "DownloadOnly"));
    await player.happened("downloaded");
  }

  it.each<[KindName, string]>([
    ["ipad-poor-network", "DownloadInsufficientNetwork"],
    ["ipad-space-later", "DownloadInsufficientSpace"],
    ["iphone-on-battery", "DownloadInsufficientPower"],
  ])("%s can't download for hours (%s), then can", async (kind, says) => {
    const player = await begin(kind);
    const order = schedule("26.6.1", "DownloadOnly");
    expect(results(await player.ask(order))).toMatchObject([{ InstallAction: "Error", Status: says }]);
    await world.clock.sleep(10 * hour);
    expect(results(await player.ask(order))).toMatchObject([{ Status: "Downloading" }]);
  });

  it.each<[KindName, string]>([
    ["iphone-on-battery", "InstallInsufficientPower"],
    ["iphone-phone-call", "InstallPhoneCallInProgress"],
  ])("%s can't install for a while (%s), then can", async (kind, says) => {
    const player = await begin(kind);
    await player.ask(schedule("26.6.1", "DownloadOnly"));
    await world.clock.sleep(10 * hour);
    await downloaded(player);
    const order = schedule("26.6.1", "InstallASAP");
    expect(results(await player.ask(order))).toMatchObject([{ InstallAction: "Error", Status: says }]);
    await world.clock.sleep(2 * hour);
    expect(results(await player.ask(order))).toMatchObject([{ Status: "Installing" }]);
    await player.happened("started");
    expect(player.device.record().finalVersion).toBe("26.6.1");
  });

  it("ipad-shared is shared, and refuses to install (12077) until its user has logged out", async () => {
    const player = await begin("ipad-shared");
    const asked = await player.ask({ RequestType: "DeviceInformation", Queries: ["IsMultiUser"] });
    expect(asked["QueryResponses"]).toEqual({ IsMultiUser: true });
    await downloaded(player);
    expect(errorCode(await player.ask(schedule("26.6.1", "InstallASAP")))).toBe(12077);
    await world.clock.sleep(2 * hour);
    await player.ask(schedule("26.6.1", "InstallASAP"));
    await player.happened("started");
  });

  it("iphone-not-seen-yet finds no update (12048) for hours", async () => {
    const player = await begin("iphone-not-seen-yet");
    expect(errorCode(await player.ask(schedule("26.6.1", "DownloadOnly")))).toBe(12048);
    await world.clock.sleep(7 * hour);
    await downloaded(player);
  });

  it("iphone-user-installs finds no update (12048) after its user has installed it", async () => {
    const player = await begin("iphone-user-installs");
    await downloaded(player);
    await player.happened("started");
    expect(errorCode(await player.ask(schedule("26.6.1", "InstallASAP")))).toBe(12048);
    expect(player.device.record().installsExecuted).toMatchObject([{ version: "26.6.1", consented: true }]);
  });

  it("iphone-purges loses its download once, and says that it is not there", async () => {
    const player = await begin("iphone-purges");
    await downloaded(player);
    const order = schedule("26.6.1", "InstallASAP");
    expect(results(await player.ask(order))).toMatchObject([{ InstallAction: "InstallASAP", Status: "Idle" }]);
    await world.clock.sleep(hour);
    expect(items(await player.ask(status))).toMatchObject([{ IsDownloaded: false, Status: "Idle" }]);
    await downloaded(player);
    await player.ask(order);
    await player.happened("started");
  });

  it("iphone-no-results takes commands without UpdateResults", async () => {
    const player = await begin("iphone-no-results");
    expect(await player.ask(schedule("26.6.1", "DownloadOnly"))).not.toHaveProperty("UpdateResults");
    await player.happened("downloaded");
    expect(await player.ask(schedule("26.6.1", "InstallASAP"))).not.toHaveProperty("UpdateResults");
    await player.happened("started");
  });

  it("iphone-tonight says Installing until the night comes, and installs then", async () => {
    const calm = await begin("iphone-tonight");
    await downloaded(calm);
    expect(results(await calm.ask(schedule("26.6.1", "InstallASAP")))).toMatchObject([{ Status: "Installing" }]);
    expect(items(await calm.ask(status))).toMatchObject([{ Status: "Installing" }]);
    await calm.happened("started");
    expect(calm.device.record()).toMatchObject({
      violations: [],
      installsExecuted: [{ local: expect.stringMatching(/ 0[34]:/) }],
    });
  });

  it("iphone-tonight, ordered again, installs at once and records a violation", async () => {
    const player = await begin("iphone-tonight");
    await downloaded(player);
    await player.ask(schedule("26.6.1", "InstallASAP"));
    const asked = world.clock.now();
    await player.ask(schedule("26.6.1", "InstallASAP"));
    await player.happened("installing");
    expect((player.device.record().installsExecuted[0]?.at ?? 0) - asked).toBeLessThan(hour);
    expect(player.device.record().violations).toHaveLength(1);
  });

  it("iphone-away-for-days sends nothing for more than a day, then polls without a push", async () => {
    const player = await begin("iphone-away-for-days");
    await player.happened("away");
    const before = world.reports.length;
    const left = world.clock.now();
    player.send(status);
    await player.happened("back");
    expect(world.reports).toHaveLength(before);
    expect(world.clock.now() - left).toBeGreaterThan(day);
    await world.clock.sleep(minute);
    expect(world.reports.length).toBeGreaterThan(before);
  });

  it("iphone-user-enrollment has no UDID and no serial number, and takes no update", async () => {
    world.start("iphone-user-enrollment");
    while (world.reports.length === 0) await world.clock.sleep(minute);
    for (const message of [...world.checkIns, ...world.reports.map(({ report }) => report)]) {
      expect(message).toHaveProperty("EnrollmentID");
      expect(message).not.toHaveProperty("UDID");
      expect(message).not.toHaveProperty("SerialNumber");
    }
  });

  it.each<[KindName, string, string]>([
    ["iphone-ios-11", "12.5.8", "iOSUpdate16H88"],
    ["mac-macos-11", "11.7.11", "MSU_UPDATE_20G1443_patch_11.7.11_minor"],
  ])("%s takes no version, but the key from its list", async (kind, version, key) => {
    const player = await begin(kind);
    expect((await player.ask(schedule(version, "InstallASAP")))["Status"]).toBe("Error");
    await player.ask({ RequestType: "ScheduleOSUpdateScan", Force: true });
    await world.clock.sleep(hour);
    expect(items(await player.ask(available))).toMatchObject([{ Version: version, ProductKey: key }]);
    expect(results(await player.ask(byKey(key, "DownloadOnly")))).toMatchObject([{ Status: "Downloading" }]);
  });

  it("mac-failing-scan can't scan for hours (12050)", async () => {
    const player = await begin("mac-failing-scan");
    const scan: PlistDict = { RequestType: "ScheduleOSUpdateScan", Force: true };
    expect(errorCode(await player.ask(scan))).toBe(12050);
    await world.clock.sleep(5 * hour);
    expect(await player.ask(scan)).toMatchObject({ ScanInitiated: true });
  });

  it("mac-makes-it-later answers InstallLater to InstallASAP", async () => {
    const player = await begin("mac-makes-it-later");
    await downloaded(player, "26.6.2");
    const [item] = results(await player.ask(schedule("26.6.2", "InstallASAP")));
    expect(item).toMatchObject({ InstallAction: "InstallLater", Status: "Idle" });
    await player.happened("started");
    expect(player.device.record().installsExecuted).toMatchObject([{ action: "InstallLater" }]);
  });

  it("mac-no-bootstrap-token needs one, downloads, and does not begin to install", async () => {
    const player = await begin("mac-no-bootstrap-token");
    const answer = await player.ask({ RequestType: "SecurityInfo" });
    expect(answer["SecurityInfo"]).toMatchObject({ BootstrapTokenRequiredForSoftwareUpdate: true });
    await player.ask(schedule("26.6.2", "InstallASAP"));
    await player.happened("install-not-authorised");
    expect(items(await player.ask(status))).toMatchObject([{ IsDownloaded: true, Status: "Idle" }]);
  });

  it("mac-power-nap says NotNow to everything for hours once it is told to update", async () => {
    const player = await begin("mac-power-nap");
    const queries: PlistDict = { RequestType: "DeviceInformation", Queries: ["OSVersion"] };
    expect((await player.ask(queries))["Status"]).toBe("Acknowledged");
    const asked = world.clock.now();
    await player.ask(schedule("26.6.2", "DownloadOnly"));
    expect(world.clock.now() - asked).toBeGreaterThan(2 * hour);
    const said = player.device
      .record()
      .commandsExecuted.filter(({ requestType }) => requestType === "ScheduleOSUpdate");
    expect(said[0]?.status).toBe("NotNow");
  });

  it("mac-other-updates lists them after a scan, and until the next one after they are installed", async () => {
    const player = await begin("mac-other-updates");
    const others = async (): Promise<unknown[]> =>
      items(await player.ask(available))
        .map((item) => text(item, "HumanReadableName") ?? "")
        .filter((name) => !name.startsWith("macOS"));
    const scan = async (): Promise<void> => {
      await player.ask({ RequestType: "ScheduleOSUpdateScan", Force: true });
      await player.happened("scan-finished");
    };
    const lastScan = async (): Promise<unknown> => {
      const answer = await player.ask({ RequestType: "DeviceInformation", Queries: ["OSUpdateSettings"] });
      return ((answer["QueryResponses"] as PlistDict)["OSUpdateSettings"] as PlistDict)["PreviousScanDate"];
    };
    const before = await lastScan();
    expect(await others()).toEqual([]);
    await scan();
    expect(await lastScan()).not.toEqual(before);
    expect(await others()).toEqual(["Safari", "XProtectPlistConfigData", "Firmware"]);
    const [data] = results(await player.ask(byKey("072-19857", "InstallASAP")));
    expect(data).toMatchObject({ ProductKey: "072-19857", InstallAction: "InstallASAP", Status: "Downloading" });
    for (const key of ["082-41241", "093-60217"]) await player.ask(byKey(key, "InstallASAP"));
    await player.happened("started");
    await world.clock.sleep(hour);
    expect(await others()).toEqual(["Safari", "XProtectPlistConfigData", "Firmware"]);
    await scan();
    expect(await others()).toEqual([]);
    const record = player.device.record();
    expect(record.otherInstalls.map(({ name }) => name).toSorted()).toEqual([
      "Firmware",
      "Safari",
      "XProtectPlistConfigData",
    ]);
    expect([record.restarts.length, record.finalVersion]).toEqual([1, "26.5"]);
  });
});
