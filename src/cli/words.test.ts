import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { age, moment } from "./age.ts";
import { clean, cleanLines } from "./clean.ts";

const NOW = Date.UTC(2026, 7, 21, 12);

describe("age", () => {
  it.each([
    [null, "never"],
    [NOW, "just now"],
    [NOW - 4999, "just now"],
    [NOW + 4999, "just now"],
    [NOW - 45_000, "45 s ago"],
    [NOW - 60_000, "1 min ago"],
    [NOW - 59 * 60_000, "59 min ago"],
    [NOW - 3_600_000, "1 h ago"],
    [NOW - 47 * 3_600_000, "47 h ago"],
    [NOW - 48 * 3_600_000, "2 days ago"],
    [NOW + 12 * 60_000, "in 12 min"],
    [NOW + 365 * 86_400_000, "in 365 days"],
  ])("says %s as %s", (at, words) => {
    expect(age(at === null ? null : new Date(at).toISOString(), NOW)).toBe(words);
  });
});

describe("moment", () => {
  it("is UTC to the second", () => expect(moment(NOW + 999)).toBe("2026-08-21 12:00:00Z"));
  it("has text for a time that no calendar has", () => expect(moment(8.65e15)).toBe("8650000000000000"));
});

describe("clean", () => {
  it("leaves no character that a terminal obeys", () => {
    const text = fc.string({
      unit: fc
        .oneof(fc.integer({ min: 0, max: 0x24f }), fc.integer({ min: 0x2000, max: 0x2070 }))
        .map((point) => String.fromCodePoint(point)),
    });
    fc.assert(
      fc.property(text, (input) => {
        expect(clean(input)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  it("leaves names as they are", () => {
    for (const name of ["Zoë’s iPad", "会議室 3", "לוח", "📱 left"]) expect(clean(name)).toBe(name);
  });

  it("keeps line breaks and tabs where a text has lines", () => {
    expect(cleanLines("a\r\n\tb\u001bc\n")).toBe("a\n\tb\\u{1b}c\n");
  });
});
