/**
 * The model of targets R16, run against the gate's real rules. A ring opens at hour 0, is due at hour 48, and is looked at every
 * hour until it passes, pauses or, at hour 168, asks. All times are hours after its opening.
 */
import { type Random, random as seeded } from "../../../simulator/random.ts";
import { HOUR } from "../jobs/units.ts";
import { type RingCounts, countsOf, NO_COUNTS } from "./counts.ts";
import { failRule } from "./fail-rule.ts";
import { type MemberFacts, outcomeOf } from "./outcome.ts";
import { passRule } from "./pass-rule.ts";

export type Ending = "next" | "pause" | "ask";

const DUE = 48;
const END = 168;
const LEAVE = 14 * 24;
const ON_LEAVE = 0.15;
const HINDERED = 0.08;
const MAX_FAILURE_PERCENT = 5;

interface ModelMember {
  /** Hindered before it was given the release: it never starts. */
  readonly hindered: boolean;
  /** Silent from the first to the second hour. */
  readonly leave: readonly [from: number, to: number];
  readonly moment: number;
  /** When it would start, were it not silent then. */
  readonly start: number;
  readonly way: "good" | "silent" | "reports";
  /** When a good one is seen good. */
  readonly seen: number;
}

/** `place`: every second member starts before the deadline. */
function memberOf(place: number, rate: number, away: boolean, random: Random): ModelMember {
  const hindered = away && random.next() < HINDERED;
  // One of both is enough: a hindered member and one on leave are both left out of what is expected.
  const leave = away && !hindered ? leaveOf(random) : ([Infinity, Infinity] as const);
  // It returns without the declaration, or after its deadline.
  const returns = leave[0] < 0;
  const moment = returns ? leave[1] + 24 : DUE;
  const chosen = place % 2 === 0 ? random.next() * DUE : moment;
  const start = chosen > (returns ? leave[1] : 0) ? Math.min(chosen, moment) : moment;
  const way = random.next() >= rate ? "good" : random.next() < 0.7 ? "silent" : "reports";
  return { hindered, leave, moment, start, way, seen: start + 1 + 23 * random.next() };
}

/** Leaves begin independently, and so often that the share of members on leave stays the same. */
function leaveOf(random: Random): readonly [number, number] {
  const rate = ON_LEAVE / (1 - ON_LEAVE) / LEAVE;
  const from = random.next() < ON_LEAVE ? -random.next() * LEAVE : -Math.log(1 - random.next()) / rate;
  return [from, from + LEAVE];
}

const isSilentAt = ({ leave: [from, to] }: ModelMember, hour: number): boolean => hour >= from && hour < to;
/** A leave that begins after the start begins after the member was seen, and changes nothing. */
const starts = (member: ModelMember): boolean => !member.hindered && !isSilentAt(member, member.start);

/** A ring's counts, hour by hour. */
export function ringCounts(members: readonly ModelMember[]): readonly RingCounts[] {
  const changes = Array.from({ length: END + 1 }, () => ({ settled: 0, started: 0, failures: 0, unclear: 0, away: 0 }));
  type Field = keyof (typeof changes)[number];
  const from = (field: Field, hour: number, by = 1): void => {
    const change = changes[Math.max(0, Math.ceil(hour))];
    if (change !== undefined) change[field] += by;
  };
  const between = (field: Field, first: number, end: number): void => {
    if (end <= first) return;
    from(field, first);
    from(field, end, -1);
  };
  for (const member of members) {
    const { leave, start, moment, way, seen } = member;
    if (member.hindered) continue;
    if (leave[0] < 0) between("away", Math.min(leave[0] + 7 * 24, DUE + 72), leave[1]);
    if (!starts(member)) {
      if (leave[0] >= moment - 1) between("unclear", leave[0] + 1, leave[0] + 72);
      if (leave[0] >= 0) from("away", moment + 72);
      continue;
    }
    from("started", start);
    if (way === "reports") from("failures", moment + 24);
    else between("unclear", start + 1, way === "good" ? seen : start + 72);
    if (way === "silent") from("failures", start + 72);
    if (way === "good") from("settled", Math.max(seen, start + 48));
  }
  const sum = { settled: 0, started: 0, failures: 0, unclear: 0, away: 0 };
  const hinderedBefore = members.filter(({ hindered }) => hindered).length;
  return changes.map((change) => {
    for (const field of Object.keys(sum) as Field[]) sum[field] += change[field];
    const { settled, away, started: startedSince, failures: failuresSince, unclear: unclearSince } = sum;
    return {
      ...NO_COUNTS,
      members: members.length,
      hinderedBefore,
      settled,
      away,
      startedSince,
      failuresSince,
      unclearSince,
    };
  });
}

/** The same by what would be stored of each member, and by `outcomeOf`. */
export function countedByOutcome(members: readonly ModelMember[], hour: number): RingCounts {
  const counted = members.map((member) => {
    const facts = factsAt(member, hour);
    return { outcome: outcomeOf(facts, hour * HOUR, "normal"), startedAt: facts.startedAt };
  });
  return countsOf(counted, 0, hour * HOUR);
}

function factsAt(member: ModelMember, hour: number): MemberFacts {
  const { leave, start, moment, way, seen, hindered } = member;
  const at = (hours: number): number => hours * HOUR;
  const started = starts(member) && hour >= start;
  const isGood = started && way === "good" && hour >= seen;
  const installs = started && !isGood && way !== "reports";
  const gone = !started && isSilentAt(member, hour);
  return {
    openedAt: 0,
    givenAt: 0,
    startedAt: started ? at(start) : null,
    lastSeenAt: at(installs ? start : gone ? leave[0] : hour),
    reachedAt: isGood ? at(seen) - HOUR : null,
    wentBackAt: null,
    installingAt: installs ? at(start) : null,
    signs: { at: [], since: null },
    report: started && way === "reports" ? { at: at(start), namesHindrance: false } : null,
    jobFailedAt: null,
    hindrance: hindered ? { since: -1 } : null,
    // On leave it was told the ring's moment, or none yet.
    momentAt: at(gone ? DUE : moment),
    excluded: false,
  };
}

export const ringOfModel = (size: number, rate: number, away: boolean, random: Random): readonly ModelMember[] =>
  Array.from({ length: size }, (_, place) => memberOf(place, rate, away, random));

function endingOf(hours: readonly RingCounts[]): Ending {
  const terms = {
    maxFailurePercent: MAX_FAILURE_PERCENT,
    last: false,
    approval: "gate",
    deadlineAt: DUE * HOUR,
    openedAt: 0,
    openSince: 0,
  } as const;
  for (const [hour, counts] of hours.entries()) {
    if (failRule(counts, MAX_FAILURE_PERCENT).pause) return "pause";
    const { what } = passRule(counts, terms, hour * HOUR);
    if (what !== "nothing") return what === "pass" ? "next" : "ask";
  }
  throw new Error("The ring has not passed, paused or asked.");
}

/** How many percent of the runs end how: next, pause, ask. */
export function figuresOf(
  cell: { readonly size: number; readonly percent: number; readonly away: boolean },
  runs: number,
  seed: string,
): readonly number[] {
  const random = seeded(seed);
  const ends: Record<Ending, number> = { next: 0, pause: 0, ask: 0 };
  for (let run = 0; run < runs; run += 1)
    ends[endingOf(ringCounts(ringOfModel(cell.size, cell.percent / 100, cell.away, random)))] += 1;
  return [ends.next, ends.pause, ends.ask].map((count) => (100 * count) / runs);
}
