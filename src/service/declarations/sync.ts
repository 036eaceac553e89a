/**
 * A device syncs its declarations: tokens, list, one by one. What it gets was computed when its causes changed, so here it
 * is only read; but a plan that has been stopped is withdrawn before anything of it is handed out.
 */
import { type DeclarationKind, declarationsToken, itemsResponse, tokensResponse } from "../../protocol/index.ts";
import { transaction, type Lookups, type Seen, type Write } from "../../store/index.ts";
import { enforcementOf, hash, isUpdate } from "../enrollment/declare.ts";
import { admissionLookups, admit, type NotAdmitted, notAdmitted } from "../enrollment/admit.ts";
import type { Caller } from "../enrollment/caller.ts";
import { bodyLookup } from "../enrollment/bodies.ts";
import { organizationLookup, organizationOf } from "../check-in/check-in.ts";
import { startDeclarations } from "../enrollment/declarations.ts";
import { deviceLookups, UnitOfWork } from "../enrollment/unit-of-work.ts";
import { settle } from "../enrollment/standing.ts";

export type SyncResult =
  | { readonly kind: "json"; readonly enrollmentId: string; readonly text: string }
  /** The declaration was withdrawn: the device removes its copy. */
  | { readonly kind: "withdrawn"; readonly enrollmentId: string }
  /** Nothing is known of it. Saying that it is gone would remove it from a device, so that is not said. */
  | { readonly kind: "unknown"; readonly enrollmentId: string }
  | NotAdmitted;

const lookups = (input: Caller) =>
  ({
    ...admissionLookups(input),
    ...deviceLookups,
    organization: organizationLookup,
  }) as const satisfies Lookups;

/** What each of these transactions has looked up. */
type Entered = Seen<ReturnType<typeof lookups>>;

/** The unit of a device that syncs, up to date; or what it is told instead. */
function enter(input: Caller, seen: Entered): UnitOfWork | { readonly writes: Write[]; readonly result: SyncResult } {
  const admission = admit(input, seen);
  if (admission.kind !== "known") return notAdmitted(admission);
  const unit = new UnitOfWork(admission.enrollment, seen, input.firstId, input.now);
  unit.writes.push(...admission.writes);
  if (unit.planStopped && unit.job !== undefined && !unit.isStopping) {
    unit.step({ kind: "withdraw", cause: "plan-stopped" });
  }
  // A device of a restored backup asks before this server has thought of it; one that said it can't has found that it can.
  if (unit.declarative === undefined) {
    if (unit.enrollment.enforces === 0) unit.patch({ enforces: null });
    startDeclarations(unit, organizationOf(seen));
    settle(unit);
  }
  return unit;
}

const syncing = (decide: (unit: UnitOfWork) => SyncResult) => (input: Caller, seen: Entered) => {
  const unit = enter(input, seen);
  if (!(unit instanceof UnitOfWork)) return unit;
  const result = decide(unit);
  return { writes: unit.writes, result };
};

/** For a device of which too little is known to declare anything: it must have nothing. */
const NOTHING = { token: declarationsToken(hash, []), changedAt: 0 };

export const syncTokens = transaction({
  name: "syncTokens",
  reads: lookups,
  decide: syncing((unit) => {
    const enrollmentId = unit.enrollment.id;
    const { token, changedAt } = unit.declarative ?? NOTHING;
    return { kind: "json", enrollmentId, text: tokensResponse(token, changedAt) };
  }),
});

export const syncItems = transaction({
  name: "syncItems",
  reads: lookups,
  decide: syncing((unit) => {
    const enrollmentId = unit.enrollment.id;
    const row = unit.declarative;
    if (row === undefined) return { kind: "json", enrollmentId, text: itemsResponse([], NOTHING.token) };
    const listed = row.items.some(({ identifier }) => isUpdate(identifier));
    if (row.syncedToken !== row.token) {
      unit.note("declarations-listed", { declarations: row.items.map(({ identifier }) => identifier) });
    }
    unit.patchDeclarative({
      syncedAt: unit.now,
      syncedToken: row.token,
      tries: 0,
      ...(listed ? {} : { held: 0 }),
    });
    unit.step({ kind: "synced", listed });
    unit.restIfAnswered();
    return { kind: "json", enrollmentId, text: itemsResponse(row.items, row.token) };
  }),
});

export interface FetchInput extends Caller {
  readonly kind: DeclarationKind;
  readonly identifier: string;
}

export const fetchDeclaration = transaction({
  name: "fetchDeclaration",
  reads: (input: FetchInput) => ({
    ...lookups(input),
    bodies: bodyLookup,
    declaration: {
      from: "declaration",
      where: {
        enrollmentId: { of: "enrollment", column: "id" },
        kind: input.kind,
        identifier: input.identifier,
      },
    },
  }),
  decide(input: FetchInput, seen): { writes: Write[]; result: SyncResult } {
    const { kind, identifier } = input;
    return syncing((unit) => {
      const enrollmentId = unit.enrollment.id;
      const found = seen.declaration[0];
      const current = unit.declarative?.items.some((item) => item.kind === kind && item.identifier === identifier);
      if (found === undefined) {
        unit.note("declaration-unknown", { kind, identifier });
        return { kind: "unknown", enrollmentId };
      }
      if (current !== true) {
        unit.note("declaration-gone", { kind, identifier });
        return { kind: "withdrawn", enrollmentId };
      }
      if (isUpdate(identifier)) {
        if (unit.declarative?.held === 0) unit.patchDeclarative({ held: 1 });
        unit.note("declaration-fetched", { identifier }, unit.keep(new TextEncoder().encode(found.body)));
        // One of a replaced plan that stands beside it says nothing of the job's own.
        if (unit.job !== undefined && enforcementOf(unit.job)?.identifier === identifier) unit.step({ kind: "taken" });
      }
      return { kind: "json", enrollmentId, text: found.body };
    })(input, seen);
  },
});
