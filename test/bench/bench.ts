/**
 * `npm run bench`: requests of devices, syncs of declarations, and a plan for a whole fleet, as `options.ts` says. Prints one
 * table; on loopback, ends by itself.
 */
import { cpus } from "node:os";
import { benchAims } from "./aims/aims.ts";
import { benchPlanChange } from "./declared/plan-change.ts";
import { benchSyncs } from "./declared/syncs.ts";
import { openWorld, type World } from "./declared/world.ts";
import { readOptions } from "./options.ts";
import { benchRequests } from "./requests.ts";
import { say, sayHead } from "./table.ts";

const options = readOptions(process.argv.slice(2));
const { parts } = options;

say(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "?"}; synchronous=FULL; client and server share the machine.`,
);
say();
if (parts.includes("aims")) await benchAims(options);
if (parts.some((part) => part !== "aims")) sayHead();
if (parts.includes("requests") || parts.includes("enrolled")) await benchRequests(options);
if (parts.includes("declarations")) await inWorld((world) => benchSyncs(world, options));
if (parts.includes("plan")) await inWorld((world) => benchPlanChange(world, options));

async function inWorld(work: (world: World) => Promise<void>): Promise<void> {
  say();
  const world = await openWorld();
  try {
    await work(world);
  } finally {
    await world.close();
  }
}
