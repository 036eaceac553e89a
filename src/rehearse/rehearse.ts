/** `uptick rehearse`: a standing plan is played ahead over the devices of a CSV file, without a server. */
import { basename } from "node:path";
import { cleanJson, readPlans } from "../cli/index.ts";
import { UptickError } from "../errors/index.ts";
import { hashSecret } from "../identity/index.ts";
import { ASSUMED, catalogOf, type Inventory, planOf, play, readInventory, summaryOf } from "../rehearsal/index.ts";
import { type RehearseArguments, rehearseArguments } from "./arguments.ts";
import { piecesOf, textOf } from "./files.ts";
import { type Told, jsonOf, linesOf } from "./words.ts";

const HOUR = 3_600_000;

interface World {
  readonly stdout: { write(text: string): unknown };
}

/**
 * Gives the exit code: 0 when it was played, whatever came of it. Throws `usage-invalid`, `file-unreadable`, `plan-file-invalid`,
 * `inventory-invalid`, `catalog-invalid`, `catalog-incomplete` and what makes a plan invalid.
 */
export async function rehearse(argv: readonly string[], { stdout }: World): Promise<number> {
  const asked = rehearseArguments(argv);
  const told = await played(asked, Date.now());
  stdout.write(
    asked.json
      ? `${cleanJson(JSON.stringify(jsonOf(told)))}\n`
      : linesOf(told)
          .map((line) => `${line}\n`)
          .join(""),
  );
  return 0;
}

/** `now`: when it is played, ms UTC. */
async function played(asked: RehearseArguments, now: number): Promise<Told> {
  const { days, seed } = asked;
  const startsAt = asked.from ?? now - (now % HOUR);
  const file = await planIn(asked.plan);
  const inventory = await inventoryIn(asked);
  const plan = planOf({
    ...{ request: file.request, defaultZone: undefined, id: "rehearsal", now: startsAt },
    hasTags: inventory.fields.includes("tags"),
  });
  const catalog = catalogOf(await jsonIn(asked.catalog), startsAt);
  const { devices, unusable } = inventory;
  const result = play({ plan, devices, catalog, startsAt, days, seed, assumed: ASSUMED, hash: hashSecret });
  return { name: file.name, seed, assumed: ASSUMED, unusable, result: summaryOf(result) };
}

async function planIn(path: string) {
  const plans = readPlans(basename(path), await textOf(path));
  const [plan, second] = plans;
  if (plan === undefined) throw new UptickError("plan-file-invalid", `${path} has no plan.`);
  if (second !== undefined)
    throw new UptickError(
      "plan-file-invalid",
      `${second.where}: one plan is rehearsed at a time, and this is the second.`,
      {
        remedy: "Give a file that has one plan only.",
      },
    );
  return plan;
}

async function inventoryIn({ inventory, columns }: RehearseArguments): Promise<Inventory> {
  return readInventory(piecesOf(inventory), columns);
}

async function jsonIn(path: string): Promise<unknown> {
  const text = await textOf(path);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new UptickError("catalog-invalid", `${path} is not JSON.`, { cause });
  }
}
