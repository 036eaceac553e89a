import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KindName } from "./kinds.ts";
import { kinds } from "./kinds.ts";
import { loadedKeys } from "./other-updates.ts";
import type { PlistDict } from "./plist.ts";
import { number } from "./plist.ts";
import type { Player, World } from "./scripted-server.suite.ts";
import { startWorld } from "./scripted-server.suite.ts";
import { drawTraits } from "./traits.ts";

const hour = 3_600_000;
const day = 24 * hour;
const schedule = (version: string, InstallAction: string, more: PlistDict = {}): PlistDict => ({
  RequestType: "ScheduleOSUpdate",
  Updates: [{ ProductVersion: version, InstallAction, ...more }],
});
const status: PlistDict = { RequestType: "OSUpdateStatus" };
/** Without what a Mac has loaded by itself. */
const ofOS = (items: PlistDict[]): PlistDict[] =>
  items.filter(({ ProductKey }) => !loadedKeys.has(ProductKey as string));
const results = (answer: PlistDict): PlistDict[] => ofOS(answer["UpdateResults"] as PlistDict[]);
const statusItems = (answer: PlistDict): PlistDict[] => ofOS(answer["OSUpdateStatus"] as PlistDict[]);
const errorCode = (answer: PlistDict): unknown => (answer["ErrorChain"] as PlistDict[] | undefined)?.[0]?.["ErrorCode"];

