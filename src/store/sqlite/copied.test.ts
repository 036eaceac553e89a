import { describe, expect, it } from "vitest";
import { copied } from "./copied.ts";

const given = {
  text: "a",
  nothing: null,
  missing: undefined,
  list: [1, [2n, true], {}],
  bytes: Buffer.from("bytes"),
  map: new Map<unknown, unknown>([["a", new Map([["b", [1]]])]]),
  date: new Date(5),
  error: new RangeError("no"),
};

describe("a copy of an ask", () => {
  it("is what a thread would get", () => {
    expect(copied(given)).toEqual(structuredClone(given));
    expect(copied(given).bytes).not.toBeInstanceOf(Buffer);
  });

  it("has every key, also one that names something else elsewhere", () => {
    const odd: unknown = JSON.parse('{"__proto__":{"a":1},"b":2}');
    expect(Object.keys(copied(odd) as object)).toEqual(["__proto__", "b"]);
    expect(JSON.stringify(copied(odd))).toBe(JSON.stringify(structuredClone(odd)));
  });

  it("shares nothing with what was given", () => {
    const copy = copied(given);
    (copy.list[1] as unknown[]).push("more");
    copy.bytes[0] = 0;
    copy.map.set("c", 1);
    expect(given).toMatchObject({ list: [1, [2n, true], {}], bytes: Buffer.from("bytes") });
    expect(given.map.size).toBe(1);
  });

  it.each([() => 1, Symbol("s"), { inner: [() => 1] }])("is not made of %s, as a thread would not take it", (value) => {
    expect(() => copied(value)).toThrow(/is no data/);
    expect(() => structuredClone(value)).toThrow(/could not be cloned/);
  });
});
