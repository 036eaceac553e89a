/**
 * `npm run bench`: requests of devices, syncs of declarations, a plan for a whole fleet, and what the service does without
 * devices, as `options.ts` says. Prints tables; on loopback, ends by itself.
 */
import { fork } from "node:child_process";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { benchAims } from "./aims/aims.ts";
import { benchPlanChange } from "./declared/plan-change.ts";
import { benchSyncs } from "./declared/syncs.ts";
import { openWorld, type World } from "./declared/world.ts";
import { benchEvents } from "./events/events.ts";
import { OF_THE_SERVICE, type Part, readOptions } from "./options.ts";
import { benchRequests } from "./requests.ts";
import { say, sayHead } from "./table.ts";

const options = readOptions(process.argv.slice(2));
const { parts } = options;

say(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "?"}; synchronous=FULL; client and server share the machine.`,
);
say();
if (parts.includes("aims")) await benchAims(options);
const ofService = (part: Part): boolean => OF_THE_SERVICE.some((one) => one === part);
if (parts.some((part) => part !== "aims" && part !== "events" && !ofService(part))) sayHead();
if (parts.includes("requests") || parts.includes("enrolled")) await benchRequests(options);
if (parts.includes("declarations")) await inWorld((world) => benchSyncs(world, options));
if (parts.includes("plan")) await inWorld((world) => benchPlanChange(world, options));
if (parts.includes("events")) await benchEvents(options);
if (parts.some(ofService)) await inProcess();

/** A part that fails says why itself. */
async function inProcess(): Promise<void> {
  const child = fork(new URL("./service/process.ts", import.meta.url), process.argv.slice(2), {
    execArgv: ["--max-semi-space-size=8"],
    // As bin/uptick.js has it: without it each thread keeps the compiler.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"), ...process.env },
  });
  const code = await new Promise((resolve) => child.on("exit", resolve));
  if (code !== 0) process.exitCode = 1;
}

async function inWorld(work: (world: World) => Promise<void>): Promise<void> {
  say();
  const world = await openWorld();
  try {
    await work(world);
  } finally {
    await world.close();
  }
}
