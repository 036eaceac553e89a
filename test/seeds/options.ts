/** What `npm run simulate-seeds` is asked. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { PLANTS } from "./plants.ts";

export const USAGE = `Usage: npm run simulate-seeds -- [--seeds 1..1000000] [--from SEED] [--processes 1..64] [--standing]
       npm run simulate-seeds -- --seed SEED [--trace]
       npm run simulate-seeds -- --plant NAME|all [--seeds 1..1000000]
Plants: ${PLANTS.map(({ name }) => name).join(", ")}
`;

export interface SeedOptions {
  /** The first seed, and how many. */
  readonly from: number;
  readonly seeds: number;
  readonly processes: number;
  /** Prints all that happens. */
  readonly trace: boolean;
  /** Lives those seeds only that have standing plans, so many from the first on. */
  readonly standing: boolean;
  /** Faults to plant, each in a copy of the project. */
  readonly plants: readonly string[];
}

/** What is asked, or what is wrong with it. */
export function readOptions(argv: readonly string[]): SeedOptions | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        seeds: { type: "string" },
        from: { type: "string", default: "1" },
        seed: { type: "string" },
        processes: { type: "string", default: String(availableParallelism()) },
        trace: { type: "boolean", default: false },
        standing: { type: "boolean", default: false },
        plant: { type: "string" },
      },
    });
    const { seed, plant, trace, standing } = values;
    const seeds = wholeNumber("--seeds", values.seeds ?? (plant === undefined ? "200" : "400"), 1_000_000);
    const from = wholeNumber("--from", seed ?? values.from, Number.MAX_SAFE_INTEGER);
    const processes = wholeNumber("--processes", values.processes, 64);
    if (trace && seed === undefined) return "--trace goes with --seed.";
    const names = PLANTS.map(({ name }) => name);
    const plants = plant === undefined ? [] : plant === "all" ? names : [plant];
    const unknown = plants.find((name) => !names.includes(name));
    if (unknown !== undefined) return `There is no plant "${unknown}".`;
    return { from, seeds: seed === undefined ? seeds : 1, processes, trace, standing, plants };
  } catch (error) {
    return (error as Error).message;
  }
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most)
    throw new Error(`${name} is a whole number from 1 to ${most}, not "${text}".`);
  return value;
}
