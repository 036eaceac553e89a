/** What the simulation of seeds promises: repeatable, and able to find something. */
import { beforeAll, describe, expect, it } from "vitest";
import { makeBeginning } from "./beginning.ts";
import { fateOf, isWithinBusyHours, START, WEEK } from "./fate.ts";
import { readOptions } from "./options.ts";
import { planted } from "./plant.ts";
import { PLANTS } from "./plants.ts";
import { type Beginning, liveWeek } from "./week.ts";

const SEEDS = 200;

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
    expect(blows.filter(({ at }) => at < 0 || at >= WEEK)).toEqual([]);
    const busy = fates.flatMap((fate) => fate.busyHours.filter((hours) => hours !== undefined));
    expect(busy.length).toBeGreaterThan(SEEDS / 2);
    expect(busy.filter((hours) => isWithinBusyHours(hours, hours.from + hours.ms))).toEqual([]);
    const erasures = fates.flatMap((fate) => fate.erasures.filter((erasure) => erasure !== undefined));
    expect(erasures.length).toBeGreaterThan(SEEDS / 4);
    expect(erasures.filter(({ at, late }) => at >= START + WEEK || late.length === 0)).toEqual([]);
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
