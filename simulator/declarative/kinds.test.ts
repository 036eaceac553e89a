import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SimDeviceOptions } from "../device.ts";
import { declaredKindNames, type KindName } from "../kinds.ts";
import type { SimInstall, SimRecord } from "../record.ts";
import { runFleet } from "../fleet.ts";
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
  told,
  until,
} from "./given.suite.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const zone = "Asia/Tokyo";

describe("a kind of declared device", () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  /** Declares the version in so many hours, and has the device take it. */
  async function begin(
    kind: KindName,
    version: string,
    hours: number,
    options: Partial<SimDeviceOptions> = {},
  ): Promise<{ player: Player; local: string; deadline: number }> {
    const player = world.start(kind, { timeZone: zone, ...options });
    await player.happened("enrolled");
    const deadline = Math.floor(world.clock.now() / minute) * minute + hours * hour;
    const local = localIn(zone, deadline);
    declare(world, enforcement(version, local));
    await announce(world, player);
    return { player, local, deadline };
  }
  const install = (player: Player): SimInstall | undefined => player.device.record().installsExecuted[0];
  const truth = (player: Player) => player.device.record().declarations;

  it("mac-declared-no-token fails from its deadline on, once more every hour, and never installs", async () => {
    const { player } = await begin("mac-declared-no-token", "26.6.2", 24);
    await world.clock.sleep(23 * hour);
    expect(statesTold(world)).toEqual(["waiting", "downloading", "prepared"]);
    await world.clock.sleep(10 * hour);
    expect(statesTold(world).at(-1)).toBe("failed");
    const count = truth(player)?.failures ?? 0;
    expect(told(world, "softwareupdate.failure-reason")).toMatchObject({
      count,
      reason: expect.any(String),
      timestamp: expect.stringMatching(/^2026-.*Z$/),
    });
    expect(count).toBeGreaterThanOrEqual(8);
    expect(count).toBeLessThanOrEqual(10);
    expect(player.device.record()).toMatchObject({ installsExecuted: [], restarts: [] });
  });

  it("mac-declared fetches its token first, and waits where the server can't be asked", async () => {
    const { player, deadline } = await begin("mac-declared", "26.6.2", 24);
    await world.clock.sleep(20 * hour);
    world.intercept = (_, body) => (body?.["MessageType"] === "GetBootstrapToken" ? { status: 503 } : undefined);
    await world.clock.sleep(6 * hour);
    expect([install(player), told(world, "softwareupdate.failure-reason.count")]).toEqual([undefined, 0]);
    world.intercept = undefined;
    const back = world.clock.now();
    await player.happened("started");
    expect((install(player)?.at ?? 0) - back).toBeLessThan(10 * minute);
    expect(install(player)?.declared?.late).toBe((install(player)?.at ?? 0) - deadline);
  });

  it("iphone-declared-user-now installs hours after it is prepared, since its user wants it", async () => {
    const { player } = await begin("iphone-declared-user-now", "26.6.1", 48);
    await player.happened("started");
    expect(install(player)).toMatchObject({ action: "notification", consented: true });
    expect(install(player)?.declared?.late).toBeLessThan(-30 * hour);
    const reasons = merged(world).map(({ items }) => JSON.stringify(items["softwareupdate"]));
    expect(reasons.some((reason) => reason.includes('"reason":["declaration","notification"]'))).toBe(true);
  });

  it("mac-declared-tonight installs in the night before its deadline, and at a deadline that comes first", async () => {
    const { player } = await begin("mac-declared-tonight", "26.6.2", 72);
    await player.happened("started");
    expect(install(player)).toMatchObject({
      action: "install-tonight",
      consented: true,
      local: expect.stringMatching(/ 03:/),
    });
  });

  it("mac-declared-tonight still installs because its user chose so, where the server could not be asked for the token", async () => {
    world.intercept = (_, body) => (body?.["MessageType"] === "GetBootstrapToken" ? { status: 503 } : undefined);
    const { player } = await begin("mac-declared-tonight", "26.6.2", 72);
    await player.happened("server-unreachable");
    world.intercept = undefined;
    await player.happened("started");
    expect(install(player)).toMatchObject({ action: "install-tonight", consented: true });
    expect(install(player)?.declared?.late).toBeLessThan(0);
  });

  it("mac-declared-tonight is forced by a deadline before the night", async () => {
    const { player } = await begin("mac-declared-tonight", "26.6.2", 4);
    await player.happened("started");
    expect(install(player)).toMatchObject({ action: "declaration", consented: false });
  });

  it("mac-declared-off installs one hour after it is switched on again", async () => {
    const { player, deadline } = await begin("mac-declared-off", "26.6.2", 30);
    await player.happened("switched-off");
    expect(world.clock.now()).toBeLessThan(deadline);
    await player.happened("started");
    const on = world.clock.now();
    expect(on).toBeGreaterThan(deadline + 2 * hour);
    await player.happened("started");
    expect((install(player)?.at ?? 0) - on).toBe(hour);
    expect(install(player)?.declared).toMatchObject({ excuse: "was-off" });
    expect(player.device.record().restarts).toHaveLength(1);
  });

  it.each<[KindName, string, string]>([
    ["iphone-declared-newer", "26.6.1", "Error.ConfigurationCannotBeApplied"],
    ["mac-declared-invalid", "26.6.2", "Error.ConfigurationIsInvalid"],
    ["mac-declared-unsupervised", "26.6.2", "Error.ConfigurationNotSupported"],
  ])("%s never installs %s and says %s", async (kind, version, code) => {
    const { player } = await begin(kind, version, 10);
    await world.clock.sleep(3 * day);
    expect(judgementTold(world, "update")).toMatchObject({ active: false, valid: "invalid", reasons: [{ code }] });
    expect(player.device.record()).toMatchObject({ installsExecuted: [], restarts: [] });
  });

  it.each<KindName>(["iphone-declared-ignores", "iphone-declared-not-offered"])(
    "%s says it is active, and nothing ever happens",
    async (kind) => {
      const { player } = await begin(kind, "26.6.1", 10);
      await world.clock.sleep(3 * day);
      expect(judgementTold(world, "update")).toMatchObject({ active: true, valid: "valid" });
      expect(statesTold(world)).toEqual(["none"]);
      expect(player.device.record()).toMatchObject({ installsExecuted: [], declarations: { plannings: [] } });
    },
  );

  it("iphone-declared-silent takes the command and is never heard of declarations", async () => {
    const { player } = await begin("iphone-declared-silent", "26.6.1", 10);
    await world.clock.sleep(3 * day);
    expect(player.device.record().commandsExecuted).toMatchObject([{ status: "Acknowledged" }]);
    expect([world.declarations.asked, install(player)]).toEqual([[], undefined]);
  });

  it("iphone-declared-utc tells its deadline in UTC and by the long name, and keeps the local one", async () => {
    const { player, local, deadline } = await begin("iphone-declared-utc", "26.6.1", 24);
    await until(world, () => told(world, "softwareupdate.install-state") === "prepared");
    expect(told(world, "softwareupdate.pending-version")).toEqual({
      "os-version": "26.6.1",
      "build-version": "23G83",
      "softwareupdate.target-local-date-time": new Date(deadline).toISOString().slice(0, 19),
    });
    await player.happened("started");
    expect(install(player)?.local).toBe(local.replace("T", " "));
  });

  it("mac-declared-fails tries without end, with a rising count", async () => {
    const { player } = await begin("mac-declared-fails", "26.6.2", 10);
    await world.clock.sleep(4 * day);
    const counts = merged(world).map(({ items }) => JSON.stringify(items).match(/"count":(\d+)/)?.[1]);
    const rising = counts.map(Number).filter((count, at, all) => count !== all[at - 1]);
    expect(rising).toEqual(rising.toSorted((a, b) => a - b));
    expect(rising.length).toBeGreaterThan(30);
    expect(truth(player)?.failures).toBe(rising.at(-1));
    expect(player.device.record()).toMatchObject({ installsExecuted: [], restarts: [], finalVersion: "26.5" });
  });

  it("iphone-declared-fails-first fails three times and then installs at its deadline", async () => {
    const { player } = await begin("iphone-declared-fails-first", "26.6.1", 30);
    await player.happened("started");
    const states = statesTold(world);
    expect(states.filter((state) => state === "failed")).toHaveLength(3);
    expect(install(player)?.declared?.late).toBeLessThan(minute);
    await until(world, () => told(world, "softwareupdate.failure-reason.count") === 0);
  });

  it("iphone-declared-loses-reports never sends some, and a full report tells what they would have", async () => {
    const { player } = await begin("iphone-declared-loses-reports", "26.6.1", 20);
    await world.clock.sleep(8 * day);
    const { lost, accepted } = truth(player)?.reports ?? { lost: 0, accepted: 0 };
    expect(lost).toBeGreaterThan(2);
    expect(world.declarations.reports).toHaveLength(accepted);
    expect(told(world, "device.operating-system.version")).toBe("26.6.1");
  });

  it("iphone-declared-lags tells each state hours later, in order", async () => {
    const { player } = await begin("iphone-declared-lags", "26.6.1", 30);
    await player.happened("downloaded");
    expect(statesTold(world)).toEqual([]);
    await player.happened("started");
    const up = world.clock.now();
    await until(world, () => told(world, "device.operating-system.version") === "26.6.1");
    expect(world.clock.now() - up).toBeGreaterThan(2 * hour);
    expect(statesTold(world)).toEqual(["none", "downloading", "prepared", "installing", "none"]);
  });

  it("iphone-declared-changes reports only changed declarations and removed ones", async () => {
    const { player } = await begin("iphone-declared-changes", "26.6.1", 100);
    await until(world, () => told(world, "softwareupdate.install-state") === "prepared");
    world.declarations.remove("update");
    world.declarations.set("all", activation(["status"]));
    await announce(world, player);
    await until(world, () => told(world, "softwareupdate.install-state") === "none");
    expect(told(world, "management.declarations")).toEqual({
      activations: [expect.objectContaining({ identifier: "all", active: true })],
      assets: [],
      configurations: [{ identifier: "update", _removed: true }],
      management: [],
    });
  });

  it("iphone-declared-junk sends one report that is no JSON, and then a good one", async () => {
    const { player } = await begin("iphone-declared-junk", "26.6.1", 30);
    await player.happened("junk-report");
    await player.happened("started");
    await until(world, () => told(world, "softwareupdate.install-state") === "none");
    expect(world.declarations.reports.map(({ json }) => json === undefined)).toEqual([
      true,
      ...Array<boolean>(world.declarations.reports.length - 1).fill(false),
    ]);
  });

  it("iphone-declared-crosses-27 is updated to OS 27 by its user, and then knows no update command", async () => {
    const { player } = await begin("iphone-declared-crosses-27", "26.6.1", 100);
    await player.happened("started");
    await until(world, () => told(world, "device.operating-system.version") === "27.0");
    expect(judgementTold(world, "update")).toMatchObject({ reasons: [{ code: "Error.ConfigurationCannotBeApplied" }] });
    for (const RequestType of ["ScheduleOSUpdate", "OSUpdateStatus", "AvailableOSUpdates", "ScheduleOSUpdateScan"]) {
      expect(await player.ask({ RequestType, Updates: [] })).toMatchObject({
        Status: "Error",
        ErrorChain: [{ ErrorCode: 12021 }],
      });
    }
    const queries = ["OSUpdateSettings", "SoftwareUpdateDeviceID", "OSVersion"];
    expect(await player.ask({ RequestType: "DeviceInformation", Queries: queries })).toMatchObject({
      QueryResponses: { OSVersion: "27.0" },
    });
    await world.clock.sleep(4 * day);
    expect(player.device.record()).toMatchObject({
      finalVersion: "27.0",
      installsExecuted: [{ action: "by hand", consented: true }],
      declarations: { givenUp: [{ identifier: "update" }], installState: "none" },
    });
  });

  it("vision-declared never knew an update command", async () => {
    const { player } = await begin("vision-declared", "26.6.1", 100);
    expect(await player.ask({ RequestType: "AvailableOSUpdates" })).toMatchObject({ Status: "Error" });
  });
});

