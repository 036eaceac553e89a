/**
 * `npm run simulate-seeds -- --seeds 10000`: as many weeks of a server and its devices in this process, each with its own
 * faults, all drawn from its seed. Prints each broken promise with its seed; exit code 0 means that none was broken.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { makeBeginning } from "./beginning.ts";
import { readOptions, type SeedOptions, USAGE } from "./options.ts";
import { plantAll } from "./plant.ts";
import { isStanding } from "./standing/fate.ts";
import { type Found, liveWeek } from "./week.ts";

const SCRIPT = fileURLToPath(new URL("./run.js", import.meta.url));
const PROGRESS_EVERY = 500;

/** Gives the exit code. */
export async function simulate(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === "string") {
    process.stderr.write(`${options}\n${USAGE}`);
    return 2;
  }
  if (options.plants.length > 0) return plantAll(options.plants, options.seeds, say);
  return options.processes > 1 && options.seeds > 1 ? together(options) : alone(options);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function alone({ from, seeds, trace, standing }: SeedOptions): Promise<number> {
  const beginning = await makeBeginning();
  const sum = new Sum();
  for (const seed of seedsFrom(from, seeds, standing)) {
    const found = await liveWeek(seed, beginning, trace ? say : undefined);
    sum.add(found);
    process.send?.(found);
  }
  return process.send === undefined ? sum.end() : 0;
}

/** `standing`: of those that have standing plans. */
function* seedsFrom(from: number, seeds: number, standing: boolean): Generator<string> {
  for (let seed = from, left = seeds; left > 0; seed += 1) {
    if (standing && !isStanding(String(seed))) continue;
    left -= 1;
    yield String(seed);
  }
}

/** In several processes, each with its share of the seeds. */
async function together({ from, seeds, processes, standing }: SeedOptions): Promise<number> {
  const sum = new Sum();
  const all = [...seedsFrom(from, seeds, standing)];
  const share = Math.ceil(seeds / processes);
  const children: Promise<unknown[]>[] = [];
  for (let first = 0; first < all.length; first += share) {
    const some = all.slice(first, first + share);
    const asked = ["--from", some[0] ?? "", "--seeds", String(some.length), "--processes", "1"];
    const child = fork(SCRIPT, standing ? [...asked, "--standing"] : asked);
    child.on("message", (found: Found) => sum.add(found));
    children.push(once(child, "exit"));
  }
  const codes = await Promise.all(children);
  // A process that ended without having lived all its weeks is a fault, too.
  return codes.every(([code]) => code === 0) ? sum.end() : 1;
}

class Sum {
  readonly #counts: Record<string, number> = {};
  #weeks = 0;
  #broken = 0;

  add({ seed, broken, counts }: Found): void {
    this.#weeks += 1;
    for (const [name, count] of Object.entries(counts)) this.#counts[name] = (this.#counts[name] ?? 0) + count;
    if (broken.length > 0) this.#broken += 1;
    if (process.send === undefined) for (const what of broken) say(`seed ${seed}: ${what}`);
    if (process.send === undefined && this.#weeks % PROGRESS_EVERY === 0) say(this.#words());
  }

  #words(): string {
    const counts = Object.entries(this.#counts).map(([name, count]) => `${count} ${name}`);
    return `${this.#weeks} seeds: ${counts.join(", ")}; ${this.#broken} seeds broke a promise`;
  }

  end(): number {
    say(`${this.#words()}.`);
    return this.#broken === 0 ? 0 : 1;
  }
}
