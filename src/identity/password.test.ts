import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashPassword, passwordMatches } from "./password.ts";

const SALT = new Uint8Array(16).fill(7);
/** Cheap, for what is not about the cost. */
const CHEAP = 4;

describe("the hash of a password", () => {
  it("has the usual cost", async () => {
    const stored = await hashPassword("correct horse battery", SALT);
    expect(stored).toMatch(/^scrypt\$17\$[A-Za-z0-9_-]{22}\$[A-Za-z0-9_-]{43}$/);
    expect(await passwordMatches("correct horse battery", stored)).toBe(true);
  });

  it("is that of RFC 7914 (section 12)", async () => {
    const stored = await hashPassword("pleaseletmein", Buffer.from("SodiumChloride"), 14);
    const [, , , key = ""] = stored.split("$");
    expect(Buffer.from(key, "base64url").toString("hex")).toBe(
      "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2",
    );
  });

  it("names its own cost, which is used to compare", async () => {
    for (const cost of [4, 5, 10]) {
      const stored = await hashPassword("twelve letters", SALT, cost);
      expect(stored.startsWith(`scrypt$${cost}$`)).toBe(true);
      expect(await passwordMatches("twelve letters", stored)).toBe(true);
    }
  });

  // A password typed on a Mac may come decomposed, and from a phone in full-width letters.
  it.each([
    ["composed and decomposed", "Schl\u00fcssel \u00df am Brett", "Schlu\u0308ssel \u00df am Brett"],
    ["a ligature", "o\ufb03ce of the king", "office of the king"],
    ["full-width letters", "\uff30\uff41\uff53\uff53 of the year", "Pass of the year"],
  ])("takes two forms of the same letters for one: %s", async (_what, one, other) => {
    expect(one).not.toBe(other);
    expect(await passwordMatches(other, await hashPassword(one, SALT, CHEAP))).toBe(true);
  });

  it("differs for other letters, also beyond 72 bytes and in case", async () => {
    const long = "a".repeat(199);
    expect(await passwordMatches(`${long}b`, await hashPassword(`${long}c`, SALT, CHEAP))).toBe(false);
    expect(await passwordMatches("Abcdefghijkl", await hashPassword("abcdefghijkl", SALT, CHEAP))).toBe(false);
    expect(await passwordMatches("a\0bcdefghijkl", await hashPassword("a\0xxxxxxxxxxx", SALT, CHEAP))).toBe(false);
  });

  it("matches exactly what has the same canonical form", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme" }),
        fc.string({ unit: "grapheme" }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        async (one, other, salt) => {
          const stored = await hashPassword(one, salt, CHEAP);
          expect(await passwordMatches(one, stored)).toBe(true);
          expect(await passwordMatches(other, stored)).toBe(one.normalize("NFKC") === other.normalize("NFKC"));
        },
      ),
    );
  });

  it.each(["", "scrypt$17$short$x", "plain text", `scrypt$99$${"a".repeat(22)}$${"a".repeat(43)}`])(
    "is not compared where the stored text is none: %j",
    async (stored) => {
      await expect(passwordMatches("twelve letters", stored)).rejects.toThrow(/form|memory|params|range/i);
    },
  );
});
