import { describe, expect, it } from "vitest";
import { createPasswords } from "./passwords.ts";

/** Passwords at a low cost; `drawn`: how often randomness was asked for. */
function place() {
  const state = { drawn: 0 };
  const random = (bytes: number): Uint8Array => new Uint8Array(bytes).fill((state.drawn += 1));
  return { state, passwords: createPasswords({ random, passwordCost: 4 }) };
}

describe("passwords of accounts", () => {
  it.each([
    ["eleven char", "password-invalid"],
    ["", "password-invalid"],
    // Eleven letters, of which one is written as two.
    ["Schlu\u0308sselbu", "password-invalid"],
    ["\ud83d\ude00".repeat(11), "password-invalid"],
  ])("have twelve characters at least: %j is refused", async (password, code) => {
    await expect(place().passwords.hash(password)).rejects.toMatchObject({ code });
  });

  it.each(["twelve chars", "\ud83d\ude00".repeat(12), "x".repeat(1000)])("may be %j", async (password) => {
    const { passwords } = place();
    expect(await passwords.matches(password, await passwords.hash(password))).toBe(true);
  });

  it("have a salt of their own", async () => {
    const { passwords } = place();
    expect(await passwords.hash("twelve chars")).not.toBe(await passwords.hash("twelve chars"));
  });

  it("are compared with something where there is none, and never match", async () => {
    const { passwords, state } = place();
    expect(await passwords.matches("twelve chars", null)).toBe(false);
    // The password and the salt of what nobody knows: made once.
    expect(state.drawn).toBe(2);
    const nobodys = Buffer.alloc(16, 1).toString("hex");
    expect([await passwords.matches(nobodys, null), state.drawn]).toEqual([false, 2]);
  });

  it("are checked for some at a time; who finds too many waiting is told to come again", async () => {
    const { passwords } = place();
    const stored = await passwords.hash("twelve chars");
    const asked = Array.from({ length: 40 }, () => passwords.matches("twelve chars", stored));
    const ended = await Promise.allSettled(asked);
    expect(ended.filter(({ status }) => status === "fulfilled")).toHaveLength(22);
    const refused = ended.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
    expect(refused[0]).toMatchObject({ code: "sign-in-paused", retryAfter: 2 });
    // All turns are given back, also by what fails.
    await expect(passwords.matches("twelve chars", "no hash")).rejects.toThrow("another form");
    expect(await Promise.all(Array.from({ length: 22 }, () => passwords.matches("twelve chars", stored)))).toEqual(
      Array.from({ length: 22 }, () => true),
    );
  });
});
