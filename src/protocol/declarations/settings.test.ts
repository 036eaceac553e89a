import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkSettings, type DeclarativeDevice, readSettings, type SoftwareUpdateSettings } from "../index.ts";
import { jsonValues } from "../json-values.suite.ts";

const everything: SoftwareUpdateSettings = {
  Notifications: false,
  Deferrals: { CombinedPeriodInDays: 1, MajorPeriodInDays: 90, MinorPeriodInDays: 7, SystemPeriodInDays: 3 },
  RecommendedCadence: "Oldest",
  AutomaticActions: { Download: "AlwaysOn", InstallOSUpdates: "AlwaysOff", InstallSecurityUpdate: "Allowed" },
  RapidSecurityResponse: { Enable: false, EnableRollback: true },
  AllowStandardUserOSUpdates: false,
  Beta: { ProgramEnrollment: "Allowed", OfferPrograms: [{ Description: "Beta", Token: "t" }] },
};
const iPhone: DeclarativeDevice = { platform: "iOS", osVersion: "18.0", supervised: true, enrollment: "device" };
const leftOutOf = (settings: SoftwareUpdateSettings, device: DeclarativeDevice) =>
  checkSettings(settings, device).leftOut.map(({ path, code }) => `${path} ${code}`);

describe("settings for a device", () => {
  it("are limited on a supervised iPhone to what iOS has", () => {
    const { settings, leftOut } = checkSettings(everything, iPhone);
    const { AllowStandardUserOSUpdates: _, ...others } = everything;
    expect(settings).toEqual({ ...others, Deferrals: { CombinedPeriodInDays: 1 } });
    expect(leftOut).toEqual([
      { path: "Deferrals.MajorPeriodInDays", code: "platform", why: "does not exist on iOS" },
      { path: "Deferrals.MinorPeriodInDays", code: "platform", why: "does not exist on iOS" },
      { path: "Deferrals.SystemPeriodInDays", code: "platform", why: "does not exist on iOS" },
      { path: "AllowStandardUserOSUpdates", code: "platform", why: "does not exist on iOS" },
    ]);
  });

  it("leave out on an iPhone that is not supervised what needs supervision, and keep the rest", () => {
    const unsupervised = { ...iPhone, supervised: false };
    expect(checkSettings(everything, unsupervised).settings).toEqual({
      Notifications: false,
      RecommendedCadence: "Oldest",
      Beta: { OfferPrograms: [{ Description: "Beta", Token: "t" }] },
    });
    expect(leftOutOf(everything, unsupervised)).toEqual([
      "Deferrals supervision",
      "AutomaticActions supervision",
      "RapidSecurityResponse supervision",
      "AllowStandardUserOSUpdates platform",
      "Beta.ProgramEnrollment supervision",
    ]);
  });

  it("have beta programs on a Mac from 15.4 only", () => {
    const mac: DeclarativeDevice = { platform: "macOS", osVersion: "15.3.2", supervised: true, enrollment: "device" };
    expect(checkSettings(everything, mac).leftOut).toContainEqual({
      path: "Beta",
      code: "version",
      why: "needs macOS 15.4 or later",
    });
    expect(leftOutOf(everything, { ...mac, osVersion: "15.4" })).toEqual([
      "Deferrals.CombinedPeriodInDays platform",
      "RecommendedCadence platform",
    ]);
  });

  it("have on an Apple TV notifications, one deferral and automatic installs", () => {
    expect(checkSettings(everything, { ...iPhone, platform: "tvOS", osVersion: "18.4" }).settings).toEqual({
      Notifications: false,
      Deferrals: { CombinedPeriodInDays: 1 },
      AutomaticActions: { InstallOSUpdates: "AlwaysOff" },
    });
  });

  it.each<[string, Partial<DeclarativeDevice>, string]>([
    ["iOS 17.7", { osVersion: "17.7" }, "version"],
    ["an unknown version", { osVersion: undefined }, "version"],
    ["a watch", { platform: "watchOS", osVersion: "27.0" }, "platform"],
    ["a user enrollment", { enrollment: "user", supervised: false }, "enrollment"],
    ["a Mac that is not supervised", { platform: "macOS", supervised: false }, "supervision"],
  ])("are none on %s", (_who, device, code) => {
    expect(checkSettings(everything, { ...iPhone, ...device })).toMatchObject({
      settings: undefined,
      leftOut: [{ path: "settings", code }],
    });
  });

  it("are undefined where nothing of them remains", () => {
    expect(checkSettings({ AllowStandardUserOSUpdates: true }, iPhone).settings).toBeUndefined();
  });

  it("leave out what contradicts, and what was stored wrong", () => {
    const program = { Description: "Beta", Token: "t" };
    const required = { ProgramEnrollment: "AlwaysOn", RequireProgram: program } as const;
    expect(checkSettings({ Beta: { ...required, OfferPrograms: [program] } }, iPhone)).toEqual({
      settings: { Beta: required },
      leftOut: [{ path: "Beta.OfferPrograms", code: "contradiction", why: "must not stand beside RequireProgram" }],
    });
    expect(leftOutOf({ Beta: { ...required, ProgramEnrollment: "Allowed" } }, iPhone)).toEqual([
      "Beta.RequireProgram contradiction",
    ]);
    // What the admin forbade stays forbidden where ProgramEnrollment itself can't be set.
    const forbidden = { Beta: { ProgramEnrollment: "AlwaysOff", OfferPrograms: [program] } } as const;
    expect(checkSettings(forbidden, { ...iPhone, supervised: false }).settings).toBeUndefined();
    const stored = { Notifications: "no", Deferrals: { CombinedPeriodInDays: 0 }, New: 1 } as unknown;
    expect(leftOutOf(stored as SoftwareUpdateSettings, iPhone)).toEqual([
      "New unknown-key",
      "Notifications type",
      "Deferrals.CombinedPeriodInDays range",
    ]);
  });

  it("keep an automatic install that a forbidden download would make void only where downloads can't be forbidden", () => {
    const settings = { AutomaticActions: { Download: "AlwaysOff", InstallOSUpdates: "AlwaysOn" } } as const;
    expect(leftOutOf(settings, iPhone)).toEqual(["AutomaticActions.InstallOSUpdates contradiction"]);
    expect(checkSettings(settings, { ...iPhone, platform: "tvOS", osVersion: "18.4" }).settings).toEqual({
      AutomaticActions: { InstallOSUpdates: "AlwaysOn" },
    });
  });
});

