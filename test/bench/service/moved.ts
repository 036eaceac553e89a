/** A list that moves the target of every device: how many are looked at, and resolved again, in a second, beside a look that changes nothing. */
import { compareVersions } from "../../../src/protocol/index.ts";
import { createDueWork, type Ports } from "../../../src/service/index.ts";
import { createBlock } from "../../../src/service/catalog/block.ts";
import type { BenchOptions } from "../options.ts";
import { memoryMib } from "../process.ts";
import { say } from "../table.ts";
import { NOW } from "./now.ts";
import { type Peak, peakOf } from "./peak.ts";
import { sayTurns, takeTurns } from "./turns.ts";
import { openServiceWorld } from "./world.ts";

const HOUR = 3_600_000;
const PAGE = 1000;
/** A turn of a whole fleet takes seconds: fewer laps than of the other parts. */
const LAPS_OF_OTHERS = 3;
const MOVED = "a list that moves every target";
const SAME = "a look that changes nothing";

export async function benchMoved(list: unknown, { fleet, laps }: BenchOptions): Promise<void> {
  const world = await openServiceWorld(list, fleet);
  const { admin, actor, ports } = world;
  try {
    const work = createDueWork(ports, () => Promise.resolve());
    const looked = async (): Promise<number> => {
      while ((await work.sweeps()) > 0);
      return fleet;
    };
    // Its one ring opens in ten days: what is measured gives no device a job.
    await admin.plans.create(actor, {
      ...{ standing: true, name: "everyone", include: "all", to: "latest-minor", action: "install" },
      ...{ deadline: "+20d 17:00", rings: [{ name: "all", who: "rest", opens: 10, due: 20 }] },
    });
    await looked();
    const before = await aims(ports);
    const peaks = new Map<string, Peak>();
    let fresh = 0;
    const cpu = new Map<string, number>();
    const counted = async (name: string): Promise<number> => {
      const began = process.cpuUsage();
      peaks.set(name, await peakOf(async () => void (await looked())));
      const { user, system } = process.cpuUsage(began);
      cpu.set(name, (user + system) / fleet);
      return fleet;
    };
    const taken = await takeTurns(
      { [SAME]: () => counted(SAME), [MOVED]: () => counted(MOVED) },
      Math.ceil(laps / LAPS_OF_OTHERS),
      async (name) => {
        fresh += 1;
        if (name === SAME) await blockOld(ports, fresh);
        else await admin.server.importCatalog(actor, patched(list, fresh), { modifiedAt: NOW - HOUR + fresh });
      },
    );
    const after = await aims(ports);
    const moved = [...after].filter(([id, aim]) => aim !== null && aim !== before.get(id)).length;
    sayTurns(
      taken,
      "devices",
      (name) =>
        `${cpu.get(name)?.toFixed(0)} µs of CPU each, heap ${peaks.get(name)?.heap} MiB, RSS ${peaks.get(name)?.rss} MiB`,
    );
    say(`${moved} of ${fleet} devices have another target; ${memoryMib(process.pid).now} MiB resident in the end.`);
  } finally {
    await world.close();
  }
}

/** A block sets off a look at all devices, and no device is meant to have this version. */
async function blockOld(ports: Ports, n: number): Promise<void> {
  const release = { platform: "iOS", version: `1.${n}`, extra: null } as const;
  const terms = { rule: "all", reason: "bench", until: null, createdBy: "system" } as const;
  await ports.devices.run(createBlock, { row: { ...release, ...terms, id: ports.newId() }, now: NOW });
}

/** What each device is meant to have by its plan. */
async function aims({ admin }: Pick<Ports, "admin">): Promise<ReadonlyMap<string, string | null>> {
  const found = new Map<string, string | null>();
  for (let after: string | undefined; ; ) {
    const rows = await admin.classRows(after, PAGE);
    for (const { id, aim } of rows) found.set(id, aim);
    after = rows.at(-1)?.id;
    if (rows.length < PAGE) return found;
  }
}

type Entry = Readonly<Record<string, unknown>> & { readonly ProductVersion: string };
type Sets = Readonly<Record<string, Readonly<Record<string, readonly Entry[]>>>>;

/** The list with a newer release beside the newest of each major, for the same devices. */
function patched(list: unknown, n: number): unknown {
  const more = (entries: readonly Entry[]): Entry[] => {
    const newest = new Map<string, string>();
    for (const { ProductVersion: version } of entries) {
      const major = version.split(".")[0] ?? "";
      if (compareVersions(version, newest.get(major) ?? "0") > 0) newest.set(major, version);
    }
    return entries.flatMap((entry, i) => {
      const [major = ""] = entry.ProductVersion.split(".");
      if (newest.get(major) !== entry.ProductVersion) return [entry];
      return [entry, { ...entry, ProductVersion: `${major}.99.${n}`, Build: `${major}Z${n * 100 + i}` }];
    });
  };
  const sets = Object.entries(list as Sets).map(([set, platforms]) => [
    set,
    Object.fromEntries(Object.entries(platforms).map(([platform, entries]) => [platform, more(entries)])),
  ]);
  return Object.fromEntries(sets);
}
