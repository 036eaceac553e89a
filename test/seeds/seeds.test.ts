/** What the simulation of seeds promises: repeatable, and able to find something. */
import { beforeAll, describe, expect, it } from "vitest";
import { random } from "../../simulator/index.ts";
import { makeBeginning } from "./beginning.ts";
import { fateOf, isWithinBusyHours, START } from "./fate.ts";
import { readOptions } from "./options.ts";
import { planted } from "./plant.ts";
import { PLANTS } from "./plants.ts";
import { isStanding } from "./standing/fate.ts";
import { LIST_KINDS } from "./standing/lists.ts";
import { drawEdit, drawStanding } from "./standing/requests.ts";
import { type Beginning, liveWeek } from "./week.ts";

const SEEDS = 200;
/** A seed of standing plans. */
const STANDING = "678";

let beginning: Beginning;
beforeAll(async () => {
  beginning = await makeBeginning();
});

describe("a seed", () => {
  it("gives the same week each time, to the letter", async () => {
    const week = async (seed: string): Promise<string[]> => {
      const lines: string[] = [];
      await liveWeek(seed, beginning, (line) => void lines.push(line));
      return lines;
    };
    const [first, again, other] = [await week("7"), await week("7"), await week("8")];
    expect(first.length).toBeGreaterThan(100);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  }, 60_000);

  it("of standing plans gives the same weeks each time, to the letter", async () => {
    const weeks = async (): Promise<string[]> => {
      const lines: string[] = [];
      const { broken } = await liveWeek(STANDING, beginning, (line) => void lines.push(line));
      return [...broken, ...lines];
    };
    const first = await weeks();
    expect(fateOf(STANDING).standing).toBeDefined();
    expect(first.length).toBeGreaterThan(500);
    expect(await weeks()).toEqual(first);
  }, 120_000);

  it("of a device that is erased has both its lives: the new one enrolls, and the former one still speaks", async () => {
    const lines: string[] = [];
    const { broken } = await liveWeek("2", beginning, (line) => void lines.push(line));
    expect(broken).toEqual([]);
    const { kinds, erasures } = fateOf("2");
    const erased = kinds.findIndex((_, index) => erasures[index] !== undefined);
    expect(erased).toBeGreaterThanOrEqual(0);
    const enrolls = (line: string): boolean => line.includes(": Authenticate → 200");
    expect(lines.filter(enrolls).length).toBeGreaterThan(kinds.length);
    expect(lines.filter((line) => line.includes("→ 403")).length).toBeGreaterThan(0);
  }, 60_000);

  it("draws every kind of blow, and weather of every kind, for some week", () => {
    const fates = Array.from({ length: SEEDS }, (_, seed) => fateOf(String(seed)));
    const blows = fates.flatMap((fate) => fate.blows);
    expect(new Set(blows.map(({ what }) => what))).toEqual(
      new Set(["crash", "stop", "disk-full", "clock", "restore", "feed", "push-away"]),
    );
    expect(fates.flatMap((fate) => fate.blows.filter(({ at }) => at < 0 || at >= fate.length))).toEqual([]);
    const busy = fates.flatMap((fate) => fate.busyHours.filter((hours) => hours !== undefined));
    expect(busy.length).toBeGreaterThan(SEEDS / 2);
    expect(busy.filter((hours) => isWithinBusyHours(hours, hours.from + hours.ms))).toEqual([]);
    const erasures = fates.flatMap((fate) => fate.erasures.filter((erasure) => erasure !== undefined));
    expect(erasures.length).toBeGreaterThan(SEEDS / 4);
    expect(erasures.filter(({ late }) => late.length === 0)).toEqual([]);
    const tooLate = fates.filter((fate) => fate.erasures.some((one) => (one?.at ?? 0) >= START + fate.length));
    expect(tooLate).toEqual([]);
    const trips = fates.flatMap((fate) => Array.from({ length: 50 }, () => fate.trip()));
    for (const holds of [
      ({ lost }: (typeof trips)[number]) => lost === "request",
      ({ lost }: (typeof trips)[number]) => lost === "reply",
      ({ again }: (typeof trips)[number]) => again !== undefined,
      ({ there }: (typeof trips)[number]) => there > 60 * 60_000,
      ({ back }: (typeof trips)[number]) => back > 60 * 60_000,
    ])
      expect(trips.filter(holds).length).toBeGreaterThan(0);
  });
});

