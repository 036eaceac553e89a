/** The day from which a plan counts for a release (targets D2). */
import { DAY } from "../jobs/units.ts";
import { dateAt } from "./clock.ts";
import { addDays, later, type LocalDate } from "./local.ts";

export interface BaseInput {
  readonly postedOn: LocalDate;
  /** Days that a release must be old (T5). */
  readonly ageDays: number;
  /** The day on which a new major starts to count (T4); absent: it counts. */
  readonly countsFrom?: LocalDate;
  /** When this server first saw the release, and its last good fetch before that (ms UTC). */
  readonly seenAt: number;
  readonly fetchedBefore?: number | undefined;
  readonly activatedAt: number;
  /** The plan's zone, in which moments are days. */
  readonly zone: string;
}

/** From one fetch to the next; after a longer gap the release may have been there for days. */
const GAP = 2 * DAY;

/** The first day on which the plan could pick the release. It is frozen with the rollout: an edit of the plan does not change it. */
export function baseOf(input: BaseInput): LocalDate {
  const { postedOn, ageDays, countsFrom, seenAt, fetchedBefore, activatedAt, zone } = input;
  const dayOf = (at: number): LocalDate => dateAt(at, { kind: "known", zone });
  const seenLate = fetchedBefore === undefined || seenAt - fetchedBefore > GAP;
  return [
    addDays(postedOn, ageDays),
    dayOf(activatedAt),
    ...(countsFrom === undefined ? [] : [countsFrom]),
    ...(seenLate ? [dayOf(seenAt)] : []),
  ].reduce(later);
}