describe("reading settings", () => {
  const pathsOf = (json: unknown) => {
    const read = readSettings(json);
    return "problems" in read ? read.problems.map(({ path, code }) => `${path} ${code}`) : "no problem";
  };

  it("gives back what is right, whatever device it is for", () => {
    expect(readSettings(everything)).toEqual({ settings: everything });
    expect(readSettings({})).toEqual({ settings: {} });
  });

  it.each<[string, unknown, string[]]>([
    ["no object", null, ["settings type"]],
    ["a list", [], ["settings type"]],
    ["an unknown key", { Foo: 1 }, ["Foo unknown-key"]],
    ["an inherited name as key", { constructor: 1, toString: 2 }, ["constructor unknown-key", "toString unknown-key"]],
    ["__proto__ as key", JSON.parse('{"__proto__":{"Notifications":true}}'), ["__proto__ unknown-key"]],
    ["91 days", { Deferrals: { MajorPeriodInDays: 91 } }, ["Deferrals.MajorPeriodInDays range"]],
    ["0 days", { Deferrals: { MinorPeriodInDays: 0 } }, ["Deferrals.MinorPeriodInDays range"]],
    ["half a day", { Deferrals: { SystemPeriodInDays: 1.5 } }, ["Deferrals.SystemPeriodInDays range"]],
    ["days as text", { Deferrals: { CombinedPeriodInDays: "7" } }, ["Deferrals.CombinedPeriodInDays type"]],
    ["another cadence", { RecommendedCadence: "newest" }, ["RecommendedCadence range"]],
    ["a number as yes", { Notifications: 1 }, ["Notifications type"]],
    ["null", { Notifications: null }, ["Notifications type"]],
    [
      "a program without token",
      { Beta: { OfferPrograms: [{ Description: "B" }] } },
      ["Beta.OfferPrograms[0].Token missing"],
    ],
    ["two problems", { Notifications: 1, Deferrals: 2 }, ["Notifications type", "Deferrals type"]],
    [
      "a contradiction",
      { Beta: { ProgramEnrollment: "AlwaysOff", OfferPrograms: [] } },
      ["Beta.OfferPrograms contradiction"],
    ],
  ])("names every problem with its path: %s", (_what, json, paths) => {
    expect(pathsOf(json)).toEqual(paths);
  });

  it("says what it found and what there is", () => {
    const read = readSettings({ notifications: false, Deferrals: { MajorPeriodInDays: 91 } });
    expect(read).toEqual({
      problems: [
        { path: "notifications", code: "unknown-key", text: "is no setting; mind capital letters" },
        { path: "Deferrals.MajorPeriodInDays", code: "range", text: "is 91, not a whole number from 1 to 90" },
      ],
    });
  });

  it("takes any JSON without throwing, and what it gives back it takes again", () => {
    const value = fc.oneof(
      fc.boolean(),
      fc.integer({ min: 0, max: 95 }),
      fc.constantFrom("Allowed", "AlwaysOn", "All", ""),
      jsonValues(),
    );
    const group = (...keys: string[]) => fc.dictionary(fc.constantFrom(...keys, "Other"), value);
    const json = fc.oneof(
      jsonValues(),
      fc.record(
        {
          Notifications: value,
          Deferrals: group("CombinedPeriodInDays", "MajorPeriodInDays"),
          AutomaticActions: group("Download", "InstallOSUpdates"),
          Beta: group("ProgramEnrollment", "OfferPrograms", "RequireProgram"),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(json, fc.boolean(), (given, supervised) => {
        const read = readSettings(given);
        const again = "problems" in read ? readSettings(given) : readSettings(read.settings);
        expect(again).toEqual(read);
        const { settings } = checkSettings(given as SoftwareUpdateSettings, { ...iPhone, supervised });
        expect(readSettings(settings ?? {})).toEqual({ settings: settings ?? {} });
      }),
      { numRuns: 500 },
    );
  });
});
