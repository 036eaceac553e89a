import { describe, expect, it } from "vitest";
import { LINK_TOKEN_BYTES, makeLinkToken, readLinkToken } from "./link-token.ts";

const bytes = (first: number): Uint8Array => Uint8Array.from({ length: LINK_TOKEN_BYTES }, (_, i) => (first + i) & 255);

describe("a link's token", () => {
  it("holds 130 bits in letters and digits, and reads as it was made", () => {
    for (let first = 0; first < 256; first += 1) {
      const token = makeLinkToken(bytes(first));
      expect(token).toMatch(/^[0-9a-z]{26}$/);
      expect(readLinkToken(token)).toBe(token);
    }
    expect(new Set(Array.from({ length: 32 }, (_, first) => makeLinkToken(bytes(first)))).size).toBe(32);
  });

  it("is the same however it is typed", () => {
    expect(readLinkToken("OIL23456789ABCDEFGHJKMNPQR")).toBe("01123456789abcdefghjkmnpqr");
  });

  it.each([
    "",
    "a",
    "0123456789abcdefghjkmnpqrs0",
    "0123456789abcdefghjkmnpq.r",
    "0123456789abcdefghjkmnpqru",
    "0123456789abcdefghjkmnpqr\n",
  ])("is not %j", (text) => expect(readLinkToken(text)).toBeUndefined());
});
