import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { announce, declare, enforcement, localIn, told, until } from "./declarative/given.suite.ts";
import type { KindName } from "./kinds.ts";
import type { PlistDict } from "./plist.ts";
import type { SimRelease } from "./releases.ts";
import type { Player, World } from "./scripted-server.suite.ts";
import { startWorld } from "./scripted-server.suite.ts";

const hour = 3_600_000;
const failsOn = ["Mac14,2", "iPhone14,2"];
const releases: readonly SimRelease[] = [
  { platform: "macOS", version: "26.7", build: "25H20", failsOn },
  { platform: "iOS", version: "26.7", build: "23H20", failsOn },
];
const order = (InstallAction: string): PlistDict => ({
  RequestType: "ScheduleOSUpdate",
  Updates: [{ ProductVersion: "26.7", InstallAction }],
});
const resultOf = (answer: PlistDict): PlistDict | undefined =>
  (answer["UpdateResults"] as PlistDict[]).find(
    ({ ProductKey: key }) => typeof key === "string" && key.includes("H20"),
  );

describe("a release with a fault", () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  async function begin(kind: KindName): Promise<Player> {
    const player = world.start(kind, { releases, timeZone: "America/New_York" });
    await player.happened("enrolled");
    return player;
  }
  const failures = (player: Player): number =>
    player.device.truth.events.filter(({ what }) => what === "install-failed").length;

  it.each<[KindName]>([["mac-apple-silicon"], ["iphone-no-passcode"]])(
    "fails on %s at each order to install what it has downloaded",
    async (kind) => {
      const player = await begin(kind);
      await player.ask(order("DownloadOnly"));
      await player.happened("downloaded");
      for (const times of [1, 2]) {
        const result = resultOf(await player.ask(order("InstallASAP")));
        expect(result).toMatchObject({ InstallAction: "Error", Status: "InstallFailed" });
        expect(failures(player)).toBe(times);
      }
      expect(player.device.record()).toMatchObject({ installsExecuted: [], restarts: [], finalVersion: "26.5" });
    },
  );

  it("fails after the download where one order asks for both, and the download stays", async () => {
    const player = await begin("mac-apple-silicon");
    await player.happened("bootstrap-token-escrowed");
    expect(resultOf(await player.ask(order("InstallASAP")))).toMatchObject({ Status: "Downloading" });
    await player.happened("install-failed");
    expect(resultOf(await player.ask(order("DownloadOnly")))).toMatchObject({ Status: "Idle" });
    expect(player.device.record()).toMatchObject({ installsExecuted: [], restarts: [], finalVersion: "26.5" });
  });

  it("installs on another model", async () => {
    const player = await begin("mac-intel");
    await player.ask(order("InstallASAP"));
    await player.happened("started");
    expect([player.device.record().finalVersion, failures(player)]).toEqual(["26.7", 0]);
  });

  it("fails at its declared moment and each hour after it, and the device tells how often and why", async () => {
    declare(world, enforcement("26.7", localIn("America/New_York", world.clock.now() + 30 * hour)));
    const player = await begin("mac-declared");
    await announce(world, player);
    await until(world, () => (told(world, "softwareupdate.failure-reason") as { count?: number })?.count === 3, 60);
    expect(told(world, "softwareupdate.install-state")).toBe("failed");
    expect(told(world, "softwareupdate.failure-reason")).toMatchObject({
      reason: "The update could not be prepared for installation.",
    });
    const at = player.device.truth.events.filter(({ what }) => what === "install-failed").map((event) => event.at);
    expect(at.slice(1).map((time, nth) => time - (at[nth] ?? 0))).toEqual([hour, hour]);
    expect(player.device.record()).toMatchObject({ installsExecuted: [], restarts: [], finalVersion: "26.5" });
  });
});
