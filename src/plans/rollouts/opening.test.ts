import { Temporal } from "temporal-polyfill";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HOUR } from "../jobs/units.ts";
import { isPastOpening, openingAt, openingFrom } from "./opening.ts";
import { powerOf } from "./power.ts";

const at = (iso: string): number => Temporal.Instant.from(iso).epochMilliseconds;
const iso = (ms: number): string => Temporal.Instant.fromEpochMilliseconds(ms).toString();
const FURTHEST = ["Pacific/Kiritimati", "Etc/GMT+12"] as const;

describe("targets R1: a ring opens at 09:00 of a day Monday to Friday in the plan's zone", () => {
  const rows: readonly [string, string, string, string, string][] = [
    ["on its day", "2026-08-18", "Europe/Berlin", "2026-08-17T18:10:00Z", "2026-08-18T07:00:00Z"],
    [
      "on the next day for one seen in the evening",
      "2026-08-17",
      "Europe/Berlin",
      "2026-08-17T18:10:00Z",
      "2026-08-18T07:00:00Z",
    ],
    ["at the time at which it is known", "2026-08-18", "Europe/Berlin", "2026-08-18T07:00:00Z", "2026-08-18T07:00:00Z"],
    [
      "not when it is known 1 ms later",
      "2026-08-18",
      "Europe/Berlin",
      "2026-08-18T07:00:00.001Z",
      "2026-08-19T07:00:00Z",
    ],
    ["on Monday after a Friday evening", "2026-08-21", "Europe/Berlin", "2026-08-21T18:00:00Z", "2026-08-24T07:00:00Z"],
    ["on Monday for a Saturday", "2026-08-22", "Europe/Berlin", "2026-08-01T00:00:00Z", "2026-08-24T07:00:00Z"],
    ["on Monday for a Sunday", "2026-08-23", "Europe/Berlin", "2026-08-01T00:00:00Z", "2026-08-24T07:00:00Z"],
    ["before the clock goes back", "2026-10-23", "Europe/Berlin", "2026-10-01T00:00:00Z", "2026-10-23T07:00:00Z"],
    ["after the clock went back", "2026-10-26", "Europe/Berlin", "2026-10-01T00:00:00Z", "2026-10-26T08:00:00Z"],
    ["after the clock went forward", "2027-03-29", "Europe/Berlin", "2027-03-01T00:00:00Z", "2027-03-29T07:00:00Z"],
    ["14 hours ahead", "2026-08-18", FURTHEST[0], "2026-08-01T00:00:00Z", "2026-08-17T19:00:00Z"],
    ["12 hours behind", "2026-08-18", FURTHEST[1], "2026-08-01T00:00:00Z", "2026-08-18T21:00:00Z"],
    [
      "known on a day that is another one there",
      "2026-08-17",
      FURTHEST[0],
      "2026-08-17T19:00:01Z",
      "2026-08-18T19:00:00Z",
    ],
    // Samoa had no 30 December 2011, a Friday.
    ["not on a day that the zone skips", "2011-12-30", "Pacific/Apia", "2011-12-01T00:00:00Z", "2012-01-01T19:00:00Z"],
  ];
  it.each(rows)("%s", (_title, date, zone, known, expected) => {
    expect(iso(openingFrom(date, zone, at(known), "working"))).toBe(expected);
  });

  it("targets U2: an urgent one on any day", () => {
    const opening = openingFrom("2026-08-22", "Europe/Berlin", at("2026-08-21T18:00:00Z"), "any");
    expect(iso(opening)).toBe("2026-08-22T07:00:00Z");
  });

  const zones = fc.constantFrom(
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    ...FURTHEST,
  );
  const times = fc.integer({ min: at("2025-01-01T00:00:00Z") / 60_000, max: at("2029-01-01T00:00:00Z") / 60_000 });

  it("as a property, in every zone and over every change of clocks", () => {
    fc.assert(
      fc.property(
        zones,
        times,
        fc.integer({ min: -20, max: 20 }),
        fc.constantFrom("working", "any"),
        (zone, minute, days, on) => {
          const known = minute * 60_000;
          const today = Temporal.Instant.fromEpochMilliseconds(known).toZonedDateTimeISO(zone).toPlainDate();
          const date = today.add({ days }).toString();
          const opening = Temporal.Instant.fromEpochMilliseconds(openingFrom(date, zone, known, on)).toZonedDateTimeISO(
            zone,
          );
          expect(opening.toPlainTime().toString()).toBe("09:00:00");
          expect(opening.dayOfWeek).toBeLessThanOrEqual(on === "working" ? 5 : 7);
          expect(opening.epochMilliseconds).toBeGreaterThanOrEqual(known);
          expect(opening.toPlainDate().toString() >= date).toBe(true);
          // It is the first: a day earlier it would be too early, or on a weekend.
          const before = opening.subtract({ days: 1 });
          const fits =
            before.epochMilliseconds >= known &&
            before.toPlainDate().toString() >= date &&
            (on === "any" || before.dayOfWeek <= 5);
          const monday = on === "working" && opening.dayOfWeek === 1;
          expect(fits && !monday).toBe(false);
          const late = openingAt(opening.epochMilliseconds + HOUR - 1, zone);
          expect(late).toBe(opening.dayOfWeek <= 5 ? opening.epochMilliseconds : undefined);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("targets R1: the opening that takes place now", () => {
  it.each([
    ["2026-08-18T06:59:59.999Z", undefined],
    ["2026-08-18T07:00:00Z", "2026-08-18T07:00:00Z"],
    ["2026-08-18T07:00:00.001Z", "2026-08-18T07:00:00Z"],
    ["2026-08-18T07:59:59.999Z", "2026-08-18T07:00:00Z"],
    ["2026-08-18T08:00:00Z", undefined],
    ["2026-08-22T07:00:00Z", undefined],
    ["2026-08-23T07:00:00Z", undefined],
  ])("at %s is %s", (now, opening) => {
    expect(openingAt(at(now), "Europe/Berlin")).toBe(opening === undefined ? undefined : at(opening));
  });

  it.each([
    ["2026-08-18T06:59:59.999Z", false],
    ["2026-08-18T07:00:00Z", true],
    ["2026-08-22T21:59:59Z", true],
    ["2026-08-22T22:00:00Z", false],
  ])("targets U2: at %s it is past 09:00: %s", (now, past) => {
    expect(isPastOpening(at(now), "Europe/Berlin")).toBe(past);
  });
});

describe("targets R13: what a ring can prove", () => {
  it.each([
    [5, "37"],
    [12, "17"],
    [20, "11"],
    [50, "4.5"],
    [100, "2.3"],
  ])("%i devices without a failure rule out only failure rates above %s percent", (devices, percent) => {
    expect((100 * powerOf(devices)).toFixed(percent.includes(".") ? 1 : 0)).toBe(percent);
  });

  it("is nothing without devices, and little with one", () => {
    expect(powerOf(0)).toBe(1);
    expect(powerOf(1)).toBeCloseTo(0.9, 12);
  });
});
