import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { localTime } from "./local-time.ts";

const ZONES = ["UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "Etc/GMT+12", "+02:00", "-09:30"];

describe("a moment", () => {
  it("is given as its people read it", () => {
    expect(localTime(Date.parse("2026-08-27T23:10Z"), "America/New_York")).toBe("2026-08-27 19:10");
  });

  it("is the minute that a calendar of the zone has for it", () => {
    const moment = fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(2200, 0) });
    fc.assert(
      fc.property(moment, fc.constantFrom(...ZONES), (at, zone) => {
        const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime();
        expect(localTime(at, zone)).toBe(local.toString({ smallestUnit: "minute" }).replace("T", " "));
      }),
    );
  });
});
