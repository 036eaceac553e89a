import { describe, expect, it } from "vitest";
import { checkCommand, type CommandTarget, decodeCommand, type PlistValue, writeXmlPlist } from "../index.ts";

const iPad: CommandTarget = {
  platform: "iOS",
  osVersion: "26.6",
  supervised: true,
  enrollment: "device",
  accessRights: 8191,
};
const mac: CommandTarget = { ...iPad, platform: "macOS", osVersion: "15.6" };

type Item = Readonly<Record<string, PlistValue>>;
const dict = (item: Item): PlistValue => new Map(Object.entries(item));
const body = (...items: PlistValue[]) =>
  new Map<string, PlistValue>([
    ["RequestType", "Settings"],
    ["Settings", items],
  ]);

const cadence = (value: PlistValue): Item => ({ Item: "SoftwareUpdateSettings", RecommendationCadence: value });
const options = (value: Item): Item => ({ Item: "MDMOptions", MDMOptions: dict(value) });
const prompt = options({ PromptUserToAllowBootstrapTokenForAuthentication: true });
const zone: Item = { Item: "TimeZone", TimeZone: "Europe/Berlin" };

describe("Settings command", () => {
  it.each<[string, Item, CommandTarget, RegExp | undefined]>([
    ["which updates a supervised iPad shows", cadence(2n), iPad, undefined],
    ["a cadence out of range", cadence(3n), iPad, /RecommendationCadence is one of 0, 1, 2, not 3/],
    ["a cadence that is no number", cadence("2"), iPad, /RecommendationCadence is integer, not string/],
    ["the query's spelling", { ...cadence(1n), RecommendationsCadence: 1n }, iPad, /not a key Apple's schema has/],
    ["no cadence", { Item: "SoftwareUpdateSettings" }, iPad, /RecommendationCadence is required/],
    ["a cadence before 14.5", cadence(1n), { ...iPad, osVersion: "14.4" }, /needs iOS 14\.5/],
    ["a cadence in OS 27", cadence(1n), { ...iPad, osVersion: "27.0" }, /was removed in iOS 27\.0/],
    ["a cadence on a Mac", cadence(1n), mac, /SoftwareUpdateSettings is for iOS only, not macOS/],
    ["a cadence without supervision", cadence(1n), { ...iPad, supervised: false }, /needs supervision/],
    ["a cadence of a user", cadence(1n), { ...iPad, enrollment: "user" }, /forbidden in a user enrollment/],
    ["a time zone", zone, iPad, undefined],
    ["a time zone in OS 27", zone, { ...iPad, osVersion: "27.0" }, undefined],
    ["a time zone on a Mac", zone, mac, /TimeZone is for iOS, tvOS, visionOS only/],
    ["MDM options of a Mac", prompt, mac, undefined],
    ["MDM options of a user's Mac", prompt, { ...mac, enrollment: "user" }, /MDMOptions is forbidden in a user/],
    ["a Mac's option on an iPad", prompt, iPad, /is for macOS only, not iOS/],
    ["an option nobody knows", options({ Odd: true }), mac, /Settings\[0\]\.MDMOptions\.Odd is not a key/],
    ["the right missing", zone, { ...iPad, accessRights: 8191 - 2048 }, /access right 2048/],
    ["no Item", { TimeZone: "UTC" }, iPad, /Settings\[0\]\.Item is required/],
    ["an Item that is no text", { Item: 1n }, iPad, /Settings\[0\]\.Item is string, not integer/],
    ["settings that are none of ours", { Item: "Bluetooth", Enabled: true }, iPad, undefined],
    ["a name of JavaScript's", { Item: "constructor", Enabled: true }, iPad, undefined],
  ])("is judged: %s", (_what, item, target, broken) => {
    const told = checkCommand("Settings", body(dict(item)), target).map(({ text }) => text);
    expect(told).toHaveLength(broken === undefined ? 0 : 1);
    expect(told.join()).toMatch(broken ?? /^$/);
  });

  it("is judged item by item, each rule with its source", () => {
    expect(checkCommand("Settings", body(dict(zone), "odd", dict(cadence(9n))), iPad)).toEqual([
      expect.objectContaining({ key: "Settings[1]", text: "Settings[1] is dict, not string" }),
      {
        key: "Settings[2].RecommendationCadence",
        text: "Settings[2].RecommendationCadence is one of 0, 1, 2, not 9",
        source: "mdm/commands/settings.yaml (RecommendationCadence)",
      },
    ]);
  });

  it("is read when an admin hands it in, and is not one of those we write", () => {
    const bytes = writeXmlPlist(
      new Map<string, PlistValue>([
        ["CommandUUID", "S"],
        ["Command", body(dict(cadence(7n)))],
      ]),
    );
    expect(decodeCommand(bytes)).toMatchObject({
      requestType: "Settings",
      command: undefined,
      problems: ["Settings[0].RecommendationCadence is one of 0, 1, 2, not 7"],
    });
  });
});
