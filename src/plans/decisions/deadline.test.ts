import { Temporal } from "temporal-polyfill";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deadlineIn, isAbsolute } from "./deadline.ts";

const BERLIN = "Europe/Berlin";
const iso = (at: number): string => new Date(at).toISOString().slice(0, 16);
const read = (text: string, zone = BERLIN): [string, string] => {
  const { local, at } = deadlineIn(text, zone);
  return [local, iso(at)];
};

describe("a deadline", () => {
  it.each([
    ["2026-08-28T17:00", "2026-08-28T17:00", "2026-08-28T15:00"],
    ["2026-12-04 17:00", "2026-12-04T17:00", "2026-12-04T16:00"],
    // Never earlier than asked for.
    ["2026-12-04T17:00:00", "2026-12-04T17:00", "2026-12-04T16:00"],
    ["2026-12-04T17:00:01", "2026-12-04T17:01", "2026-12-04T16:01"],
    ["2026-12-04T16:59:59.999", "2026-12-04T17:00", "2026-12-04T16:00"],
    ["2026-12-04T17:00Z", "2026-12-04T18:00", "2026-12-04T17:00"],
    ["2026-12-04 17:00:00.000 +01:00", "2026-12-04T17:00", "2026-12-04T16:00"],
    ["2026-12-04T17:00z", "2026-12-04T18:00", "2026-12-04T17:00"],
    // 25 October 2026: 02:00 to 03:00 comes twice.
    ["2026-10-25T01:59", "2026-10-25T01:59", "2026-10-24T23:59"],
    ["2026-10-25T02:00", "2026-10-25T03:00", "2026-10-25T01:00"],
    ["2026-10-25T02:30", "2026-10-25T03:00", "2026-10-25T01:30"],
    ["2026-10-25T02:59", "2026-10-25T03:00", "2026-10-25T01:59"],
    ["2026-10-25T03:00", "2026-10-25T03:00", "2026-10-25T02:00"],
    ["2026-10-25T02:30+02:00", "2026-10-25T02:30", "2026-10-25T00:30"],
    ["2026-10-25T02:30+01:00", "2026-10-25T03:00", "2026-10-25T01:30"],
    // 28 March 2027: 02:00 to 03:00 is skipped.
    ["2027-03-28T01:59", "2027-03-28T01:59", "2027-03-28T00:59"],
    ["2027-03-28T02:00", "2027-03-28T03:00", "2027-03-28T01:00"],
    ["2027-03-28T02:30", "2027-03-28T03:00", "2027-03-28T01:00"],
    ["2027-03-28T03:00", "2027-03-28T03:00", "2027-03-28T01:00"],
  ])("of %s is declared as %s and means %s in Berlin", (text, local, at) => {
    expect(read(text)).toEqual([local, at]);
  });

  it("knows a gap that is half an hour, a day, or at midnight", () => {
    expect(read("2026-10-04T02:10", "Australia/Lord_Howe")).toEqual(["2026-10-04T02:30", "2026-10-03T15:30"]);
    expect(read("2011-12-30T12:00", "Pacific/Apia")).toEqual(["2011-12-31T00:00", "2011-12-30T10:00"]);
    expect(read("2018-11-04T00:20", "America/Sao_Paulo")).toEqual(["2018-11-04T01:00", "2018-11-04T03:00"]);
  });

  it("tells one moment everywhere from a local time", () => {
    const texts = ["2026-12-04T17:00", "2026-12-04 17:00:00", "2026-12-04T17:00Z", " 2026-12-04T17:00+0530 "];
    expect(texts.map(isAbsolute)).toEqual([false, false, true, true]);
  });

  it.each([
    "2026-08-28",
    "2026-02-30T17:00",
    "2026-08-28T25:00",
    "2026-08-28T24:00",
    "Friday 17:00",
    "",
    "2026-08-28T17",
    "2026-08-28T17:00+99:00",
    `${"2026-08-28T17:00"}${"0".repeat(1000)}`,
  ])("%j is refused with a code", (text) => {
    expect(() => deadlineIn(text, "UTC")).toThrow(expect.objectContaining({ code: "deadline-invalid" }));
  });

  it("is never declared earlier than it was asked for, at a time that the clock shows", () => {
    const zones = fc.constantFrom(BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Chatham");
    const minutes = fc.integer({ min: Date.UTC(2026, 0) / 60_000, max: Date.UTC(2028, 0) / 60_000 });
    fc.assert(
      fc.property(zones, minutes, (zone, minute) => {
        const text = new Date(minute * 60_000).toISOString();
        for (const written of [text, text.slice(0, 16)]) {
          const { local, at } = deadlineIn(written, zone);
          const shown = Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: "later" });
          expect(shown.toPlainDateTime().toString({ smallestUnit: "minute" })).toBe(local);
          expect(shown.epochMilliseconds).toBeGreaterThanOrEqual(at);
          expect(shown.epochMilliseconds - at).toBeLessThanOrEqual(3_600_000);
        }
      }),
      { numRuns: 300 },
    );
  });
});
