/** What a device says of itself when it is asked: as many facts as a real one, in an answer of 1.5 KB. */
import type { PlistDict } from "../../simulator/index.ts";

/** Of any device. */
export const FACTS: PlistDict = {
  OSVersion: "26.5",
  BuildVersion: "23F77",
  ProductName: "iPhone14,2",
  Model: "MLNF3ZD/A",
  ModelName: "iPhone",
  EASDeviceIdentifier: "6C7A1F0D2B5E49A88D3F7C1E0A9B4D52",
  DeviceName: "iPhone 0042 (Warehouse, second floor, north side)",
  IsSupervised: true,
  TimeZone: "Europe/Paris",
  SoftwareUpdateDeviceID: "D63AP",
  BatteryLevel: 0.75,
  DeviceCapacity: 119.2092437744141,
  AvailableDeviceCapacity: 81.2519302368164,
  IsAwaitingConfiguration: false,
  IsMDMLostModeEnabled: false,
  SupplementalBuildVersion: "23F77",
};

/** Of the one device that a whole fleet is copies of. */
export const MODEL_FACTS: PlistDict = { ...FACTS, SerialNumber: "BENCH0000001" };

/** With the two that no other device has. */
export const MOST_FACTS = Object.keys(FACTS).length + 2;

/** The first `count` of them. */
export function factsOf(udid: string, serial: string, count: number): PlistDict {
  const all = { ...FACTS, UDID: udid, SerialNumber: serial };
  return Object.fromEntries(Object.entries(all).slice(0, count)) as PlistDict;
}
