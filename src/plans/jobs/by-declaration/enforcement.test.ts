import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { enforcementFor, type When } from "./enforcement.ts";
import { FURTHEST_AHEAD, FURTHEST_BEHIND, instantIn } from "../window.ts";

const HOUR = 3_600_000;
/** A Tuesday, 14:00 in Berlin. */
const NOW = Date.UTC(2026, 7, 25, 12);
const target = {};
const berlin: When = { zone: "Europe/Berlin", zoneKnown: true, target };
const NIGHT = { from: "22:00", to: "05:00" };

describe("a blackout", () => {
  const FAIR = { name: "fair", from: "2026-08-25", to: "2026-08-30" };
  const DAYTIME = { from: "09:00", to: "18:00" };

  it.each<[string, Partial<When>, string]>([
    ["of a deadline after it", { deadline: "2026-08-31T17:00" }, "2026-08-31T17:00:00"],
    ["of a deadline in it that has no other day", { deadline: "2026-08-28T17:00" }, "2026-08-31T17:00:00"],
    ["without a deadline", {}, "2026-08-31T00:00:00"],
    ["without a deadline, of unknown zone", { zoneKnown: false }, "2026-08-31T04:00:00"],
    ["without a deadline, in the window", { window: DAYTIME }, "2026-08-31T09:00:00"],
    ["without a deadline, in a window over midnight", { window: NIGHT }, "2026-08-31T00:00:00"],
    ["in the part of the window that is left", { deadline: "2026-08-31T12:00", window: NIGHT }, "2026-08-31T00:00:00"],
    [
      "in a window after the deadline, where none is left",
      { deadline: "2026-08-31T08:00", window: DAYTIME },
      "2026-08-31T09:00:00",
    ],
    ["as it was given", { deadline: "2026-08-31T17:00", moment: "2026-09-03T17:00" }, "2026-09-03T17:00:00"],
  ])("leaves a moment %s", (_what, more, local) => {
    const found = enforcementFor({ ...berlin, blackouts: [FAIR], ...more }, NOW);
    expect(found.local).toBe(local);
    expect(found.at).toBe(instantIn(local, berlin.zone));
  });

  it("changes nothing before and after it", () => {
    for (const deadline of ["2026-08-24T23:59", "2026-08-31T00:00"])
      expect(enforcementFor({ ...berlin, blackouts: [FAIR], deadline }, NOW)).toEqual(
        enforcementFor({ ...berlin, deadline }, NOW),
      );
  });
});

