import { describe, expect, it } from "vitest";
import {
  type Command,
  checkCommand,
  type CommandTarget,
  commandBody,
  INSTALL_ACTIONS,
  type InstallAction,
  type UpdateRequest,
} from "../index.ts";

const schedule = (...updates: UpdateRequest[]): Command => ({ requestType: "ScheduleOSUpdate", updates });
const iPhone: CommandTarget = {
  platform: "iOS",
  osVersion: "26.6",
  supervised: true,
  enrollment: "device",
  accessRights: 8191,
};
const mac: CommandTarget = {
  platform: "macOS",
  osVersion: "15.6",
  supervised: true,
  enrollment: "device",
  accessRights: 8191,
};
const appleTV: CommandTarget = {
  platform: "tvOS",
  osVersion: "18.4",
  supervised: true,
  enrollment: "device",
  accessRights: 8191,
};
const texts = (command: Command, target: CommandTarget): string[] =>
  checkCommand(command.requestType, commandBody(command), target).map((rule) => rule.text);

describe("command check", () => {
  const byVersion = schedule({ productVersion: "26.6.2", installAction: "Default" });
  const byKey = schedule({ productKey: "key", installAction: "Default" });

  it.each<[string, Command, CommandTarget, RegExp | undefined]>([
    ["a supervised iPhone", byVersion, iPhone, undefined],
    ["an unsupervised iPhone", byVersion, { ...iPhone, supervised: false }, /needs supervision on iOS/],
    ["an unsupervised Mac", byKey, { ...mac, supervised: false }, /needs supervision on macOS/],
    ["an Apple TV", byVersion, appleTV, undefined],
    ["OS 27", byVersion, { ...iPhone, osVersion: "27.0" }, /was removed in iOS 27\.0/],
    ["macOS 27", byVersion, { ...mac, osVersion: "27" }, /was removed in macOS 27\.0/],
    ["26.9", byVersion, { ...iPhone, osVersion: "26.9" }, undefined],
    ["a Vision Pro", byVersion, { ...iPhone, platform: "visionOS" }, /is for iOS, macOS, tvOS only, not visionOS/],
    ["a user enrollment", byVersion, { ...iPhone, enrollment: "user" }, /user enrollment/],
    ["an enrollment without the right", byVersion, { ...iPhone, accessRights: 8191 - 4096 }, /access right 4096/],
    ["a Mac without the right", byKey, { ...mac, accessRights: 3 }, undefined],
    ["an old iOS, by version", byVersion, { ...iPhone, osVersion: "11.2" }, /ProductVersion needs iOS 11\.3/],
    ["an old iOS, by key", byKey, { ...iPhone, osVersion: "11.2" }, undefined],
    ["macOS 11, by version", byVersion, { ...mac, osVersion: "11.7" }, /ProductVersion needs macOS 12\.0/],
    ["tvOS 12.1, by version", byVersion, { ...appleTV, osVersion: "12.1" }, /ProductVersion needs tvOS 12\.2/],
    ["neither key nor version", schedule({ installAction: "Default" }), iPhone, /needs ProductKey or ProductVersion/],
    [
      "a security response by version",
      schedule({ productVersion: "13.4.1 (a)", installAction: "Default" }),
      mac,
      /plain version/,
    ],
    ["an unknown version", byVersion, { ...iPhone, osVersion: undefined }, undefined],
    ["a version that is none", byVersion, { ...iPhone, osVersion: "beta" }, undefined],
    ["a device we know nothing of", byVersion, { platform: "iOS", enrollment: "device" }, undefined],
    ["a scan on iOS", { requestType: "ScheduleOSUpdateScan", force: true }, iPhone, /is for macOS only, not iOS/],
    ["a list on an unsupervised Mac", { requestType: "AvailableOSUpdates" }, { ...mac, supervised: false }, undefined],
    [
      "a list on an unsupervised iPhone",
      { requestType: "AvailableOSUpdates" },
      { ...iPhone, supervised: false },
      /supervision/,
    ],
    [
      "a status on 10.11.4",
      { requestType: "OSUpdateStatus" },
      { ...mac, osVersion: "10.11.4" },
      /needs macOS 10\.11\.5/,
    ],
    [
      "a restart with notice",
      { requestType: "RestartDevice", notifyUser: true },
      { ...mac, osVersion: "11.3" },
      /macOS 11\.4/,
    ],
    ["a restart of an unsupervised Mac", { requestType: "RestartDevice" }, { ...mac, supervised: false }, undefined],
    [
      "a restart without the right",
      { requestType: "RestartDevice" },
      { ...mac, accessRights: 8187 },
      /access right 4 /,
    ],
    ["security questions without the right", { requestType: "SecurityInfo" }, { ...mac, accessRights: 16 }, /1024/],
    [
      "questions on any device",
      { requestType: "DeviceInformation", queries: ["X"] },
      { ...iPhone, platform: "watchOS" },
      undefined,
    ],
    [
      "declarations on iOS 14",
      { requestType: "DeclarativeManagement" },
      { ...iPhone, osVersion: "14.8" },
      /needs iOS 15\.0/,
    ],
    ["declarations of a user", { requestType: "DeclarativeManagement" }, { ...iPhone, enrollment: "user" }, undefined],
  ])("judges %s", (_, command, target, broken) => {
    const told = texts(command, target);
    expect(told).toHaveLength(broken === undefined ? 0 : 1);
    expect(told.join()).toMatch(broken ?? /^$/);
  });

  it("knows on which platform and version each InstallAction exists", () => {
    const where = (target: CommandTarget) =>
      INSTALL_ACTIONS.filter(
        (installAction) => texts(schedule({ productKey: "k", installAction }), target).length === 0,
      );
    const mobile: InstallAction[] = ["Default", "DownloadOnly", "InstallASAP"];
    expect(where(iPhone)).toEqual(mobile);
    expect(where(appleTV)).toEqual(mobile);
    expect(where(mac)).toEqual(INSTALL_ACTIONS);
    expect(where({ ...mac, osVersion: "10.15.7" })).toEqual(["Default", "InstallASAP", "NotifyOnly", "InstallLater"]);
  });

  it("allows deferrals and priority only where they mean something", () => {
    const later = { productVersion: "15.7", installAction: "InstallLater", maxUserDeferrals: 3 } as const;
    expect(texts(schedule(later), mac)).toEqual([]);
    expect(texts(schedule({ ...later, priority: "High" }), mac)).toEqual([]);
    expect(texts(schedule({ ...later, installAction: "Default" }), mac)).toEqual([
      expect.stringMatching(/needs InstallAction InstallLater/),
    ]);
    expect(texts(schedule({ ...later, priority: "Low" }), { ...mac, osVersion: "12.2" })).toEqual([
      expect.stringMatching(/Priority needs macOS 12\.3/),
      expect.stringMatching(/MaxUserDeferrals is for minor/),
      expect.stringMatching(/Priority is for minor/),
    ]);
    expect(texts(schedule({ productKey: "k", installAction: "Default", priority: "Low" }), iPhone)).toEqual([
      expect.stringMatching(/Priority is for macOS only/),
    ]);
  });

  it("names key and source of every rule", () => {
    const command = schedule({ productKey: "k", installAction: "NotifyOnly" });
    expect(checkCommand("ScheduleOSUpdate", commandBody(command), iPhone)).toEqual([
      {
        key: "Updates[0].InstallAction",
        text: "InstallAction NotifyOnly is for macOS only, not iOS",
        source: "mdm/commands/system.update.schedule.yaml (InstallAction)",
      },
    ]);
  });
});
