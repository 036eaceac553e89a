/** One lap of a fleet: polls, or rounds. Every answer is looked at, and what is wrong with one is named. */
import { take, type Taken } from "../load.ts";
import type { Reply } from "../reply.ts";
import { commandIn, type FleetDevice, type Line, type Queued } from "./fleet.ts";

/** Commands in a device's queue when a round begins. */
export const COMMANDS = 2;
/** Commands of the server's own that a round may meet beside those that were put into the queue. */
const MOST_OTHERS = 20;

export interface Lap extends Taken {
  /** What was wrong with answers, and how often. */
  readonly wrong: ReadonlyMap<string, number>;
}

type Pids = readonly number[] | undefined;

/** Each device says Idle `each` times, and there is nothing for it. `check` may throw, to end it. */
export async function idleLap(lines: readonly Line[], each: number, pids: Pids, check = () => {}): Promise<Lap> {
  const wrong = new Wrong();
  const said = lines.map(() => 0);
  const taken = await take(
    lines.map(({ connection }) => connection),
    pids,
    (n, last) => {
      check();
      if (last !== undefined && wrong.isFine(last) && last.body.length > 0)
        wrong.note("a command where nothing was queued");
      const devices = lines[n]?.devices ?? [];
      const turn = said[n] ?? 0;
      said[n] = turn + 1;
      return turn < devices.length * each ? devices[turn % devices.length]?.idle : undefined;
    },
  );
  return { ...taken, wrong: wrong.counts };
}

/** Idle, then an answer with results to each command until there is none; device after device on each connection. */
export async function roundLap(lines: readonly Line[], queued: Queued, pids: Pids, check = () => {}): Promise<Lap> {
  const wrong = new Wrong();
  const turns = lines.map(({ devices }) => ({ left: [...devices].toReversed(), others: MOST_OTHERS }));
  const next = (n: number, last?: Reply): Buffer | undefined => {
    check();
    const turn = turns[n];
    if (turn === undefined) return undefined;
    const device = turn.left.at(-1);
    if (last === undefined || device === undefined) return device?.idle;
    const uuid = wrong.isFine(last) ? commandIn(last) : undefined;
    if (uuid !== undefined && isToBeAnswered(device, uuid, turn)) return device.answer(uuid);
    const never = queued.get(device.udid)?.size ?? 0;
    if (never > 0) wrong.note("commands that never came", never);
    turn.left.pop();
    turn.others = MOST_OTHERS;
    return turn.left.at(-1)?.idle;
  };
  const isToBeAnswered = ({ udid }: FleetDevice, uuid: string, turn: { others: number }): boolean => {
    if (queued.get(udid)?.delete(uuid) === true) return true;
    wrong.note("commands of the server's own, or twice");
    turn.others -= 1;
    return turn.others >= 0;
  };
  const taken = await take(
    lines.map(({ connection }) => connection),
    pids,
    next,
  );
  return { ...taken, wrong: wrong.counts };
}

class Wrong {
  readonly counts = new Map<string, number>();

  note(what: string, often = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + often);
  }

  isFine({ status }: Reply): boolean {
    if (status !== 200) this.note(`answered ${status}`);
    return status === 200;
  }
}

/** "3 × answered 500, 8 × commands that never came"; empty where nothing was. */
export function wrongIn(laps: readonly Lap[]): string {
  const all = new Map<string, number>();
  for (const { wrong } of laps) for (const [what, often] of wrong) all.set(what, (all.get(what) ?? 0) + often);
  return [...all].map(([what, often]) => `${often} × ${what}`).join(", ");
}
