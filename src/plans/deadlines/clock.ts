/**
 * The clock of a device, and what is known of it where its zone is unknown (targets D10): nobody may be told too late or be
 * called late too early, so both ends of what its clock may show are asked.
 */
import { Temporal } from "temporal-polyfill";
import { isAbsolute, deadlineIn, shownOnce } from "../decisions/deadline.ts";
import { FURTHEST_AHEAD, FURTHEST_BEHIND } from "../jobs/window.ts";
import { remember } from "./remember.ts";
import { HOUR, MINUTE } from "../jobs/units.ts";
import { atTime, dateOf, later, type LocalDate, type LocalDateTime, type LocalTime, timeOf } from "./local.ts";

/** `named`: the zones in which an admin says that devices of unknown zone are; empty: none is named, and it may be anywhere. */
export type Clock =
  | { readonly kind: "known"; readonly zone: string }
  | { readonly kind: "unknown"; readonly named: readonly string[] };

const ANYWHERE = [FURTHEST_AHEAD, FURTHEST_BEHIND];

/** The zones in one of which the device is, or the furthest of them. */
function zonesOf(clock: Clock): readonly string[] {
  if (clock.kind === "known") return [clock.zone];
  return clock.named.length === 0 ? ANYWHERE : clock.named;
}

/** The first moment (ms UTC) at which any of the device's possible clocks shows this time; after a gap, the end of the gap. */
export const firstShown = (local: LocalDateTime, clock: Clock): number =>
  Math.min(...zonesOf(clock).map((zone) => shownIn(local, zone).first));

/** The last moment (ms UTC) at which one of them does: by the later pass, where the time comes twice. */
export const lastShown = (local: LocalDateTime, clock: Clock): number =>
  Math.max(...zonesOf(clock).map((zone) => shownIn(local, zone).last));

const shownIn = remember((local: LocalDateTime, zone: string): { first: number; last: number } => {
  const wall = Temporal.PlainDateTime.from(local);
  const early = wall.toZonedDateTime(zone, { disambiguation: "earlier" });
  const first = early.epochMilliseconds;
  const last = wall.toZonedDateTime(zone, { disambiguation: "later" }).epochMilliseconds;
  if (first === last || early.toPlainDateTime().equals(wall)) return { first, last };
  const after = shownOnce(wall, zone).toZonedDateTime(zone).epochMilliseconds;
  return { first: after, last: after };
});

/** Whether a deadline or a moment counts as reached when a device is told, recalled or refused: on any of its clocks. */
export const mayHavePassed = (local: LocalDateTime, clock: Clock, now: number): boolean =>
  firstShown(local, clock) <= now;

/** Whether it has passed on every one of them: only then is a device called overdue. */
export const hasPassed = (local: LocalDateTime, clock: Clock, now: number): boolean => lastShown(local, clock) < now;

/** What the clock shows at a moment (ms UTC), up to the next minute; the latest of its possible clocks. */
export const shownAt = (at: number, clock: Clock): LocalDateTime => read(Math.ceil(at / MINUTE) * MINUTE, clock);

/** No clock is, or was, further ahead of UTC: the latest are at UTC+14. */
const AHEAD = 16 * HOUR;

/** The later of `local` and what the clock shows at a moment: most deadlines are days away, and then no clock has to be asked. */
export const notBefore = (local: LocalDateTime, at: number, clock: Clock): LocalDateTime =>
  new Date(at + AHEAD).toISOString().slice(0, 16) <= local ? local : later(local, shownAt(at, clock));

/** The date that it shows; the latest of its possible clocks. */
export const dateAt = (at: number, clock: Clock): LocalDate => dateOf(read(at, clock));

const read = (at: number, clock: Clock): LocalDateTime =>
  zonesOf(clock)
    .map((zone) => readIn(zone, Math.floor(at / MINUTE) * MINUTE))
    .reduce(later);

const readIn = remember((zone: string, at: number): LocalDateTime => {
  const instant = Temporal.Instant.fromEpochMilliseconds(at);
  return instant.toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: "minute" });
});

/** Before it clocks change somewhere: a device of unknown zone is told no time from 00:00 to 03:59. */
const MORNING: LocalTime = "04:00";

/**
 * The first time at or after `local` that the device may be told: its clock shows it once. A skipped time becomes the first
 * after the gap and one that comes twice the first after both passes, which may be on the next day.
 */
export function tellable(local: LocalDateTime, clock: Clock): LocalDateTime {
  if (clock.kind === "unknown") return timeOf(local) < MORNING ? atTime(dateOf(local), MORNING) : local;
  return shownOnceIn(local, clock.zone);
}

const shownOnceIn = remember(
  (local: LocalDateTime, zone: string): LocalDateTime =>
    shownOnce(Temporal.PlainDateTime.from(local), zone).toString({ smallestUnit: "minute" }),
);

/**
 * A deadline as an admin writes it, on the device's clock. One with "Z" or an offset is a moment: where only zones are named it
 * is the latest that their clocks show then, so that it is never earlier than asked for. Undefined where none is named: the device
 * is refused (`zone-unknown`). Throws `deadline-invalid`.
 */
export function localOf(text: string, clock: Clock): LocalDateTime | undefined {
  if (!isAbsolute(text)) return tellable(deadlineIn(text, "UTC").local, clock);
  if (clock.kind === "unknown" && clock.named.length === 0) return undefined;
  const latest = zonesOf(clock)
    .map((zone) => deadlineIn(text, zone).local)
    .reduce(later);
  return tellable(latest, clock);
}

/** Hours of notice that are never undercut where the zone is unknown: a guess may be wrong by most of a day. */
const NOTICE_UNKNOWN = 24;
/** An urgent release is announced at most so long before (U2). */
const NOTICE_URGENT = 4;

/** The notice (ms) that a device gets between being told and its moment. */
export function noticeOf(hours: number, clock: Clock, urgent: boolean): number {
  const wanted = urgent ? Math.min(hours, NOTICE_URGENT) : hours;
  return (clock.kind === "unknown" ? Math.max(wanted, NOTICE_UNKNOWN) : wanted) * HOUR;
}
