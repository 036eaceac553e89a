import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deadlineOf, type DeadlineOptions, type Reader } from "./deadline.ts";

/** Friday 28 August 2026, 16:59 in Berlin. */
const FRIDAY = Date.UTC(2026, 7, 28, 14, 59);
const BERLIN: Reader = { now: FRIDAY, zone: "Europe/Berlin" };
const later = (minutes: number): Reader => ({ ...BERLIN, now: FRIDAY + minutes * 60_000 });
const refusal = (options: DeadlineOptions, reader = BERLIN): string => {
  try {
    return `no refusal: ${deadlineOf(options, reader)}`;
  } catch (error) {
    expect(error).toMatchObject({ code: "usage-invalid" });
    return (error as Error).message;
  }
};

describe("a deadline as it is typed", () => {
  it.each<[DeadlineOptions, string | undefined]>([
    [{}, undefined],
    [{ by: "fri 17:00" }, "2026-08-28T17:00"],
    [{ by: "sat 17:00" }, "2026-08-29T17:00"],
    [{ by: " Thursday  09:30 " }, "2026-09-03T09:30"],
    [{ by: "TUES 00:00" }, "2026-09-01T00:00"],
    [{ by: "2026-12-04T17:00" }, "2026-12-04T17:00"],
    [{ by: "2026-12-04 17:00" }, "2026-12-04 17:00"],
    [{ by: "2026-12-04T17:00+01:00" }, "2026-12-04T17:00+01:00"],
    [{ in: "14d", at: "17:00" }, "2026-09-11T17:00"],
    [{ in: "0d", at: "17:00" }, "2026-08-28T17:00"],
    [{ in: "365d", at: "00:00" }, "2027-08-28T00:00"],
  ])("%j is %s", (options, text) => {
    expect(deadlineOf(options, BERLIN)).toBe(text);
  });

  it("counts days from the reader's own", () => {
    const at = Date.UTC(2026, 7, 28, 11);
    const by = (zone: string): string | undefined => deadlineOf({ in: "1d", at: "17:00" }, { now: at, zone });
    expect([by("Pacific/Kiritimati"), by("Etc/GMT+12")]).toEqual(["2026-08-30T17:00", "2026-08-28T17:00"]);
    expect(deadlineOf({ by: "fri 17:00" }, { now: at, zone: "Pacific/Kiritimati" })).toBe("2026-09-04T17:00");
  });

  it("asks which Friday is meant once the time has come on a Friday", () => {
    expect(deadlineOf({ by: "fri 17:00" }, BERLIN)).toBe("2026-08-28T17:00");
    expect(refusal({ by: "fri 17:00" }, later(1))).toBe(
      '--by "fri 17:00" has passed: today is Friday, and it is 17:00 here (Europe/Berlin). For the one in a week write --by 2026-09-04T17:00.',
    );
    expect(deadlineOf({ by: "fri 17:00" }, later(24 * 60))).toBe("2026-09-04T17:00");
  });

  it.each<[DeadlineOptions, RegExp]>([
    [
      { by: "1970-01-01T17:00" },
      /^The deadline 1970-01-01T17:00 has passed in every time zone\. .*--allow-past-deadline/,
    ],
    // 02:59 at UTC-12 is the earliest that any clock shows now.
    [{ by: "2026-08-28T02:59" }, /has passed in every time zone/],
    [{ by: "soon" }, /^--by "soon" is not a time such as "fri 17:00" or 2026-12-04T17:00\.$/],
    [{ by: "fri" }, /is not a time such as/],
    [{ by: "fr 17:00" }, /is not a time such as/],
    [{ by: "fri 5pm" }, /"5pm" is not a time such as 17:00/],
    [{ by: "fri 24:00" }, /"24:00" is not a time/],
    [{ by: "" }, /is not a time such as/],
    [{ by: "2026-12-04" }, /is not a time such as/],
    [{ by: "2026-11-31T17:00" }, /^--by "2026-11-31T17:00": the calendar has no 2026-11-31\.$/],
    [{ by: "2027-02-29 17:00+01:00" }, /the calendar has no 2027-02-29/],
    [{ by: "2026-13-45T17:00" }, /the calendar has no 2026-13-45/],
    [{ by: "2026-12-04T24:00" }, /"24:00" is not a time such as 17:00/],
    [{ by: "2026-12-04T17:60" }, /"17:60" is not a time/],
    [{ in: "14d" }, /belong together/],
    [{ at: "17:00" }, /belong together/],
    [{ in: "two weeks", at: "17:00" }, /"two weeks" is not a number of days from 0d to 365d/],
    [{ in: "366d", at: "17:00" }, /is not a number of days/],
    [{ in: "14d", at: "5pm" }, /--at "5pm" is not a time/],
    [{ by: "fri 17:00", in: "14d", at: "17:00" }, /and not both/],
    [{ by: "2027-03-28T02:30" }, /^02:30 does not exist on 2027-03-28 in Europe\/Berlin: .* Write 2027-03-28T03:00\.$/],
    [{ by: "2026-10-04T02:10", zone: "Australia/Lord_Howe" }, /in Australia\/Lord_Howe: .* Write 2026-10-04T02:30\.$/],
  ])("%j is refused", (options, message) => {
    expect(refusal(options)).toMatch(message);
  });

  it("leaves to the server what may be meant", () => {
    const past = "2026-08-28T03:00";
    expect(deadlineOf({ by: past }, BERLIN)).toBe(past);
    expect(deadlineOf({ by: "1970-01-01T17:00", allowPastDeadline: true }, BERLIN)).toBe("1970-01-01T17:00");
    // The hour that comes twice, an instant in the gap of a clock, another zone than the reader's, and one that is none.
    expect(deadlineOf({ by: "2026-10-25T02:30" }, BERLIN)).toBe("2026-10-25T02:30");
    expect(deadlineOf({ by: "2027-03-28T02:30Z" }, BERLIN)).toBe("2027-03-28T02:30Z");
    expect(deadlineOf({ by: "2027-03-28T02:30", zone: "Asia/Tokyo" }, BERLIN)).toBe("2027-03-28T02:30");
    expect(deadlineOf({ by: "2027-03-28T02:30", zone: "nowhere" }, BERLIN)).toBe("2027-03-28T02:30");
    expect(deadlineOf({ by: "2028-02-29T17:00" }, BERLIN)).toBe("2028-02-29T17:00");
  });

  it("names the next such weekday: within a week, and ahead for the reader", () => {
    const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    const zones = fc.constantFrom("Europe/Berlin", "Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kolkata");
    fc.assert(
      fc.property(zones, fc.integer({ min: 0, max: 7 * 1440 }), fc.integer({ min: 0, max: 6 }), (zone, minute, day) => {
        const now = Date.UTC(2026, 7, 24) + minute * 60_000;
        const here = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone: zone });
        const wall = here.format(now).replace(" ", "T");
        fc.pre(!(new Date(wall.slice(0, 10)).getUTCDay() === day && wall.slice(11) >= "17:00"));
        const text = deadlineOf({ by: `${days[day]} 17:00` }, { now, zone }) ?? "";
        expect(new Date(text.slice(0, 10)).getUTCDay()).toBe(day);
        expect(text > wall).toBe(true);
        expect(Date.parse(`${text}Z`) - Date.parse(`${wall}Z`)).toBeLessThan(7 * 86_400_000);
      }),
    );
  });
});
