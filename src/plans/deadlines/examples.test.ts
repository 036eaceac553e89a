/** The examples of the specification, row by row, with real dates. */
import { describe, expect, it } from "vitest";
import type { Clock } from "./clock.ts";
import { deadlineFor, type Terms } from "./deadline-for.ts";
import { deadlineOf, type Given, keep } from "./given.ts";
import { addDays } from "./local.ts";
import { momentFor } from "./moment.ts";

const BERLIN: Clock = { kind: "known", zone: "Europe/Berlin" };
const HOUR = 3_600_000;
/** A moment by the clock of Berlin in the summer of 2026. */
const at = (local: string): number => Date.parse(`${local}+02:00`);
const terms = (changes: Partial<Terms> = {}): Terms => ({
  due: { base: "2026-08-17", days: 14, at: "17:00" },
  clock: BERLIN,
  rules: { skipWeekdays: [], blackouts: [] },
  noticeHours: 24,
  urgent: false,
  openAt: at("2026-08-18T09:00"),
  slot: 0,
  ...changes,
});
const localOf = (changes: Partial<Terms>): string => {
  const found = deadlineFor(terms(changes));
  return found.kind === "deadline" ? found.local : found.kind;
};
const MACOS = {
  "26.6": { base: "2026-07-27", openAt: at("2026-07-28T09:00") },
  "26.6.1": { base: "2026-08-06", openAt: at("2026-08-07T09:00") },
  "26.6.2": { base: "2026-08-17", openAt: at("2026-08-18T09:00") },
} as const;
const givenFor = (version: keyof typeof MACOS): Given => {
  const { base, openAt } = MACOS[version];
  const local = localOf({ due: { base, days: 14, at: "17:00" }, openAt });
  return keep(undefined, { version, planId: "p", ring: 0, local, givenAt: openAt }).given;
};

describe("targets D12", () => {
  it("device on 26.5.2, plan active since June: 10 Aug 17:00, whatever is released later", () => {
    const rows = [givenFor("26.6"), givenFor("26.6.1"), givenFor("26.6.2")];
    expect(rows.map(({ local }) => local)).toEqual(["2026-08-10T17:00", "2026-08-20T17:00", "2026-08-31T17:00"]);
    expect(deadlineOf(rows.slice(0, 2), { version: "26.5.2" }, [])).toBe("2026-08-10T17:00");
    expect(deadlineOf(rows, { version: "26.5.2" }, [])).toBe("2026-08-10T17:00");
    const told = { deadline: "2026-08-10T17:00", clock: BERLIN, rules: terms().rules, notice: 24 * HOUR };
    expect(momentFor(told, at("2026-08-07T09:00"))).toEqual({ kind: "moment", local: "2026-08-10T17:00", late: false });
    expect(momentFor(told, at("2026-08-18T09:00"))).toEqual({ kind: "moment", local: "2026-08-19T17:00", late: true });
  });

  it("the same with urgentDays 3: from 7 Aug, 9 Aug 17:00", () => {
    const urgent = { urgent: true, openAt: at("2026-08-07T09:00"), due: { base: "2026-08-06", days: 3, at: "17:00" } };
    expect(localOf(urgent)).toBe("2026-08-09T17:00");
  });

  it("device on 26.6.1: 31 Aug 17:00 for 26.6.2", () => {
    expect(deadlineOf([givenFor("26.6.1"), givenFor("26.6.2")], { version: "26.6.1" }, [])).toBe("2026-08-31T17:00");
  });

  it("11 days, Fri–Sun skipped, blackout 31 Aug–1 Sep: Wed 2 Sep 17:00", () => {
    const blackouts = [{ name: "month end", from: "2026-08-31", to: "2026-09-01" }];
    const due = { base: "2026-08-17", days: 11, at: "17:00" };
    expect(localOf({ due, rules: { skipWeekdays: ["fri", "sat", "sun"], blackouts } })).toBe("2026-09-02T17:00");
  });

  it("declaration not fetched, deadline 31 Aug, heard again Thu 3 Sep 09:10: moment Fri 4 Sep 17:00", () => {
    const told = { deadline: "2026-08-31T17:00", clock: BERLIN, rules: terms().rules, notice: 24 * HOUR };
    expect(momentFor(told, at("2026-09-03T09:10"))).toEqual({ kind: "moment", local: "2026-09-04T17:00", late: true });
  });

  it("plan activated 22 Aug, device on 26.6: base 22 Aug, deadline 5 Sep 17:00", () => {
    expect(localOf({ due: { base: "2026-08-22", days: 14, at: "17:00" }, openAt: at("2026-08-24T09:00") })).toBe(
      "2026-09-05T17:00",
    );
  });
});

describe("targets R4: days from the base to the deadline", () => {
  it.each([
    ["Pilot", 2, [2, 2, 5, 4]],
    ["Early", 9, [9, 9, 12, 11]],
    ["Everyone", 17, [17, 20, 19, 18]],
  ])("%s, due %i, for a base on Mon, Tue, Wed, Thu", (_ring, due, days) => {
    const bases = ["2026-08-17", "2026-08-18", "2026-08-19", "2026-08-20"];
    const rules = { skipWeekdays: ["fri", "sat", "sun"] as const, blackouts: [] };
    const found = bases.map((base) =>
      localOf({ due: { base, days: due, at: "17:00" }, rules, openAt: Date.parse(`${base}T07:00Z`) + 24 * HOUR }),
    );
    expect(found).toEqual(bases.map((base, n) => `${addDays(base, days[n] ?? 0)}T17:00`));
  });
});
