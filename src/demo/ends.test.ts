import { describe, expect, it } from "vitest";
import type { SimRecord } from "../../simulator/index.ts";
import type { DeviceDetail } from "../contract/index.ts";
import { allRight, endsOf, summaryOf } from "./ends.ts";

const WINDOW = { text: "22:00-05:00", fromHour: 22, toHour: 5, zone: "America/New_York" };
const NOTHING_TOLD = new Map();
const record = (serial: string, finalVersion = "26.7"): SimRecord =>
  ({
    kind: "iphone-newer",
    serial,
    udid: serial,
    otherInstalls: [],
    violations: [],
    timeZone: "Europe/Berlin",
    finalVersion,
    finalBuild: "23H10",
    installsExecuted: [],
  }) as unknown as SimRecord;
const device = (serial: string): DeviceDetail =>
  ({
    serial,
    udid: serial,
    platform: "iOS",
    osVersion: "26.7",
    buildVersion: "23H10",
    timeZone: "Europe/Berlin",
    job: {
      state: "done",
      reason: "already-newer",
      target: null,
      mechanism: null,
      enforceAt: null,
      verdict: { sentence: "Up to date." },
    },
  }) as unknown as DeviceDetail;

describe("the ends of the demo's devices", () => {
  it("are all right when each device ended as its kind must", () => {
    const ends = endsOf([device("B"), device("A")], [record("A"), record("B")], WINDOW, NOTHING_TOLD);
    expect([allRight(ends), ends.map((end) => end.record.serial)]).toEqual([true, ["A", "B"]]);
    expect(summaryOf(ends)).toContain("2 of 2 devices ended as their kind must.");
  });

  it("are not all right when the device itself tells another version, and say so beneath its line", () => {
    const ends = endsOf([device("A"), device("B")], [record("A"), record("B", "26.5")], WINDOW, NOTHING_TOLD);
    expect(allRight(ends)).toBe(false);
    expect(summaryOf(ends).split("\n").slice(2)).toEqual([
      "ok    iphone-newer                  26.7        Up to date.",
      "WRONG iphone-newer                  26.7        Up to date.",
      "      is said to run 26.7 (23H10), runs 26.5 (23H10)",
      "",
      "0 told by command (MDM), 0 by declaration (DDM), 2 not told.",
      "1 of 2 devices ended as their kind must.",
      "",
    ]);
  });

  it("count a device the server never saw", () => {
    const ends = endsOf([], [record("A")], WINDOW, NOTHING_TOLD);
    expect([allRight(ends), ends[0]?.problems, ends[0]?.state]).toEqual([false, ["never enrolled"], null]);
  });
});
