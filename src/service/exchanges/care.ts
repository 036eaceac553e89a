/** What the server does for an enrollment by itself: asks what it must know, wakes silent devices. */
import { exchange, type Write } from "../../store/index.ts";
import { FACTS_AGE, PUSH_AGAIN } from "../device-facts.ts";
import { askWhatMustBeKnown, organizationLookup, organizationOf } from "./check-in.ts";
import { release } from "./configured.ts";
import { startDeclarations, sync } from "./declarations.ts";
import { deviceLookups, Scene } from "./scene.ts";
import { everyoneLookup, settle, takePolicy } from "./standing.ts";

export interface TendAsk {
  readonly enrollmentId: string;
  readonly firstId: string;
  readonly now: number;
}

/** Distances between pushes to a device that leaves commands unanswered: 15 min, 1 h, 4 h, then daily. */
const HOUR = 3_600_000;
const WAKE: readonly number[] = [PUSH_AGAIN, HOUR, 4 * HOUR, 24 * HOUR];

export const tend = exchange({
  name: "tend",
  reads: (ask: TendAsk) => ({
    enrollment: { from: "enrollment", where: { id: ask.enrollmentId } },
    ...deviceLookups,
    organization: organizationLookup,
    everyone: everyoneLookup,
  }),
  decide(ask: TendAsk, seen): { writes: Write[]; said: null } {
    const enrollment = seen.enrollment[0];
    if (enrollment === undefined) return { writes: [], said: null };
    const scene = new Scene(enrollment, seen, ask.firstId, ask.now);
    const { state, unheard } = enrollment;
    if (state !== "enrolled") {
      scene.patch({ dueAt: null, leaseUntil: 0 });
      return { writes: scene.writes, said: null };
    }
    // This turn is used up; what follows sets the next one.
    scene.patch({ dueAt: null, leaseUntil: 0 });
    // Its time has come, or it failed or got lost: a device must not sit in Setup Assistant for that.
    release(scene);
    const waiting = [...scene.outstanding.values()].some((row) => row.origin !== "job");
    if (waiting) {
      scene.push();
      scene.patch({ unheard: unheard + 1 });
      scene.lookAfter(ask.now + (WAKE[Math.min(unheard + 1, WAKE.length - 1)] ?? 24 * HOUR));
    } else {
      resync(scene);
      // A device that is only late with its sync has told its facts lately.
      if (!scene.unsynced || (enrollment.factsAskedAt ?? 0) + FACTS_AGE <= ask.now) askWhatMustBeKnown(scene);
      startDeclarations(scene, organizationOf(seen));
      takePolicy(scene, seen.everyone);
      settle(scene, true);
      release(scene);
      scene.push();
    }
    return { writes: scene.writes, said: null };
  },
});

/** The command was answered and no sync followed: it is repeated, less and less often. */
function resync(scene: Scene): void {
  const row = scene.declarative;
  if (row === undefined || !scene.unsynced) return;
  scene.patchDeclarative({ tries: row.tries + 1 });
  sync(scene);
  scene.patch({ dueAt: scene.now + (WAKE[Math.min(row.tries, WAKE.length - 1)] ?? 24 * HOUR) });
}
