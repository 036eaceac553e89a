import { describe, expect, it } from "vitest";
import { factsOf, type PlistValue } from "./index.ts";

describe("facts of an answer", () => {
  it("are JSON, and every key survives", () => {
    const facts = factsOf(
      new Map<string, PlistValue>([
        ["OSVersion", "26.6.2"],
        ["Small", 7n],
        ["Huge", 2n ** 60n + 1n],
        ["BatteryLevel", { real: 0.5 }],
        ["IsSupervised", true],
        ["When", new Date(Date.UTC(2026, 5, 30))],
        ["Certificate", new Uint8Array(32)],
        ["SomethingNew", [new Map<string, PlistValue>([["a", ["b"]]])]],
        ["__proto__", "kept"],
      ]),
    );
    expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
    expect(Object.entries(facts)).toEqual([
      ["OSVersion", "26.6.2"],
      ["Small", 7],
      ["Huge", "1152921504606846977"],
      ["BatteryLevel", 0.5],
      ["IsSupervised", true],
      ["When", "2026-06-30T00:00:00.000Z"],
      ["Certificate", "[data 32 bytes]"],
      ["SomethingNew", [{ a: ["b"] }]],
      ["__proto__", "kept"],
    ]);
  });
});
