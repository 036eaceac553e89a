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

  it.each([
    ["MCMDMErrorDomain", 12049, "passcode"],
    ["DeviceManagement.error", 2213, "no-update"],
    ["com.apple.DeviceManagement.error", 2213, "no-update"],
    ["com.apple.softwareupdateservices.errors", 103, "declaration-in-place"],
    ["com.apple.softwareupdateservices.errors", 106, "return-to-service"],
    ["com.apple.softwareupdateservices.errors", 74, "refused-for-good"],
    ["SUCoreError", 9100, "declaration-invalid"],
    ["SUCoreError", 9101, "update-service-away"],
    // The same number elsewhere.
    ["MCMDMErrorDomain", 2213, undefined],
    ["NSPOSIXErrorDomain", 103, undefined],
    ["SUMacControllerError", 9100, undefined],
  ])("knows codes by their domain: %s %d", (domain, code, hint) => {
    expect(hintOf([{ code: 1, domain: "First" }, { malformed: 1 }, { code, domain }])).toBe(hint);
  });

  it("knows each code of a domain once", () => {
    for (const entries of Object.values(UPDATE_ERROR_CODES))
      expect(new Set(entries.map((entry) => entry.code)).size).toBe(entries.length);
  });
});