describe("the moment a declaration names", () => {
  it.each<[string, When, string]>([
    ["the deadline", { ...berlin, deadline: "2026-08-28T17:00" }, "2026-08-28T17:00:00"],
    [
      "the deadline inside the window",
      { ...berlin, deadline: "2026-08-28T23:30", window: NIGHT },
      "2026-08-28T23:30:00",
    ],
    ["the last opening before it", { ...berlin, deadline: "2026-08-28T17:00", window: NIGHT }, "2026-08-27T22:00:00"],
    ["the next opening, the window being shut", { ...berlin, window: NIGHT }, "2026-08-25T22:00:00"],
    [
      "an hour from now, the window being open",
      { ...berlin, window: { from: "08:00", to: "18:00" } },
      "2026-08-25T15:00:00",
    ],
    [
      "the next day, when too little is left",
      { ...berlin, window: { from: "08:00", to: "14:30" } },
      "2026-08-26T08:00:00",
    ],
    [
      "the first window, when none is left before the deadline",
      { ...berlin, deadline: "2026-08-25T20:00", window: NIGHT },
      "2026-08-25T22:00:00",
    ],
    ["an hour from now, for a plan without either", berlin, "2026-08-25T15:00:00"],
  ])("is %s", (_what, when, local) => {
    const found = enforcementFor(when, NOW);
    expect(found.local).toBe(local);
    expect(found.at).toBe(instantIn(local, "Europe/Berlin"));
    expect(found.latestAt).toBe(found.at);
  });

  it("names the build that the admin named, and no other", () => {
    expect(enforcementFor({ ...berlin, target: { named: "23G83" } }, NOW).build).toBe("23G83");
    expect("build" in enforcementFor(berlin, NOW)).toBe(false);
  });

  it("is taken at its latest where the zone is unknown", () => {
    const found = enforcementFor(
      { target, zone: "Europe/Berlin", zoneKnown: false, deadline: "2026-08-28T17:00" },
      NOW,
    );
    expect(found.latestAt).toBe(Date.UTC(2026, 7, 29, 5));
  });

  it.each([
    // 25 October 2026, 02:00 to 03:00 comes twice; 28 March 2027, 02:00 to 03:00 is skipped.
    ["an opening that comes twice", { from: "02:15", to: "04:00" }, "2026-10-25T00:00Z", "2026-10-25T03:00:00"],
    ["an opening that is skipped", { from: "02:15", to: "04:00" }, "2027-03-27T12:00Z", "2027-03-28T03:00:00"],
    ["a window that is skipped whole", { from: "02:15", to: "02:45" }, "2027-03-27T12:00Z", "2027-03-29T02:15:00"],
  ])("is a time that the clock shows once: %s", (_what, window, now, local) => {
    expect(enforcementFor({ ...berlin, window }, Date.parse(now)).local).toBe(local);
  });

  it.each([
    ["2026-12-04T03:59", undefined, "2026-12-04T04:00:00"],
    ["2026-12-04T00:00", undefined, "2026-12-04T04:00:00"],
    ["2026-12-04T04:00", undefined, "2026-12-04T04:00:00"],
    ["2026-12-03T23:59", undefined, "2026-12-03T23:59:00"],
    // A window is a promise to users.
    ["2026-12-04T02:30", { from: "02:00", to: "03:00" }, "2026-12-04T02:30:00"],
    ["2026-12-04T02:30", { from: "02:00", to: "05:00" }, "2026-12-04T04:00:00"],
  ])(
    "of %s avoids the hours in which clocks change where the zone is unknown (window %j)",
    (deadline, window, local) => {
      const when = { target, zone: "UTC", zoneKnown: false, deadline, ...(window === undefined ? {} : { window }) };
      expect(enforcementFor(when, NOW).local).toBe(local);
    },
  );

  it("is judged in the zone that an admin named for devices of unknown zone", () => {
    const when = { target, zone: "Europe/Berlin", zoneKnown: false, window: { from: "17:00", to: "19:00" } };
    const { window: _none, ...dated } = { ...when, deadline: "2026-08-25T18:00" };
    const named = enforcementFor({ ...dated, zoneNamed: true }, NOW);
    expect(named).toMatchObject({ local: "2026-08-25T18:00:00", latestAt: named.at });
    // Users are promised their window wherever they are: it opens ahead on every clock on earth.
    for (const zoneNamed of [false, true])
      expect(enforcementFor({ ...when, zoneNamed }, NOW)).toMatchObject({ local: "2026-08-26T17:00:00" });
  });

  it("lies in the window, and ahead on the clock of every zone that may be the device's", () => {
    const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }));
    const text = ([hour, minute]: readonly [number, number]) =>
      `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
    const zones = fc.constantFrom("Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu");
    fc.assert(
      fc.property(
        time,
        time,
        zones,
        fc.boolean(),
        fc.integer({ min: 0, max: 400 * 24 }),
        (a, b, zone, known, hours) => {
          const window = { from: text(a), to: text(b) };
          fc.pre(window.from !== window.to);
          const now = NOW + hours * HOUR;
          const found = enforcementFor({ target, zone, zoneKnown: known, window }, now);
          const clock = found.local.slice(11, 16);
          const { from, to } = window;
          expect(from < to ? clock >= from && clock < to : clock >= from || clock < to).toBe(true);
          // Less an hour that a change to summer time may take.
          expect(instantIn(found.local, known ? zone : FURTHEST_AHEAD)).toBeGreaterThan(now - 1);
          expect(instantIn(found.local, FURTHEST_BEHIND)).toBeGreaterThanOrEqual(found.at);
        },
      ),
    );
  });
});
