/** The sides of the aims and their laps: which takes its turn first changes from lap to lap. */
import { type BareServer } from "../bare-server.ts";
import { openConnection } from "../connection.ts";
import { take } from "../load.ts";
import { threadsOf } from "../process.ts";
import type { Fleet, Line } from "../target/fleet.ts";
import { COMMANDS, idleLap, type Lap, roundLap } from "../target/laps.ts";
import type { LoopLap } from "./loop.ts";
import type { BareLoop } from "./bare-loop.ts";
import { IDLES, ROUNDS, SOME_UUID } from "./recorded.ts";
import { type Spent, spent } from "./threads.ts";

export interface Sides {
  readonly pid: number;
  readonly fleet: Fleet;
  readonly bare: BareServer;
  readonly loop: BareLoop;
}

/** What each side has done, lap by lap. */
export interface Taken {
  readonly idle: Lap[];
  readonly rounds: Lap[];
  /** Of the server, in its Idles and in its rounds. */
  readonly idleThreads: Spent[];
  readonly roundThreads: Spent[];
  readonly bareIdle: Lap[];
  readonly bareRounds: Lap[];
  readonly loop: LoopLap[];
  /** The loop without lookups and property lists. */
  readonly writes: LoopLap[];
}

const nothing = (): Taken => ({
  idle: [],
  rounds: [],
  idleThreads: [],
  roundThreads: [],
  bareIdle: [],
  bareRounds: [],
  loop: [],
  writes: [],
});

export async function takeLaps({ pid, fleet, bare, loop }: Sides, connections: number, laps: number): Promise<Taken> {
  const lines = await fleet.lines(connections);
  const others = await Promise.all(Array.from({ length: connections }, () => openConnection(bare)));
  const bareLines = lines.flatMap(({ devices }, n) => {
    const connection = others[n];
    return connection === undefined ? [] : [{ connection, devices }];
  });

  const withThreads = async (threads: Spent[], work: () => Promise<Lap>): Promise<Lap> => {
    const before = threadsOf(pid);
    const lap = await work();
    threads.push(spent(pid, before, threadsOf(pid)));
    return lap;
  };
  const turns: readonly ((taken: Taken) => Promise<void>)[] = [
    async ({ idle, idleThreads }) => {
      // A connection that has been left alone too long is opened again before anything is measured.
      await idleLap(lines, 1, undefined);
      idle.push(await withThreads(idleThreads, () => idleLap(lines, IDLES, [pid])));
    },
    async ({ rounds, roundThreads }) => {
      for (let n = 0; n < ROUNDS; n += 1) {
        await idleLap(lines, 1, undefined);
        const queued = await fleet.enqueue(COMMANDS);
        rounds.push(await withThreads(roundThreads, () => roundLap(lines, queued, [pid])));
      }
    },
    async ({ bareIdle }) => void bareIdle.push(await idleLap(bareLines, IDLES, [bare.pid])),
    async ({ bareRounds }) => void bareRounds.push(await saidAnyway(bareLines, bare.pid)),
    async (taken) => void taken.loop.push(await loop.lap("all")),
    async ({ writes }) => void writes.push(await loop.lap("writes")),
  ];
  const taken = nothing();
  for (const turn of turns) await turn(nothing());
  for (let lap = 0; lap < laps; lap += 1)
    for (let n = 0; n < turns.length; n += 1) await turns[(lap + n) % turns.length]?.(taken);
  fleet.close();
  for (const connection of others) connection.close();
  return taken;
}

/** The requests of rounds, to a server that has no commands. */
async function saidAnyway(lines: readonly Line[], pid: number): Promise<Lap> {
  const requests = lines.map(({ devices }) =>
    devices.flatMap(({ idle, answer }) => {
      const round = [idle, ...Array.from({ length: COMMANDS }, () => answer(SOME_UUID))];
      return Array.from({ length: ROUNDS }, () => round).flat();
    }),
  );
  const taken = await take(
    lines.map(({ connection }) => connection),
    [pid],
    (n) => requests[n]?.shift(),
  );
  return { ...taken, wrong: new Map() };
}
