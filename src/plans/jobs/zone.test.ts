import { describe, expect, it } from "vitest";
import { isZone, zoneNamed } from "./zone.ts";

describe("a time zone", () => {
  it.each([
    ["Europe/Berlin", "Europe/Berlin"],
    ["europe/berlin", "Europe/Berlin"],
    [" UTC ", "UTC"],
    ["GMT+0200", "+02:00"],
    ["GMT-5", "-05:00"],
    ["UTC+05:30", "+05:30"],
    ["+02:00", "+02:00"],
  ])("%j is %s", (text, name) => {
    expect(zoneNamed(text)).toBe(name);
  });

  it.each(["", "Berlin", "../etc", "GMT+", "GMT+99:00", "Europe/Berlin\0", "x".repeat(1000)])("%j is none", (text) => {
    expect([zoneNamed(text), isZone(text)]).toEqual([undefined, false]);
  });
});
