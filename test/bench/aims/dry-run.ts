/** Dry runs of a plan for a whole fleet, as a stream, one after the other: how fast, and how much memory they leave behind. */
import { openWorld } from "../declared/world.ts";
import { syncingDevice } from "../declared/device.ts";
import { seedDeclared } from "../declared/seed.ts";
import { MODEL_FACTS } from "../facts.ts";
import { memoryMib } from "../process.ts";

export interface DryRuns {
  /** Devices a second, of each. */
  readonly perSecond: readonly number[];
  /** MiB of the server at its highest. */
  readonly peak: number;
}

const TIMES = 2;

/** On its own server, with copies of one declarative device. */
export async function dryRuns(fleet: number): Promise<DryRuns> {
  const world = await openWorld();
  try {
    const [model] = await world.enrol(1, MODEL_FACTS);
    if (model === undefined) throw new Error("no device was enrolled");
    const [connection] = await world.connect([model]);
    if (connection === undefined) throw new Error("no device is connected");
    await syncingDevice(model).settle(connection);
    connection.close();
    await world.restart(() => seedDeclared(world.data, model.udid, fleet - 1));
    const perSecond: number[] = [];
    for (let n = 0; n < TIMES; n += 1) {
      const began = performance.now();
      const devices = await world.dryRun();
      if (devices !== fleet) throw new Error(`a dry run for ${fleet} devices told of ${devices}`);
      perSecond.push((devices / (performance.now() - began)) * 1000);
    }
    return { perSecond, peak: memoryMib(world.pid).peak };
  } finally {
    await world.close();
  }
}