describe("a fleet of declared devices", () => {
  /** What the seed decides, keys and the fall of messages aside. */
  const ended = (record: SimRecord) => ({
    kind: record.kind,
    serial: record.serial,
    zone: record.timeZone,
    version: record.finalVersion,
    installs: record.installsExecuted.map(({ version, action, local }) => [version, action, local.slice(0, 10)]),
    violations: record.violations,
  });

  it("ends the same way with the same seed", async () => {
    const run = async (): Promise<SimRecord[]> => {
      const world = await startWorld();
      const stop = new AbortController();
      declare(world, enforcement("26.6.1", "2026-08-27T19:00:00"));
      const fleet = runFleet({
        profile: () => Promise.resolve(world.profile()),
        count: declaredKindNames.length,
        kinds: declaredKindNames,
        seed: 11,
        clock: world.clock,
        apns: world.apns,
        signal: stop.signal,
      });
      while (fleet.records().some(({ enrolledAt }) => enrolledAt === null)) await world.clock.sleep(minute);
      for (const { udid } of fleet.devices) world.order(udid, { RequestType: "DeclarativeManagement" });
      await world.clock.sleep(7 * day);
      stop.abort();
      await fleet.done;
      await world.close();
      return fleet.records();
    };
    const [first, again] = [await run(), await run()];
    expect(again.map(ended)).toEqual(first.map(ended));
    expect(first.flatMap(({ violations }) => violations)).toEqual([]);
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
    // Whatever was forced came at its deadline, or late with an excuse.
    for (const { installsExecuted } of first) {
      for (const { declared, consented } of installsExecuted) {
        if (declared === undefined || consented) continue;
        expect(declared.late).toBeGreaterThanOrEqual(0);
      }
    }
    const updated = first.filter(({ finalVersion }) => finalVersion === "26.6.1").map(({ kind }) => kind);
    expect(updated.toSorted()).toEqual([
      "ipad-declared-17",
      "iphone-declared",
      "iphone-declared-changes",
      "iphone-declared-fails-first",
      "iphone-declared-junk",
      "iphone-declared-lags",
      "iphone-declared-loses-reports",
      "iphone-declared-unsupervised",
      "iphone-declared-user-now",
      "iphone-declared-utc",
      "vision-declared",
    ]);
  }, 120_000);
});
