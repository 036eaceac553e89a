/** When a member of a ring has started (targets R6): from then on it counts in the gate's numbers. */

/** What was seen of a member, each at its first time, ms UTC; null: not seen. */
export interface StartSigns {
  /** An install order was delivered. */
  readonly orderedAt: number | null;
  /** The device reported a state of an install. */
  readonly installStateAt: number | null;
  readonly fetchedAt: number | null;
  readonly momentAt: number | null;
  /** The first contact at or after its moment. */
  readonly heardPastMomentAt: number | null;
  /** Observed at or above the release. */
  readonly reachedAt: number | null;
  /** When its ring opened: a member that was there before started then. */
  readonly openedAt: number;
}

/** The first sign, but not before the opening; null: it has not started. */
export function startOf(signs: StartSigns): number | null {
  const { orderedAt, installStateAt, reachedAt, openedAt } = signs;
  const first = [orderedAt, installStateAt, enforcedAt(signs), reachedAt].filter((at) => at !== null);
  return first.length === 0 ? null : Math.max(openedAt, Math.min(...first));
}

/** Heard after the moment with the declaration fetched: the device enforces it. */
function enforcedAt({ fetchedAt, momentAt, heardPastMomentAt }: StartSigns): number | null {
  if (fetchedAt === null || momentAt === null || heardPastMomentAt === null) return null;
  return heardPastMomentAt >= momentAt && heardPastMomentAt >= fetchedAt ? heardPastMomentAt : null;
}
