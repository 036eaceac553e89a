import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isReasonCode,
  type JsonObject,
  mergeStatus,
  readStatus,
  reasonClass,
  REASONS,
  statusItemsFor,
  STATUS_ITEMS,
} from "../index.ts";
import { jsonValues } from "../json-values.suite.ts";

const of = (items: JsonObject) => readStatus({ items, errors: [], leftOut: [] });
const update = (items: JsonObject) => of({ softwareupdate: items });

/** The items of one device, nested as it sends them. */
const mac: JsonObject = {
  softwareupdate: {
    "install-state": "waiting",
    "install-reason": { reason: ["declaration", "of-tomorrow"], "declaration-id": "os.target" },
    "pending-version": {
      "os-version": "26.6.2",
      "build-version": "25G83",
      "target-local-date-time": "2026-12-04T19:00:00",
    },
    "failure-reason": { count: 299, reason: "SUMacControllerError Code=7507", timestamp: "2026-12-04T20:00:00Z" },
    "device-id": "J413AP",
    "beta-enrollment": "",
  },
  device: {
    "operating-system": {
      version: "26.5",
      "build-version": "25F71",
      family: "macOS",
      "marketing-name": "Tahoe",
      supplemental: { "build-version": "25F71a", "extra-version": "a" },
    },
    model: { family: "Mac", identifier: "Mac14,2", "marketing-name": "MacBook Air", number: "MLY33" },
    identifier: { "serial-number": "C02TEST", udid: "U-1" },
    power: { "battery-health": "normal" },
  },
  mdm: { "is-shared-ipad": false, "enrollment-type": "device" },
  security: { "lockdown-mode": { enabled: false } },
  management: {
    "client-capabilities": {
      "supported-versions": ["1.0.0"],
      "supported-features": {},
      "supported-payloads": {
        declarations: {
          activations: ["com.apple.activation.simple"],
          configurations: ["com.apple.configuration.softwareupdate.enforcement.specific"],
        },
        "status-items": ["softwareupdate.install-state"],
      },
    },
    declarations: {
      activations: [],
      assets: [],
      configurations: [
        {
          identifier: "os.target",
          "server-token": "t1",
          active: false,
          valid: "invalid",
          reasons: [{ code: "Error.ConfigurationCannotBeApplied", description: "no", details: { Error: "older" } }],
        },
      ],
      management: [{ identifier: "org", "server-token": "t2", active: false, valid: "valid" }],
    },
  },
  "content-cache": { status: 1 },
};

