import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alsoWritten, documentsOf } from "./change.ts";
import type { Json } from "./rows.ts";
import { auditRow } from "./suite-rows.ts";

describe("what the audit keeps of a change", () => {
  it("is of an edit what differs, and of what is made or removed the whole", () => {
    const [before, after] = [
      { name: "a", days: 3, rings: [1] },
      { name: "b", days: 3, rings: [1, 2] },
    ];
    expect(documentsOf({ before, after })).toEqual({
      before: { name: "a", rings: [1] },
      after: { name: "b", rings: [1, 2] },
    });
    expect(documentsOf({ before: null, after })).toEqual({ before: null, after });
    expect(documentsOf({ before, after: null })).toEqual({ before, after: null });
    expect(documentsOf({ before: { a: undefined, b: 1 }, after: { a: 1, b: 1 } })).toEqual({
      before: {},
      after: { a: 1 },
    });
  });

  it("is bounded: long texts, long lists, many fields, deep ones, and the whole", () => {
    const kept = (value: Json): Json => documentsOf({ before: null, after: { value } }).after;
    expect(kept("x".repeat(501))).toEqual({ value: `${"x".repeat(500)}…` });
    expect(kept(Array.from({ length: 52 }, (_, n) => n))).toEqual({
      value: [...Array.from({ length: 50 }, (_, n) => n), "… and 2 more"],
    });
    const wide = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`f${n}`, n]));
    expect(kept(wide)).toMatchObject({ value: { "…": "and 1 more" } });
    expect(kept([[[[[[1]]]]]])).toEqual({ value: [[[[["…"]]]]] });
    expect(kept(Array.from({ length: 50 }, () => "x".repeat(400)))).toEqual({ leftOut: "20161 characters" });
  });

  it.each(["password", "newPassword", "token", "clientSecret", "privateKey", "challenge"])(
    "has no %s, wherever it stands",
    (field) => {
      const after = { [field]: "s3cret", list: [{ [field]: { deep: "s3cret" } }] };
      const text = JSON.stringify(documentsOf({ before: after, after: { other: 1 } }));
      expect(text).not.toContain("s3cret");
      expect(text).toContain("‹removed›");
    },
  );

  it("is never longer than its bound, whatever it is", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (after) => {
        const kept = documentsOf({ before: null, after: after as { [field: string]: Json } });
        expect(JSON.stringify(kept.after).length).toBeLessThanOrEqual(16_384);
      }),
    );
  });

  it("goes into the row of the audit alone", () => {
    const row = auditRow("a");
    const other = { insert: "keyedChange", row: { id: "k", objectKind: "plan", objectId: null, at: 1 } } as const;
    const change = { before: { state: "active" }, after: { state: "stopped" } };
    expect(alsoWritten([{ insert: "audit", row }, other], change)).toEqual([
      { insert: "audit", row: { ...row, ...change } },
      other,
    ]);
    expect(alsoWritten([{ insert: "audit", row }], undefined)).toEqual([{ insert: "audit", row }]);
  });
});
