import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openSecret, sealSecret } from "./sealing.ts";

const newKey = (id: string): { id: string; key: Uint8Array } => ({ id, key: randomBytes(32) });
const key = newKey("first");
const other = newKey("second");
const plain = Buffer.from("a secret of some length");
const seal = (): Uint8Array => sealSecret(key, plain, "/Token", randomBytes(12));

describe("sealed secrets", () => {
  it("open with the key whose id they bear, among others", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, context) => {
        const sealed = sealSecret(key, bytes, context, randomBytes(12));
        expect(openSecret([other, key], sealed, context)).toEqual(bytes);
      }),
      { numRuns: 100 },
    );
  });

  // They lie in databases: a later version has to open them.
  it("keep their form", () => {
    const kept = { id: "first", key: new Uint8Array(32).fill(7) };
    const sealed = Buffer.from(sealSecret(kept, plain, "/Token", new Uint8Array(12).fill(9)));
    expect(sealed.toString("hex")).toBe(
      "010566697273740909090909090909090909094712c045c2349f78e6e2495b19d7e7c546a5f7f1dd82a415800dad189585cebaf4dc069d539a9f",
    );
    expect(Buffer.from(openSecret([kept], sealed, "/Token"))).toEqual(plain);
  });

  it("are made by a key whose id has 255 bytes, and by none with a longer one", () => {
    const opened = (length: number): Uint8Array => {
      const long = newKey("k".repeat(length));
      return openSecret([long], sealSecret(long, plain, "", randomBytes(12)), "");
    };
    expect(Buffer.from(opened(255))).toEqual(plain);
    expect(() => opened(256)).toThrow(RangeError);
  });

  it("do not show what they hold", () => {
    expect(Buffer.from(seal()).includes(plain)).toBe(false);
  });

  it("do not open in another place, without their key, or with another key of the same id", () => {
    const sealed = seal();
    const unreadable = expect.objectContaining({ code: "secret-unreadable" }) as Error;
    expect(() => openSecret([key], sealed, "/Other")).toThrow(unreadable);
    expect(() => openSecret([other], sealed, "/Token")).toThrow(unreadable);
    expect(() => openSecret([], sealed, "/Token")).toThrow(unreadable);
    expect(() => openSecret([{ ...other, id: key.id }], sealed, "/Token")).toThrow(unreadable);
  });

  it("do not open with any byte changed or missing", () => {
    const sealed = seal();
    const unreadable = expect.objectContaining({ code: "secret-unreadable" }) as Error;
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => openSecret([key], changed, "/Token")).toThrow(unreadable);
      expect(() => openSecret([key], sealed.subarray(0, at), "/Token")).toThrow(unreadable);
    }
  });

  it("are not made with an iv of another length", () => {
    expect(() => sealSecret(key, plain, "/Token", randomBytes(16))).toThrow(RangeError);
  });
});
