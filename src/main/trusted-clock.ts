/**
 * The one place that decides which time is believed. A system clock that jumps forward (a wrong time server, a restored
 * virtual machine, a typing error) must not end links, identities, jobs and history at once, which nothing brings back. So the
 * server does not read the system clock: it asks here, and while the clock is suspect it is told the last believed time
 * plus what the monotonic clock has counted since. Nothing that expires has to know of this. A step back is believed at once:
 * what was to happen is moved with it (`service/due-work.ts`).
 */
import type { ClockPort, ClockSuspicion } from "../service/index.ts";

/** The system clock (integer ms UTC) and the monotonic clock (ms, from any start), read together. */
export interface Reading {
  readonly wall: number;
  readonly mono: number;
}

const HOUR = 3_600_000;
/** A step forward of more than this against monotonic time is suspect. A paused virtual machine makes such steps too. */
export const STEP = HOUR;
/** So is a start this long after the last moment that was recorded: nothing has measured the time in between. */
export const AWAY = 30 * 24 * HOUR;
/** Who has not corrected a clock after a day, by monotonic time, has a right clock. */
export const BELIEVED_AFTER = 24 * HOUR;

export interface ClockState {
  /** The last reading whose system clock was believed. */
  readonly anchor: Reading;
  /** Since when (monotonic) the system clock is suspect, and how far (ms) it may be ahead to be believed again. */
  readonly suspect: { readonly since: number; readonly slack: number } | undefined;
  /** What was believed before a step back. A step forward again that stays within it, and `slack` ms, is its correction. */
  readonly before: (Reading & { readonly slack: number }) | undefined;
}

/** `recorded`: the latest moment that a server on this database has recorded; undefined at its first start. */
export function startState(recorded: number | undefined, reading: Reading): ClockState {
  const { wall, mono } = reading;
  if (recorded !== undefined && wall - recorded > AWAY)
    return { anchor: { wall: recorded, mono }, suspect: { since: mono, slack: AWAY }, before: undefined };
  const back = recorded !== undefined && wall < recorded - STEP;
  return {
    anchor: reading,
    suspect: undefined,
    before: back ? { wall: recorded, mono, slack: AWAY } : undefined,
  };
}

const counted = (since: Reading, mono: number): number => since.wall + (mono - since.mono);

/** The time that is believed at a reading that was looked at, ms UTC. */
export function trusted(state: ClockState, { wall, mono }: Reading): number {
  return state.suspect === undefined ? wall : Math.floor(counted(state.anchor, mono));
}

/** What a look at the clocks changes. */
export function look(state: ClockState, reading: Reading): ClockState {
  const { wall, mono } = reading;
  const { anchor, suspect } = state;
  const ahead = wall - counted(anchor, mono);
  if (suspect !== undefined) {
    if (ahead > suspect.slack && mono - suspect.since < BELIEVED_AFTER) return state;
    return { anchor: reading, suspect: undefined, before: undefined };
  }
  const before = isForgotten(state, reading) ? undefined : state.before;
  if (before !== undefined && wall < counted(before, mono)) return { anchor: reading, suspect, before };
  if (ahead > STEP && (before === undefined || wall > counted(before, mono) + before.slack))
    return { anchor, suspect: { since: mono, slack: STEP }, before: undefined };
  const back = ahead < -STEP ? { wall: counted(anchor, mono), mono, slack: STEP } : undefined;
  return { anchor: reading, suspect, before: back };
}

/** A clock that nobody has corrected for a day after it stepped back was wrong before. */
export const isForgotten = ({ before }: ClockState, { mono }: Reading): boolean =>
  before !== undefined && mono - before.mono >= BELIEVED_AFTER;

export interface TrustedClock extends ClockPort {
  /** The time that is believed, integer ms UTC. */
  now(): number;
}

export interface TrustedClockOptions {
  readonly recorded: number | undefined;
  readonly read?: () => Reading;
  onSuspect(suspicion: ClockSuspicion): void;
  onBelieved(why: "came-back" | "after-a-day" | "accepted"): void;
}

const systemReading = (): Reading => ({ wall: Date.now(), mono: performance.now() });

export function createTrustedClock(options: TrustedClockOptions): TrustedClock {
  const read = options.read ?? systemReading;
  let state = startState(options.recorded, read());
  let lower = false;

  const suspicionAt = (reading: Reading): ClockSuspicion | null => {
    if (state.suspect === undefined) return null;
    const now = trusted(state, reading);
    const since = now - Math.floor(reading.mono - state.suspect.since);
    return { since, system: reading.wall, ahead: reading.wall - now, until: since + BELIEVED_AFTER };
  };
  const told = (): void => {
    const suspicion = suspicionAt(read());
    if (suspicion !== null) options.onSuspect(suspicion);
  };
  const looked = (): Reading => {
    const reading = read();
    const was = state;
    state = look(was, reading);
    if (state.suspect !== undefined && was.suspect === undefined) told();
    if (state.suspect === undefined && was.suspect !== undefined)
      options.onBelieved(reading.mono - was.suspect.since >= BELIEVED_AFTER ? "after-a-day" : "came-back");
    if (isForgotten(was, reading)) lower = true;
    return reading;
  };
  told();

  return {
    now: () => {
      const reading = looked();
      return trusted(state, reading);
    },
    system: () => read().wall,
    suspicion: () => suspicionAt(looked()),
    accept() {
      const reading = looked();
      if (state.suspect === undefined) return;
      state = { anchor: reading, suspect: undefined, before: undefined };
      options.onBelieved("accepted");
    },
    record() {
      const reading = looked();
      const said = { at: trusted(state, reading), lower };
      lower = false;
      return said;
    },
  };
}
