/** Which deadline a device was given for a release, and which of them counts (targets D3 step 6, D4, D5). */
import { compareNamed, isSameNamed, type Named } from "../../catalog/index.ts";
import { later, earlier, type LocalDateTime } from "./local.ts";

/** The causes for which a deadline may move later. A governing plan that changes through a mere fact is none of them. */
export const MOVE_CAUSES = [
  "plan-edited",
  "blackout-added",
  "device-excluded",
  "release-blocked",
  "block-ended",
  "release-withdrawn",
  "release-replaced",
  "rollout-paused",
  "rollout-aborted",
  "rollout-resumed",
  "plan-resumed",
  "governing-plan-changed",
] as const;
export type MoveCause = (typeof MOVE_CAUSES)[number];

/** Causes after which the deadline is the later of the old one and the new one (H1, C9): they give time back and take none. */
const GIVES_BACK: ReadonlySet<MoveCause> = new Set(["block-ended", "rollout-resumed", "plan-resumed"]);

/** One row: the deadline of a device for a release. */
export interface Given extends Named {
  readonly planId: string;
  readonly ring: number;
  readonly local: LocalDateTime;
  readonly givenAt: number;
  /** Of its plan then; absent: that was not kept. */
  readonly revision?: number;
  /** Why it was moved last; absent: it never was. */
  readonly cause?: MoveCause;
}

/** Apple replaced the release while nothing newer was open to the device: its deadline is that of the newer one's ring (targets C5). */
export const isVoid = ({ cause }: Given): boolean => cause === "release-replaced";

/** The row that is stored, and what the timeline says of it (`deadline-moved`, who is the caller's); absent: nothing moved. */
export interface Kept {
  readonly given: Given;
  readonly moved?: { readonly from: LocalDateTime; readonly to: LocalDateTime; readonly cause?: MoveCause };
}

/** The new deadline where there is none yet, or where `cause` allows it; else the earlier of the two. */
export function keep(before: Given | undefined, computed: Omit<Given, "cause">, cause?: MoveCause): Kept {
  if (before === undefined) return { given: computed };
  const local = chosen(before.local, computed.local, cause);
  if (local === before.local) return { given: before };
  return {
    given: { ...computed, local, ...(cause === undefined ? {} : { cause }) },
    moved: { from: before.local, to: local, ...(cause === undefined ? {} : { cause }) },
  };
}

function chosen(had: LocalDateTime, computed: LocalDateTime, cause: MoveCause | undefined): LocalDateTime {
  if (cause === undefined) return earlier(had, computed);
  return GIVES_BACK.has(cause) ? later(had, computed) : computed;
}

/**
 * The deadline that counts: the earliest of those given for releases above the installed one. `dead`: releases that are
 * withdrawn, blocked, paused or aborted for the device. Undefined: it has none.
 */
export function deadlineOf(
  rows: readonly Given[],
  installed: Named,
  dead: readonly Named[],
): LocalDateTime | undefined {
  return rows
    .filter((row) => compareNamed(row, installed) > 0 && !dead.some((release) => isSameNamed(release, row)))
    .map(({ local }) => local)
    .reduce<LocalDateTime | undefined>(
      (first, local) => (first === undefined ? local : earlier(first, local)),
      undefined,
    );
}
