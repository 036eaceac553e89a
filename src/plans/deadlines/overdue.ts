/** When a device is overdue (targets D13). */
import { compareNamed, isSameNamed, type Named } from "../../catalog/index.ts";
import { hasPassed } from "./clock.ts";
import { type Due, plannedFor, type Terms } from "./deadline-for.ts";
import { deadlineOf, type Given } from "./given.ts";
import type { LocalDateTime } from "./local.ts";

/** A rollout of the device's plan, in the device's ring. */
export interface Planned extends Named {
  readonly due: Exclude<Due, { readonly local: LocalDateTime }>;
}

export interface OverdueInput {
  readonly installed: Named;
  readonly given: readonly Given[];
  /** All rollouts of the plan, also those that are superseded, replaced, paused, or wait for their gate. */
  readonly rollouts: readonly Planned[];
  /** Releases that are blocked, withdrawn or aborted for the device: they have no deadline and no planned date. */
  readonly dead: readonly Named[];
  /** Paused ones: they have no deadline, and keep their planned date. */
  readonly paused: readonly Named[];
  readonly excluded: boolean;
  readonly device: Pick<Terms, "clock" | "rules" | "joinedAt">;
}

/** The planned date of the oldest release above the installed one: what was given, else what the plan meant. */
export function plannedDateOf({ installed, given, rollouts, dead, device }: OverdueInput): LocalDateTime | undefined {
  const oldest = rollouts
    .filter((one) => compareNamed(one, installed) > 0 && !dead.some((release) => isSameNamed(release, one)))
    .toSorted((a, b) => (a.due.base === b.due.base ? compareNamed(a, b) : a.due.base < b.due.base ? -1 : 1))[0];
  if (oldest === undefined) return undefined;
  const row = given.find((one) => isSameNamed(one, oldest));
  if (row !== undefined) return row.local;
  const planned = plannedFor({ ...device, due: oldest.due });
  return planned.kind === "deadline" ? planned.local : undefined;
}

/** Since which local time the device is overdue, the earlier of deadline and planned date; undefined: it is not. */
export function overdueSince(input: OverdueInput, now: number): LocalDateTime | undefined {
  if (input.excluded) return undefined;
  const deadline = deadlineOf(input.given, input.installed, [...input.dead, ...input.paused]);
  return [deadline, plannedDateOf(input)]
    .filter((local) => local !== undefined)
    .toSorted()
    .find((local) => hasPassed(local, input.device.clock, now));
}
