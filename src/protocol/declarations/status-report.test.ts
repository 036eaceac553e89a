import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeStatus } from "./merge-status.ts";
import { readStatusReport, STATUS_LIMITS, type StatusReport } from "../index.ts";
import { jsonValues } from "../json-values.suite.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (json: unknown) => readStatusReport(bytes(JSON.stringify(json)));
const problemOf = (data: Uint8Array): string => {
  const report = readStatusReport(data);
  return "problem" in report ? report.problem : "none";
};

describe("a status report", () => {
  it("is read as sent", () => {
    const items = { softwareupdate: { "install-state": "downloading" }, "of-tomorrow": { deep: [1, null] } };
    const reasons = [{ Code: "Error.Unknown", Description: "d", Details: { Domain: "x" } }];
    expect(
      read({
        StatusItems: items,
        Errors: [{ StatusItem: "a.b", Reasons: reasons }, { StatusItem: "c" }],
        FullReport: true,
      }),
    ).toEqual({
      fullReport: true,
      items,
      errors: [
        { statusItem: "a.b", reasons: [{ code: "Error.Unknown", description: "d", details: { Domain: "x" } }] },
        { statusItem: "c", reasons: [] },
      ],
      cut: [],
      odd: [],
    });
    expect(read({ StatusItems: {} })).toEqual({ fullReport: false, items: {}, errors: [], cut: [], odd: [] });
    // A byte order mark is no reason to lose a report.
    expect(problemOf(bytes('\ufeff{"StatusItems":{}}'))).toBe("none");
  });

  it.each<[string, Uint8Array, string]>([
    ["nothing", bytes(""), "not-json"],
    ["a property list", bytes("<plist/>"), "not-json"],
    ["cut off", bytes('{"StatusItems":{'), "not-json"],
    ["two documents", bytes('{"StatusItems":{}}{}'), "not-json"],
    ["Latin-1", new Uint8Array([...bytes('{"StatusItems":{"a":"'), 0xe9, ...bytes('"}}')]), "not-utf-8"],
    ["UTF-16", new Uint8Array(Buffer.from('{"StatusItems":{}}', "utf16le")), "not-json"],
    ["a list", bytes("[]"), "wrong-type"],
    ["null", bytes("null"), "wrong-type"],
    ["without StatusItems", bytes('{"Errors":[]}'), "wrong-type"],
    ["with a list of items", bytes('{"StatusItems":[]}'), "wrong-type"],
    ["with inherited StatusItems only", bytes('{"__proto__":{"StatusItems":{}}}'), "wrong-type"],
    ["of 10 MB", new Uint8Array(10_000_000).fill(0x20), "too-large"],
    ["a thousand deep", bytes(`{"StatusItems":${'{"a":'.repeat(1000)}1${"}".repeat(1000)}}`), "too-deep"],
    ["lists half a million deep", bytes(`[${"[".repeat(500_000)}`), "too-deep"],
    ["deep behind an escaped quote", bytes(`{"\\\\\\"":"[","StatusItems":${"[".repeat(40)}`), "too-deep"],
  ])("is a problem when it is %s", (_what, data, problem) => {
    expect(problemOf(data)).toBe(problem);
  });

  it("may nest as deep as the limit says, brackets in strings not counted", () => {
    const nested = (depth: number) =>
      bytes(`{"StatusItems":${'{"a":'.repeat(depth - 1)}"\\"[[[[{{{{"${"}".repeat(depth - 1)}}`);
    expect(problemOf(nested(STATUS_LIMITS.depth))).toBe("none");
    expect(problemOf(nested(STATUS_LIMITS.depth + 1))).toBe("too-deep");
    // More than a million levels never reach anything that recurses, whatever the limit of bytes.
    const deepest = readStatusReport(bytes("[".repeat(2_000_000)), { bytes: 3_000_000, depth: 32 });
    expect(deepest).toMatchObject({ problem: "too-deep" });
  });

  it("leaves out what has another type beside the items, and says so", () => {
    const report = read({
      StatusItems: { a: 1 },
      FullReport: "true",
      Errors: [
        1,
        { StatusItem: 2 },
        { StatusItem: "c", Reasons: [{ Code: 3 }, { Code: "Info.Predicate", Details: [] }] },
      ],
    });
    expect(report).toEqual({
      fullReport: false,
      items: { a: 1 },
      errors: [{ statusItem: "c", reasons: [{ code: "Info.Predicate" }] }],
      cut: [],
      odd: ["FullReport", "Errors[0]", "Errors[1]", "Errors[2].Reasons[0]", "Errors[2].Reasons[1].Details"],
    });
    expect(read({ StatusItems: {}, Errors: {} })).toMatchObject({ errors: [], odd: ["Errors"] });
  });

  it("loses its secrets, however they are spelled, and says which", () => {
    const report = read({
      StatusItems: {
        mdm: { "push-token": "s3cr3t", "push-magic": { value: "s3cr3t" }, "is-shared-ipad": false },
        "mdm.push-token": "s3cr3t",
        PushMagic: "s3cr3t",
        list: [{ "unlock-token": "s3cr3t" }],
        management: { declarations: { configurations: [{ identifier: "a", "server-token": "kept" }] } },
      },
      Errors: [{ StatusItem: "mdm.push-token", Reasons: [{ Code: "c", Details: { "push-token": "s3cr3t" } }] }],
    });
    expect(JSON.stringify(report)).not.toContain("s3cr3t");
    expect(report).toMatchObject({
      items: {
        mdm: { "is-shared-ipad": false },
        management: { declarations: { configurations: [{ "server-token": "kept" }] } },
      },
      cut: [
        "StatusItems.mdm.push-token",
        "StatusItems.mdm.push-magic",
        "StatusItems.mdm.push-token",
        "StatusItems.PushMagic",
        "StatusItems.list[0].unlock-token",
        "Errors[0].Reasons[0].Details.push-token",
      ].filter((path, i, all) => all.indexOf(path) === i),
    });
  });

  it("names secrets below a long key without the key before each", () => {
    const secrets = Array.from({ length: 40_000 }, () => ({ PIN: 1 }));
    const report = read({ StatusItems: { ["k".repeat(300_000)]: secrets } }) as StatusReport;
    expect(report.cut).toEqual([`StatusItems.${"k".repeat(188)}…`]);
    const items = Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`${i}`, i]));
    const wide = read({ StatusItems: { ["k".repeat(300_000)]: items } }) as StatusReport;
    expect(mergeStatus(undefined, wide).leftOut).toEqual([`${"k".repeat(200)}…`]);
  });

  it("can't reach a prototype", () => {
    const report = readStatusReport(
      bytes(
        '{"StatusItems":{"__proto__":{"polluted":1},"a":{"__proto__":{"polluted":1}},"constructor":{"prototype":{"polluted":1}}}}',
      ),
    ) as StatusReport;
    expect(report.cut).toEqual(["StatusItems.__proto__", "StatusItems.a.__proto__"]);
    expect(Object.keys(report.items)).toEqual(["a", "constructor"]);
    expect(Object.assign({}, report.items.a)).not.toHaveProperty("polluted");
    expect({}).not.toHaveProperty("polluted");
  });

  it("never throws, and what it gives is JSON and holds no secret", () => {
    const key = fc.oneof(fc.constantFrom("push-token", "Push-Magic", "mdm.push-token", "__proto__", "a"), fc.string());
    const leaf = jsonValues({ maxDepth: 1 });
    const inner = fc.array(fc.tuple(key, leaf), { maxLength: 3 }).map(Object.fromEntries);
    const value = fc.oneof(
      leaf,
      fc.array(inner, { maxLength: 3 }),
      fc.array(fc.tuple(key, fc.oneof(leaf, inner)), { maxLength: 4 }).map(Object.fromEntries),
    );
    const document = fc.oneof(
      fc.uint8Array(),
      fc.string().map(bytes),
      value.map((json) => bytes(JSON.stringify(json))),
      fc
        .tuple(value, value, value)
        .map(([StatusItems, Errors, FullReport]) => bytes(JSON.stringify({ StatusItems, Errors, FullReport }))),
    );
    fc.assert(
      fc.property(document, (data) => {
        const report = readStatusReport(data);
        expect(JSON.parse(JSON.stringify(report))).toEqual(report);
        const kept = "problem" in report ? [report.text] : [report.items, report.errors];
        expect(JSON.stringify(kept).toLowerCase()).not.toMatch(/"(mdm\.)?push-(token|magic)":/);
      }),
      { numRuns: 500 },
    );
  });
});
