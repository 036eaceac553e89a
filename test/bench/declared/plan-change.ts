/** What it costs to change what a whole fleet is to have, and what devices that poll meanwhile notice of it. */
import { writePlist } from "../../../simulator/index.ts";
import { putRequest } from "../connection.ts";
import { FACTS, MODEL_FACTS } from "../facts.ts";
import { type Taken, take, together } from "../load.ts";
import type { BenchOptions } from "../options.ts";
import { memoryMib } from "../process.ts";
import { say, sayMeasured } from "../table.ts";
import { syncingDevice } from "./device.ts";
import { seedDeclared } from "./seed.ts";
import type { World } from "./world.ts";

/** Takes of Idle polls before anything is measured, and of the quiet measurement. */
const WARM = 3;
const QUIET = 5;
const CONNECT = { "content-type": "application/x-apple-aspen-mdm; charset=UTF-8" };

/** `fleet` devices under a live plan get another; `count` others, which are there already, poll all the time. */
export async function benchPlanChange(
  world: World,
  { connections: counts, idles: turns, fleet }: BenchOptions,
): Promise<void> {
  // The least of them: all of them are more than a whole fleet asks outside a rollout.
  const count = Math.min(...counts);
  const there = { device: { "operating-system": { version: "26.6.1", "build-version": "23G83" } } };
  // A report alone makes no device be there: they answer it too.
  const pollers = await world.enrol(count, { ...FACTS, OSVersion: "26.6.1", BuildVersion: "23G83" });
  const [model] = await world.enrol(1, MODEL_FACTS);
  if (model === undefined) throw new Error("no device was enrolled");

  let connections = await world.connect([...pollers, model]);
  const devices = [...pollers, model].map(syncingDevice);
  for (const [n, connection] of connections.entries()) {
    await devices[n]?.settle(connection, n < count ? there : undefined);
  }
  await world.made((await world.plan([model.udid])).id);
  const [line, its] = [connections.at(-1), devices.at(-1)];
  if (line === undefined || its === undefined) throw new Error("no device is connected");
  await its.settle(line);
  if (its.updates.length !== 1) throw new Error("the device was told no update");
  for (const connection of connections) connection.close();

  await world.restart(() => seedDeclared(world.data, model.udid, fleet - 1));
  const atRest = memoryMib(world.pid).now;
  connections = await world.connect(pollers);
  const requests = pollers.map(({ udid }) =>
    putRequest(Buffer.from(writePlist({ UDID: udid, Status: "Idle" })), CONNECT),
  );
  const idles = (): Promise<Taken> => {
    const left = requests.map(() => turns);
    return take(connections, world.pid, (n) => ((left[n] = (left[n] ?? 0) - 1) >= 0 ? requests[n] : undefined));
  };
  for (let n = 0; n < WARM; n += 1) await idles();
  const takes: Taken[] = [];
  for (let n = 0; n < QUIET; n += 1) takes.push(await idles());
  const quiet = together(takes);
  sayMeasured(`Idle, ${count}, ${fleet} declarative, quiet`, quiet, `${atRest} MiB at rest`);

  let over = false;
  const polling = take(connections, world.pid, (n) => (over ? undefined : requests[n]));
  const began = performance.now();
  try {
    const { id } = await world.plan(["all"]);
    const accepted = performance.now();
    const { states } = await world.made(id);
    const seconds = (performance.now() - accepted) / 1000;
    over = true;
    const taken = await polling;
    const meanwhile = together([taken]);
    const worst = taken.times.reduce((most, time) => Math.max(most, time), 0);
    const ratio = `p50 ${(meanwhile.p50 / quiet.p50).toFixed(1)} ×, p99 ${(meanwhile.p99 / quiet.p99).toFixed(1)} × quiet`;
    sayMeasured(`Idle, ${count}, while a plan changes`, meanwhile, `${ratio}; worst ${worst.toFixed(0)} ms`);
    const manifests = states["declaring"] ?? 0;
    // What is left of the server's CPU time when what the polls took is taken off, by what they took when it was quiet.
    const cpu = (taken.cpuSeconds * 1e6 - taken.times.length * quiet.cpu) / manifests;
    const rate = `${(manifests / seconds).toFixed(0)} manifests/s (${manifests} in ${seconds.toFixed(1)} s, ${cpu.toFixed(0)} µs of CPU each)`;
    say(`plan changed: accepted after ${((accepted - began) / 1000).toFixed(1)} s, then ${rate}`);
    if (manifests !== fleet) say(`FAILED: the plan came to ${JSON.stringify(states)}`);
  } finally {
    over = true;
    await polling.catch(() => undefined);
  }
  say(`peak memory of the server: ${memoryMib(world.pid).peak} MiB`);
  for (const connection of connections) connection.close();
}
