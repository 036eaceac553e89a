/** What the weeks of a seed with standing plans are made of, drawn from the seed: how long they are, for whom, and what Apple posts. */
import { declaredKindNames, type KindName, kindNames, type Random, random } from "../../../simulator/index.ts";
import { DAY, HOUR } from "../time.ts";
import { drawLists, type ListDay, WAVES } from "./lists.ts";

/** Of so many seeds one has standing plans: their weeks are longer, and cost more. */
const ONE_OF = 60;

/** Rings take days: so long everything goes well in the end. */
export const STANDING_CALM = 5 * DAY;

export interface StandingFate {
  /** How many days anything may go wrong. */
  readonly days: number;
  readonly kinds: readonly KindName[];
  /** When Apple posts each wave of newer releases (ms after the start). */
  readonly waves: readonly number[];
  /** Which lists come in, and when. */
  readonly lists: readonly ListDay[];
  /** The admin lets all continue before the end, so that what is owed must come. */
  readonly setsRight: boolean;
}

/** These do what they are told, and so most devices do: a ring of nothing but trouble never passes. */
export const GOOD_KINDS: readonly KindName[] = [
  "iphone-declared",
  "iphone-declared-unsupervised",
  "mac-declared",
  "vision-declared",
  "apple-tv-declared",
  "iphone-no-passcode",
  "mac-intel",
  "mac-apple-silicon",
];

export const isStanding = (seed: string): boolean => random(`${seed}/standing`).integer(1, ONE_OF) === 1;

/** Undefined: the seed has none. */
export function standingFateOf(seed: string): StandingFate | undefined {
  if (!isStanding(seed)) return undefined;
  const dice = random(`${seed}/standing-fate`);
  const days = dice.integer(11, 17);
  const waves = wavesOf(dice, days);
  const good = dice.pick([0.5, 0.8, 1]);
  const kind = (): KindName =>
    dice.next() < good ? dice.pick(GOOD_KINDS) : dice.pick([...kindNames, ...declaredKindNames]);
  return {
    days,
    kinds: Array.from({ length: dice.integer(6, 12) }, kind),
    waves,
    lists: drawLists(dice, days, waves),
    setsRight: dice.next() < 0.6,
  };
}

function wavesOf(dice: Random, days: number): number[] {
  const first = dice.between(6 * HOUR, 5 * DAY);
  const between = (): number => dice.between(2 * DAY, 7 * DAY);
  const at: number[] = [];
  for (let next = first; next < (days - 2) * DAY && at.length < WAVES.length; next += between())
    at.push(Math.floor(next));
  return at;
}
