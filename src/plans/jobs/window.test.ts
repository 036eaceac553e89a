import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseWindow, windowAt } from "./window.ts";

const NIGHT = { from: "22:00", to: "05:00" };
const at = (iso: string): number => Date.parse(iso);
const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16);

describe("a window's text", () => {
  it.each([
    ["22:00-05:00", NIGHT],
    [" 09:30 - 17:00 ", { from: "09:30", to: "17:00" }],
    ["00:00-23:59", { from: "00:00", to: "23:59" }],
  ])("%j is read", (text, window) => {
    expect(parseWindow(text)).toEqual(window);
  });

  it.each([
    "",
    "22:00",
    "22:00-",
    "22-05",
    "24:00-05:00",
    "22:60-05:00",
    "22:00-22:00",
    "22:00-05:00-06:00",
    "7:00-8:00",
  ])("%j is refused with a code", (text) => {
    expect(() => parseWindow(text)).toThrow(expect.objectContaining({ code: "window-invalid" }));
  });
});

describe("the window at a moment", () => {
  it.each([
    // Before, in, and after; over midnight.
    ["Europe/Berlin", "2026-08-25T10:00Z", false, "2026-08-25T20:00", "2026-08-26T03:00"],
    ["Europe/Berlin", "2026-08-25T20:00Z", true, "2026-08-25T20:00", "2026-08-26T03:00"],
    ["Europe/Berlin", "2026-08-26T02:59Z", true, "2026-08-25T20:00", "2026-08-26T03:00"],
    ["Europe/Berlin", "2026-08-26T03:00Z", false, "2026-08-26T20:00", "2026-08-27T03:00"],
    // The furthest zones ahead and behind.
    ["Pacific/Kiritimati", "2026-08-25T08:00Z", true, "2026-08-25T08:00", "2026-08-25T15:00"],
    ["Etc/GMT+12", "2026-08-25T09:59Z", false, "2026-08-25T10:00", "2026-08-25T17:00"],
    // An hour is skipped, or comes twice, within it: it is an hour shorter or longer.
    ["America/New_York", "2026-03-08T04:00Z", true, "2026-03-08T03:00", "2026-03-08T09:00"],
    ["America/New_York", "2026-11-01T04:00Z", true, "2026-11-01T02:00", "2026-11-01T10:00"],
    ["Europe/Berlin", "2026-10-25T01:30Z", true, "2026-10-24T20:00", "2026-10-25T04:00"],
    // Half an hour of daylight saving.
    ["Australia/Lord_Howe", "2026-10-03T13:00Z", true, "2026-10-03T11:30", "2026-10-03T18:00"],
  ])("in %s at %s", (zone, now, open, opensAt, closesAt) => {
    const moment = windowAt(NIGHT, zone, at(now));
    expect([moment.open, iso(moment.opensAt), iso(moment.closesAt)]).toEqual([open, opensAt, closesAt]);
  });

  it("begins at the next time that exists when its beginning is skipped", () => {
    const moment = windowAt({ from: "02:30", to: "04:00" }, "America/New_York", at("2026-03-08T00:00Z"));
    expect([iso(moment.opensAt), iso(moment.closesAt)]).toEqual(["2026-03-08T07:30", "2026-03-08T08:00"]);
  });

  it("keeps its length when both its ends are skipped", () => {
    const moment = windowAt({ from: "02:10", to: "02:50" }, "America/New_York", at("2026-03-08T05:00Z"));
    expect(moment.closesAt - moment.opensAt).toBe(40 * 60_000);
    expect(moment.opensAt).toBeGreaterThan(at("2026-03-08T05:00Z"));
  });

  it("agrees with the local time in every zone and at every time", () => {
    const zones = fc.constantFrom(
      "Europe/Berlin",
      "America/New_York",
      "Asia/Kolkata",
      "Pacific/Kiritimati",
      "Etc/GMT+12",
    );
    const minute = fc.integer({ min: 0, max: 24 * 60 - 1 });
    const text = (m: number): string =>
      `${String(Math.floor(m / 60)).padStart(2, "0")}:${String(m % 60).padStart(2, "0")}`;
    const moments = fc.integer({ min: at("2026-01-01T00:00Z"), max: at("2028-01-01T00:00Z") });
    fc.assert(
      fc.property(zones, minute, minute, moments, (zone, from, to, now) => {
        fc.pre(from !== to);
        const window = { from: text(from), to: text(to) };
        const moment = windowAt(window, zone, now);
        expect(moment.closesAt).toBeGreaterThan(now);
        expect(moment.closesAt).toBeGreaterThan(moment.opensAt);
        expect(moment.open).toBe(moment.opensAt <= now);
        const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short", hourCycle: "h23", timeZone: zone }).format(
          now,
        );
        const inside =
          from < to ? clock >= window.from && clock < window.to : clock >= window.from || clock < window.to;
        // In the hours around a change of daylight saving a wall-clock time is skipped or comes twice.
        const hours = [-26, 0, 26].map(
          (h) =>
            new Date(now + h * 3_600_000)
              .toLocaleString("en", { timeZone: zone, timeZoneName: "longOffset" })
              .split("GMT")[1],
        );
        fc.pre(new Set(hours).size === 1);
        expect(moment.open).toBe(inside);
      }),
      { numRuns: 300 },
    );
  });
});
