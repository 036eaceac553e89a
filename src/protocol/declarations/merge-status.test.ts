import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JsonObject, mergeStatus, STORED_STATUS_BYTES, type StatusReport, type StoredStatus } from "../index.ts";
import { jsonValues } from "../json-values.suite.ts";
import { STORED_ITEMS_BYTES } from "./merge-status.ts";

const report = (items: JsonObject, more: Partial<StatusReport> = {}): StatusReport => ({
  fullReport: false,
  items,
  errors: [],
  cut: [],
  odd: [],
  ...more,
});
const after = (...reports: StatusReport[]): StoredStatus =>
  reports.reduce<StoredStatus | undefined>(mergeStatus, undefined) ?? { items: {}, errors: [], leftOut: [] };
const update = (items: JsonObject): JsonObject => ({ softwareupdate: items });
const configurations = (...list: JsonObject[]): JsonObject => ({
  management: { declarations: { configurations: list } },
});
const entry = (identifier: string, active = true): JsonObject => ({
  identifier,
  "server-token": "t",
  active,
  valid: "valid",
});

describe("stored status", () => {
  it("keeps what a report does not mention, and takes what it does", () => {
    const { items } = after(
      report({ device: { "operating-system": { version: "26.5", family: "iOS" } }, unknown: { a: { b: 1 } } }),
      report({ device: { "operating-system": { version: "26.6" } }, unknown: { a: { c: 2 } } }),
    );
    expect(items).toEqual({
      device: { "operating-system": { version: "26.6", family: "iOS" } },
      unknown: { a: { b: 1, c: 2 } },
    });
  });

  it("is replaced by a full report, errors and all", () => {
    const error = { statusItem: "x", reasons: [] };
    const stored = after(
      report({ a: 1, ...configurations(entry("a")) }, { errors: [error] }),
      report({ b: 2 }, { fullReport: true }),
    );
    expect(stored).toEqual({ items: { b: 2 }, errors: [], leftOut: [] });
  });

  it("takes an item as a whole: a failure that is over leaves no reason, a target that is gone no time", () => {
    const { items } = after(
      report(
        update({
          "failure-reason": { count: 3, reason: "network", timestamp: "2026-11-24T10:00:00Z" },
          "pending-version": {
            "os-version": "26.6",
            "build-version": "23G1",
            "target-local-date-time": "2026-12-04T19:00:00",
          },
          "install-reason": { reason: ["declaration"], "declaration-id": "a" },
        }),
      ),
      report(
        update({
          "failure-reason": { count: 0 },
          "pending-version": { "os-version": "", "build-version": "" },
          "install-reason": { reason: [] },
        }),
      ),
    );
    expect(items).toEqual(
      update({
        "failure-reason": { count: 0 },
        "pending-version": { "os-version": "", "build-version": "" },
        "install-reason": { reason: [] },
      }),
    );
  });

  it("merges lists of declarations by identifier, and lists of plain values not at all", () => {
    const { items } = after(
      report(configurations(entry("a"), entry("b"))),
      report(configurations(entry("b", false), entry("c"))),
      report(configurations()),
    );
    expect(items).toEqual(configurations(entry("a"), entry("b", false), entry("c")));
    expect(after(report({ list: [1, 2] }), report({ list: [3] })).items).toEqual({ list: [3] });
    expect(after(report({ list: [1, 2] }), report({ list: [] })).items).toEqual({ list: [] });
  });

  it("takes an entry of declarations that lacks its identifier for no change of the others, and keeps the latest", () => {
    const nameless = [{ active: true, valid: "valid" }, { identifier: 7 }, "odd"];
    const listed = (...configurations_: unknown[]) =>
      ({ management: { declarations: { configurations: configurations_ } } }) as JsonObject;
    const odd = report(listed(...nameless, entry("c")));
    expect(after(report(configurations(entry("a"))), odd).items).toEqual(listed(entry("a"), entry("c"), ...nameless));
    const mixed = report(listed("odd", entry("a", false)));
    expect(after(report(configurations(entry("a"), entry("b"))), odd, mixed).items).toEqual(
      listed(entry("a", false), entry("b"), entry("c"), "odd"),
    );
    expect(after(odd, report(configurations(entry("a")))).items).toEqual(configurations(entry("c"), entry("a")));
    // A list of nothing else takes the place of what was there.
    expect(after(report(configurations(entry("a"))), report(listed("odd"))).items).toEqual(listed("odd"));
    // Of other lists nothing says what an entry is.
    expect(after(report({ list: [entry("a")] }), report({ list: ["odd"] })).items).toEqual({ list: ["odd"] });
  });

  it("takes an entry out that is reported as removed", () => {
    const removed = { identifier: "a", _removed: true };
    expect(after(report({ list: [entry("a"), entry("b")] }), report({ list: [removed] })).items).toEqual({
      list: [entry("b")],
    });
    expect(after(report({ list: [removed] })).items).toEqual({ list: [] });
  });

  it("is not removed by a value where items are expected; the value is named", () => {
    const before = { ...update({ "install-state": "prepared" }), ...configurations(entry("a")) };
    const stored = after(
      report(before),
      report({ softwareupdate: 5, management: { declarations: { configurations: "none" } } }),
    );
    expect(stored.items).toEqual(before);
    expect(stored.leftOut).toEqual(["softwareupdate", "management.declarations.configurations"]);
    // Where nothing was, it is kept to be seen, and gives way to what belongs there.
    expect(after(report({ softwareupdate: 5 })).items).toEqual({ softwareupdate: 5 });
  });

  it("keeps the latest error of an item until the item is reported", () => {
    const error = (statusItem: string, code: string) => ({ statusItem, reasons: [{ code }] });
    const first = report({}, { errors: [error("softwareupdate.device-id", "Error.A"), error("x", "Error.B")] });
    expect(after(first, report({}, { errors: [error("x", "Error.C")] })).errors).toEqual([
      error("softwareupdate.device-id", "Error.A"),
      error("x", "Error.C"),
    ]);
    expect(after(first, report(update({ "device-id": "J413AP" }))).errors).toEqual([error("x", "Error.B")]);
  });

  it("leaves out the largest unknown items first where there is too much, and says so until they fit", () => {
    const large = "x".repeat(STORED_ITEMS_BYTES - 100);
    const items = { small: "kept", large, ...update({ "install-state": "prepared" }), ...configurations(entry("a")) };
    const stored = after(report(items));
    expect(stored).toEqual({
      items: { small: "kept", ...update({ "install-state": "prepared" }), ...configurations(entry("a")) },
      errors: [],
      leftOut: ["large"],
    });
    expect(mergeStatus(stored, report({ more: 1 })).leftOut).toEqual(["large"]);
    expect(mergeStatus(stored, report({ large: "less" }))).toMatchObject({ items: { large: "less" }, leftOut: [] });
  });

  it("has room for a thousand declarations", () => {
    const many = Array.from({ length: 1000 }, (_, i) => ({
      ...entry(`com.example.declaration.${i}`),
      "server-token": "f".repeat(64),
    }));
    expect(after(report(configurations(...many))).leftOut).toEqual([]);
  });

  it("stays small whatever comes", () => {
    const control = "\u0001".repeat(1000);
    const many = Array.from({ length: 20_000 }, (_, i) => [`${control.slice(0, i % 7)}${i}`, i] as const);
    const errors = Array.from({ length: 80 }, (_, i) => ({
      statusItem: `${control}${i}`,
      reasons: Array.from({ length: 3 }, () => ({ code: control, description: control, details: { a: control } })),
    }));
    const more = Array.from({ length: 400 }, (_, i) => [`${control}${i}`, "y".repeat(1000)] as const);
    const declared = configurations(...Array.from({ length: 4000 }, (_, i) => entry(`${i}`.padStart(64, "0"))));
    let stored: StoredStatus | undefined;
    for (const items of [Object.fromEntries(many), Object.fromEntries(more), declared, Object.fromEntries(many)]) {
      stored = mergeStatus(stored, report(items, { errors }));
      expect(Buffer.byteLength(JSON.stringify(stored.items))).toBeLessThanOrEqual(STORED_ITEMS_BYTES);
      expect(Buffer.byteLength(JSON.stringify(stored))).toBeLessThanOrEqual(STORED_STATUS_BYTES);
      expect(stored.errors.length).toBeGreaterThan(0);
    }
  });

  it("stores a number that JSON writes in one way only", () => {
    // A device may write −0, which JSON.parse keeps and JSON.stringify writes as 0.
    const odd = report(JSON.parse('{"softwareupdate":{"failure-reason":{"count":-0}}}') as JsonObject);
    const stored = JSON.stringify(after(odd));
    expect(stored).toContain('"count":0');
    const read = JSON.parse(stored) as StoredStatus;
    expect(JSON.stringify(mergeStatus(read, odd))).toBe(stored);
  });

  const identified = fc.array(
    fc.record(
      { identifier: fc.constantFrom("a", "b", "c"), n: fc.nat(), _removed: fc.boolean() },
      { requiredKeys: ["identifier"] },
    ),
    { maxLength: 4 },
  );
  const keys = ["softwareupdate", "install-state", "failure-reason", "management", "declarations", "configurations"];
  const key = fc.constantFrom(...keys, "constructor", "toString", "other");
  const within = <T>(value: fc.Arbitrary<T>) => fc.dictionary(key, value, { noNullPrototype: true, maxKeys: 4 });
  const leaf = fc.oneof(jsonValues({ maxDepth: 1 }), identified);
  const items = within(fc.oneof(leaf, within(fc.oneof(leaf, within(leaf)))));
  const reports = fc.record({ fullReport: fc.boolean(), items });

  const merged = (list: readonly { fullReport: boolean; items: unknown }[]): StoredStatus =>
    after(...list.map(({ fullReport, items: made }) => report(made as JsonObject, { fullReport })));

  it("is JSON, the same when a report comes twice, and forgets what was before a full report", () => {
    fc.assert(
      fc.property(fc.array(reports, { maxLength: 4 }), reports, (before, last) => {
        const once = merged([...before, last]);
        expect(JSON.parse(JSON.stringify(once))).toEqual(once);
        expect(merged([...before, last, last]).items).toEqual(once.items);
        expect(merged([...before, { ...last, fullReport: true }])).toEqual(merged([{ ...last, fullReport: true }]));
        expect({}).not.toHaveProperty("other");
      }),
      { numRuns: 300 },
    );
  });

  it("never loses the top-level keys of any report since the last full one", () => {
    fc.assert(
      fc.property(fc.array(reports, { minLength: 1, maxLength: 4 }), (list) => {
        const since = list.slice(
          Math.max(
            0,
            list.findLastIndex(({ fullReport }) => fullReport),
          ),
        );
        const wanted = new Set(since.flatMap((one) => Object.keys(one.items)));
        expect(new Set(Object.keys(merged(list).items))).toEqual(wanted);
      }),
    );
  });
});
