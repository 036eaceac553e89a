/** What the server does for an enrollment automatically: asks what it must know, wakes silent devices. */
import { FACTS_AGE, PUSH_AGAIN } from "../enrollment/device-facts.ts";
import { enqueueSync } from "../enrollment/queue.ts";
import { everyoneLookup, organizationLookup, organizationOf } from "../enrollment/rows.ts";
import { forEnrollment } from "../enrollment/transaction.ts";
import type { UnitOfWork } from "../enrollment/unit-of-work.ts";
import { askWhatMustBeKnown } from "../enrollment/wake-up.ts";

export interface MaintainInput {
  readonly enrollmentId: string;
  readonly firstId: string;
  readonly now: number;
}

/** Distances between pushes to a device that leaves commands unanswered: 15 min, 1 h, 4 h, then daily. */
const HOUR = 3_600_000;
const WAKE: readonly number[] = [PUSH_AGAIN, HOUR, 4 * HOUR, 24 * HOUR];

export const maintain = forEnrollment({
  name: "maintain",
  patient: true,
  reads: (input: MaintainInput) => ({
    enrollment: { from: "enrollment", where: { id: input.enrollmentId } },
    organization: organizationLookup,
    everyone: everyoneLookup,
  }),
  none: null,
  apply(unit, { now }, rows, derive) {
    // This turn is used up; what follows sets the next one.
    unit.patch({ dueAt: null, leaseUntil: 0 });
    if (unit.enrollment.state !== "enrolled") return null;
    // Its time in Setup Assistant has come to an end, or DeviceConfigured failed or got lost: that goes before everything.
    unit.occasions.add("late");
    derive();
    if ([...unit.outstanding.values()].some((row) => row.origin !== "job")) {
      const unheard = unit.enrollment.unheard + 1;
      unit.patch({ unheard });
      unit.lookAfter(now + (WAKE[Math.min(unheard, WAKE.length - 1)] ?? 24 * HOUR));
    } else {
      resync(unit);
      // A device that is only late with its sync has told its facts lately.
      if (!unit.unsynced || (unit.enrollment.factsAskedAt ?? 0) + FACTS_AGE <= now) askWhatMustBeKnown(unit);
      unit.provisions = { organization: organizationOf(rows), everyone: rows.everyone };
      unit.occasions.add("look");
    }
    unit.push();
    return null;
  },
});

/** The command was answered and no sync followed: it is repeated, less and less often. */
function resync(unit: UnitOfWork): void {
  const row = unit.declarative;
  if (row === undefined || !unit.unsynced) return;
  unit.patchDeclarative({ tries: row.tries + 1 });
  enqueueSync(unit);
  unit.patch({ dueAt: unit.now + (WAKE[Math.min(row.tries, WAKE.length - 1)] ?? 24 * HOUR) });
}
