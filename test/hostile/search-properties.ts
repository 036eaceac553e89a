/** All property tests of the project again and again, each round under another seed: the search that `npm test` leaves out. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SEED_VARIABLE } from "../properties/seed.ts";
import type { FuzzOptions, FuzzResult } from "./fuzz.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Cases that a round makes of a property, as a rule (fast-check's own number): what `--runs` is divided by. */
const CASES_PER_ROUND = 100;

/** Test files that hold properties, but for the search's own parts. */
export function propertyFiles(): readonly string[] {
  return ["src", "simulator", "test"]
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((f) => join(folder, f)),
    )
    .filter(
      (file) =>
        file.endsWith(".test.ts") && /^import fc[^\n]* from "fast-check"/m.test(readFileSync(join(root, file), "utf8")),
    )
    .toSorted();
}

/** `runs` / 100 rounds, the first with `seed` and each other with the next number, until `ms` (real) are over. */
export async function searchProperties({ runs, seed, ms }: FuzzOptions): Promise<FuzzResult> {
  const until = ms === undefined ? Number.POSITIVE_INFINITY : Date.now() + ms;
  const files = propertyFiles();
  const rounds = Math.max(1, Math.ceil(runs / CASES_PER_ROUND));
  for (let nth = 0; nth < rounds; nth++) {
    if (nth > 0 && Date.now() >= until) return { runs: nth * CASES_PER_ROUND, seed, failure: undefined };
    const current = (seed + nth) % 0x7fffffff;
    const output = await oneRound(files, current);
    if (output === undefined) continue;
    const words = [
      `properties, seed ${current}:`,
      output,
      `again: ${SEED_VARIABLE}=${current} npx vitest run FILE`,
      "Add the counterexample to its test as an example of its own, with words on what it broke.",
    ];
    return { runs: (nth + 1) * CASES_PER_ROUND, seed: current, failure: words.join("\n") };
  }
  return { runs: rounds * CASES_PER_ROUND, seed, failure: undefined };
}

/** What the tests said where one failed; undefined: all passed. */
function oneRound(files: readonly string[], seed: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
    const env = { ...process.env, [SEED_VARIABLE]: String(seed), NO_COLOR: "1" };
    const child = spawn(process.execPath, [vitest, "run", "--reporter=dot", ...files], { cwd: root, env });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said = `${said}${text}`.slice(-20_000);
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0 ? undefined : said));
  });
}
