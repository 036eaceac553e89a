import { describe, expect, it } from "vitest";
import { ownBytes } from "./own-bytes.ts";

describe("bytes that go to a thread", () => {
  it("lie alone in their memory, and are copied only where they do not", () => {
    const part = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
    expect([...ownBytes(part)]).toEqual([2, 3]);
    expect(ownBytes(part).buffer.byteLength).toBe(2);
    const whole = new Uint8Array([1, 2]);
    expect(ownBytes(whole)).toBe(whole);
  });
});
