import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertySeed, SEED_VARIABLE, USUAL_SEED } from "./seed.ts";

describe("the seed of property tests", () => {
  it("is fixed unless the variable names another", () => {
    expect(propertySeed({})).toBe(USUAL_SEED);
    expect(propertySeed({ [SEED_VARIABLE]: "0" })).toBe(0);
    expect(propertySeed({ [SEED_VARIABLE]: "2147483647" })).toBe(2_147_483_647);
  });

  it.each(["2147483648", "-1", "1.5", "", "x", "99999999999"])("refuses %j", (text) => {
    expect(() => propertySeed({ [SEED_VARIABLE]: text })).toThrow(SEED_VARIABLE);
  });

  it("is in force in every file: two checks of one property try the same values", () => {
    const draw = (): number[] => {
      const drawn: number[] = [];
      fc.assert(fc.property(fc.integer(), (n) => void drawn.push(n)));
      return drawn;
    };
    expect(fc.readConfigureGlobal()?.seed).toBe(propertySeed());
    expect(draw()).toEqual(draw());
    expect(fc.sample(fc.integer(), 20)).toEqual(fc.sample(fc.integer(), 20));
  });
});
