import { describe, expect, it } from "vitest";
import { getCACaps } from "./capabilities.ts";

describe("getCACaps", () => {
  it("offers what current clients ask for, one a line", () => {
    expect(getCACaps().trim().split("\n").sort()).toEqual([
      "AES",
      "DES3",
      "POSTPKIOperation",
      "Renewal",
      "SCEPStandard",
      "SHA-1",
      "SHA-256",
    ]);
  });
});
