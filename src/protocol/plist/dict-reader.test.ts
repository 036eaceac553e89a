import { describe, expect, it } from "vitest";
import { DictReader, type PlistValue } from "../index.ts";

const reader = new DictReader(
  new Map<string, PlistValue>([
    ["text", "a"],
    ["count", 3n],
    ["share", { real: 0.5 }],
    ["list", [true]],
    ["inner", new Map()],
  ]),
  "Example",
);

describe("dictionary reader", () => {
  it("reads keys as their kind", () => {
    expect(reader.required("string", "text")).toBe("a");
    expect(reader.required("integer", "count")).toBe(3n);
    expect(reader.required("real", "share")).toBe(0.5);
    expect(reader.required("array", "list")).toEqual([true]);
    expect(reader.required("dict", "inner")).toEqual(new Map());
  });

  it("takes an integer where a real is asked, not the other way round", () => {
    expect(reader.required("real", "count")).toBe(3);
    expect(() => reader.required("integer", "share")).toThrow(/share is real, not integer/);
  });

  it("names a missing key and a key of another kind", () => {
    const failure = (code: string, message: RegExp) =>
      expect.objectContaining({ code, message: expect.stringMatching(message) });
    expect(() => reader.required("data", "none")).toThrow(failure("message-invalid", /Example.*none/));
    expect(() => reader.optional("dict", "list")).toThrow(
      failure("message-invalid", /Example.*list is array, not dict/),
    );
    const strict = new DictReader(new Map(), "Example", "command-invalid");
    expect(() => strict.required("date", "when")).toThrow(failure("command-invalid", /when/));
  });

  it("gives nothing for an absent optional key, and leniently nothing for one of another kind", () => {
    expect(reader.optional("string", "none")).toBeUndefined();
    expect(reader.lenient("boolean", "text")).toBeUndefined();
    expect(reader.lenient("string", "text")).toBe("a");
  });
});
