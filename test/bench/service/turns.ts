/** Sides that take turns in one run: on a machine that others use too, only their ratios say something. */
import { say } from "../table.ts";

/** What is measured, by its name. One turn gives how many things it did. */
export type Sides = Readonly<Record<string, () => number | Promise<number>>>;

/** What each turn of a side took, in their order. */
export interface Turn {
  readonly things: number;
  readonly ms: number;
}

/** After a lap for warming up; another side begins each lap. `before`: what is done before each turn, unmeasured. */
export async function takeTurns(
  sides: Sides,
  laps: number,
  before: (name: string) => Promise<void> = async () => undefined,
): Promise<ReadonlyMap<string, readonly Turn[]>> {
  const names = Object.keys(sides);
  const taken = new Map<string, Turn[]>(names.map((name) => [name, []]));
  for (let lap = 0; lap <= laps; lap += 1)
    for (let n = 0; n < names.length; n += 1) {
      const name = names[(lap + n) % names.length] ?? "";
      await before(name);
      const began = performance.now();
      const things = (await sides[name]?.()) ?? 0;
      if (lap > 0) taken.get(name)?.push({ things, ms: performance.now() - began });
    }
  return taken;
}

/** The one in the middle; of two, the lower. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

const WIDE = 54;

/**
 * A line for each side: median ms, things a second by it, and its time for one thing divided by that of the first side, as the median
 * over the laps. `more` stands behind them.
 */
export function sayTurns(
  taken: ReadonlyMap<string, readonly Turn[]>,
  what: string,
  more: (name: string) => string = () => "",
): void {
  const [first = []] = taken.values();
  for (const [name, turns] of taken) {
    const ms = median(turns.map((turn) => turn.ms));
    const rate = ((turns[0]?.things ?? 0) / ms) * 1000;
    const ratio = median(turns.map((turn, lap) => each(turn) / each(first[lap] ?? turn)));
    const numbers = `${ms.toFixed(ms < 10 ? 2 : 0).padStart(9)} ms ${rate.toFixed(0).padStart(9)} ${what}/s ${ratio.toFixed(2).padStart(7)} ×`;
    say(`${name.padEnd(WIDE)}${numbers}  ${more(name)}`.trimEnd());
  }
}

const each = ({ things, ms }: Turn): number => ms / things;
