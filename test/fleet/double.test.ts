/** Guarantees 1 and 11: every command delivered twice, or hours late, installs nothing twice and nothing too early. */
import { beforeAll, describe, expect, it } from "vitest";
import { declaredFindings, endOf, installsBeforeWindow, installsOutsideWindow, miscountedAnswers } from "./checks.ts";
import { type Outcome, QUICK_KINDS } from "./outcome.ts";
import { runVirtually } from "./virtual-run.ts";

/** Each of these kinds once. */
const RUN = { count: QUICK_KINDS.length, kinds: QUICK_KINDS, seed: "path" } as const;

let calm: Outcome;
let twice: Outcome;
let late: Outcome;

beforeAll(async () => {
  calm = await runVirtually(RUN);
  twice = await runVirtually({ ...RUN, faults: { deliverTwice: true } });
  late = await runVirtually({ ...RUN, faults: { deliverLate: true } });
}, 600_000);

describe("guarantee 11: a fleet whose every command is delivered twice", () => {
  it("was in truth delivered to twice", () => {
    const replays = twice.devices.flatMap(({ record }) => record.events.filter(({ what }) => what === "replayed"));
    expect(replays.length).toBeGreaterThan(RUN.count * 2);
  });

  it("ends as the fleet whose commands came once", () => {
    expect([calm.unsettled, twice.unsettled]).toEqual([[], []]);
    expect(twice.devices).toHaveLength(RUN.count);
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
    expect(late.unsettled).toEqual([]);
    expect(late.devices.map(endOf)).toEqual(calm.devices.map(endOf));
  });

  it("installs nothing twice, and nothing before the plan allows", () => {
    expect(late.devices.filter(({ record }) => record.installsExecuted.length > 1)).toEqual([]);
    expect(late.devices.flatMap((outcome) => installsBeforeWindow(outcome, late.planAt))).toEqual([]);
    expect(late.devices.flatMap(declaredFindings)).toEqual([]);
  });
});