// What they hold the server to after each commit, and in the end: targets 13.1, 13.2, 13.3, 13.4, 13.5, 13.6, 13.7, 13.9 and 13.11.
describe("seeds of standing plans", () => {
  const seeds = Array.from({ length: 20 * SEEDS }, (_, seed) => String(seed)).filter(isStanding);
  const fates = seeds.map((seed) => fateOf(seed).standing).filter((fate) => fate !== undefined);
  const dice = random("standing plans");
  const draws = <T>(draw: () => T): T[] => Array.from({ length: SEEDS }, draw);

  it("are few, and draw every kind of list, some of each good", () => {
    expect(fates.length).toBe(seeds.length);
    expect(fates.length).toBeGreaterThan(SEEDS / 5);
    expect(new Set(fates.flatMap(({ lists }) => lists.map(({ kind }) => kind)))).toEqual(new Set(LIST_KINDS));
    expect(fates.filter(({ lists }) => !lists.some(({ kind }) => kind === "good"))).toEqual([]);
    expect(new Set(fates.map(({ waves }) => waves.length))).toEqual(new Set([1, 2, 3]));
    expect(new Set(fates.map(({ setsRight }) => setsRight))).toEqual(new Set([true, false]));
  });

  it("draw plans of one to three rings, with and without all that a plan may say", () => {
    const plans = draws(() => drawStanding(dice, "a plan"));
    expect(new Set(plans.map(({ rings }) => rings?.length))).toEqual(new Set([0, 2, 3]));
    expect(new Set(plans.map(({ noticeHours }) => noticeHours))).toEqual(new Set([0, 4, 24, 48]));
    expect(new Set(plans.map(({ skipWeekdays }) => skipWeekdays?.length))).toEqual(new Set([0, 2, 3]));
    for (const says of ["include", "exclude", "urgentDays", "spreadHours", "window", "newMajorAfterDays"] as const) {
      const some = plans.filter((plan) => plan[says] !== undefined).length;
      expect(some).toBeGreaterThan(0);
      expect(some).toBeLessThan(SEEDS);
    }
  });

  it("draw edits of everything that deadlines follow from", () => {
    const edits = draws(() => Object.keys(drawEdit(dice)));
    for (const field of ["rings", "deadline", "to", "include", "zone", "urgentDays", "window", "maxFailurePercent"])
      expect(edits.filter((fields) => fields.includes(field)).length).toBeGreaterThan(0);
  });
});

describe("planted faults", () => {
  it.each(PLANTS.map((plant) => [plant.name, plant] as const))("%s still has its place", (_name, plant) => {
    expect(planted(plant)).not.toBe("");
    expect(plant.replace).not.toBe(plant.find);
  });
});

describe("what npm run simulate-seeds is asked", () => {
  it.each([
    [[], { from: 1, seeds: 200, trace: false, plants: [] }],
    [["--seeds", "10000", "--from", "5"], { from: 5, seeds: 10_000 }],
    [["--seed", "77", "--trace"], { from: 77, seeds: 1, trace: true }],
    [["--seeds", "60", "--standing"], { from: 1, seeds: 60, standing: true }],
    [["--plant", "old-token-verdict"], { seeds: 400, plants: ["old-token-verdict"] }],
    [["--plant", "all"], { plants: PLANTS.map(({ name }) => name) }],
  ])("%j", (argv, expected) => {
    expect(readOptions(argv)).toMatchObject(expected);
  });

  it.each([
    [["--seeds", "0"], "--seeds is a whole number from 1 to 1000000"],
    [["--seeds", "many"], '"many"'],
    [["--trace"], "--trace goes with --seed"],
    [["--plant", "tulip"], 'no plant "tulip"'],
    [["--frm", "1"], "--frm"],
  ])("refuses %j", (argv, word) => {
    expect(readOptions(argv)).toContain(word);
  });
});
