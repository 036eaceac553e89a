import { describe, expect, it } from "vitest";
import { fingerprint, hashSecret, makeChallenge, secretMatches } from "./hashes.ts";

/** The second example of FIPS 180-2's SHA-256: the digest of "abc". */
const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

describe("hashes", () => {
  it("are SHA-256 in lower-case hex", () => {
    expect(fingerprint(Buffer.from("abc"))).toBe(ABC);
    expect(hashSecret("abc")).toBe(ABC);
  });

  it("make a challenge of the random bytes that fits in a URL", () => {
    expect(makeChallenge(Uint8Array.of(0xfb, 0xff, 0xfe))).toBe("-__-");
  });

  it.each([
    ["same", "same", true],
    ["same", "sane", false],
    ["same", "same longer", false],
    ["", "", true],
  ])("compare %j and %j", (a, b, equal) => {
    expect(secretMatches(a, b)).toBe(equal);
  });
});
