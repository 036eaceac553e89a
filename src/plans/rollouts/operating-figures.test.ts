import { describe, expect, it } from "vitest";
import { random as seeded } from "../../../simulator/random.ts";
import { countedByOutcome, figuresOf, ringCounts, ringOfModel } from "./operating-figures.suite.ts";

const SEED = "20261127";
/** UPTICK_GATE_RUNS=10000 runs as many as the requirement's table was made of. */
const RUNS = Number(process.env["UPTICK_GATE_RUNS"] ?? 400);
const PERCENTS = [1, 2, 5, 10, 20];

/** Next/pause/ask in percent: five failure rates, then the same with members that are hindered or on leave. */
const TABLE: Readonly<Record<number, string>> = {
  12: "89/0/11 77/0/23 54/2/44 28/11/61 7/44/49 91/0/9 82/0/18 61/1/37 37/8/55 12/32/56",
  20: "82/0/18 65/0/35 37/2/61 12/13/75 1/58/41 85/0/15 73/0/27 44/2/53 19/14/67 3/53/44",
  50: "99/0/1 92/0/8 54/4/42 11/38/51 0/95/5 92/0/8 84/0/16 55/3/42 17/29/54 0/89/10",
  100: "100/0/0 99/0/1 62/3/35 6/55/39 0/100/0 100/0/0 97/0/3 59/4/37 8/48/44 0/99/1",
  200: "100/0/0 100/0/0 58/5/38 1/86/13 0/100/0 100/0/0 99/0/1 57/4/39 2/75/24 0/100/0",
};
const CELLS = Object.entries(TABLE).flatMap(([size, row]) =>
  row.split(" ").map((cell, column) => ({
    size: Number(size),
    percent: PERCENTS[column % 5] ?? 0,
    away: column >= 5,
    expected: cell.split("/").map(Number),
    seed: `${SEED}/${size}/${column}`,
  })),
);

describe("targets R16: the gate's operating figures", () => {
  it.each(CELLS)(
    "$size members of which $percent % fail (some of them away: $away) end as $expected, within 5 points",
    ({ expected, seed, ...cell }) => {
      const found = figuresOf(cell, RUNS, seed);
      // Three standard errors of a share of so many runs are added to the 5 points.
      const beyond = found.map((percent, i) => {
        const share = (expected[i] ?? 0) / 100;
        return Math.max(0, Math.abs(percent - 100 * share) - 300 * Math.sqrt((share * (1 - share)) / RUNS));
      });
      expect(Math.max(...beyond), `found ${found.join("/")}`).toBeLessThanOrEqual(5);
    },
  );

  it("counts the members of the model as their outcomes do, hour by hour", () => {
    const random = seeded(SEED);
    for (const [size, rate] of [
      [12, 0.2],
      [50, 0.3],
      [200, 0.1],
    ] as const) {
      const members = ringOfModel(size, rate, true, random);
      const asked = ringCounts(members).map((counts) => gateNumbers(counts));
      expect(asked.map((_, hour) => gateNumbers(countedByOutcome(members, hour)))).toEqual(asked);
    }
  });
});

type Counts = ReturnType<typeof countedByOutcome>;
/** What the rules look at. */
function gateNumbers({ members, settled, away, hinderedBefore, startedSince, failuresSince, unclearSince }: Counts) {
  return { members, settled, away, hinderedBefore, startedSince, failuresSince, unclearSince };
}
