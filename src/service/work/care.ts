/** What the server does for an enrollment by itself: asks what it must know, wakes silent devices. */
import { transaction, type Write } from "../../store/index.ts";
import { FACTS_AGE, PUSH_AGAIN } from "../enrollment/device-facts.ts";
import { askWhatMustBeKnown, organizationLookup, organizationOf } from "../check-in/check-in.ts";
import { release } from "../enrollment/configured.ts";
import { startDeclarations, sync } from "../enrollment/declarations.ts";
import { deviceLookups, UnitOfWork } from "../enrollment/unit-of-work.ts";
import { everyoneLookup, settle, takePolicy } from "../enrollment/standing.ts";

export interface TendInput {
  readonly enrollmentId: string;
  readonly firstId: string;
  readonly now: number;
}

/** Distances between pushes to a device that leaves commands unanswered: 15 min, 1 h, 4 h, then daily. */
const HOUR = 3_600_000;
const WAKE: readonly number[] = [PUSH_AGAIN, HOUR, 4 * HOUR, 24 * HOUR];

export const tend = transaction({
  name: "tend",
  reads: (input: TendInput) => ({
    enrollment: { from: "enrollment", where: { id: input.enrollmentId } },
    ...deviceLookups,
    organization: organizationLookup,
    everyone: everyoneLookup,
  }),
  decide(input: TendInput, seen): { writes: Write[]; result: null } {
    const enrollment = seen.enrollment[0];
    if (enrollment === undefined) return { writes: [], result: null };
    const unit = new UnitOfWork(enrollment, seen, input.firstId, input.now);
    const { state, unheard } = enrollment;
    if (state !== "enrolled") {
      unit.patch({ dueAt: null, leaseUntil: 0 });
      return { writes: unit.writes, result: null };
    }
    // This turn is used up; what follows sets the next one.
    unit.patch({ dueAt: null, leaseUntil: 0 });
    // Its time has come, or it failed or got lost: a device must not sit in Setup Assistant for that.
    release(unit);
    const waiting = [...unit.outstanding.values()].some((row) => row.origin !== "job");
    if (waiting) {
      unit.push();
      unit.patch({ unheard: unheard + 1 });
      unit.lookAfter(input.now + (WAKE[Math.min(unheard + 1, WAKE.length - 1)] ?? 24 * HOUR));
    } else {
      resync(unit);
      // A device that is only late with its sync has told its facts lately.
      if (!unit.unsynced || (enrollment.factsAskedAt ?? 0) + FACTS_AGE <= input.now) askWhatMustBeKnown(unit);
      startDeclarations(unit, organizationOf(seen));
      takePolicy(unit, seen.everyone);
      settle(unit, true);
      release(unit);
      unit.push();
    }
    return { writes: unit.writes, result: null };
  },
});

/** The command was answered and no sync followed: it is repeated, less and less often. */
function resync(unit: UnitOfWork): void {
  const row = unit.declarative;
  if (row === undefined || !unit.unsynced) return;
  unit.patchDeclarative({ tries: row.tries + 1 });
  sync(unit);
  unit.patch({ dueAt: unit.now + (WAKE[Math.min(row.tries, WAKE.length - 1)] ?? 24 * HOUR) });
}
