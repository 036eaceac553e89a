import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SimDeviceOptions } from "../device.ts";
import type { KindName } from "../kinds.ts";
import type { Player, World } from "../scripted-server.suite.ts";
import { startWorld } from "../scripted-server.suite.ts";
import {
  activation,
  announce,
  declare,
  enforcement,
  judgementTold,
  subscriptions,
  told,
  until,
} from "./given.suite.ts";

const later = "2026-08-30T19:00:00";

describe("a device that syncs declarations", () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  async function begin(kind: KindName = "iphone-declared", options: Partial<SimDeviceOptions> = {}): Promise<Player> {
    const player = world.start(kind, options);
    await player.happened("enrolled");
    return player;
  }
  const asked = (): string[] => world.declarations.asked.splice(0).filter((endpoint) => endpoint !== "status");
  const reports = () => world.declarations.reports.length;
  const identifiers = (player: Player): string[] =>
    (player.device.record().declarations?.held ?? []).map(({ identifier }) => identifier).toSorted();

  it("asks for nothing before the command, and then for the manifest and what it names", async () => {
    declare(world, enforcement("26.6.1", later));
    const player = await begin();
    await world.clock.sleep(48 * 3_600_000);
    expect(world.declarations.asked).toEqual([]);
    expect(player.device.record().declarations).toBeUndefined();
    expect(await announce(world, player)).toMatchObject({ Status: "Acknowledged" });
    await until(world, () => reports() > 0);
    expect(asked()).toEqual([
      "declaration-items",
      "declaration/activation/all",
      "declaration/configuration/update",
      "declaration/configuration/status",
    ]);
    expect(identifiers(player)).toEqual(["all", "status", "update"]);
  });

  it("asks for the tokens where the command brought none, and stops where they are known", async () => {
    declare(world, enforcement("26.6.1", later));
    const player = await begin();
    await announce(world, player, "without");
    await until(world, () => reports() > 0);
    expect(asked().slice(0, 2)).toEqual(["tokens", "declaration-items"]);
    await announce(world, player, "without");
    await world.clock.sleep(3_600_000);
    expect(asked()).toEqual(["tokens"]);
    await announce(world, player);
    await world.clock.sleep(3_600_000);
    expect(asked()).toEqual([]);
  });

  it("fetches what is new or changed only, and drops what is gone", async () => {
    declare(world, enforcement("26.6.1", later));
    const player = await begin();
    await announce(world, player);
    await until(world, () => reports() > 0);
    asked();
    world.declarations.set("update", enforcement("26.6", later));
    world.declarations.set("owner", { type: "com.apple.management.organization-info", payload: { Name: "Example" } });
    world.declarations.set("all", activation(["update"]));
    world.declarations.remove("status");
    await announce(world, player);
    await until(world, () => identifiers(player).includes("owner"));
    expect(asked().toSorted()).toEqual([
      "declaration-items",
      "declaration/activation/all",
      "declaration/configuration/update",
      "declaration/management/owner",
    ]);
    expect(identifiers(player)).toEqual(["all", "owner", "update"]);
  });

  it("drops its copy of what is answered with 404", async () => {
    declare(world, enforcement("26.6.1", later));
    const player = await begin();
    await announce(world, player);
    await player.happened("planning-began");
    world.declarations.hide("update");
    await announce(world, player);
    await player.happened("declaration-absent");
    await player.happened("planning-ended");
    expect(identifiers(player)).toEqual(["all", "status"]);
  });

  it.each(["tokens", "declaration-items", "declaration/configuration/update"])(
    "keeps what it has while %s is answered with 503, and comes back by itself",
    async (endpoint) => {
      declare(world, enforcement("26.6.1", later));
      const player = await begin();
      await announce(world, player);
      await until(world, () => reports() > 0);
      world.declarations.set("update", enforcement("26.6", later));
      world.declarations.remove("status");
      world.declarations.set("all", activation(["update"]));
      world.declarations.fail(endpoint, 503, 3);
      await announce(world, player, endpoint === "tokens" ? "without" : "with");
      await player.happened("server-unreachable");
      expect(identifiers(player)).toEqual(["all", "status", "update"]);
      await until(world, () => !identifiers(player).includes("status"));
      const { events, violations, declarations } = player.device.record();
      expect(events.filter(({ what }) => what === "server-unreachable")).toHaveLength(3);
      expect([violations, declarations?.syncs]).toEqual([[], 2]);
    },
  );

  it("takes a token that was long on its way for a reason to ask", async () => {
    const old = world.declarations.tokens();
    declare(world, enforcement("26.6.1", later));
    const player = await begin();
    await world.clock.sleep(60_000);
    await announce(world, player);
    await until(world, () => reports() > 0);
    asked();
    await player.ask({ RequestType: "DeclarativeManagement", Data: old });
    await world.clock.sleep(3_600_000);
    expect(asked()).toEqual(["tokens"]);
    expect(identifiers(player)).toHaveLength(3);
  });

  it("answers CommandFormatError to Data that is no TokensResponse", async () => {
    const player = await begin();
    for (const data of ["", "{}", '{"SyncTokens":{"DeclarationsToken":"a"}}', "junk"]) {
      const answer = await player.ask({ RequestType: "DeclarativeManagement", Data: Buffer.from(data) });
      expect(answer["Status"]).toBe("CommandFormatError");
    }
  });

  it("records an answer that is none as a violation, once, and tries again", async () => {
    declare(world, enforcement("26.6.1", later));
    const player = await begin();
    let junk = 3;
    world.intercept = (_, body) =>
      body?.["Endpoint"] === "declaration-items" && junk-- > 0 ? { status: 200, body: "{}" } : undefined;
    await announce(world, player);
    await until(world, () => reports() > 0);
    expect(player.device.record().violations).toEqual(["declaration-items: no DeclarationItemsResponse"]);
    expect(identifiers(player)).toHaveLength(3);
  });

  it.each<[KindName, SimDeviceOptions["startsOn"]]>([
    ["iphone-no-passcode", undefined],
    ["mac-intel", undefined],
    ["iphone-declared", { version: "14.8", build: "18H17" }],
    ["mac-declared", { version: "12.7.6", build: "21H1320" }],
    ["apple-tv-declared", { version: "15.6", build: "19M65" }],
    ["vision-declared", { version: "1.0", build: "21N301" }],
  ])("%s on %o does not know the command", async (kind, startsOn) => {
    const player = await begin(kind, startsOn && { startsOn });
    expect(await announce(world, player)).toMatchObject({ Status: "Error", ErrorChain: [{ ErrorCode: 12021 }] });
    expect(world.declarations.asked).toEqual([]);
  });

  describe("what it makes of declarations", () => {
    const enforcing = "com.apple.configuration.softwareupdate.enforcement.specific";
    const code = (identifier: string): unknown =>
      (judgementTold(world, identifier)?.["reasons"] as { code: string }[] | undefined)?.[0]?.code;
    async function tell(kind: KindName = "iphone-declared", options: Partial<SimDeviceOptions> = {}): Promise<Player> {
      world.declarations.set("status", subscriptions("management.declarations"));
      world.declarations.set("all", activation(["status", "it"]));
      const player = await begin(kind, options);
      await announce(world, player);
      await until(world, () => judgementTold(world, "all") !== undefined);
      return player;
    }

    it.each<[string, string, object]>([
      ["Error.UnknownDeclarationType", "com.apple.configuration.invented", {}],
      ["Error.ConfigurationCannotBeDeserialized", enforcing, { TargetOSVersion: "26.6.1" }],
      ["Error.ConfigurationCannotBeDeserialized", enforcing, { TargetOSVersion: 26, TargetLocalDateTime: later }],
      ["Error.UnknownPayloadKeys", enforcing, { TargetOSVersion: "26.6.1", TargetLocalDateTime: later, Now: true }],
      [
        "Error.ConfigurationCannotBeApplied",
        enforcing,
        { TargetOSVersion: "26.6.1", TargetLocalDateTime: `${later}Z` },
      ],
      ["Error.ConfigurationCannotBeApplied", enforcing, { TargetOSVersion: "newest", TargetLocalDateTime: later }],
      ["Error.ConfigurationCannotBeApplied", enforcing, { TargetOSVersion: "26.5", TargetLocalDateTime: later }],
      ["Error.ConfigurationCannotBeApplied", enforcing, { TargetOSVersion: "26.4.1", TargetLocalDateTime: later }],
    ])("says %s of %s with %o, and leaves the rest in force", async (reason, type, payload) => {
      world.declarations.set("it", { type, payload: { ...payload } });
      const player = await tell();
      expect(judgementTold(world, "it")).toMatchObject({ active: false, valid: "invalid" });
      expect(code("it")).toBe(reason);
      expect(judgementTold(world, "status")).toMatchObject({ active: true, valid: "valid" });
      expect(player.device.record().declarations?.plannings).toEqual([]);
    });

    it.each<[KindName, string | undefined]>([
      ["mac-declared-unsupervised", "Error.ConfigurationNotSupported"],
      ["iphone-user-enrollment", "Error.ConfigurationNotSupported"],
      ["iphone-declared-unsupervised", undefined],
      ["vision-declared", undefined],
    ])("%s says %s of an enforcement", async (kind, reason) => {
      world.declarations.set("it", enforcement("26.6.1", later));
      world.declarations.set("status", subscriptions("management.declarations"));
      world.declarations.set("all", activation(["status", "it"]));
      const player = await begin(kind);
      await announce(world, player);
      await until(world, () => judgementTold(world, "it") !== undefined);
      expect(code("it")).toBe(reason);
      expect(judgementTold(world, "it")).toMatchObject({ active: reason === undefined });
    });

    it.each<[string, KindName, SimDeviceOptions["startsOn"]]>([
      ["iOS 16", "iphone-declared", { version: "16.7.11", build: "20H360" }],
      ["macOS 13", "mac-declared", { version: "13.7.8", build: "22H730" }],
      ["tvOS 18.3", "apple-tv-declared", { version: "18.3", build: "22K557" }],
      ["visionOS 2", "vision-declared", { version: "2.6", build: "22O785" }],
    ])("%s knows no enforcement, and says so before it is asked to", async (_, kind, startsOn) => {
      world.declarations.set("it", enforcement("26.6.1", later));
      await tell(kind, startsOn && { startsOn });
      expect(code("it")).toBe("Error.UnknownDeclarationType");
      const first = JSON.stringify(told(world, "management.client-capabilities"));
      expect(first).toContain("com.apple.configuration.management.status-subscriptions");
      expect(first).not.toContain("softwareupdate");
    });

    it("calls a configuration that no activation names unknown, and applies it once one does", async () => {
      world.declarations.set("it", enforcement("26.6.1", later));
      world.declarations.set("other", enforcement("26.6", later));
      const player = await tell();
      expect(judgementTold(world, "other")).toMatchObject({ active: false, valid: "unknown" });
      expect(code("other")).toBe("Info.NotReferencedByActivation");
      world.declarations.set("second", activation(["other"]));
      await announce(world, player);
      await until(world, () => judgementTold(world, "other")?.["active"] === true);
    });

    it("never has a management declaration active, and finds nothing wrong with it", async () => {
      world.declarations.set("it", enforcement("26.6.1", later));
      world.declarations.set("owner", { type: "com.apple.management.organization-info", payload: { Name: "Example" } });
      await tell();
      expect(judgementTold(world, "owner")).toMatchObject({ active: false, valid: "valid" });
      expect(judgementTold(world, "owner")).not.toHaveProperty("reasons");
    });

    it("activates nothing of an activation that names what is not there", async () => {
      world.declarations.set("it", enforcement("26.6.1", later));
      const player = await tell();
      world.declarations.set("more", activation(["it", "absent"]));
      world.declarations.set("all", activation(["status"]));
      await announce(world, player);
      await until(world, () => judgementTold(world, "more") !== undefined);
      expect(code("more")).toBe("Error.MissingConfigurations");
      expect(code("it")).toBe("Error.ActivationFailed");
    });

    it.each<[string, boolean, string | undefined]>([
      ["@status(device.operating-system.family) == 'iOS'", true, undefined],
      ["@status(device.operating-system.family) == 'macOS'", false, "Info.Predicate"],
      ["@property(ring) == 1", true, undefined],
      ["@property(ring) == 2", false, "Info.Predicate"],
      ["@property(color) == 2", false, "Error.UnableToEvaluatePredicate"],
      ["ANY of those", false, "Error.UnableToParsePredicate"],
      // What declarations are judged by can't be what they were judged.
      ["@status(management.declarations.assets) == 1", false, "Error.UnableToEvaluatePredicate"],
      ["@status(softwareupdate.failure-reason.count) == 0", true, undefined],
    ])("with the predicate %s it is active: %s", async (predicate, active, reason) => {
      world.declarations.set("ring", { type: "com.apple.management.properties", payload: { ring: 1 } });
      world.declarations.set("it", enforcement("26.6.1", later));
      world.declarations.set("second", activation(["it"], predicate));
      world.declarations.set("status", subscriptions("management.declarations"));
      world.declarations.set("all", activation(["status"]));
      const player = await begin();
      await announce(world, player);
      await until(world, () => judgementTold(world, "all") !== undefined);
      expect(judgementTold(world, "second")).toMatchObject({ active });
      expect(judgementTold(world, "it")).toMatchObject({ active });
      expect(code("second")).toBe(reason);
    });

    const settings = "com.apple.configuration.softwareupdate.settings";
    it.each<[object, string | undefined, boolean, KindName]>([
      [{ Notifications: false, Deferrals: { CombinedPeriodInDays: 30 } }, undefined, true, "iphone-declared"],
      [{ Deferrals: { CombinedPeriodInDays: 91 } }, "Error.ConfigurationIsInvalid", false, "iphone-declared"],
      [{ Deferrals: { MinorPeriodInDays: 7 } }, "Info.UnsupportedSettings", true, "iphone-declared"],
      [{ Deferrals: { CombinedPeriodInDays: 7 } }, "Info.UnsupportedSettings", true, "iphone-declared-unsupervised"],
      [{ AutomaticActions: { Download: "Never" } }, "Error.ConfigurationIsInvalid", false, "mac-declared"],
      [{ AutomaticActions: { Upload: "Allowed" } }, "Error.UnknownPayloadKeys", false, "mac-declared"],
      [{ Notifications: "no" }, "Error.ConfigurationCannotBeDeserialized", false, "mac-declared"],
      [{ Notifications: true }, "Error.UnknownDeclarationType", false, "mac-declared-14"],
      [
        { Beta: { ProgramEnrollment: "Allowed", RequireProgram: { Description: "a", Token: "b" } } },
        "Error.ConfigurationIsInvalid",
        false,
        "mac-declared",
      ],
    ])("says of the settings %o: %s", async (payload, reason, active, kind) => {
      world.declarations.set("it", { type: settings, payload: { ...payload } });
      await tell(kind);
      expect(judgementTold(world, "it")).toMatchObject({ active });
      expect(code("it")).toBe(reason);
    });
  });

  describe("its status reports", () => {
    it("begins with its capabilities, without any declaration", async () => {
      const player = await begin();
      await announce(world, player);
      await until(world, () => reports() > 0);
      expect(world.declarations.reports.map(({ json }) => json)).toEqual([
        {
          StatusItems: { management: { "client-capabilities": expect.objectContaining({ "supported-features": {} }) } },
          Errors: [],
          FullReport: true,
        },
      ]);
      expect(told(world, "management.client-capabilities.supported-payloads.declarations.configurations")).toContain(
        "com.apple.configuration.softwareupdate.enforcement.specific",
      );
    });

    it("tells all when a subscription becomes active, what changed after that, and all again after a day", async () => {
      declare(world, enforcement("26.6.1", later));
      const player = await begin();
      await announce(world, player);
      await until(world, () => told(world, "softwareupdate.install-state") === "prepared");
      const full = () => world.declarations.reports.filter(({ json }) => json?.["FullReport"] === true);
      expect(full()).toHaveLength(1);
      expect(world.declarations.reports.at(-1)?.json).toEqual({
        StatusItems: { softwareupdate: { "install-state": "prepared" } },
        Errors: [],
      });
      await until(world, () => full().length > 1, 30);
      const [first, second] = full();
      expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(23 * 3_600_000);
      expect(Object.keys(second?.json?.["StatusItems"] ?? {})).toEqual(["device", "management", "softwareupdate"]);
    });

    it.each<[KindName, boolean]>([
      ["iphone-declared", true],
      ["ipad-declared-17", false],
      ["mac-declared-14", false],
      ["iphone-user-enrollment", false],
    ])("of %s may hold softwareupdate.device-id: %s", async (kind, knows) => {
      world.declarations.set("status", subscriptions("softwareupdate.device-id", "device.model.identifier"));
      world.declarations.set("all", activation(["status"]));
      const player = await begin(kind);
      await announce(world, player);
      await until(world, () => reports() > 0);
      const known = told(world, "management.client-capabilities.supported-payloads.status-items") as string[];
      expect(known.includes("softwareupdate.device-id")).toBe(knows);
      expect(told(world, "softwareupdate.device-id")).toBe(knows ? told(world, "device.model.identifier") : undefined);
    });

    it.each<[KindName, string, string, string]>([
      ["iphone-declared", "18.2", "22C152", "iPhone14,2"],
      ["iphone-declared", "18.5", "22F76", "D63AP"],
      ["iphone-declared", "18.6.2", "22G100", "D63AP"],
      ["iphone-declared", "26.5", "23F77", "iPhone14,2"],
      ["mac-declared", "26.5", "25F71", "J413AP"],
    ])("of %s on %s (%s) has the device-id %s", async (kind, version, build, id) => {
      world.declarations.set("status", subscriptions("softwareupdate.device-id"));
      world.declarations.set("all", activation(["status"]));
      const player = await begin(kind, { startsOn: { version, build } });
      await announce(world, player);
      await until(world, () => told(world, "softwareupdate.device-id") !== undefined);
      expect(told(world, "softwareupdate.device-id")).toBe(id);
    });

    it("has an error for an item it does not know", async () => {
      world.declarations.set("status", subscriptions("device.operating-system.version", "device.smell"));
      world.declarations.set("all", activation(["status"]));
      const player = await begin();
      await announce(world, player);
      await until(world, () => reports() > 0);
      expect(world.declarations.reports[0]?.json).toMatchObject({
        StatusItems: { device: { "operating-system": { version: "26.5" } } },
        Errors: [{ StatusItem: "device.smell", Reasons: [{ Code: expect.any(String) }] }],
      });
    });

    it("says a report again until it is taken, and tells nothing else before that", async () => {
      declare(world, enforcement("26.6.1", later));
      world.declarations.fail("status", 503, 4);
      const player = await begin();
      await announce(world, player);
      // The server has answered before the device has read that.
      await until(world, () => player.device.record().declarations?.reports.full === 1);
      const [first, ...others] = world.declarations.reports;
      expect(others.slice(0, 4).map(({ json }) => json)).toEqual(Array(4).fill(first?.json));
      expect(others[3]?.status).toBe(200);
      expect(player.device.record().declarations?.reports).toMatchObject({ full: 1, lost: 0 });
    });

    it("ends with its enrollment at a 401", async () => {
      const player = await begin();
      world.intercept = (_, body) => (body?.["Endpoint"] === "declaration-items" ? { status: 401 } : undefined);
      await announce(world, player);
      await player.happened("unenrolled-by-server");
      world.intercept = undefined;
      const before = world.reports.length;
      await world.clock.sleep(24 * 3_600_000);
      expect(player.device.record().unenrolled).toBe(true);
      expect(world.reports).toHaveLength(before);
    });
  });
});
