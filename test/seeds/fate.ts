/** What befalls one seed's week, drawn from the seed: how good the network is, when the server dies, what its clock does. */
import { type KindName, declaredKindNames, kindNames, type Random, random } from "../../simulator/index.ts";
import type { PushFate, Trip } from "../../src/virtual/index.ts";
import { STANDING_CALM, type StandingFate, standingFateOf } from "./standing/fate.ts";
import { DAY, HOUR, MINUTE, SECOND, START } from "./time.ts";
import type { Erasure } from "./two-lives.ts";

export { DAY, HOUR, MINUTE, SECOND, START } from "./time.ts";

/** How long anything may go wrong. */
export const WEEK = 7 * DAY;
/** How long everything goes well after that, so that what is owed can be seen to come. */
export const CALM = 2 * DAY;

/** Something that happens to the server, ms after the start. */
export type Blow =
  /** It dies at the `nth` write or commit from then on, and is started again after `down` ms. */
  | { readonly at: number; readonly what: "crash"; readonly nth: number; readonly down: number }
  /** It is stopped in good order, and started again. */
  | { readonly at: number; readonly what: "stop"; readonly down: number }
  /** Its database has no more room, for so long. */
  | { readonly at: number; readonly what: "disk-full"; readonly ms: number }
  /** Its clock is set to so many ms beside the time, and back again after `ms`. */
  | { readonly at: number; readonly what: "clock"; readonly skew: number; readonly ms: number }
  /** It is put back to what it was so many ms before. */
  | { readonly at: number; readonly what: "restore"; readonly age: number }
  /** The push service can't be reached for so long. */
  | { readonly at: number; readonly what: "push-away"; readonly ms: number }
  /** Apple's list is another one. */
  | { readonly at: number; readonly what: "feed"; readonly which: number };

export interface Fate {
  /** How long anything may go wrong, and how long all goes well after that (ms). */
  readonly length: number;
  readonly calm: number;
  /** Plans that follow new releases, and Apple's lists over the weeks; undefined: a week of plans that end. */
  readonly standing: StandingFate | undefined;
  readonly kinds: readonly KindName[];
  readonly blows: readonly Blow[];
  /** Which of the devices are busy for some hours of each day, and when. */
  readonly busyHours: readonly (BusyHours | undefined)[];
  /** Which of the devices are erased, and when. */
  readonly erasures: readonly (Erasure | undefined)[];
  /** For each request, and each push, while things go wrong. */
  trip(): Trip;
  push(): PushFate;
}

/** A device answers NotNow for so long from a time of the day (UTC) on, both in ms. */
export interface BusyHours {
  readonly from: number;
  readonly ms: number;
}

/** How often each thing goes wrong, of a thousand. */
interface Weather {
  readonly lost: number;
  readonly twice: number;
  readonly slow: number;
  readonly pushes: number;
}

const WEATHERS: readonly Weather[] = [
  { lost: 0, twice: 0, slow: 0, pushes: 0 },
  { lost: 10, twice: 5, slow: 5, pushes: 20 },
  { lost: 60, twice: 30, slow: 40, pushes: 150 },
  { lost: 200, twice: 150, slow: 150, pushes: 500 },
];

export const MOST_DEVICES = 6;

export function fateOf(seed: string): Fate {
  const dice = random(`${seed}/fate`);
  const standing = standingFateOf(seed);
  const length = standing === undefined ? WEEK : standing.days * DAY;
  const every = [...kindNames, ...declaredKindNames];
  const kinds = standing?.kinds ?? Array.from({ length: dice.integer(1, MOST_DEVICES) }, () => dice.pick(every));
  const weather = dice.pick(WEATHERS);
  const trips = random(`${seed}/trips`);
  const pushes = random(`${seed}/pushes`);
  return {
    ...{ length, calm: standing === undefined ? CALM : STANDING_CALM, standing, kinds },
    blows: blowsOf(dice, length, standing !== undefined),
    busyHours: busyHoursOf(random(`${seed}/busy`), Math.max(MOST_DEVICES, kinds.length)),
    erasures: erasuresOf(random(`${seed}/lives`), length),
    trip: () => tripOf(trips, weather),
    push: () => pushOf(pushes, weather),
  };
}

