import { describe, expect, it } from "vitest";
import { decodeErrorChain } from "./error-codes.ts";
import { hintOf, knownErrorOf, type PlistValue, UPDATE_ERROR_CODES } from "./index.ts";

const item = (code: bigint, domain: string) =>
  new Map<string, PlistValue>([
    ["ErrorCode", code],
    ["ErrorDomain", domain],
    ["USEnglishDescription", "said"],
  ]);

describe("error chain", () => {
  it("is read in order, with what each item has", () => {
    const chain = decodeErrorChain([item(12057n, "MCMDMErrorDomain"), new Map([["LocalizedDescription", "gesagt"]])]);
    expect(chain).toEqual([
      { code: 12057, domain: "MCMDMErrorDomain", usEnglishDescription: "said" },
      { localizedDescription: "gesagt" },
    ]);
  });

  it("keeps what is no item as JSON", () => {
    expect(decodeErrorChain(undefined)).toEqual([]);
    expect(decodeErrorChain("odd")).toEqual([{ malformed: "odd" }]);
    expect(decodeErrorChain([5n, new Map([["New", 1n]])])).toEqual([{ malformed: 5 }, { malformed: { New: 1 } }]);
  });

  it("hints by the first code we know in its domain", () => {
    expect(
      hintOf(decodeErrorChain([item(1n, "X"), item(12059n, "MCMDMErrorDomain"), item(12057n, "MCMDMErrorDomain")])),
    ).toBe("requires-download");
    expect(hintOf(decodeErrorChain([item(12059n, "SUMacControllerError")]))).toBeUndefined();
    expect(hintOf([])).toBeUndefined();
    expect(knownErrorOf([{ code: 12077, domain: "MCMDMErrorDomain" }])?.hint).toBe("logged-in-user");
  });

  it("knows each code once", () => {
    expect(new Set(UPDATE_ERROR_CODES.map((entry) => entry.code)).size).toBe(UPDATE_ERROR_CODES.length);
  });
});
