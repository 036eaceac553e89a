/** What the service does without devices: each part prints its sides, and what they took compared with the first. */
import type { BenchOptions } from "../options.ts";
import { say } from "../table.ts";
import { benchCatalog } from "./catalog.ts";
import { benchDeadlines } from "./deadlines.ts";
import { benchDecisions } from "./decisions.ts";
import { benchGate } from "./gate.ts";
import { benchLists } from "./lists.ts";
import { benchMoved } from "./moved.ts";
import { benchRehearsal } from "./rehearsal.ts";
import { benchRules } from "./rules.ts";
import { listToUse, openServiceWorld } from "./world.ts";

export async function benchService(options: BenchOptions): Promise<void> {
  const { parts, fleet } = options;
  say();
  if (parts.includes("gate")) await benchGate(options);
  if (parts.includes("deadlines")) await benchDeadlines(options);
  if (parts.includes("rehearsal")) await benchRehearsal();
  if (parts.includes("lists")) await benchLists(listToUse(), options);
  if (!["decisions", "catalog", "rules"].some((part) => parts.some((one) => one === part))) return;
  const list = listToUse();
  if (parts.includes("catalog")) {
    await benchCatalog(list, options);
    await benchMoved(list, options);
  }
  if (!parts.includes("decisions") && !parts.includes("rules")) return;
  const world = await openServiceWorld(list, fleet);
  try {
    // The rules first: they read the fleet alone, without the rows of accepted plans.
    if (parts.includes("rules")) await benchRules(world, options);
    if (parts.includes("decisions")) await benchDecisions(world, options);
  } finally {
    await world.close();
  }
}