describe("a device's status", () => {
  it("has every item that we know, and names the others", () => {
    expect(of(mac)).toEqual({
      installState: "waiting",
      installReason: { reasons: ["declaration", "of-tomorrow"], declarationId: "os.target" },
      pendingVersion: { osVersion: "26.6.2", buildVersion: "25G83", targetLocalDateTime: "2026-12-04T19:00:00" },
      failureReason: { count: 299, reason: "SUMacControllerError Code=7507", timestamp: "2026-12-04T20:00:00Z" },
      deviceId: "J413AP",
      betaEnrollment: "",
      os: {
        version: "26.5",
        build: "25F71",
        supplementalBuild: "25F71a",
        supplementalExtra: "a",
        family: "macOS",
        marketingName: "Tahoe",
      },
      model: { family: "Mac", identifier: "Mac14,2", marketingName: "MacBook Air", number: "MLY33" },
      serialNumber: "C02TEST",
      udid: "U-1",
      batteryHealth: "normal",
      byName: {
        "mdm.enrollment-type": "device",
        "mdm.is-shared-ipad": false,
        "security.lockdown-mode": { enabled: false },
      },
      clientCapabilities: {
        supportedVersions: ["1.0.0"],
        activations: ["com.apple.activation.simple"],
        assets: [],
        configurations: ["com.apple.configuration.softwareupdate.enforcement.specific"],
        management: [],
        statusItems: ["softwareupdate.install-state"],
      },
      declarations: {
        activation: [],
        asset: [],
        configuration: [
          {
            identifier: "os.target",
            serverToken: "t1",
            active: false,
            valid: "invalid",
            reasons: [{ code: "Error.ConfigurationCannotBeApplied", description: "no", details: { Error: "older" } }],
          },
        ],
        management: [{ identifier: "org", serverToken: "t2", active: false, valid: "valid", reasons: [] }],
      },
      unknown: ["content-cache"],
      odd: [],
    });
  });

  it("is empty before the first report", () => {
    const nothing = { os: {}, model: {}, byName: {}, unknown: [], odd: [] };
    expect(readStatus(undefined)).toEqual(nothing);
    expect(of({})).toEqual(nothing);
  });

  it.each([
    [{ "os-version": "", "build-version": "" }],
    [{}],
    [{ "softwareupdate.target-local-date-time": "2026-06-30 04:30:00 +0000" }],
  ])("takes absent keys of the pending version for nothing pending: %j", (pending) => {
    expect(update({ "pending-version": pending })).toMatchObject({
      pendingVersion: { osVersion: "", buildVersion: "" },
      odd: [],
    });
  });

  it("takes the target time under either of its names", () => {
    const pending = (key: string) => ({ "os-version": "", "build-version": "", [key]: "2026-12-04T18:00:00" });
    for (const key of ["target-local-date-time", "softwareupdate.target-local-date-time"]) {
      expect(update({ "pending-version": pending(key) })).toMatchObject({
        pendingVersion: { targetLocalDateTime: "2026-12-04T18:00:00" },
        odd: [],
      });
    }
  });

  it.each<[string, JsonObject, string[]]>([
    ["install-state", { "install-state": 3 }, ["softwareupdate.install-state"]],
    ["install-reason", { "install-reason": "mdm" }, ["softwareupdate.install-reason"]],
    ["install-reason.reason", { "install-reason": {} }, ["softwareupdate.install-reason.reason"]],
    [
      "pending-version",
      { "pending-version": { "os-version": "26.6", "build-version": 23 } },
      ["softwareupdate.pending-version.build-version"],
    ],
    ["failure-reason", { "failure-reason": { count: "3" } }, ["softwareupdate.failure-reason.count"]],
    ["failure-reason", { "failure-reason": { count: -1 } }, ["softwareupdate.failure-reason.count"]],
    ["failure-reason", { "failure-reason": null }, ["softwareupdate.failure-reason"]],
  ])("leaves out and names what has another type: %s", (_item, items, odd) => {
    expect(update(items)).toEqual({ os: {}, model: {}, byName: {}, unknown: [], odd });
  });

  it("keeps the rest of an item whose optional key has another type", () => {
    expect(update({ "failure-reason": { count: 1, reason: 5, timestamp: "now" } })).toMatchObject({
      failureReason: { count: 1, timestamp: "now" },
      odd: ["softwareupdate.failure-reason.reason"],
    });
    expect(update({ "install-reason": { reason: ["mdm", 4], "declaration-id": null } })).toMatchObject({
      installReason: { reasons: ["mdm"] },
      odd: ["softwareupdate.install-reason.declaration-id", "softwareupdate.install-reason.reason[1]"],
    });
  });

  it("leaves out one declaration that can't be read, not its neighbours", () => {
    const good = {
      identifier: "b",
      "server-token": "t",
      active: true,
      valid: "of-tomorrow",
      reasons: [1, { code: "c" }],
    };
    const status = of({ management: { declarations: { configurations: [{ identifier: "a" }, 5, good], assets: {} } } });
    expect(status.declarations?.configuration).toEqual([
      { identifier: "b", serverToken: "t", active: true, valid: "of-tomorrow", reasons: [{ code: "c" }] },
    ]);
    expect(status.odd).toEqual([
      "management.declarations.assets",
      "management.declarations.configurations[0].server-token",
      "management.declarations.configurations[0].active",
      "management.declarations.configurations[0].valid",
      "management.declarations.configurations[1]",
      "management.declarations.configurations[2].reasons[0]",
    ]);
  });

  it("does not take capabilities that can't be read for a device that can do nothing", () => {
    const status = of({ management: { "client-capabilities": { "supported-versions": ["1.0.0"] } } });
    expect(status.clientCapabilities).toBeUndefined();
    expect(status.odd).toEqual(["management.client-capabilities.supported-payloads"]);
  });

  it("never throws, and tells few and short names of what it can't read", () => {
    const names = Object.keys(STATUS_ITEMS).flatMap((name) => name.split("."));
    const key = fc.oneof(
      fc.constantFrom(...names, "identifier", "reason", "count", "constructor", "__proto__"),
      fc.string({ maxLength: 400 }),
    );
    const leaf = jsonValues({ maxDepth: 1 });
    const within = (value: fc.Arbitrary<unknown>) =>
      fc.array(fc.tuple(key, value), { maxLength: 5 }).map((entries) => Object.fromEntries(entries) as unknown);
    const list = fc.array(within(leaf), { maxLength: 3 });
    const items = within(fc.oneof(leaf, within(fc.oneof(leaf, list, within(fc.oneof(leaf, list))))));
    fc.assert(
      fc.property(items, (made) => {
        const report = { fullReport: false, items: made as JsonObject, errors: [], cut: [], odd: [] };
        const status = readStatus(mergeStatus(undefined, report));
        expect(Math.max(status.unknown.length, status.odd.length)).toBeLessThanOrEqual(50);
        for (const name of [...status.unknown, ...status.odd]) expect(name.length).toBeLessThanOrEqual(201);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the items to subscribe to", () => {
  const iPhone = { platform: "iOS", osVersion: "17.0", supervised: true, enrollment: "device" } as const;

  it("are what the OS has until the device has listed what it knows, then that", () => {
    const before = statusItemsFor(iPhone);
    expect(before).toContain("softwareupdate.pending-version");
    expect(before).not.toContain("softwareupdate.device-id");
    expect(before).not.toContain("mdm.is-shared-ipad");
    const listed = ["softwareupdate.device-id", "mdm.is-shared-ipad", "account.list.mail", "mdm.push-token"];
    expect(statusItemsFor(iPhone, listed)).toEqual(["mdm.is-shared-ipad", "softwareupdate.device-id"]);
    expect(statusItemsFor({ ...iPhone, osVersion: undefined })).toEqual([]);
  });

  it("hold no secret, nothing that is reported anyway, and in a user enrollment nothing of updates", () => {
    const all = statusItemsFor({ ...iPhone, osVersion: "27.0" }, Object.keys(STATUS_ITEMS));
    expect(all).not.toEqual(expect.arrayContaining([expect.stringMatching(/push-|client-capabilities/)]));
    expect(all).toHaveLength(Object.keys(STATUS_ITEMS).length - 3);
    const user = { ...iPhone, supervised: false, enrollment: "user" } as const;
    expect(
      statusItemsFor(user, Object.keys(STATUS_ITEMS)).filter((name) => /^softwareupdate|identifier\./.test(name)),
    ).toEqual([]);
    expect(statusItemsFor(user)).toContain("device.operating-system.version");
  });
});

describe("a reason code", () => {
  it("is an error or not, known or of tomorrow", () => {
    expect(reasonClass("Info.NotReferencedByActivation")).toBe("info");
    expect(reasonClass("Error.ConfigurationCannotBeApplied")).toBe("error");
    expect([reasonClass("Info.New"), reasonClass("Error.New"), reasonClass("constructor")]).toEqual([
      "info",
      "error",
      "error",
    ]);
    expect([isReasonCode("toString"), Object.keys(REASONS).every(isReasonCode)]).toEqual([false, true]);
  });
});
