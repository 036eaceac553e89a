import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SimDeviceOptions } from "../device.ts";
import type { KindName } from "../kinds.ts";
import { loadedKeys } from "../other-updates.ts";
import type { PlistDict } from "../plist.ts";
import type { SimInstall } from "../record.ts";
import type { SimRelease } from "../releases.ts";
import { sampleReleases } from "../releases.ts";
import type { Player, World } from "../scripted-server.suite.ts";
import { startWorld } from "../scripted-server.suite.ts";
import {
  activation,
  announce,
  declare,
  enforcement,
  judgementTold,
  localIn,
  merged,
  statesTold,
  subscriptions,
  told,
  until,
  updateItems,
} from "./given.suite.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const zone = "America/New_York";

describe("an enforcement", () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  async function begin(kind: KindName = "iphone-declared", options: Partial<SimDeviceOptions> = {}): Promise<Player> {
    const player = world.start(kind, { timeZone: zone, ...options });
    await player.happened("enrolled");
    return player;
  }
  const inHours = (hours: number): string => localIn(zone, world.clock.now() + hours * hour);
  const installs = (player: Player): readonly SimInstall[] => player.device.record().installsExecuted;
  const late = (player: Player): number => installs(player)[0]?.declared?.late ?? NaN;
  const truth = (player: Player) => player.device.record().declarations;

  it.each<[string, KindName, string]>([
    ["America/New_York", "iphone-declared", "26.6.1"],
    ["Pacific/Kiritimati", "iphone-declared-unsupervised", "26.6.1"],
    ["Asia/Kolkata", "ipad-declared-17", "26.6.1"],
    ["America/Los_Angeles", "mac-declared", "26.6.2"],
    ["Australia/Sydney", "mac-declared-14", "15.7.9"],
    ["Europe/Berlin", "apple-tv-declared", "26.6"],
    ["Asia/Tokyo", "vision-declared", "26.6.1"],
  ])("is carried out in %s at the local deadline by %s, told step by step", async (timeZone, kind, version) => {
    const local = "2026-08-25T19:00:00";
    declare(world, enforcement(version, local, { DetailsURL: "https://it.example.org" }));
    const player = await begin(kind, { timeZone });
    await announce(world, player);
    await until(world, () => told(world, "device.operating-system.version") === version, 120);
    // iOS does not tell that it waits, nor by which declaration it installs.
    const iOS = kind.startsWith("ip");
    expect(statesTold(world)).toEqual([iOS ? "none" : "waiting", "downloading", "prepared", "installing", "none"]);
    const [install, ...more] = installs(player);
    expect(more).toEqual([]);
    expect(install).toMatchObject({ version, action: "declaration", consented: false, zone: timeZone });
    expect(install?.local).toMatch(/^2026-08-25 19:0/);
    expect(install?.declared).toMatchObject({ identifier: "update", local, excuse: null });
    expect(late(player)).toBeGreaterThanOrEqual(0);
    expect(late(player)).toBeLessThan(minute);
    const pending = merged(world).map(({ items }) => items["softwareupdate"]);
    const moment: unknown = expect.stringMatching(/^2026-08-25 \d\d:\d\d:00 \+0000$/);
    expect(pending).toContainEqual(
      expect.objectContaining({
        "install-state": "prepared",
        "pending-version": expect.objectContaining({
          "os-version": version,
          ...(kind.startsWith("iphone")
            ? { "softwareupdate.target-local-date-time": moment }
            : { "target-local-date-time": local }),
        }),
        "install-reason": { reason: ["declaration"], ...(iOS ? {} : { "declaration-id": "update" }) },
        "failure-reason": { count: 0 },
      }),
    );
    expect(told(world, "softwareupdate.install-reason")).toEqual({ reason: [] });
    expect(told(world, "softwareupdate.pending-version")).toEqual(iOS ? {} : { "os-version": "", "build-version": "" });
    // What runs now is no longer newer: the declaration is in error until it is withdrawn.
    await until(world, () => judgementTold(world, "update")?.["valid"] === "invalid");
    const record = player.device.record();
    expect(record).toMatchObject({ finalVersion: version, violations: [], declarations: { installState: "none" } });
    expect(record.restarts).toMatchObject([{ why: "install" }]);
    expect(record.declarations).toMatchObject({ plannings: [{ version, local }], givenUp: [], failures: 0 });
  });

  it("installs a background security improvement where it names its build, on the very build it is made for", async () => {
    const improvement = { platform: "iOS", version: "26.6.1", build: "23G771330a" } as const;
    const releases: SimRelease[] = [
      ...sampleReleases,
      { ...improvement, improvement: { letter: "a", onBuild: "23G83" } },
      { ...improvement, build: "23G771330b", improvement: { letter: "a", onBuild: "23G6083" } },
    ];
    world.declarations.set("update", enforcement("26.6.1", inHours(3), { TargetBuildVersion: "23G771330a" }));
    world.declarations.set("other", enforcement("26.6.1", inHours(2), { TargetBuildVersion: "23G771330b" }));
    world.declarations.set(
      "status",
      subscriptions(...updateItems, "device.operating-system.supplemental.extra-version"),
    );
    world.declarations.set("all", activation(["other", "update", "status"]));
    const player = await begin("iphone-declared", { releases, startsOn: { version: "26.6.1", build: "23G83" } });
    await announce(world, player);
    await until(world, () => told(world, "device.operating-system.supplemental.extra-version") === "a", 40);
    expect(installs(player).map(({ version, build }) => [version, build])).toEqual([["26.6.1", "23G771330a"]]);
    expect(player.device.record()).toMatchObject({ finalVersion: "26.6.1", finalBuild: "23G83" });
    const pending = merged(world).map(({ items }) => items["softwareupdate"]);
    expect(JSON.stringify(pending)).toContain('"os-version":"26.6.1 (a)","build-version":"23G771330a"');
    const answer = await player.ask({
      RequestType: "DeviceInformation",
      Queries: ["OSVersion", "BuildVersion", "SupplementalBuildVersion", "SupplementalOSVersionExtra"],
    });
    expect(answer["QueryResponses"]).toEqual({
      OSVersion: "26.6.1",
      BuildVersion: "23G83",
      SupplementalBuildVersion: "23G771330a",
      SupplementalOSVersionExtra: "(a)",
    });
  });

  it("whose deadline has passed when it is declared leaves an hour", async () => {
    declare(world, enforcement("26.6.1", inHours(-30)));
    const player = await begin();
    await announce(world, player);
    const planned = world.clock.now();
    await player.happened("started");
    expect((installs(player)[0]?.at ?? 0) - planned).toBeGreaterThan(59 * minute);
    expect(installs(player)[0]?.declared).toMatchObject({ excuse: "past-when-declared" });
  });

  it("is carried out as soon as it is prepared, where that is after the deadline", async () => {
    declare(world, enforcement("26.6.2", inHours(0.4)));
    const slow = sampleReleases.map((release) => ({ ...release, sizeBytes: 60_000_000_000 }));
    const player = await begin("mac-declared", { releases: slow });
    await announce(world, player);
    await player.happened("started");
    const [download] = player.device.record().downloadsExecuted;
    // Its clock shows whole ms.
    expect(installs(player)[0]?.at).toBe(Math.ceil(download?.at ?? 0));
    expect(late(player)).toBeGreaterThan(0.5 * hour);
  });

  it("takes the earliest deadline first, and then what is newer still", async () => {
    world.declarations.set("later", enforcement("26.6.1", inHours(60)));
    world.declarations.set("sooner", enforcement("26.6", inHours(30)));
    world.declarations.set("all", activation(["later", "sooner"]));
    const player = await begin();
    await announce(world, player);
    await until(world, () => installs(player).length === 2, 90);
    expect(installs(player).map(({ version, declared }) => [version, declared?.identifier])).toEqual([
      ["26.6", "sooner"],
      ["26.6.1", "later"],
    ]);
  });

  it("for a lower version with a later deadline comes to nothing once a higher one is installed", async () => {
    world.declarations.set("later", enforcement("26.6", inHours(60)));
    world.declarations.set("sooner", enforcement("26.6.1", inHours(30)));
    world.declarations.set("status", subscriptions(...updateItems));
    world.declarations.set("all", activation(["later", "sooner", "status"]));
    const player = await begin();
    await announce(world, player);
    await until(world, () => judgementTold(world, "later")?.["valid"] === "invalid", 40);
    await world.clock.sleep(2 * day);
    expect(installs(player).map(({ version }) => version)).toEqual(["26.6.1"]);
  });

  it("of the same version twice counts with its earlier date", async () => {
    world.declarations.set("a", enforcement("26.6.1", inHours(60)));
    world.declarations.set("b", enforcement("26.6.1", inHours(30)));
    world.declarations.set("all", activation(["a", "b"]));
    const player = await begin();
    await announce(world, player);
    await player.happened("started");
    expect(installs(player)).toMatchObject([{ declared: { identifier: "b" } }]);
    await world.clock.sleep(2 * day);
    expect(installs(player)).toHaveLength(1);
  });

  it("for a version that is not offered is active and does nothing, until it is offered", async () => {
    const appears = world.clock.now() + 3 * day;
    const releases: SimRelease[] = [
      ...sampleReleases,
      { platform: "iOS", version: "26.6.9", build: "23G99", offeredFrom: appears },
    ];
    declare(world, enforcement("26.6.9", inHours(24)));
    const player = await begin("iphone-declared", { releases });
    await announce(world, player);
    await world.clock.sleep(2 * day);
    expect(judgementTold(world, "update")).toMatchObject({ active: true, valid: "valid" });
    expect([statesTold(world), truth(player)?.plannings, installs(player)]).toEqual([["none"], [], []]);
    await player.happened("started");
    expect(installs(player)[0]?.version).toBe("26.6.9");
    expect(installs(player)[0]?.at).toBeGreaterThan(appears);
  });

  it("on a Mac leaves a build aside that does not belong to its version", async () => {
    const releases: SimRelease[] = [...sampleReleases, { platform: "macOS", version: "26.6.2", build: "25G6083" }];
    declare(world, enforcement("26.6.2", inHours(5), { TargetBuildVersion: "25G72" }));
    const player = await begin("mac-declared", { releases });
    await announce(world, player);
    await player.happened("started");
    expect(player.device.record()).toMatchObject({ finalVersion: "26.6.2", finalBuild: "25G6083" });
  });

  it("on an iPhone goes by the build alone, where it names one", async () => {
    declare(world, enforcement("26.6.1", inHours(5), { TargetBuildVersion: "23G71" }));
    const player = await begin();
    await announce(world, player);
    await player.happened("started");
    expect(player.device.record()).toMatchObject({ finalVersion: "26.6", finalBuild: "23G71" });
  });

  it.each<[KindName, string, boolean]>([
    ["iphone-declared", "26.6.0", false],
    ["iphone-declared", "26.6", true],
    ["mac-declared", "26.6.0", true],
  ])("of %s for %s is compared as its OS compares: found %s", async (kind, version, found) => {
    declare(world, enforcement(version, inHours(5)));
    const player = await begin(kind);
    await announce(world, player);
    await until(world, () => judgementTold(world, "update") !== undefined);
    await world.clock.sleep(day);
    expect(judgementTold(world, "update")).toMatchObject(found ? {} : { active: true, valid: "valid" });
    expect(installs(player)).toHaveLength(found ? 1 : 0);
  });

  it.each<[KindName, string, object, string | undefined]>([
    ["iphone-declared", "27", {}, "target OS version (27) has an invalid format"],
    ["mac-declared", "26.3.1 (a)", {}, "target OS version (26.3.1 (a)) has an invalid format"],
    ["iphone-declared", "26.6.0.0", {}, "target OS version (26.6.0.0) has an invalid format"],
    ["iphone-declared", "26.6.1", { TargetBuildVersion: "G83" }, "target build version (G83) has an invalid format"],
    ["iphone-declared", "26.4.1", {}, "target OS version (26.4.1) is older than current version (26.5)"],
    // That night New York's clock goes from 02:00 to 03:00.
    ["iphone-declared", "26.6.1", { TargetLocalDateTime: "2027-03-14T02:30:00" }, "invalid enforced install date"],
    ["mac-declared", "26.6.1", { TargetLocalDateTime: "2027-03-14T02:30:00" }, undefined],
    ["iphone-declared", "26.6.1", { TargetLocalDateTime: "2027-03-14T03:00:00" }, undefined],
  ])("is refused by %s as its update service refuses it: %s %j", async (kind, version, more, why) => {
    declare(world, enforcement(version, inHours(30), { ...more }));
    const player = await begin(kind);
    await announce(world, player);
    await until(world, () => judgementTold(world, "update") !== undefined);
    const Error = `[kSUCoreErrorDDMInvalidDeclarationFailure] Invalid declaration: ${why}`;
    expect(judgementTold(world, "update")).toMatchObject(
      why === undefined
        ? { active: true, valid: "valid" }
        : {
            active: false,
            valid: "invalid",
            reasons: [{ code: "Error.ConfigurationCannotBeApplied", details: { Error } }],
          },
    );
  });

  describe("that takes another's place", () => {
    const states = () => statesTold(world);
    async function prepared(kind: KindName = "iphone-declared", version = "26.6.1"): Promise<Player> {
      declare(world, enforcement(version, inHours(40)));
      const player = await begin(kind);
      await announce(world, player);
      await until(world, () => told(world, "softwareupdate.install-state") === "prepared");
      return player;
    }
    const downloads = (player: Player): number => player.device.record().downloadsExecuted.length;
    async function sync(player: Player, ...names: readonly string[]): Promise<void> {
      world.declarations.set("all", activation([...names, "status"]));
      if (!names.includes("update")) world.declarations.remove("update");
      const before = truth(player)?.syncs ?? 0;
      await announce(world, player);
      await until(world, () => (truth(player)?.syncs ?? 0) > before);
    }

    it("keeps the download where it is earlier, and the former goes in a later sync", async () => {
      const player = await prepared();
      world.declarations.set("earlier", enforcement("26.6.1", inHours(30)));
      await sync(player, "update", "earlier");
      await world.clock.sleep(hour);
      await sync(player, "earlier");
      await player.happened("started");
      await until(world, () => states().length === 5);
      expect([downloads(player), truth(player)?.downloadsLost]).toEqual([1, 0]);
      expect(states()).toEqual(["none", "downloading", "prepared", "installing", "none"]);
      expect(installs(player)).toMatchObject([{ declared: { identifier: "earlier", excuse: null } }]);
    });

    it.each<[string, KindName, string, number]>([
      ["iPhone", "iphone-declared", "26.6.1", 2],
      // What a Mac keeps is unknown; this one keeps it.
      ["Mac", "mac-declared", "26.6.2", 1],
    ])("in one sync costs an %s what it does", async (_what, kind, version, expected) => {
      const player = await prepared(kind, version);
      world.declarations.set("earlier", enforcement(version, inHours(30)));
      await sync(player, "earlier");
      await player.happened("started");
      expect([downloads(player), truth(player)?.downloadsLost]).toEqual([expected, expected - 1]);
    });

    it("leaves a later one of the same version waiting", async () => {
      const player = await prepared();
      world.declarations.set("later", enforcement("26.6.1", inHours(60)));
      await sync(player, "update", "later");
      await player.happened("started");
      expect([downloads(player), installs(player)[0]?.declared?.identifier]).toEqual([1, "update"]);
    });

    it("of the same moment is the lower version", async () => {
      const local = inHours(30);
      world.declarations.set("a", enforcement("26.6.1", local));
      world.declarations.set("b", enforcement("26.6", local));
      world.declarations.set("all", activation(["a", "b"]));
      const player = await begin();
      await announce(world, player);
      await player.happened("planning-began");
      expect(truth(player)?.plannings).toMatchObject([{ version: "26.6" }]);
    });
  });

  it("installs the build it names, where the version has several", async () => {
    const releases: SimRelease[] = [...sampleReleases, { platform: "iOS", version: "26.6.1", build: "23G6083" }];
    declare(world, enforcement("26.6.1", inHours(5), { TargetBuildVersion: "23G83" }));
    const player = await begin("iphone-declared", { releases });
    await announce(world, player);
    await player.happened("started");
    expect(player.device.record()).toMatchObject({ finalBuild: "23G83" });
  });

  it("is scheduled again when it is replaced", async () => {
    declare(world, enforcement("26.6.1", inHours(20)));
    const player = await begin();
    await announce(world, player);
    await until(world, () => told(world, "softwareupdate.install-state") === "prepared");
    world.declarations.set("update", enforcement("26.6.1", inHours(50)));
    await announce(world, player);
    await player.happened("planning-ended");
    await until(world, () => statesTold(world).length > 5);
    // What was downloaded went with the declaration.
    expect(statesTold(world)).toEqual(["none", "downloading", "prepared", "none", "downloading", "prepared"]);
    await player.happened("started");
    expect(truth(player)).toMatchObject({ plannings: [{}, {}], givenUp: [{ identifier: "update" }], downloadsLost: 1 });
    expect([installs(player).length, late(player)]).toEqual([1, expect.closeTo(0, -5)]);
  });

  it("is not scheduled again when something else changes", async () => {
    declare(world, enforcement("26.6.1", inHours(20)));
    const player = await begin();
    await announce(world, player);
    await player.happened("planning-began");
    world.declarations.set("owner", { type: "com.apple.management.organization-info", payload: { Name: "Example" } });
    world.declarations.set("all", activation(["update", "status"], "TRUEPREDICATE"));
    await announce(world, player);
    await player.happened("started");
    expect(truth(player)?.plannings).toHaveLength(1);
  });

  it("ends with its declaration, before it is installed", async () => {
    declare(world, enforcement("26.6.1", inHours(20)));
    const player = await begin();
    await announce(world, player);
    await until(world, () => told(world, "softwareupdate.install-state") === "prepared");
    world.declarations.set("all", activation(["status"]));
    world.declarations.remove("update");
    await announce(world, player);
    await until(world, () => told(world, "softwareupdate.install-state") === "none");
    expect(judgementTold(world, "update")).toBeUndefined();
    await world.clock.sleep(3 * day);
    expect([installs(player), truth(player)?.givenUp.length]).toEqual([[], 1]);
  });

  it.each(["deliverTwice", "deliverLate"] as const)("is carried out once where the path does %s", async (fault) => {
    declare(world, enforcement("26.6.1", inHours(30)));
    const player = await begin("iphone-declared", { faults: { [fault]: true } });
    await announce(world, player);
    await announce(world, player);
    await player.happened("started");
    await world.clock.sleep(day);
    expect(truth(player)).toMatchObject({ syncs: 1, plannings: [{}] });
    expect([installs(player).length, late(player)]).toEqual([1, expect.closeTo(0, -5)]);
  });

  it("brings OS 27 further, where no command can", async () => {
    const releases: SimRelease[] = [{ platform: "iOS", version: "27.0.1", build: "24A310" }];
    declare(world, enforcement("27.0.1", inHours(30)));
    const player = await begin("iphone-os-27", { releases });
    await announce(world, player);
    await player.happened("started");
    expect(player.device.record()).toMatchObject({ finalVersion: "27.0.1", violations: [] });
  });

  it("that falls due while the device restarts is carried out an hour after that", async () => {
    const player = await begin("iphone-declared", { startsOn: { version: "26.5", build: "23F77" } });
    const deadline = Math.ceil(world.clock.now() / minute) * minute + 30 * hour;
    declare(world, enforcement("26.6.1", localIn(zone, deadline)));
    await announce(world, player);
    await world.clock.sleep(deadline - world.clock.now() - 15_000);
    await player.ask({ RequestType: "RestartDevice" });
    await player.happened("started");
    const on = world.clock.now();
    expect(on).toBeGreaterThan(deadline);
    await player.happened("started");
    expect(installs(player)).toMatchObject([{ at: on + hour, declared: { excuse: "was-off" } }]);
  });

  describe("beside commands", () => {
    const order = (version: string, InstallAction: string) => ({
      RequestType: "ScheduleOSUpdate",
      Updates: [{ ProductVersion: version, InstallAction }],
    });

    it.each<[KindName, string]>([
      ["iphone-declared", "26.6.1"],
      ["mac-declared", "26.6.2"],
    ])("has %s ignore them, and their lists name nothing it manages", async (kind, version) => {
      declare(world, enforcement(version, inHours(30)));
      const player = await begin(kind);
      await announce(world, player);
      await player.happened("planning-began");
      expect(await player.ask(order(version, "InstallASAP"))).toMatchObject({
        Status: "Error",
        ErrorChain: [{ LocalizedDescription: expect.stringContaining("declaration") }],
      });
      for (const RequestType of ["OSUpdateStatus", "AvailableOSUpdates"]) {
        const answer = await player.ask({ RequestType });
        const items = (answer[RequestType] as PlistDict[] | undefined)?.map(({ ProductKey }) => ProductKey);
        expect(items).toEqual(kind === "mac-declared" ? [...loadedKeys] : undefined);
      }
      await player.happened("started");
      expect([installs(player).length, late(player)]).toEqual([1, expect.closeTo(0, -5)]);
    });

    it("answers each of them with 103 on an iPhone, while its update has been found and no longer", async () => {
      declare(world, enforcement("26.6.9", inHours(30)));
      const player = await begin();
      await announce(world, player);
      await until(world, () => judgementTold(world, "update") !== undefined);
      const all = ["OSUpdateStatus", "AvailableOSUpdates", "ScheduleOSUpdateScan", "ScheduleOSUpdate"];
      const ask = (RequestType: string) => player.ask({ ...order("26.6.1", "DownloadOnly"), RequestType });
      // One that finds nothing blocks nothing.
      expect((await ask("OSUpdateStatus"))["Status"]).toBe("Acknowledged");
      declare(world, enforcement("26.6.1", inHours(30)));
      await announce(world, player);
      await player.happened("planning-began");
      for (const requestType of all) {
        expect(await ask(requestType)).toMatchObject({
          Status: "Error",
          ErrorChain: [{ ErrorCode: 103, ErrorDomain: "com.apple.softwareupdateservices.errors" }],
        });
      }
    });

    it("takes over what a command had begun", async () => {
      const player = await begin("mac-declared");
      await player.ask(order("26.6.2", "InstallLater"));
      await player.happened("download-started");
      declare(world, enforcement("26.6.2", inHours(40)));
      await announce(world, player);
      await player.happened("started");
      expect(installs(player)).toMatchObject([{ action: "declaration" }]);
    });

    it("gives the device back to them when it is withdrawn", async () => {
      declare(world, enforcement("26.6.1", inHours(30)));
      const player = await begin();
      await announce(world, player);
      await until(world, () => told(world, "softwareupdate.install-state") === "prepared");
      await player.happened("downloaded");
      world.declarations.remove("update");
      world.declarations.set("all", activation(["status"]));
      await announce(world, player);
      await player.happened("planning-ended");
      // Its download went with the declaration.
      await player.ask(order("26.6.1", "DownloadOnly"));
      await player.happened("downloaded");
      await player.ask(order("26.6.1", "InstallASAP"));
      await player.happened("started");
      expect(installs(player)).toMatchObject([{ action: "InstallASAP" }]);
      expect(installs(player)[0]).not.toHaveProperty("declared");
    });
  });
});
