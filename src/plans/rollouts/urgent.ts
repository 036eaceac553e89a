/** The days of urgent runs (targets U2): rings follow each other by the clock, within `urgentDays`. */
import { addDays, type LocalDate } from "../deadlines/local.ts";
import { dateIn, openingFrom } from "./opening.ts";
import type { RingCounts } from "./counts.ts";

export interface UrgentTerms {
  /** The ring's place, from 0, and how many rings there are. */
  readonly ring: number;
  readonly rings: number;
  readonly urgentDays: number;
}

/** Days after the one on which the first ring opened. */
export const urgentOpens = ({ ring, rings, urgentDays }: UrgentTerms): number =>
  Math.floor((ring * urgentDays) / rings);

/** Days after `base`. */
export const urgentDue = ({ ring, rings, urgentDays }: UrgentTerms): number =>
  Math.ceil(((ring + 1) * urgentDays) / rings);

/**
 * When an urgent run opens by the clock (ms UTC). `firstOpenedAt`: when the first ring's urgent run opened; null: it has not, and
 * the days of the others do not count yet. `knownAt`: since when the release is known to be urgent.
 */
export function urgentOpening(
  terms: UrgentTerms & {
    readonly base: LocalDate;
    readonly zone: string;
    readonly knownAt: number;
    readonly firstOpenedAt: number | null;
  },
): number | null {
  const { ring, base, zone, knownAt, firstOpenedAt } = terms;
  if (ring === 0) return openingFrom(base, zone, knownAt, "any");
  if (firstOpenedAt === null) return null;
  return openingFrom(addDays(dateIn(firstOpenedAt, zone), urgentOpens(terms)), zone, knownAt, "any");
}

/** Whether the ring before has shown that the release installs: what the last ring needs, since no ring is left to learn from. */
export const isProven = (before: RingCounts): boolean => before.good > 0 && before.unclear === 0;