/** `hasLists`: Apple's lists are drawn elsewhere. */
function blowsOf(dice: Random, length: number, hasLists: boolean): Blow[] {
  const blows: Blow[] = [];
  const some = (most: number, make: (at: number) => Blow): void => {
    for (let n = dice.integer(0, most); n > 0; n -= 1) blows.push(make(Math.floor(dice.between(0, length))));
  };
  some(8, (at) => ({ at, what: "crash", nth: dice.integer(1, 40), down: downtime(dice) }));
  some(1, (at) => ({ at, what: "stop", down: downtime(dice) }));
  some(1, (at) => ({ at, what: "disk-full", ms: Math.floor(dice.between(MINUTE, 6 * HOUR)) }));
  if (dice.next() < 0.3)
    some(2, (at) => ({ at, what: "clock", skew: skewOf(dice), ms: Math.floor(dice.between(MINUTE, 36 * HOUR)) }));
  if (dice.next() < 0.2) some(1, (at) => ({ at, what: "restore", age: Math.floor(dice.between(MINUTE, DAY)) }));
  if (!hasLists) some(2, (at) => ({ at, what: "feed", which: dice.integer(0, 2) }));
  some(1, (at) => ({ at, what: "push-away", ms: Math.floor(dice.between(HOUR, 36 * HOUR)) }));
  return blows.toSorted((a, b) => a.at - b.at);
}

/** Many an order comes while a device is busy, and waits there until its window has closed. */
function busyHoursOf(dice: Random, devices: number): (BusyHours | undefined)[] {
  return Array.from({ length: devices }, () => {
    const hours = { from: Math.floor(dice.between(0, DAY)), ms: Math.floor(dice.between(HOUR, 10 * HOUR)) };
    return dice.next() < 0.3 ? hours : undefined;
  });
}

export const isWithinBusyHours = ({ from, ms }: BusyHours, now: number): boolean => (now - from) % DAY < ms;

function erasuresOf(dice: Random, length: number): (Erasure | undefined)[] {
  return Array.from({ length: MOST_DEVICES }, () => {
    const at = START + Math.floor(dice.between(6 * HOUR, length - 12 * HOUR));
    const late = Array.from({ length: dice.integer(2, 8) }, () => ({
      after: Math.floor(dice.between(0, dice.next() < 0.5 ? HOUR : 2 * DAY)),
      which: dice.integer(0, 1000),
    })).toSorted((a, b) => a.after - b.after);
    return dice.next() < 0.15 ? { at, late } : undefined;
  });
}

const downtime = (dice: Random): number => Math.floor(dice.between(SECOND, dice.next() < 0.2 ? 8 * HOUR : 2 * MINUTE));

/** A few seconds, an hour of daylight saving, a day, a year. */
const skewOf = (dice: Random): number =>
  dice.pick([5 * SECOND, 50 * MINUTE, HOUR, 26 * HOUR, 365 * DAY]) * dice.pick([-1, 1]);

function tripOf(dice: Random, { lost, twice, slow }: Weather): Trip {
  const of1000 = dice.next() * 1000;
  const way = (): number => dice.integer(1, 400);
  const [there, back] = [way(), way()];
  if (of1000 < lost) return { there, back, lost: dice.pick(["request", "reply"] as const) };
  if (of1000 < lost + twice) return { there, back, again: dice.integer(1, dice.next() < 0.3 ? 6 * HOUR : 5000) };
  if (of1000 >= lost + twice + slow) return { there, back };
  // Longer than a device waits, it arrives after the device has given up.
  const late = dice.integer(SECOND, dice.next() < 0.3 ? 6 * HOUR : 2 * MINUTE);
  return dice.next() < 0.5 ? { there: late, back } : { there, back: late };
}

/** What comes of a push while the service can't be reached. */
export const UNREACHED: PushFate = {
  takes: 10 * SECOND,
  outcome: { kind: "later", retryAfterMs: 30 * SECOND, reason: "no answer in time" },
};

function pushOf(dice: Random, weather: Weather): PushFate {
  const takes = dice.integer(10, 2000);
  if (dice.next() * 1000 >= weather.pushes) return { takes };
  const retryAfterMs = dice.integer(SECOND, HOUR);
  return dice.pick<PushFate>([
    { takes, lost: true },
    { takes: takes * 20 },
    { takes, outcome: { kind: "later", retryAfterMs, reason: "ServiceUnavailable" } },
    { takes, outcome: { kind: "slow-down", retryAfterMs, reason: "TooManyRequests" } },
    { takes, outcome: { kind: "unregistered", since: 0 } },
  ]);
}
