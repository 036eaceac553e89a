import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeReport, type PlistValue, writeXmlPlist } from "./index.ts";

const udid = "00008101-000A11112222001E";
const report = (entries: Record<string, PlistValue>): Uint8Array => writeXmlPlist(new Map(Object.entries(entries)));

describe("report", () => {
  it("Idle has no command", () => {
    const decoded = decodeReport(report({ UDID: udid, Status: "Idle" }));
    expect(decoded).toMatchObject({ who: { udid }, status: "Idle", errorChain: [] });
    expect(decoded).not.toHaveProperty("commandUuid");
  });

  it("keeps the answer's own keys and the bytes", () => {
    const raw = report({
      UDID: udid,
      Status: "Acknowledged",
      CommandUUID: "C-1",
      QueryResponses: new Map([["OSVersion", "26.6.2"]]),
    });
    const decoded = decodeReport(raw);
    expect(decoded.commandUuid).toBe("C-1");
    expect(decoded.body.get("QueryResponses")).toEqual(new Map([["OSVersion", "26.6.2"]]));
    expect(decoded.raw).toBe(raw);
    expect(decoded.redacted).toBe(raw);
  });

  it("Error tells its chain", () => {
    const chain = [
      new Map<string, PlistValue>([
        ["ErrorCode", 12057n],
        ["ErrorDomain", "MCMDMErrorDomain"],
      ]),
    ];
    expect(
      decodeReport(report({ UDID: udid, Status: "Error", CommandUUID: "C-1", ErrorChain: chain })).errorChain,
    ).toEqual([{ code: 12057, domain: "MCMDMErrorDomain" }]);
  });

  it("keeps a status we don't know, and optional keys of any type", () => {
    const decoded = decodeReport(
      report({ UDID: udid, Status: "Postponed", CommandUUID: 7n, ErrorChain: "odd", UserID: false }),
    );
    expect(decoded.status).toEqual({ unknown: "Postponed" });
    expect(decoded).not.toHaveProperty("commandUuid");
    expect(decoded.errorChain).toEqual([{ malformed: "odd" }]);
    expect(decoded.body.get("CommandUUID")).toBe(7n);
  });

  it("is refused only without identity or status", () => {
    const refused = expect.objectContaining({ code: "message-invalid" });
    expect(() => decodeReport(report({ Status: "Idle" }))).toThrow(refused);
    expect(() => decodeReport(report({ UDID: 5n, Status: "Idle" }))).toThrow(refused);
    expect(() => decodeReport(report({ UDID: udid }))).toThrow(refused);
    expect(() => decodeReport(report({ UDID: udid, Status: 5n }))).toThrow(refused);
    expect(() => decodeReport(writeXmlPlist([]))).toThrow(refused);
    const anything = fc.oneof(
      fc.string({ unit: "grapheme-ascii" }),
      fc.boolean(),
      fc.uint8Array(),
      fc.constant([]),
      fc.constant(new Map()),
    );
    const key = fc.constantFrom("CommandUUID", "ErrorChain", "UserID", "UpdateResults", "EnrollmentID");
    fc.assert(
      fc.property(fc.dictionary(key, anything as fc.Arbitrary<PlistValue>), (entries) => {
        expect(decodeReport(report({ ...entries, UDID: udid, Status: "Error" })).status).toBe("Error");
      }),
    );
  });

  it("has a form without secrets", () => {
    const decoded = decodeReport(
      report({ UDID: udid, Status: "Acknowledged", UnlockToken: new Uint8Array([1, 2, 3]) }),
    );
    expect(Buffer.from(decoded.raw).toString()).toContain("AQID");
    expect(Buffer.from(decoded.redacted).toString()).not.toContain("AQID");
  });
});
