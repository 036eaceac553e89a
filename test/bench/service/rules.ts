/** Rules over a mixed fleet of the store: how many devices one means, and a page of their names. */
import { parseRule } from "../../../src/plans/index.ts";
import { meantBy, scopeOf } from "../../../src/service/scopes/scope.ts";
import type { BenchOptions } from "../options.ts";
import { foreignCpu } from "../process.ts";
import { say } from "../table.ts";
import { RARE } from "./fleet.ts";
import { sayTurns, takeTurns } from "./turns.ts";
import type { ServiceWorld } from "./world.ts";

/** The first is what the others are compared with: reading the fleet. */
const RULES = [
  "all",
  "model in (iPhone14,2, iPad13*, Mac14*)",
  "tag = exam",
  "group = Floor",
  "model in (iPhone*, Mac14*) and (tag = pilot or group = Floor)",
];
const PAGE = 100;

export async function benchRules(world: ServiceWorld, { fleet, laps }: BenchOptions): Promise<void> {
  const { admin, actor } = world;
  await admin.scopes.setGroup(actor, "Floor", { rule: "tag = kiosk and supervised = true or tag = lab" });
  const foreign = foreignCpu(() => [process.pid]);
  const found = new Map<string, number>();
  const counts = RULES.map((rule) => {
    const name = `count of: ${rule}`;
    return [
      name,
      async () => {
        found.set(name, await countOf(world, rule));
        // All of them are looked at.
        return fleet;
      },
    ] as const;
  });
  sayTurns(await takeTurns(Object.fromEntries(counts), laps), "devices", (name) => `${found.get(name)} meant`);

  const pages = [...RULES, `tag = ${RARE.tag}`].map((rule) => {
    const name = `${PAGE} names: ${rule}`;
    return [
      name,
      async () => {
        const { rows } = await admin.devices.list({ rule, limit: PAGE });
        found.set(name, rows.length);
        return 1;
      },
    ] as const;
  });
  sayTurns(await takeTurns(Object.fromEntries(pages), laps), "pages", (name) => `${found.get(name)} named`);
  say(foreign());
}

async function countOf({ ports: { admin } }: ServiceWorld, rule: string): Promise<number> {
  let count = 0;
  const scope = await scopeOf(admin, parseRule(rule));
  for await (const page of meantBy(admin, scope, { enrollment: "enrolled" })) count += page.length;
  return count;
}
