import { describe, expect, it } from "vitest";
import { majorAheadWords, previousMajorWords } from "./majors.ts";

describe("new majors in words", () => {
  it.each([
    ["macOS", 300, "From 14 Oct 2026: 300 Macs 15 → 26"],
    ["macOS", 1, "From 14 Oct 2026: 1 Mac 15 → 26"],
    ["iOS", 2, "From 14 Oct 2026: 2 iPhones and iPads 15 → 26"],
    ["otherOS", 2, "From 14 Oct 2026: 2 devices 15 → 26"],
  ])("%s, %d devices", (platform, devices, words) => {
    expect(majorAheadWords({ platform, on: "2026-10-14", from: 15, to: 26, devices })).toBe(words);
  });

  it.each([
    [{ now: 15, next: { major: 26, on: "2026-10-14" } }, "previous major (15 now, 26 from 14 Oct 2026)"],
    [{ now: 15, next: null }, "previous major (15 now)"],
    [{ now: null, next: { major: 26, on: "2026-10-14" } }, "previous major (26 from 14 Oct 2026)"],
    [{ now: null, next: null }, "previous major (no major counts yet)"],
  ])("%j", (major, words) => expect(previousMajorWords(major)).toBe(words));
});
