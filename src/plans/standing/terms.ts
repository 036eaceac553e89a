/** What a standing plan says beside what every plan says (targets W2): whom it governs, its days, and its rings. */
import type { LocalTime, Weekday } from "../deadlines/local.ts";
import type { PlanSpec } from "../decisions/spec.ts";
import { ringsOf } from "../rollouts/context.ts";
import type { Ring } from "../rollouts/rollout.ts";

export interface StandingTerms {
  /** Rules in their canonical text: the devices that match `include` and not `exclude`. */
  readonly include: string;
  readonly exclude: string | null;
  /** Days after a release's base by which the last ring must have it, and the time of day. */
  readonly days: number;
  readonly at: LocalTime;
  readonly noticeHours: number;
  readonly skipWeekdays: readonly Weekday[];
  /** 0 to 8 */
  readonly spreadHours: number;
  /** Rules in their canonical text. Empty: one ring, of all devices. */
  readonly rings: readonly Ring<string>[];
  /** 1 to 20 */
  readonly maxFailurePercent: number;
  /** Null: the plan has no urgent runs. */
  readonly urgentDays: number | null;
  /** When the plan was made (ms UTC): a release can be due only from then on. */
  readonly activatedAt: number;
  /** When an admin last changed what deadlines follow from; absent: never (ms UTC). */
  readonly editedAt?: number;
  /** The plan's revision since then; absent: that was not kept. */
  readonly editedRevision?: number;
  /** Who did; absent: that was not kept. */
  readonly editedBy?: string;
}

export type StandingSpec = PlanSpec & { readonly standing: StandingTerms };

/** What a request may leave out. */
export const STANDING_DEFAULTS = {
  noticeHours: 24,
  skipWeekdays: [],
  spreadHours: 0,
  rings: [],
  maxFailurePercent: 5,
  urgentDays: null,
} as const satisfies Partial<StandingTerms>;

/** The rings as the gate sees them: never empty. */
export const ringsIn = ({ rings, days }: StandingTerms): readonly Ring<string>[] => ringsOf(rings, days);
