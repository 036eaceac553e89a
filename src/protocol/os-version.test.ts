import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareVersions, isVersion, majorOf, parseVersion } from "./index.ts";

describe("OS versions", () => {
  it.each<[string, string, -1 | 0 | 1]>([
    ["26.6.2", "26.6.2", 0],
    ["26", "26.0.0", 0],
    ["26.6", "26.6.1", -1],
    ["26.10", "26.9", 1],
    ["18.7.1", "26.0", -1],
    ["10.15.7", "11.0", -1],
    ["9.3", "10.0", -1],
  ])("compare %s with %s by number: %i", (a, b, order) => {
    expect(compareVersions(a, b)).toBe(order);
    expect(compareVersions(b, a)).toBe(order === 0 ? 0 : -order);
  });

  it("parse only numbers between dots", () => {
    expect(parseVersion("26.6.2")).toEqual([26, 6, 2]);
    const others = ["", "26.", ".6", "26.6.2 (a)", "v26", "26..6", "-1", "1.2.3.4.5.6.7", "26.6 beta", "٢٦"];
    expect(others.filter((text) => parseVersion(text) !== undefined || isVersion(text))).toEqual([]);
  });

  it("are read alike the first time and again, however many there are, long ones too", () => {
    const long = "100000000.100000000.100000000";
    const texts = [long, `${long}.`, ...Array.from({ length: 5000 }, (_, n) => (n % 2 === 0 ? `26.${n}` : `26,${n}`))];
    const read = texts.map((text) => parseVersion(text));
    expect(read.slice(0, 4)).toEqual([[100000000, 100000000, 100000000], undefined, [26, 0], undefined]);
    expect(read.filter((version) => version === undefined)).toHaveLength(2501);
    expect(texts.map((text) => parseVersion(text))).toEqual(read);
  });

  it("tell the major", () => {
    expect(majorOf("26.6.2")).toBe(26);
    expect(majorOf("latest")).toBeUndefined();
  });

  it("order everything, even what is no version", () => {
    const version = fc.oneof(
      fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(".")),
      fc.string(),
    );
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        // -0 is not 0 for toBe.
        expect(compareVersions(a, b) + compareVersions(b, a)).toBe(0);
        const chained = compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0;
        expect(chained && compareVersions(a, c) > 0).toBe(false);
      }),
    );
    expect(compareVersions("beta", "1.0")).toBe(-1);
  });
});
