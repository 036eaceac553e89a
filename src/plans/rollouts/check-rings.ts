/**
 * What is checked of rings when a plan is saved (targets R1, R3). A device that has its declaration can no longer be held back, so
 * the gate must have decided before the next ring opens. Apple posts nearly everything from Monday to Thursday; after another day
 * the gate waits.
 */
import { Temporal } from "temporal-polyfill";
import { UptickError } from "../../errors/index.ts";
import { addDays, type LocalDate, type LocalDateTime } from "../deadlines/local.ts";
import { openingFrom } from "./opening.ts";
import type { Ring } from "./rollout.ts";

export interface RingTerms {
  /** Days of the plan's deadline. */
  readonly days: number;
  readonly noticeHours: number;
  /**
   * The planned deadline of a release with this base in a ring that is due so many days later, by the plan's time and its skipped
   * weekdays (D3 steps 1 and 3, without blackouts and notice).
   */
  readonly deadlineOf: (base: LocalDate, due: number) => LocalDateTime;
}

export type RingProblem =
  /** The last ring must take the rest and be due with the plan; no other may take the rest. */
  | { readonly kind: "last-ring"; readonly ring: string; readonly days: number }
  | { readonly kind: "rest-too-early"; readonly ring: string }
  | { readonly kind: "percent"; readonly ring: string }
  /** After a release of this weekday the ring is due before its notice has passed. */
  | { readonly kind: "due-too-early"; readonly ring: string; readonly weekday: string; readonly missingDays: number }
  /** After a release of this weekday the ring opens less than 48 h after the deadline of the ring before. */
  | { readonly kind: "opens-too-early"; readonly ring: string; readonly weekday: string; readonly missingDays: number };

/** A week without a clock change; the times are compared as local ones. */
const BASES = [
  ["Monday", "2026-08-17"],
  ["Tuesday", "2026-08-18"],
  ["Wednesday", "2026-08-19"],
  ["Thursday", "2026-08-20"],
] as const;
const SEEN_AT = "20:00";
const GATE_NEEDS_HOURS = 48;
/** More days than any skipped weekday can take. */
const MOST_MISSING = 60;

/** All problems, ring by ring; empty: the rings may be saved. A plan without rings has none. */
export function ringProblems(rings: readonly Ring[], terms: RingTerms): readonly RingProblem[] {
  return rings.flatMap((ring, place) => [
    ...placeProblems(ring, place === rings.length - 1, terms),
    ...BASES.flatMap(([weekday, base]) => dayProblems(ring, rings[place - 1], weekday, base, terms)),
  ]);
}

/** Throws `plan-invalid` with the first problem. */
export function checkRings(rings: readonly Ring[], terms: RingTerms): void {
  const [problem] = ringProblems(rings, terms);
  if (problem !== undefined) throw new UptickError("plan-invalid", sentenceOf(problem));
}

function placeProblems({ name: ring, who, due }: Ring, last: boolean, { days }: RingTerms): RingProblem[] {
  if (last) return who === "rest" && due === days ? [] : [{ kind: "last-ring", ring, days }];
  if (who === "rest") return [{ kind: "rest-too-early", ring }];
  if (typeof who !== "object" || who === null || !("percent" in who)) return [];
  const slots = typeof who.percent === "number" ? who.percent * 100 : 0;
  const fits = slots >= 1 && slots <= 10_000 && Math.abs(slots - Math.round(slots)) < 1e-6;
  return fits ? [] : [{ kind: "percent", ring }];
}

function dayProblems(
  { name: ring, opens, due }: Ring,
  before: Ring | undefined,
  weekday: string,
  base: LocalDate,
  { noticeHours, deadlineOf }: RingTerms,
): RingProblem[] {
  const opening = openingOf(base, opens);
  const told = opening.add({ hours: noticeHours });
  const laterDue = missing((more) => isBefore(timeOf(deadlineOf(base, due + more)), told));
  const decided =
    before === undefined ? undefined : timeOf(deadlineOf(base, before.due)).add({ hours: GATE_NEEDS_HOURS });
  const laterOpening = decided === undefined ? 0 : missing((more) => isBefore(openingOf(base, opens + more), decided));
  return [
    ...(laterDue === 0 ? [] : [{ kind: "due-too-early", ring, weekday, missingDays: laterDue } as const]),
    ...(laterOpening === 0 ? [] : [{ kind: "opens-too-early", ring, weekday, missingDays: laterOpening } as const]),
  ];
}

/** How many days more end it. */
function missing(isTooEarly: (more: number) => boolean): number {
  let more = 0;
  while (more < MOST_MISSING && isTooEarly(more)) more += 1;
  return more;
}

/** The opening of R1 for a release that the server sees in the evening of its day, as a local time. */
function openingOf(base: LocalDate, opens: number): Temporal.PlainDateTime {
  const seen = timeOf(`${base}T${SEEN_AT}`).toZonedDateTime("UTC").epochMilliseconds;
  const opening = openingFrom(addDays(base, opens), "UTC", seen, "working");
  const at = Temporal.Instant.fromEpochMilliseconds(opening);
  return at.toZonedDateTimeISO("UTC").toPlainDateTime();
}

const timeOf = (local: LocalDateTime): Temporal.PlainDateTime => Temporal.PlainDateTime.from(local);
const isBefore = (a: Temporal.PlainDateTime, b: Temporal.PlainDateTime): boolean =>
  Temporal.PlainDateTime.compare(a, b) < 0;
const daysText = (days: number): string => (days === 1 ? "1 day" : `${days} days`);

function sentenceOf(problem: RingProblem): string {
  const ring = `Ring "${problem.ring.slice(0, 100)}"`;
  switch (problem.kind) {
    case "last-ring":
      return `${ring} is the last one: it must take the rest of the devices and be due after ${daysText(problem.days)}, as the plan is.`;
    case "rest-too-early":
      return `${ring} takes the rest of the devices, so no ring may follow it.`;
    case "percent":
      return `${ring} must have a percentage from 0.01 to 100, with at most two decimals.`;
    case "due-too-early":
      return `${ring} is due too early: after a release on a ${problem.weekday} it needs ${daysText(problem.missingDays)} more, so that its notice passes before its deadline.`;
    case "opens-too-early":
      return `${ring} opens too early: after a release on a ${problem.weekday} it needs ${daysText(problem.missingDays)} more, to open 48 hours after the deadline of the ring before it.`;
  }
}