describe("a simulated device", () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  async function begin(kind: KindName, more: Parameters<World["start"]>[1] = {}): Promise<Player> {
    const player = world.start(kind, more);
    await player.happened("enrolled");
    return player;
  }
  async function downloaded(player: Player, version: string): Promise<void> {
    await player.ask(schedule(version, "DownloadOnly"));
    await player.happened("downloaded");
  }

  describe("asked for information", () => {
    const everything = ["OSVersion", "BuildVersion", "ProductName", "SupplementalBuildVersion", "IsSupervised"].concat([
      ...[
        "SoftwareUpdateDeviceID",
        "ModelName",
        "TimeZone",
        "BatteryLevel",
        "AvailableDeviceCapacity",
        "IsAppleSilicon",
      ],
    ]);
    it.each<[KindName, PlistDict, string[]]>([
      [
        "iphone-no-passcode",
        { OSVersion: "26.5", BuildVersion: "23F77", ProductName: "iPhone14,2", SoftwareUpdateDeviceID: "iPhone14,2" },
        ["IsAppleSilicon"],
      ],
      [
        "mac-apple-silicon",
        { SoftwareUpdateDeviceID: "J413AP", IsAppleSilicon: true, OSVersion: "26.5" },
        ["TimeZone"],
      ],
      ["mac-intel", { SoftwareUpdateDeviceID: "J152FAP", IsAppleSilicon: false }, ["TimeZone"]],
      ["apple-tv", { BuildVersion: "23L471" }, ["BatteryLevel", "SoftwareUpdateDeviceID", "AvailableDeviceCapacity"]],
      ["iphone-os-27", { OSVersion: "27.0", BuildVersion: "24A300" }, ["SoftwareUpdateDeviceID"]],
      ["iphone-unsupervised", { IsSupervised: false }, []],
    ])("%s answers what its platform and OS know", async (kind, known, unknown) => {
      const player = await begin(kind);
      const answer = await player.ask({ RequestType: "DeviceInformation", Queries: everything });
      expect(answer["Status"]).toBe("Acknowledged");
      const responses = answer["QueryResponses"] as PlistDict;
      expect(responses).toMatchObject(known);
      for (const query of unknown) expect(responses).not.toHaveProperty(query);
    });

    it("answers only the queries asked", async () => {
      const player = await begin("mac-intel");
      const answer = await player.ask({ RequestType: "DeviceInformation", Queries: ["OSVersion", "Nonsense"] });
      expect(answer["QueryResponses"]).toEqual({ OSVersion: "26.5" });
    });

    it.each<[KindName, string | undefined, boolean | undefined]>([
      ["mac-apple-silicon", "allowed", true],
      ["mac-intel", "not supported", false],
      ["iphone-no-passcode", undefined, undefined],
    ])("%s says how far its bootstrap token goes", async (kind, allowed, needed) => {
      const player = await begin(kind);
      const answer = await player.ask({ RequestType: "SecurityInfo" });
      const info = answer["SecurityInfo"] as PlistDict;
      expect(info["BootstrapTokenAllowedForAuthentication"]).toBe(allowed);
      expect(info["BootstrapTokenRequiredForSoftwareUpdate"]).toBe(needed);
    });
  });

  describe("with iOS or tvOS", () => {
    it.each<[KindName, string, string]>([
      ["iphone-no-passcode", "26.6.1", "23G83"],
      ["apple-tv", "26.6", "23L773"],
    ])(
      "%s downloads, says so, installs when asked, and comes back on the new version",
      async (kind, version, build) => {
        const player = await begin(kind);
        expect(statusItems(await player.ask(status))).toEqual([]);
        const first = await player.ask(schedule(version, "DownloadOnly"));
        expect(results(first)).toMatchObject([{ InstallAction: "DownloadOnly", Status: "Downloading" }]);
        expect(statusItems(await player.ask(status))).toMatchObject([{ IsDownloaded: false, Status: "Downloading" }]);
        await player.happened("downloaded");
        const [ready] = statusItems(await player.ask(status));
        expect(ready).toMatchObject({ IsDownloaded: true, Status: "Idle" });
        expect(number(ready ?? {}, "DownloadPercentComplete")).toBe(1);
        const second = await player.ask(schedule(version, "Default"));
        expect(results(second)).toMatchObject([{ InstallAction: "InstallASAP", Status: "Installing" }]);
        await player.happened("started");
        const after = await player.ask({ RequestType: "DeviceInformation", Queries: ["OSVersion", "BuildVersion"] });
        expect(after["QueryResponses"]).toEqual({ OSVersion: version, BuildVersion: build });
        const record = player.device.record();
        expect(record).toMatchObject({ finalVersion: version, finalBuild: build });
        expect(record.installsExecuted).toMatchObject([{ version, build, action: "InstallASAP" }]);
        expect(record.downloadsExecuted).toMatchObject([{ version, build }]);
        expect(record.restarts).toHaveLength(1);
      },
    );

    it("refuses InstallASAP before the download (12059)", async () => {
      const player = await begin("iphone-no-passcode");
      const answer = await player.ask(schedule("26.6.1", "InstallASAP"));
      expect(answer["Status"]).toBe("Error");
      expect(errorCode(answer)).toBe(12059);
    });

    it("takes a macOS-only action for a malformed command", async () => {
      const player = await begin("iphone-no-passcode");
      expect((await player.ask(schedule("26.6.1", "InstallForceRestart")))["Status"]).toBe("CommandFormatError");
    });

    it("lists only the newest release, and takes its product key", async () => {
      const player = await begin("iphone-no-passcode");
      const answer = await player.ask({ RequestType: "AvailableOSUpdates" });
      expect(answer["AvailableOSUpdates"]).toMatchObject([{ Version: "26.6.1", ProductKey: "iOSUpdate23G83" }]);
      const taken = await player.ask({
        RequestType: "ScheduleOSUpdate",
        Updates: [{ ProductKey: "iOSUpdate23G83", InstallAction: "DownloadOnly" }],
      });
      expect(results(taken)).toMatchObject([{ ProductKey: "iOSUpdate23G83", Status: "Downloading" }]);
    });

    it("installs immediately on Default after an automatic download", async () => {
      const player = await begin("ipad-already-downloaded");
      expect(statusItems(await player.ask(status))).toMatchObject([{ IsDownloaded: true, Status: "Idle" }]);
      expect(results(await player.ask(schedule("26.6.1", "DownloadOnly")))).toMatchObject([{ Status: "Idle" }]);
      expect(player.device.record().installsExecuted).toEqual([]);
      await player.ask(schedule("26.6.1", "Default"));
      await player.happened("started");
      expect(player.device.record()).toMatchObject({ finalVersion: "26.6.1", downloadsExecuted: [] });
    });

    it("answers without UpdateResults when it runs the release already", async () => {
      const player = await begin("iphone-no-passcode", { startsOn: { version: "26.6.1", build: "23G83" } });
      const answer = await player.ask(schedule("26.6.1", "Default"));
      expect(answer["Status"]).toBe("Acknowledged");
      expect(answer).not.toHaveProperty("UpdateResults");
    });

    it("refuses an older release than its own (12048) and lists nothing", async () => {
      const player = await begin("iphone-newer");
      expect(errorCode(await player.ask(schedule("26.6.1", "DownloadOnly")))).toBe(12048);
      expect((await player.ask({ RequestType: "AvailableOSUpdates" }))["AvailableOSUpdates"]).toEqual([]);
    });

    it("refuses update commands when it is not supervised", async () => {
      const player = await begin("iphone-unsupervised");
      for (const command of [schedule("26.6.1", "DownloadOnly"), status, { RequestType: "AvailableOSUpdates" }]) {
        expect((await player.ask(command))["Status"]).toBe("Error");
      }
      expect((await player.ask({ RequestType: "SecurityInfo" }))["Status"]).toBe("Acknowledged");
    });

    it("refuses update commands without the access right 4096, and others without theirs", async () => {
      const player = world.start("iphone-no-passcode", {}, world.profile({ mdm: { AccessRights: 16 } }));
      expect((await player.ask(schedule("26.6.1", "DownloadOnly")))["Status"]).toBe("Error");
      expect((await player.ask({ RequestType: "SecurityInfo" }))["Status"]).toBe("Error");
      const answer = await player.ask({ RequestType: "DeviceInformation", Queries: ["OSVersion"] });
      expect(answer["Status"]).toBe("Acknowledged");
    });

    it("reports too little space every time", async () => {
      const player = await begin("iphone-no-space");
      for (let time = 0; time < 2; time++) {
        const [item] = results(await player.ask(schedule("26.6.1", "DownloadOnly")));
        expect(item).toMatchObject({ InstallAction: "Error", Status: "DownloadInsufficientSpace" });
        expect(errorCode(item ?? {})).toBe(12054);
      }
      expect(player.device.record().downloadsExecuted).toEqual([]);
    });

    it.each(["ScheduleOSUpdate", "AvailableOSUpdates", "OSUpdateStatus", "ScheduleOSUpdateScan"])(
      "does not know %s on OS 27 (12021)",
      async (RequestType) => {
        const player = await begin("iphone-os-27");
        const answer = await player.ask({ RequestType, Updates: [] });
        expect(answer["Status"]).toBe("Error");
        expect(errorCode(answer)).toBe(12021);
      },
    );

    it("answers 12021 to an unknown command", async () => {
      const player = await begin("iphone-no-passcode");
      expect(errorCode(await player.ask({ RequestType: "toString" }))).toBe(12021);
    });

    it("answers NotNow a few times, but never to DeviceInformation, and polls again by itself", async () => {
      const player = await begin("iphone-not-now");
      expect((await player.ask({ RequestType: "DeviceInformation", Queries: [] }))["Status"]).toBe("Acknowledged");
      expect((await player.ask(schedule("26.6.1", "DownloadOnly")))["Status"]).toBe("Acknowledged");
      const said = player.device.record().commandsExecuted.map((command) => command.status);
      const refusals = said.filter((word) => word === "NotNow").length;
      expect(refusals).toBeGreaterThanOrEqual(2);
      expect(refusals).toBeLessThanOrEqual(4);
      expect(said.at(-1)).toBe("Acknowledged");
    });

    it("answers NotNow for as long as it is busy", async () => {
      const free = world.clock.now() + 12 * hour;
      const player = await begin("iphone-no-passcode", { isBusy: () => world.clock.now() < free });
      expect((await player.ask({ RequestType: "DeviceInformation", Queries: [] }))["Status"]).toBe("Acknowledged");
      expect((await player.ask(schedule("26.6.1", "DownloadOnly")))["Status"]).toBe("Acknowledged");
      expect(world.clock.now()).toBeGreaterThanOrEqual(free);
      const said = player.device.record().commandsExecuted.map((command) => command.status);
      expect(said.filter((word) => word === "NotNow").length).toBeGreaterThan(2);
    });

    it("restarts at the install command without an answer, and comes back with Idle on the new version", async () => {
      const player = await begin("iphone-swallows-answer");
      await downloaded(player, "26.6.1");
      const uuid = player.send(schedule("26.6.1", "Default"));
      await player.happened("installing");
      const before = world.reports.length;
      // The server offers the command again: now it does not apply any more, so the answer has no results.
      await world.clock.sleep(2 * hour);
      expect(world.reports[before]?.report).toEqual({ UDID: player.device.udid, Status: "Idle" });
      const record = player.device.record();
      const taken = record.commandsExecuted.filter((command) => command.uuid === uuid);
      expect(taken.map((command) => command.status)).toEqual(["none", "Acknowledged"]);
      expect(record.answersAcknowledged.filter((answer) => answer.uuid === uuid)).toHaveLength(1);
      expect(world.reports.find(({ report }) => report["CommandUUID"] === uuid)?.report).not.toHaveProperty(
        "UpdateResults",
      );
      expect(record).toMatchObject({ finalVersion: "26.6.1", installsExecuted: [{ version: "26.6.1" }] });
    });

    it("installs only when its user consents, hours later, and is silent afterwards", async () => {
      const player = await begin("iphone-late-consent");
      await downloaded(player, "26.6.1");
      const asked = world.clock.now();
      const [item] = results(await player.ask(schedule("26.6.1", "InstallASAP")));
      expect(["Idle", "Installing"]).toContain(item?.["Status"]);
      expect(statusItems(await player.ask(status))).toMatchObject([{ IsDownloaded: true, Status: item?.["Status"] }]);
      await player.happened("installing");
      const [install] = player.device.record().installsExecuted;
      expect((install?.at ?? 0) - asked).toBeGreaterThan(3 * hour);
      const before = world.reports.length;
      await player.happened("started");
      expect(world.reports).toHaveLength(before);
    });

    it("installs at once when asked again after its user scheduled the installation", async () => {
      const seed = [...Array(20).keys()].find((candidate) => scheduledBy(candidate)) ?? 0;
      const player = await begin("iphone-late-consent", { seed });
      await downloaded(player, "26.6.1");
      const [first] = results(await player.ask(schedule("26.6.1", "InstallASAP")));
      expect(first?.["Status"]).toBe("Installing");
      const asked = world.clock.now();
      await player.ask(schedule("26.6.1", "InstallASAP"));
      await player.happened("installing");
      expect((player.device.record().installsExecuted[0]?.at ?? 0) - asked).toBeLessThan(hour);
    });
  });

  describe("with macOS", () => {
    it("lists updates as of its last scan, and all of them some minutes after a forced one", async () => {
      const player = await begin("mac-intel");
      const list = async (): Promise<unknown[]> =>
        ofOS((await player.ask({ RequestType: "AvailableOSUpdates" }))["AvailableOSUpdates"] as PlistDict[]).map(
          (item) => item["Version"],
        );
      expect(await list()).toEqual(["26.6"]);
      const key = "MSU_UPDATE_25G83_patch_26.6.2_minor";
      const byKey = { RequestType: "ScheduleOSUpdate", Updates: [{ ProductKey: key, InstallAction: "DownloadOnly" }] };
      expect((await player.ask(byKey))["Status"]).toBe("Error");
      expect(await player.ask({ RequestType: "ScheduleOSUpdateScan", Force: true })).toMatchObject({
        ScanInitiated: true,
      });
      expect(await list()).toEqual(["26.6"]);
      await player.happened("scan-finished");
      expect(await list()).toEqual(["26.6", "26.6.2"]);
      expect(results(await player.ask(byKey))).toMatchObject([{ ProductKey: key, Status: "Downloading" }]);
    });

    it.each([
      ["InstallASAP", "InstallASAP"],
      ["InstallForceRestart", "InstallForceRestart"],
      ["InstallLater", "InstallLater"],
    ])("downloads and installs with one %s", async (action, reported) => {
      const player = await begin("mac-intel");
      const answer = await player.ask(schedule("26.6.2", action));
      expect(results(answer)).toMatchObject([{ InstallAction: reported, Status: "Downloading" }]);
      await player.happened("started");
      const record = player.device.record();
      expect(record).toMatchObject({ finalVersion: "26.6.2", finalBuild: "25G83" });
    });

    it("installs in the night of its own zone with InstallLater", async () => {
      const player = await begin("mac-intel");
      await player.ask(schedule("26.6.2", "InstallLater"));
      await player.happened("installing");
      expect(player.device.record().installsExecuted[0]?.local).toMatch(/ 03:/);
    });

    it.each(["DownloadOnly", "NotifyOnly", "SomethingNew", "Default"])("only downloads with %s", async (action) => {
      const player = await begin("mac-intel");
      const [item] = results(await player.ask(schedule("26.6.2", action)));
      expect(item?.["InstallAction"]).toBe(action === "NotifyOnly" ? "NotifyOnly" : "DownloadOnly");
      await player.happened("downloaded");
      await world.clock.sleep(3 * day);
      expect(player.device.record().installsExecuted).toEqual([]);
      expect(statusItems(await player.ask(status))).toMatchObject([{ IsDownloaded: true, Status: "Idle" }]);
    });

    it("installs what it has downloaded on Default, and on an action it does not know", async () => {
      const player = await begin("mac-intel");
      await downloaded(player, "26.6.2");
      const [item] = results(await player.ask(schedule("26.6.2", "SomethingNew")));
      expect(item).toMatchObject({ InstallAction: "InstallASAP", Status: "Installing" });
      await player.happened("started");
      expect(player.device.record().finalVersion).toBe("26.6.2");
    });

    it("lets its user defer InstallLater up to the limit, one day each, and tells the count", async () => {
      const player = await begin("mac-intel");
      await player.ask(schedule("26.6.2", "InstallLater", { MaxUserDeferrals: 4 }));
      await player.happened("downloaded");
      const downloadedAt = world.clock.now();
      const [item] = statusItems(await player.ask(status));
      expect(item).toMatchObject({ MaxDeferrals: 4, DeferralsRemaining: 3 });
      await player.happened("installing");
      const waited = (player.device.record().installsExecuted[0]?.at ?? 0) - downloadedAt;
      expect(waited).toBeLessThan(5 * day);
    });

    it("fetches its bootstrap token before it installs", async () => {
      const player = await begin("mac-apple-silicon");
      await player.happened("bootstrap-token-escrowed");
      await player.ask(schedule("26.6.2", "InstallASAP"));
      await player.happened("started");
      const said = world.checkIns.map((message) => message["MessageType"]);
      expect(said.slice(0, 4)).toEqual(["Authenticate", "TokenUpdate", "SetBootstrapToken", "GetBootstrapToken"]);
      expect(player.device.record().finalVersion).toBe("26.6.2");
    });

    it("does not install without a bootstrap token", async () => {
      const player = world.start("mac-apple-silicon", {}, world.profile({ mdm: { ServerCapabilities: [] } }));
      await player.happened("enrolled");
      await player.ask(schedule("26.6.2", "InstallASAP"));
      await player.happened("install-not-authorised");
      expect(player.device.record()).toMatchObject({ installsExecuted: [], finalVersion: "26.5" });
      expect(statusItems(await player.ask(status))).toMatchObject([{ IsDownloaded: true, Status: "Idle" }]);
    });

    it("has other products before the OS in its lists, some without a version, and names them in answer to one order", async () => {
      const player = await begin("mac-intel");
      const key = "MSU_UPDATE_25G83_patch_26.6.2_minor";
      const keys = (answer: PlistDict, of: string) => (answer[of] as PlistDict[]).map(({ ProductKey }) => ProductKey);
      const available = await player.ask({ RequestType: "AvailableOSUpdates" });
      expect(keys(available, "AvailableOSUpdates").slice(0, 2)).toEqual([...loadedKeys]);
      expect((available["AvailableOSUpdates"] as PlistDict[])[1]).not.toHaveProperty("Version");
      const before = await player.ask(status);
      expect(keys(before, "OSUpdateStatus")).toEqual([...loadedKeys]);
      expect((before["OSUpdateStatus"] as PlistDict[])[0]).toMatchObject({ IsDownloaded: true, Status: "Idle" });
      expect(keys(await player.ask(schedule("26.6.2", "DownloadOnly")), "UpdateResults")).toEqual([...loadedKeys, key]);
      expect(keys(await player.ask(status), "OSUpdateStatus")).toEqual([...loadedKeys, key]);
      expect(player.device.record().otherInstalls).toEqual([]);
    });

    it.each([
      ["10.13.6", "17G66", "10.14.6", "18G103", true],
      ["11.7.10", "20G1427", "11.7.11", "20G1443", false],
    ])("%s (%s) answers and lists as old as it is", async (version, build, newer, newBuild, old) => {
      const releases = [{ platform: "macOS", version: newer, build: newBuild, sizeBytes: 6_000_000_000 }] as const;
      const player = await begin("mac-macos-11", { releases, startsOn: { version, build } });
      const queries = { RequestType: "DeviceInformation", Queries: ["OSVersion", "IsSupervised"] };
      expect((await player.ask(queries))["QueryResponses"]).toEqual({
        OSVersion: version,
        ...(old ? {} : { IsSupervised: true }),
      });
      await player.ask({ RequestType: "ScheduleOSUpdateScan", Force: true });
      await player.happened("scan-finished");
      const [item] = ofOS(
        (await player.ask({ RequestType: "AvailableOSUpdates" }))["AvailableOSUpdates"] as PlistDict[],
      );
      expect(item).toMatchObject({ Version: old ? newBuild : newer, Build: newBuild });
      const integer = typeof item?.["DownloadSize"] === "number" || typeof item?.["DownloadSize"] === "bigint";
      expect(integer).toBe(!old);
      const order = { ProductKey: item?.["ProductKey"] ?? "", InstallAction: "Default" };
      await player.ask({ RequestType: "ScheduleOSUpdate", Updates: [order] });
      await player.happened("downloaded");
      expect(statusItems(await player.ask(status))).toMatchObject([{ IsDownloaded: old ? 1 : true }]);
    });

    it("installs a major upgrade with InstallASAP only", async () => {
      const releases = [{ platform: "macOS", version: "27.0", build: "26A100" }] as const;
      const player = await begin("mac-intel", { releases });
      for (const action of ["InstallForceRestart", "InstallLater"]) {
        expect(results(await player.ask(schedule("27.0", action)))).toMatchObject([{ Status: "InstallFailed" }]);
      }
      await player.ask(schedule("27.0", "InstallASAP"));
      await player.happened("started");
      expect(player.device.record().finalVersion).toBe("27.0");
      expect(errorCode(await player.ask(status))).toBe(12021);
    });

    it("refuses a command that names neither key nor version, and a downgrade", async () => {
      const player = await begin("mac-intel");
      const nameless = { RequestType: "ScheduleOSUpdate", Updates: [{ InstallAction: "Default" }] };
      expect((await player.ask(nameless))["Status"]).toBe("Error");
      expect((await player.ask(schedule("15.7.9", "InstallASAP")))["Status"]).toBe("Error");
    });
  });

  it("restarts once after RestartDevice was answered, and says TokenUpdate when it is back", async () => {
    const player = await begin("mac-intel");
    expect((await player.ask({ RequestType: "RestartDevice" }))["Status"]).toBe("Acknowledged");
    await player.happened("started");
    await player.ask({ RequestType: "DeviceInformation", Queries: [] });
    expect(player.device.record().restarts).toMatchObject([{ why: "RestartDevice" }]);
    expect(world.checkIns.filter((message) => message["MessageType"] === "TokenUpdate")).toHaveLength(2);
  });
});

/** Whether the user of the late-consent iPhone with this seed schedules the installation instead of putting it off. */
function scheduledBy(seed: number): boolean {
  return drawTraits("iphone-late-consent", kinds["iphone-late-consent"], seed, 0).consentStyle === "schedule";
}
