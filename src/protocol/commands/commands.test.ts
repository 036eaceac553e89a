import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUptickError } from "../../errors/index.ts";
import {
  type Command,
  checkCommand,
  type CommandTarget,
  commandBody,
  decodeCommand,
  encodeCommand,
  parseXmlPlist,
  type PlistValue,
  type UpdateRequest,
  writeXmlPlist,
} from "../index.ts";

/** "read", or the code of our error; any other error is thrown on. */
function outcomeOf(read: () => unknown): string {
  try {
    read();
    return "read";
  } catch (error) {
    if (!isUptickError(error)) throw error;
    return error.code;
  }
}

const schedule = (...updates: UpdateRequest[]): Command => ({ requestType: "ScheduleOSUpdate", updates });
const mac: CommandTarget = {
  platform: "macOS",
  osVersion: "15.6",
  supervised: true,
  enrollment: "device",
  accessRights: 8191,
};
const commands: readonly Command[] = [
  schedule({ productKey: "iOSUpdate17A576", productVersion: "13.0", installAction: "DownloadOnly" }),
  schedule({ productVersion: "15.7", installAction: "InstallLater", maxUserDeferrals: 3, priority: "High" }),
  { requestType: "ScheduleOSUpdateScan", force: true },
  { requestType: "AvailableOSUpdates" },
  { requestType: "OSUpdateStatus" },
  { requestType: "DeviceInformation", queries: ["OSVersion", "BuildVersion"] },
  { requestType: "SecurityInfo" },
  { requestType: "DeviceConfigured" },
  { requestType: "RestartDevice", notifyUser: true },
  { requestType: "DeclarativeManagement", data: new Uint8Array([123, 125]) },
  { requestType: "DeclarativeManagement" },
  { requestType: "InstallProfile", payload: new Uint8Array([1]) },
];

describe("command", () => {
  it("is written as Apple documents it", () => {
    const command = schedule({ productKey: "iOSUpdate17A576", productVersion: "13.0", installAction: "DownloadOnly" });
    const expected = new Map<string, PlistValue>([
      [
        "Command",
        new Map<string, PlistValue>([
          ["RequestType", "ScheduleOSUpdate"],
          [
            "Updates",
            [
              new Map([
                ["InstallAction", "DownloadOnly"],
                ["ProductKey", "iOSUpdate17A576"],
                ["ProductVersion", "13.0"],
              ]),
            ],
          ],
        ]),
      ],
      ["CommandUUID", "0001_ScheduleOSUpdate"],
    ]);
    expect(parseXmlPlist(encodeCommand(command, "0001_ScheduleOSUpdate"))).toEqual(expected);
  });

  it.each(commands.map((command) => [command.requestType, command] as const))(
    "%s reads back as it was written",
    (_, command) => {
      const decoded = decodeCommand(encodeCommand(command, "C-1"));
      expect(decoded).toMatchObject({ commandUuid: "C-1", requestType: command.requestType, problems: [] });
      expect(decoded.command).toEqual(command);
      expect(decoded.body).toEqual(commandBody(command));
    },
  );

  it("is not written with a value of another type", () => {
    const wrong = {
      requestType: "ScheduleOSUpdate",
      updates: [{ installAction: "InstallLater", maxUserDeferrals: 0.5 }],
    } as const;
    expect(() => encodeCommand(wrong, "C-1")).toThrow(expect.objectContaining({ code: "command-invalid" }));
  });
});

describe("raw command", () => {
  const raw = (command: Record<string, PlistValue>, more: Record<string, PlistValue> = {}): Uint8Array =>
    writeXmlPlist(
      new Map<string, PlistValue>([
        ...Object.entries({ CommandUUID: "C-1", ...more }),
        ["Command", new Map(Object.entries(command))],
      ]),
    );

  it.each<[string, Uint8Array]>([
    ["no CommandUUID", writeXmlPlist(new Map([["Command", new Map([["RequestType", "SecurityInfo"]])]]))],
    ["an empty CommandUUID", raw({ RequestType: "SecurityInfo" }, { CommandUUID: "" })],
    ["a CommandUUID that is no text", raw({ RequestType: "SecurityInfo" }, { CommandUUID: 1n })],
    ["no Command", writeXmlPlist(new Map([["CommandUUID", "C-1"]]))],
    ["no RequestType", raw({})],
    ["a list", writeXmlPlist([])],
  ])("with %s is refused", (_, bytes) => {
    expect(() => decodeCommand(bytes)).toThrow(expect.objectContaining({ code: "command-invalid" }));
  });

  it("that we don't describe passes with its body", () => {
    const decoded = decodeCommand(raw({ RequestType: "EraseDevice", PIN: "123456" }));
    expect(decoded).toMatchObject({ requestType: "EraseDevice", command: undefined, problems: [] });
    expect(decoded.body.get("PIN")).toBe("123456");
    expect(checkCommand("EraseDevice", decoded.body, { ...mac, platform: "watchOS", enrollment: "user" })).toEqual([]);
  });

  it.each<[string, Record<string, PlistValue>, RegExp]>([
    ["a missing key", { RequestType: "ScheduleOSUpdate" }, /^Updates is required/],
    ["an empty list", { RequestType: "ScheduleOSUpdate", Updates: [] }, /at least one update/],
    ["another type", { RequestType: "ScheduleOSUpdate", Updates: "all" }, /Updates is array, not string/],
    ["an unknown key", { RequestType: "ScheduleOSUpdateScan", ForceUpdateScan: true }, /ForceUpdateScan is not a key/],
    [
      "an item of another type",
      { RequestType: "DeviceInformation", Queries: [1n] },
      /Queries\[0\] is string, not integer/,
    ],
    [
      "an unknown value",
      {
        RequestType: "ScheduleOSUpdate",
        Updates: [
          new Map([
            ["ProductKey", "k"],
            ["InstallAction", "toString"],
          ]),
        ],
      },
      /Updates\[0\]\.InstallAction is one of Default, .*not "toString"/,
    ],
    [
      "an unknown inner key",
      {
        RequestType: "ScheduleOSUpdate",
        Updates: [
          new Map([
            ["ProductKey", "k"],
            ["InstallAction", "Default"],
            ["Now", "yes"],
          ]),
        ],
      },
      /Updates\[0\]\.Now is not a key/,
    ],
  ])("with %s names the problem and is not taken for one of ours", (_, command, problem) => {
    const decoded = decodeCommand(raw(command));
    expect(decoded.command).toBeUndefined();
    expect(decoded.problems).toHaveLength(1);
    expect(decoded.problems[0]).toMatch(problem);
    expect(checkCommand(decoded.requestType, decoded.body, mac)).toHaveLength(1);
  });

  it("may have the generic keys, and names a key beside CommandUUID and Command", () => {
    expect(decodeCommand(raw({ RequestType: "RestartDevice", RequestRequiresNetworkTether: true })).problems).toEqual(
      [],
    );
    expect(decodeCommand(raw({ RequestType: "SecurityInfo" }, { Extra: true })).problems).toEqual([
      expect.stringMatching(/^Extra/),
    ]);
  });

  it("throws only UptickError, for any input", () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.constantFrom("ScheduleOSUpdate", "InstallProfile", "__proto__"),
        fc.boolean(),
        (bytes, name, flag) => {
          for (const input of [bytes, raw({ RequestType: name, Updates: flag, Payload: bytes })]) {
            expect(outcomeOf(() => decodeCommand(input))).toMatch(/^(read|plist-invalid|command-invalid)$/);
          }
        },
      ),
    );
  });
});
