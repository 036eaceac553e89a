/** Guarantees 1 and 11: every command delivered twice, or hours late, installs nothing twice and nothing too early. */
import { beforeAll, describe, expect, it } from "vitest";
import { declaredFindings, endOf, installsBeforeWindow, installsOutsideWindow, miscountedAnswers } from "./checks.ts";
import { type Outcome, QUICK_KINDS, runFleet } from "./run-fleet.ts";

/** Each of these kinds once. */
const RUN = { count: QUICK_KINDS.length, kinds: QUICK_KINDS, seed: "double", speed: 3600, limit: 120_000 } as const;
/** Its days are as long as hours are on the way: it needs fewer devices and a faster clock. */
const LATE = { ...RUN, count: 18, speed: 12_000 } as const;

let calm: Outcome;
let twice: Outcome;
let late: Outcome;

beforeAll(async () => {
  [calm, twice, late] = await Promise.all([
    runFleet(RUN),
    runFleet({ ...RUN, faults: { deliverTwice: true } }),
    runFleet({ ...LATE, faults: { deliverLate: true } }),
  ]);
}, 150_000);

describe("guarantee 11: a fleet whose every command is delivered twice", () => {
  it("was in truth delivered to twice", () => {
    const replays = twice.devices.flatMap(({ record }) => record.events.filter(({ what }) => what === "replayed"));
    expect(replays.length).toBeGreaterThan(RUN.count * 2);
  });

  it("ends as the fleet whose commands came once", () => {
    expect(twice.settled).toBe(true);
    expect(twice.devices.map(endOf)).toEqual(calm.devices.map(endOf));
  });

  it("installs nothing twice, and nothing outside its window", () => {
    expect(twice.devices.filter(({ record }) => record.installsExecuted.length > 1)).toEqual([]);
    expect(twice.devices.flatMap(installsOutsideWindow)).toEqual([]);
    expect(twice.devices.flatMap(declaredFindings)).toEqual([]);
  });

  it("has every answer in its timeline once", () => {
    expect(twice.devices.flatMap(miscountedAnswers)).toEqual([]);
  });
});

describe("guarantee 11: a fleet whose every command is on the way for hours", () => {
  it("ends as the fleet whose commands came at once", () => {
    expect(late.settled).toBe(true);
    // The seed gives both fleets the same first devices.
    expect(late.devices.map(endOf)).toEqual(calm.devices.slice(0, LATE.count).map(endOf));
  });

  it("installs nothing twice, and nothing before the plan allows", () => {
    expect(late.devices.filter(({ record }) => record.installsExecuted.length > 1)).toEqual([]);
    expect(late.devices.flatMap((outcome) => installsBeforeWindow(outcome, late.planAt))).toEqual([]);
    expect(late.devices.flatMap(declaredFindings)).toEqual([]);
  });
});
