/** Dry runs and accepted plans for a mixed fleet: with an exact version, with targets in words, and with blocks in force. */
import { createBlock, endBlock } from "../../../src/service/catalog/block.ts";
import { blocksIn } from "../../../src/service/catalog/blocks-in-force.ts";
import { catalogOf } from "../../../src/service/catalog/catalog.ts";
import { dropDecisions } from "../../../src/service/plans/plan-devices.ts";
import { compareVersions, type Platform } from "../../../src/protocol/index.ts";
import type { PlanRequest } from "../../../src/contract/index.ts";
import type { BenchOptions } from "../options.ts";
import { foreignCpu, memoryMib } from "../process.ts";
import { say } from "../table.ts";
import { NOW } from "./now.ts";
import { type Peak, peakOf } from "./peak.ts";
import { sayTurns, type Sides, takeTurns } from "./turns.ts";
import type { ServiceWorld } from "./world.ts";

/** A turn of a whole fleet takes seconds: fewer laps than of the other parts. */
const LAPS_OF_OTHERS = 3;

export async function benchDecisions(world: ServiceWorld, { fleet, laps }: BenchOptions): Promise<void> {
  const { admin, actor, ports } = world;
  await admin.scopes.setGroup(actor, "Labs", { rule: "tag = lab or tag = exam" });
  const newest = newestOf((await catalogOf(ports)).releases);
  const plans = {
    "an exact version": { to: [...newest].map(([platform, version]) => `${platform}=${version}`).join() },
    "latest-minor": { to: "latest-minor" },
    "n-1 below 27": { to: "n-1 below 27", allowMajor: true },
  };
  const peaks = new Map<string, Peak>();
  const sides: Record<string, () => Promise<number>> = {};
  for (const blocked of ["", ", 5 blocks"])
    for (const [target, asked] of Object.entries(plans)) {
      const request: PlanRequest = { ...asked, devices: ["all"], action: "install" };
      sides[`dry run, ${target}${blocked}`] = () => dryRun(world, request);
      sides[`acceptance, ${target}${blocked}`] = () => acceptance(world, request);
    }
  const watched: Sides = Object.fromEntries(
    Object.entries(sides).map(([name, side]) => [name, () => counted(name, side)]),
  );

  async function counted(name: string, side: () => Promise<number>): Promise<number> {
    let devices = 0;
    const peak = await peakOf(async () => {
      devices = await side();
    });
    if (devices !== fleet) throw new Error(`${name} for ${fleet} devices told of ${devices}`);
    const before = peaks.get(name) ?? peak;
    peaks.set(name, { heap: Math.max(before.heap, peak.heap), rss: Math.max(before.rss, peak.rss) });
    return devices;
  }

  say(`${memoryMib(process.pid).now} MiB resident before the first plan, with what making the fleet has left.`);
  const foreign = foreignCpu(() => [process.pid]);
  for (const kind of ["dry run", "acceptance"]) {
    const of = Object.fromEntries(Object.entries(watched).filter(([name]) => name.startsWith(kind)));
    const taken = await takeTurns(of, Math.ceil(laps / LAPS_OF_OTHERS), async (name) => {
      await forgetDecisions(world);
      await setBlocks(world, newest, name.endsWith("blocks"));
    });
    sayTurns(taken, "devices", (name) => `heap ${peaks.get(name)?.heap} MiB, RSS ${peaks.get(name)?.rss} MiB`);
  }
  say(foreign());
}

async function dryRun({ admin }: ServiceWorld, request: PlanRequest): Promise<number> {
  let devices = 0;
  // Each line as it would be sent.
  for await (const page of admin.plans.dryRunLines(request))
    for (const line of page) if (JSON.stringify(line).startsWith('{"decision"')) devices += 1;
  return devices;
}

/** The rows of its decisions are committed; nobody carries them out here. */
async function acceptance({ admin, actor }: ServiceWorld, request: PlanRequest): Promise<number> {
  const { devices } = await admin.plans.create(actor, request);
  return devices;
}

/** Each plan is accepted into a database that holds no decisions. */
async function forgetDecisions({ ports: { admin, devices } }: ServiceWorld): Promise<void> {
  const { rows: plans } = await admin.plans(undefined, MOST_PLANS);
  for (const { id } of plans) await devices.run(dropDecisions, { planId: id });
}
const MOST_PLANS = 200;

/** Rules over models, tags and a group, on releases that the plans go to. */
const BLOCKS: readonly (readonly [Platform, string])[] = [
  ["iOS", "tag = pilot"],
  ["iOS", "model in (iPad13*, iPhone12*, iPhone14,2)"],
  ["iOS", "group = Labs and not model = iPhone*"],
  ["macOS", "group = Labs"],
  ["macOS", "model = Mac14* and (tag = kiosk or supervised = false)"],
];

async function setBlocks(
  { ports }: ServiceWorld,
  newest: ReadonlyMap<Platform, string>,
  wanted: boolean,
): Promise<void> {
  const { devices } = ports;
  const there = await blocksIn(ports);
  const terms = { by: "system", reason: "bench", now: NOW };
  if (!wanted) for (const { id } of there) await devices.run(endBlock, { ...terms, id, firstId: ports.newId() });
  if (!wanted || there.length > 0) return;
  for (const [platform, rule] of BLOCKS) {
    const release = { platform, version: newest.get(platform) ?? "", extra: null };
    const row = { ...release, id: ports.newId(), rule, reason: "bench", until: null, createdBy: "system" };
    await devices.run(createBlock, { row, now: NOW });
  }
}

function newestOf(
  releases: readonly { readonly platform: Platform; readonly version: string; readonly extra?: string }[],
): ReadonlyMap<Platform, string> {
  const newest = new Map<Platform, string>();
  for (const { platform, version, extra } of releases)
    if (extra === undefined && compareVersions(version, newest.get(platform) ?? "") > 0) newest.set(platform, version);
  return newest;
}
