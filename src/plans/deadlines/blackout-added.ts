/** What a new blackout moves for a device that it covers (targets D11). */
import { mayHavePassed } from "./clock.ts";
import { blackoutOn, type Days } from "./days.ts";
import { dateOf, type LocalDate, type LocalDateTime, timeOf } from "./local.ts";
import { momentFor, type MomentTerms } from "./moment.ts";
import { firstDay, type NoDayLeft } from "./search.ts";

/** A time that moves, or for which no day is left. */
export type Moved = { readonly kind: "moved"; readonly local: LocalDateTime } | NoDayLeft;

export interface AfterBlackout {
  /** Absent: the deadline stays. */
  readonly deadline?: Moved;
  /** Absent: the moment stays. */
  readonly moment?: Moved;
  /** The moment has passed: nothing is declared again, and the device may restart in the blackout. */
  readonly mayRestart: boolean;
}

/**
 * The deadline and the moment of a device after `added`, which is among `rules.blackouts`. What lies inside it and is ahead moves to
 * the first day that is left; what has passed stays, and so does a moment before it: a later one would cost a download. `moment`: absent where the device has been told none.
 */
export function afterBlackout(
  terms: MomentTerms & { readonly moment?: LocalDateTime },
  added: Days,
  now: number,
): AfterBlackout {
  const { deadline, moment, clock } = terms;
  const moves = (local: LocalDateTime): boolean =>
    blackoutOn(dateOf(local), [added]) !== undefined && !mayHavePassed(local, clock, now);
  const newDeadline = moves(deadline) ? deadlineAfter(terms) : undefined;
  const due = newDeadline?.kind === "moved" ? newDeadline.local : deadline;
  return {
    ...(newDeadline === undefined ? {} : { deadline: newDeadline }),
    ...(moment !== undefined && moves(moment)
      ? { moment: momentAfter({ ...terms, deadline: due, from: dateOf(moment) }, now) }
      : {}),
    mayRestart: moment !== undefined && mayHavePassed(moment, clock, now),
  };
}

/** A deadline moved by D3 step 3: the notice was there before, so that any later day keeps it. */
export function deadlineAfter({ deadline, clock, rules }: MomentTerms): Moved {
  const found = firstDay({ date: dateOf(deadline), time: timeOf(deadline), clock, rules });
  return found.kind === "day" ? { kind: "moved", local: found.local } : found;
}

function momentAfter(terms: MomentTerms & { readonly from: LocalDate }, now: number): Moved {
  const found = momentFor(terms, now);
  return found.kind === "moment" ? { kind: "moved", local: found.local } : found;
}
