/** The sync of declarations beside the Idle poll: the same server, the same connections, the same devices. */
import { writePlist } from "../../../simulator/index.ts";
import { type Connection, putRequest } from "../connection.ts";
import type { BenchDevice } from "../devices.ts";
import { type Taken, take, together } from "../load.ts";
import { memoryMib } from "../process.ts";
import type { Reply } from "../reply.ts";
import { say, sayMeasured } from "../table.ts";
import { syncingDevice } from "./device.ts";
import type { BenchOptions } from "../options.ts";
import type { World } from "./world.ts";

const WARM_PASSES = 3;

/** As many devices as the largest count of connections are enrolled, and sync until their lists are old news. */
export async function benchSyncs(world: World, options: BenchOptions): Promise<void> {
  const devices = await world.enrol(Math.max(...options.connections));
  for (const count of options.connections) await measure(world, devices.slice(0, count), options);
  say(`peak memory of the server: ${memoryMib(world.pid).peak} MiB`);
}

async function measure(
  world: World,
  devices: readonly BenchDevice[],
  { idles: turns, passes }: BenchOptions,
): Promise<void> {
  const connections = await world.connect(devices);
  const its = devices.map(syncingDevice);
  await each(connections, (connection, n) => its[n]?.settle(connection));

  /** The list of every device changes, as a plan changes it, and each has heard that it should sync. */
  const change = async (): Promise<void> => {
    const { id } = await world.plan(devices.map(({ udid }) => udid));
    const { states } = await world.made(id);
    if (states["declaring"] !== devices.length) throw new Error(`the plan came to ${JSON.stringify(states)}`);
    await each(connections, (connection, n) => its[n]?.drain(connection));
  };
  const syncs = (): Promise<Taken> => {
    const requests = its.map((device) => device.sync());
    return take(connections, world.pid, (n, last) => after(requests[n], last));
  };
  const changed = async (): Promise<Taken> => {
    await change();
    return syncs();
  };
  const idles = (): Promise<Taken> => {
    const requests = devices.map(({ udid }) =>
      putRequest(Buffer.from(writePlist({ UDID: udid, Status: "Idle" })), IDLE),
    );
    const left = requests.map(() => turns);
    return take(connections, world.pid, (n) => ((left[n] = (left[n] ?? 0) - 1) >= 0 ? requests[n] : undefined));
  };
  /** Nothing has changed: the tokens say so. */
  const looks = (): Promise<Taken> => {
    const left = its.map(() => turns);
    const requests = its.map((device) => device.sync());
    return take(connections, world.pid, (n, last) => {
      const next = after(requests[n], last);
      if (next !== undefined || (left[n] = (left[n] ?? 0) - 1) === 0) return next;
      const again = its[n]?.sync();
      if (again !== undefined) requests[n] = again;
      return after(again, undefined);
    });
  };

  for (let n = 0; n < WARM_PASSES; n += 1) await changed();
  await idles();
  await looks();
  const count = devices.length;
  const takes: Taken[] = [];
  const beside: Taken[] = [];
  for (let n = 0; n < passes; n += 1) {
    takes.push(await changed());
    // Between the syncs, so that a neighbour on this machine hurts both.
    if (n % EVERY === 0) beside.push(await idles());
  }
  const unchanged = together([await looks()]);
  const idle = together(beside);
  const sync = together(takes);
  const seconds = takes.reduce((sum, taken) => sum + taken.seconds, 0);
  const times = (cpu: number): string => `CPU ${(cpu / idle.cpu).toFixed(2)} × Idle`;
  sayMeasured(`Idle of declarative devices, ${count}`, idle, "");
  sayMeasured(`tokens, nothing changed, ${count}`, unchanged, times(unchanged.cpu));
  const whole = `${((count * passes) / seconds).toFixed(0)} syncs/s of ${(sync.requests / count / passes).toFixed(1)} requests`;
  sayMeasured(`sync of a changed list, ${count}`, sync, `${times(sync.cpu)}; ${whole}`);
  for (const connection of connections) connection.close();
}

/** Idles are measured after every so many syncs. */
const EVERY = 4;
const IDLE = { "content-type": "application/x-apple-aspen-mdm; charset=UTF-8" };

/** The next request of a device after the reply to its last. */
function after(requests: Generator<Buffer, void, Reply> | undefined, last: Reply | undefined): Buffer | undefined {
  // Nothing has been asked yet: what the first `next` is told goes nowhere.
  const turn = requests?.next(last as Reply);
  return turn === undefined || turn.done === true ? undefined : turn.value;
}

const each = (
  connections: readonly Connection[],
  work: (connection: Connection, n: number) => Promise<void> | undefined,
): Promise<unknown> => Promise.all(connections.map(async (connection, n) => work(connection, n)));
