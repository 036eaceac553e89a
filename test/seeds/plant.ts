/** Plants faults, each in a copy of the project of its own, and sees whether the simulation finds them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Plant, PLANTS } from "./plants.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** What the simulation is made of. */
const COPIED = ["bin", "package.json", "simulator", "src", "test/seeds"];

/** The text of its file with the fault in it. Throws where the place is not there, or is not the only one. */
export function planted({ name, file, find, replace }: Plant, root = ROOT): string {
  const text = readFileSync(join(root, file), "utf8");
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`plant ${name}: its place stands ${parts.length - 1} times in ${file}`);
  return parts.join(replace);
}

/** Exit code 0: each of them was found. */
export async function plantAll(names: readonly string[], seeds: number, say: (line: string) => void): Promise<number> {
  let missed = 0;
  for (const name of names) {
    const plant = PLANTS.find((one) => one.name === name);
    if (plant === undefined) throw new Error(`there is no plant ${name}`);
    const found = await findIn(plant, seeds);
    if (found === undefined) missed += 1;
    say(`${name} (${plant.does}): ${found ?? `NOT FOUND by ${seeds} seeds`}`);
  }
  say(`${names.length - missed} of ${names.length} planted faults found.`);
  return missed === 0 ? 0 : 1;
}

/** The first line that the simulation prints of a broken promise; undefined where it finds none. */
async function findIn(plant: Plant, seeds: number): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "uptick-plant-"));
  try {
    for (const path of COPIED) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, plant.file), planted(plant));
    const script = join(folder, "test/seeds/run.js");
    const standing = plant.standing === true ? ["--standing"] : [];
    const child = spawn(process.execPath, [script, "--seeds", String(seeds), "--processes", "1", ...standing], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const gone = once(child, "exit");
    let found: string | undefined;
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith("seed ")) continue;
      found = line;
      break;
    }
    child.kill();
    await gone;
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
