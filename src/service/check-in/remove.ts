/**
 * An admin removes a device: all that was meant for it is withdrawn in one transaction, and what may still happen on it is
 * said. Its timeline stays until history ends. Its secrets stay sealed meanwhile, so that a removal by mistake can be taken
 * back by `adopt`: a device says its push token only once.
 */
import { isFinal } from "../../plans/index.ts";
import type { DeclarationRow, Json } from "../../store/index.ts";
import { freedLookups, freeSerial } from "../enrollment/claims.ts";
import { isUpdate } from "../enrollment/declare.ts";
import { step } from "../enrollment/job.ts";
import { dropPolicy } from "../enrollment/policy.ts";
import { giveUpAll } from "../enrollment/queue.ts";
import { forEnrollment } from "../enrollment/transaction.ts";
import type { UnitOfWork } from "../enrollment/unit-of-work.ts";

export interface RemoveInput {
  readonly enrollmentId: string;
  /** Says what a removal would do, and does nothing. */
  readonly dryRun: boolean;
  /** Who removes it (api A9). */
  readonly by: string;
  readonly firstId: string;
  readonly now: number;
}

/** Something that the device has and that no server can take back from it while it is silent. */
export interface MayStill {
  /**
   * `command`: an update command that was delivered. `declaration`: an update declaration that the device may have.
   * `restrictions`: the restrictions profile of a policy, and the settings declared to it.
   */
  readonly kind: "command" | "declaration" | "restrictions";
  /** The version that it leads to, where it leads to one. */
  readonly target: string | null;
  /** When the command was delivered (ms UTC); null where that is not known any more. */
  readonly deliveredAt: number | null;
  /** When the declaration makes the device install, on the device's own clock: `2026-12-04T19:00:00`. */
  readonly enforceAtLocal: string | null;
}

export interface RemoveResult {
  /** `already`: it was removed before. `unknown`: there is no such enrollment. */
  readonly kind: "removed" | "already" | "unknown";
  /** The live job that ended, with its plan. */
  readonly job: { readonly id: string; readonly planId: string } | null;
  /** Commands that had not been answered. */
  readonly commands: number;
  /** Declarations of the device's list that were withdrawn. */
  readonly declarations: number;
  /** Name of the policy that is not for the device any more. */
  readonly policy: string | null;
  readonly mayStill: readonly MayStill[];
}

const NOTHING = { job: null, commands: 0, declarations: 0, policy: null, mayStill: [] } as const;

export const removeDevice = forEnrollment({
  name: "removeDevice",
  changes: ({ enrollmentId, dryRun }) => ({ id: enrollmentId, ...(dryRun ? { detail: "dry run" } : {}) }),
  reads: (input: RemoveInput) => ({
    enrollment: { from: "enrollment", where: { id: input.enrollmentId } },
    challenges: { from: "challenge", where: { enrollmentId: input.enrollmentId } },
    declarations: { from: "declaration", where: { enrollmentId: input.enrollmentId } },
    ...freedLookups,
  }),
  none: { ...NOTHING, kind: "unknown" } as RemoveResult,
  apply(unit, input, rows, derive): RemoveResult {
    const before = unit.enrollment.state;
    if (before === "removed") return { ...NOTHING, kind: "already" };
    const { job } = unit;
    const live = job !== undefined && !isFinal(job.state);
    const result: RemoveResult = {
      kind: "removed",
      job: live ? { id: job.id, planId: job.planId } : null,
      commands: unit.outstanding.size,
      declarations: unit.declarative?.items.filter(({ identifier }) => isUpdate(identifier)).length ?? 0,
      policy: unit.assignment !== undefined && unit.policy?.state === "active" ? unit.policy.name : null,
      mayStill: mayStillOf(unit, rows.declarations),
    };
    if (input.dryRun) return result;
    unit.change = { before: { state: before }, after: { state: "removed" } };

    step(unit, { kind: "gone", cause: "device-removed" });
    withdrawSettings(unit);
    dropPolicy(unit);
    // What that asks of the device is given up with all the rest.
    derive();
    giveUpAll(unit);
    for (const { hash } of rows.challenges) unit.also({ drop: "challenge", where: { hash } });
    unit.also({ drop: "renewal", where: { enrollmentId: input.enrollmentId } });
    unit.pushRow = undefined;
    const nothingDue = { pushable: 0, pushTrouble: null, dueAt: null, leaseUntil: 0, unheard: 0 } as const;
    unit.patch({ state: "removed", removedAt: input.now, ...nothingDue });
    const { kind: _kind, ...data } = result;
    unit.note("removed", { ...data, before, by: input.by } as unknown as Json);
    unit.also(...freeSerial(unit.enrollment, rows, input.now));
    return result;
  },
});

/** The list that a device adopted again would fetch holds none of the settings of its former policy. */
function withdrawSettings(unit: UnitOfWork): void {
  if (unit.declarative?.standing.settings === undefined) return;
  const { settings: _withdrawn, ...rest } = unit.declarative.standing;
  unit.patchDeclarative({ standing: rest });
}

/** What the device was given and has not been seen to be done with. */
function mayStillOf(unit: UnitOfWork, declarations: readonly DeclarationRow[]): MayStill[] {
  return [...commandsOf(unit), ...declarationsOf(unit, declarations), ...restrictionsOf(unit)];
}

/** An order of the live job, answered or not, and update commands of the raw command API that were not answered. */
function commandsOf({ job, outstanding }: UnitOfWork): MayStill[] {
  const list: MayStill[] = [];
  if (job !== undefined && !isFinal(job.state) && job.orders.installs > 0) {
    const deliveredAt = job.out.install?.offeredAt ?? null;
    list.push({ kind: "command", target: job.target.version, deliveredAt, enforceAtLocal: null });
  }
  for (const { requestType, state, origin, offeredAt } of outstanding.values()) {
    if (requestType !== "ScheduleOSUpdate" || state !== "offered" || origin !== "raw") continue;
    list.push({ kind: "command", target: null, deliveredAt: offeredAt, enforceAtLocal: null });
  }
  return list;
}

/** Of several that the device may have, each is named: which of them it has is not known. */
function declarationsOf({ declarative }: UnitOfWork, rows: readonly DeclarationRow[]): MayStill[] {
  if (declarative?.held !== 1) return [];
  const listed = new Set(declarative.items.map(({ identifier }) => identifier));
  // Withdrawn before its last sync: it has dropped that one.
  const { syncedAt } = declarative;
  return rows
    .filter(({ identifier }) => isUpdate(identifier))
    .filter(
      ({ identifier, withdrawnAt }) => listed.has(identifier) || syncedAt === null || (withdrawnAt ?? 0) >= syncedAt,
    )
    .map(({ body }) => {
      const { TargetOSVersion: target, TargetLocalDateTime: local } =
        (JSON.parse(body) as { Payload?: { TargetOSVersion?: string; TargetLocalDateTime?: string } }).Payload ?? {};
      return { kind: "declaration", target: target ?? null, deliveredAt: null, enforceAtLocal: local ?? null };
    });
}

function restrictionsOf({ assignment, declarative }: UnitOfWork): MayStill[] {
  const declared = declarative?.standing.settings !== undefined && declarative.syncedAt !== null;
  if (assignment?.held !== 1 && !declared) return [];
  return [{ kind: "restrictions", target: null, deliveredAt: null, enforceAtLocal: null }];
}
