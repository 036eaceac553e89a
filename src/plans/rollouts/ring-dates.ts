/** When a ring opens and by when its devices must have the release: as planned, and as it is once the ring has opened. */
import { plannedFor, deadlineFor } from "../deadlines/deadline-for.ts";
import { addDays, type LocalDateTime } from "../deadlines/local.ts";
import type { Days } from "../deadlines/days.ts";
import { ringsIn, type StandingTerms } from "../standing/terms.ts";
import { openingFrom } from "./opening.ts";
import type { RingRun, Rollout } from "./rollout.ts";
import { urgentDue, urgentOpening } from "./urgent.ts";

export interface RingDates {
  /** ms UTC; null: it follows a ring that has not opened, or the plan has no such ring any more. */
  readonly plannedAt: number | null;
  /** On the plan's own clock. A device's deadline may be another: its zone, its notice and its place in the spread count. Null: no day is left. */
  readonly dueLocal: LocalDateTime | null;
}

export interface RingDatesInput {
  readonly terms: StandingTerms;
  readonly zone: string;
  readonly rollout: Rollout;
  readonly run: RingRun;
  /** When the server saw the release; for an urgent run: when it knew that the release is urgent. ms UTC. */
  readonly knownAt: number;
  /** When the urgent run of the first ring opened (ms UTC); null: it has not. */
  readonly firstOpenedAt: number | null;
  readonly blackouts: readonly Days[];
}

export function ringDates({ terms, zone, rollout, run, knownAt, firstOpenedAt, blackouts }: RingDatesInput): RingDates {
  const rings = ringsIn(terms);
  const ring = rings[run.ring];
  const { urgentDays, at, skipWeekdays, noticeHours } = terms;
  if (ring === undefined || (run.urgent && urgentDays === null)) return { plannedAt: null, dueLocal: null };
  const { base } = rollout;
  const days = { ring: run.ring, rings: rings.length, urgentDays: urgentDays ?? 0 };
  const plannedAt = run.urgent
    ? urgentOpening({ ...days, base, zone, knownAt, firstOpenedAt })
    : openingFrom(addDays(base, ring.opens), zone, knownAt, "working");
  const common = {
    due: { base, days: run.urgent ? urgentDue(days) : ring.due, at },
    clock: { kind: "known", zone },
    // Skipped weekdays are for what is not urgent.
    rules: { skipWeekdays: run.urgent ? [] : skipWeekdays, blackouts },
  } as const;
  const found =
    run.openedAt === null
      ? plannedFor(common)
      : deadlineFor({ ...common, noticeHours, urgent: run.urgent, openAt: run.openedAt, slot: 0 });
  return { plannedAt, dueLocal: found.kind === "deadline" ? found.local : null };
}
