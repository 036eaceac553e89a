/**
 * The deadline and the moment of a device by a plan's days (targets D3, D6): skipped weekdays, blackouts, the notice and the spread.
 * A plan that promises no notice keeps its deadline as it was asked for, unless a blackout covers it.
 */
import { deadlineAfter } from "../deadlines/blackout-added.ts";
import { noticeOf } from "../deadlines/clock.ts";
import { blackoutOn, type Covered, coveredBy, type Days } from "../deadlines/days.ts";
import { deadlineFor } from "../deadlines/deadline-for.ts";
import { addDays, dateOf, type LocalDateTime, type Weekday } from "../deadlines/local.ts";
import { momentFor } from "../deadlines/moment.ts";
import type { NoDayLeft } from "../deadlines/search.ts";
import type { JobSeed } from "../jobs/job.ts";
import { clockOf } from "../jobs/clock-of.ts";
import { instantIn } from "../jobs/window.ts";
import type { Deadline } from "./deadline.ts";
import type { PlanSpec } from "./spec.ts";

/** The device and its clock, as a decision has them. */
export interface DueFor {
  readonly when: Pick<JobSeed, "zone" | "zoneKnown" | "zoneNamed" | "window">;
  readonly blackouts: readonly Days[];
  /** Its place in the plan's spread. */
  readonly slot: number;
}

/** Why a deadline is another than the one that was asked for. */
export interface MovedDue {
  readonly from: LocalDateTime;
  readonly to: LocalDateTime;
  /** What covers the days from the one asked for to the day before the new one, as a person reads it; "": nothing does. */
  readonly covered: string;
}

/** What of a job's terms follows from the plan's days. */
export interface DueTerms
  extends Pick<JobSeed, "deadline" | "deadlineAt" | "noticeMs" | "skipWeekdays" | "blackouts" | "moment"> {
  readonly moved?: MovedDue;
}

/** The terms of a device's job, whose deadline was asked for as `asked`, or the refusal that no day is left. */
export function dueTerms(
  asked: Deadline | undefined,
  spec: PlanSpec,
  device: DueFor,
  now: number,
): DueTerms | NoDayLeft {
  const { blackouts } = device;
  const covering = blackouts.length === 0 ? {} : { blackouts };
  if (asked === undefined) return covering;
  const found = deadlineOf(asked, spec, device, now);
  if (typeof found !== "string") return found;
  const { skipWeekdays = [], noticeHours } = spec;
  const moved = found !== asked.local;
  const deadline = { deadline: found, deadlineAt: moved ? instantIn(found, device.when.zone) : asked.at };
  const why = moved
    ? { moved: { from: asked.local, to: found, covered: coverText(coverOf(asked.local, found, spec, blackouts)) } }
    : {};
  if (noticeHours === undefined) return { ...covering, ...deadline, ...why };
  const clock = clockOf(device.when);
  const notice = noticeOf(noticeHours, clock, false);
  const { window } = device.when;
  const rules = { skipWeekdays, blackouts };
  const moment = momentFor({ deadline: found, clock, rules, notice, ...(window === undefined ? {} : { window }) }, now);
  if (moment.kind === "no-day-left") return moment;
  return {
    ...covering,
    ...deadline,
    ...why,
    noticeMs: notice,
    ...(skipWeekdays.length === 0 ? {} : { skipWeekdays }),
    ...(moment.late ? { moment: moment.local } : {}),
  };
}

function deadlineOf(
  { local }: Deadline,
  { noticeHours, skipWeekdays = [] }: PlanSpec,
  { when, blackouts, slot }: DueFor,
  now: number,
): LocalDateTime | NoDayLeft {
  const clock = clockOf(when);
  const rules = { skipWeekdays, blackouts };
  if (noticeHours === undefined) {
    if (blackoutOn(dateOf(local), blackouts) === undefined) return local;
    const moved = deadlineAfter({ deadline: local, clock, rules, notice: 0 });
    return moved.kind === "moved" ? moved.local : moved;
  }
  const found = deadlineFor({ due: { local }, clock, rules, noticeHours, urgent: false, openAt: now, slot });
  return found.kind === "deadline" ? found.local : found;
}

/** Each cause once, in the order of the days. */
function coverOf(
  from: LocalDateTime,
  to: LocalDateTime,
  { skipWeekdays = [] }: PlanSpec,
  blackouts: readonly Days[],
): readonly Covered[] {
  const covered = new Map<string, Covered>();
  for (let day = dateOf(from); day < dateOf(to); day = addDays(day, 1)) {
    const why = coveredBy(day, { skipWeekdays, blackouts });
    if (why !== undefined) covered.set(JSON.stringify(why), why);
  }
  return [...covered.values()];
}

const WEEKDAY: Readonly<Record<Weekday, string>> = {
  mon: "Mondays",
  tue: "Tuesdays",
  wed: "Wednesdays",
  thu: "Thursdays",
  fri: "Fridays",
  sat: "Saturdays",
  sun: "Sundays",
};

/** What covers days, as a person reads it: "blackout christmas, Saturdays, Sundays". */
export const coverText = (covered: readonly Covered[]): string =>
  covered.map((one) => (one.by === "blackout" ? `blackout ${one.name}` : WEEKDAY[one.weekday])).join(", ");

/** For the words of the refusal. */
export const noDayParams = ({ from, to, covered }: NoDayLeft): Readonly<Record<string, string>> => ({
  from,
  to,
  covered: coverText(covered),
});
