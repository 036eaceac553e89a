import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeBinary } from "../plist/binary-writer.suite.ts";
import { type PlistValue, readMachineInfo, writeXmlPlist } from "../index.ts";
import { machineInfoFields } from "./machine-info.ts";

const message = (entries: Readonly<Record<string, PlistValue>>): Uint8Array =>
  writeXmlPlist(new Map(Object.entries(entries)));

// As a Mac with macOS 26.1 sends it; the values are made up.
const MAC: Readonly<Record<string, PlistValue>> = {
  LANGUAGE: "en-US",
  MANDATORY_SOFTWARE_UPDATE_REQUIRED: true,
  MDM_CAN_REQUEST_PSSO_CONFIG: true,
  MDM_CAN_REQUEST_SOFTWARE_UPDATE: true,
  OS_VERSION: "26.3.1",
  PRODUCT: "MacBookPro18,3",
  SERIAL: "C02EXAMPLE01",
  SOFTWARE_UPDATE_DEVICE_ID: "J314sAP",
  SUPPLEMENTAL_BUILD_VERSION: "25D771280a",
  SUPPLEMENTAL_OS_VERSION_EXTRA: "(a)",
  UDID: "8A9C2C0E-4B1E-5C4E-9C0D-000000000001",
  VERSION: "25D2128",
};
const READ = {
  udid: "8A9C2C0E-4B1E-5C4E-9C0D-000000000001",
  serial: "C02EXAMPLE01",
  product: "MacBookPro18,3",
  platform: "macOS",
  build: "25D2128",
  osVersion: "26.3.1",
  supplementalBuild: "25D771280a",
  supplementalExtra: "(a)",
  softwareUpdateDeviceId: "J314sAP",
  canRequestSoftwareUpdate: true,
  mandatorySoftwareUpdate: true,
};

describe("MachineInfo (targets E1)", () => {
  it("targets E1: is read, in XML and binary", () => {
    expect(readMachineInfo(message(MAC))).toEqual(READ);
    expect(readMachineInfo(writeBinary(new Map(Object.entries(MAC))))).toEqual(READ);
  });

  it.each<[string, string | undefined]>([
    ["iPhone17,1", "iOS"],
    ["iPad16,3", "iOS"],
    ["AppleTV14,1", "tvOS"],
    ["RealityDevice14,1", "visionOS"],
    ["Watch7,1", "watchOS"],
    ["Mac14,2", "macOS"],
    ["J314sAP", undefined],
    ["AudioAccessory5,1", undefined],
  ])("targets E1: PRODUCT %s is of platform %s", (product, platform) => {
    expect(readMachineInfo(message({ PRODUCT: product })).platform).toBe(platform);
  });

  it("targets E1: takes the integers 0 and 1 for a boolean", () => {
    const flags = { MDM_CAN_REQUEST_SOFTWARE_UPDATE: 1n, MANDATORY_SOFTWARE_UPDATE_REQUIRED: 0n };
    expect(readMachineInfo(message(flags))).toEqual({ canRequestSoftwareUpdate: true, mandatorySoftwareUpdate: false });
  });

  it.each<[string, PlistValue]>([
    ["an empty text", ""],
    ["an integer", 26n],
    ["data", new Uint8Array([1])],
    ["a list", ["26.6"]],
    ["a dictionary", new Map([["OS_VERSION", "26.6"]])],
  ])("targets E1: %s in place of any key counts as absent", (_what, odd) => {
    expect(readMachineInfo(message(Object.fromEntries(Object.keys(MAC).map((key) => [key, odd]))))).toEqual({});
  });

  it("targets E1: a text in place of a boolean is no permission to answer with a 403", () => {
    const { canRequestSoftwareUpdate, ...rest } = READ;
    expect(canRequestSoftwareUpdate).toBe(true);
    expect(readMachineInfo(message({ ...MAC, MDM_CAN_REQUEST_SOFTWARE_UPDATE: "true" }))).toEqual(rest);
  });

  it("refuses what is no dictionary and no property list", () => {
    expect(() => readMachineInfo(writeXmlPlist(["SERIAL"]))).toThrow(
      expect.objectContaining({ code: "message-invalid" }),
    );
    expect(() => readMachineInfo(new TextEncoder().encode("SERIAL=C02"))).toThrow(
      expect.objectContaining({ code: "plist-invalid" }),
    );
  });

  it("gives a field only where its key has a value of its type, whatever else a device sends", () => {
    const keys = [...Object.values(machineInfoFields).map(({ key }) => key), "LANGUAGE", "__proto__", "constructor"];
    const value = fc.oneof(fc.constantFrom("", "26.6", "J314sAP"), fc.boolean(), fc.bigInt({ min: 0n, max: 2n }));
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.constantFrom(...keys), value), { selector: ([key]) => key }), (pairs) => {
        const sent = new Map<string, PlistValue>(pairs);
        const { platform, ...read } = readMachineInfo(writeXmlPlist(sent));
        expect(platform).toBeUndefined();
        const expected = Object.entries(machineInfoFields).flatMap(([name, { key, kind }]): [string, unknown][] => {
          const given = sent.get(key);
          if (kind === "string") return typeof given === "string" && given !== "" ? [[name, given]] : [];
          if (typeof given === "boolean") return [[name, given]];
          return given === 0n || given === 1n ? [[name, given === 1n]] : [];
        });
        expect(read).toEqual(Object.fromEntries(expected));
      }),
    );
  });
});
