import { describe, expect, it } from "vitest";
import { columnsOf } from "./columns.ts";
import { MOST_DEVICES, readInventory } from "./inventory.ts";

describe("the columns of an inventory", () => {
  it.each([
    [
      "of Jamf",
      "Computer Name,Serial Number,Model,Model Identifier,Operating System Version,Software Update Device ID",
      { serial: 1, model: 3, os: 4, board: 5 },
    ],
    ["of Intune", "Device name,Serial number,Model,OS,OS version", { serial: 1, model: 2, os: 4, platform: 3 }],
    [
      "of Apple Business Manager",
      "Device Serial Number,Product Type,Device Family,OS Version",
      { serial: 0, model: 1, os: 3, platform: 2 },
    ],
    [
      "by our own names",
      "serial,model,os,platform,tags,zone",
      { serial: 0, model: 1, os: 2, platform: 3, tags: 4, zone: 5 },
    ],
    ["with the version in a column of the system", "serial,model,Operating System", { serial: 0, model: 1, os: 2 }],
  ])("are found in an export %s", (_title, header, expected) => {
    expect(columnsOf(header.split(","))).toEqual(expected);
  });

  it("are those that the admin names", () => {
    expect(columnsOf(["asset", "kind", "now", "os"], { serial: "Asset", model: "kind", os: "now" })).toMatchObject({
      serial: 0,
      model: 1,
      os: 2,
    });
  });

  it.each([
    ["missing", ["serial", "name"], {}, /no column for model, os\./],
    ["named wrongly", ["serial", "model", "os"], { os: "oz" }, /no column "oz" \(os\)\. Did you mean "os"\?/],
    ["there twice", ["serial", "x", "X", "os"], { model: "x" }, /two columns "x" \(model\)/],
  ])("are refused when one is %s", (_title, header, told, why) => {
    expect(() => columnsOf(header, told)).toThrow(why);
  });
});

const HEADER = "serial,model,os,platform,tags,zone\n";

describe("an inventory", () => {
  it("has what a plan asks of a device", async () => {
    const { devices } = await readInventory([HEADER, 'C02A,"Mac14,2",macOS 15.6 (24G84),,Pilot late,Europe/Berlin\n']);
    expect(devices).toEqual([
      {
        serial: "C02A",
        model: "Mac14,2",
        board: null,
        platform: "macOS",
        osVersion: "15.6",
        tags: ["pilot", "late"],
        zone: "Europe/Berlin",
      },
    ]);
  });

  it.each([
    ["iPadOS", "iOS"],
    ["macOS 15.6", "macOS"],
    ["AppleTV", "tvOS"],
    ["Windows", null],
    ["", null],
  ])("of a model that is not known takes the platform %j as %s", async (text, platform) => {
    const { devices } = await readInventory([`${HEADER}A,MacBook Air,15.6,${text},,\n`]);
    expect(devices[0]?.platform).toBe(platform);
  });

  it("counts what can't be used and rehearses the device without it", async () => {
    const { devices, unusable } = await readInventory([`${HEADER}A,?,=1+1,Windows,ü,Mars/Base\n`]);
    expect(unusable).toEqual({ os: 1, platform: 1, tags: 1, zone: 1 });
    expect(devices[0]).toMatchObject({ osVersion: null, platform: null, tags: [], zone: null });
  });

  it.each([
    ["no serial", `${HEADER},Mac,15,,,\n`, /Line 2 .*"" is no serial number/],
    ["a formula as serial", `${HEADER}"=HYPERLINK(1)",Mac,15,,,\n`, /Line 2 .* is no serial number/],
    ["a serial twice, in any case", `${HEADER}a,,,,,\nA,,,,,\n`, /Line 3 .*"A" was there before/],
    ["a row that is too short", `${HEADER}A,Mac\n`, /Line 2 .* 2 cells, and the header 6/],
    ["no devices", HEADER, /has no devices/],
    ["nothing", "", /has no devices/],
  ])("is refused for %s", async (_title, text, why) => {
    await expect(readInventory([text])).rejects.toThrow(why);
  });

  it("of a million rows is refused when it is too long, and read no further", async () => {
    let read = 0;
    function* rows(): Generator<string> {
      yield HEADER;
      for (; read < 1_000_000; read += 1) yield `S${read},Mac,15.6,,,\n`;
    }
    await expect(readInventory(rows())).rejects.toThrow(`at most ${MOST_DEVICES} devices`);
    expect(read).toBe(MOST_DEVICES);
  });
});
