import { describe, expect, it } from "vitest";
import { instantOf, isSkipped } from "./local-time.ts";

const utc = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString().slice(0, 16);

describe("a local date and time", () => {
  it.each([
    ["2026-12-04T19:00:00", "Europe/Berlin", "2026-12-04T18:00"],
    ["2026-07-04T19:00:00", "Europe/Berlin", "2026-07-04T17:00"],
    ["2026-12-04T01:00:00", "Pacific/Kiritimati", "2026-12-03T11:00"],
    ["2026-12-04T19:00:00", "Asia/Kolkata", "2026-12-04T13:30"],
    ["2026-12-04T19:00:00", "America/Los_Angeles", "2026-12-05T03:00"],
    // Hours around the changes of the clock in Berlin: one that is left out, and the one after the repeated hour.
    ["2026-03-29T02:30:00", "Europe/Berlin", "2026-03-29T01:30"],
    ["2026-03-29T03:30:00", "Europe/Berlin", "2026-03-29T01:30"],
    ["2026-10-25T03:30:00", "Europe/Berlin", "2026-10-25T02:30"],
    ["2026-11-01T01:30:00", "America/New_York", "2026-11-01T05:30"],
  ])("%s in %s is %s UTC", (local, zone, instant) => {
    expect(utc(instantOf(local, zone))).toBe(instant);
  });

  it.each([
    ["2026-03-29T01:59:59", "Europe/Berlin", false],
    ["2026-03-29T02:00:00", "Europe/Berlin", true],
    ["2026-03-29T02:59:59", "Europe/Berlin", true],
    ["2026-03-29T03:00:00", "Europe/Berlin", false],
    ["2026-03-29T02:30:00", "UTC", false],
    ["2026-10-25T02:30:00", "Europe/Berlin", false],
    ["soon", "UTC", false],
  ])("%s in %s is left out: %s", (local, zone, skipped) => {
    expect(isSkipped(local, zone)).toBe(skipped);
  });

  it.each(["2026-12-04", "2026-12-04T19:00:00Z", "2026-12-04T19:00:00.000", "2026-02-30T10:00:00", "soon", ""])(
    "refuses %s",
    (local) => {
      expect(instantOf(local, "UTC")).toBeUndefined();
    },
  );
});
