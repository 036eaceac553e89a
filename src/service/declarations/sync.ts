/**
 * A device syncs its declarations: tokens, list, one by one. What it gets was computed when its causes changed, so here it
 * is only read; but a plan that has been stopped is withdrawn before anything of it is delivered.
 */
import { type DeclarationKind, declarationsToken, itemsResponse, tokensResponse } from "../../protocol/index.ts";
import type { SettingRow } from "../../store/index.ts";
import type { NotAdmitted } from "../enrollment/admit.ts";
import type { Caller } from "../enrollment/caller.ts";
import { enforcementOf, hash, isUpdate } from "../enrollment/declare.ts";
import { tell } from "../enrollment/job.ts";
import { organizationLookup, organizationOf } from "../enrollment/rows.ts";
import { fromDevice } from "../enrollment/transaction.ts";
import type { UnitOfWork } from "../enrollment/unit-of-work.ts";

export type SyncResult =
  | { readonly kind: "json"; readonly enrollmentId: string; readonly text: string }
  /** The declaration was withdrawn: the device removes its copy. */
  | { readonly kind: "withdrawn"; readonly enrollmentId: string }
  /** Nothing is known of it. Saying that it is gone would remove it from a device, so that is not said. */
  | { readonly kind: "unknown"; readonly enrollmentId: string }
  | NotAdmitted;

/** For a device of which too little is known to declare anything: it must have nothing. */
const NOTHING = { token: declarationsToken(hash, []), changedAt: 0 };

/** A device of a restored backup asks before this server has thought of it; one that said it can't has found that it can. */
function begin(unit: UnitOfWork, rows: { readonly organization: readonly SettingRow[] }, derive: () => void): void {
  if (unit.declarative !== undefined) return;
  if (unit.enrollment.enforces === 0) unit.patch({ enforces: null });
  unit.provisions = { organization: organizationOf(rows), everyone: [] };
  derive();
}

const reads = () => ({ organization: organizationLookup });
const keepsNothing = () => false;

export const syncTokens = fromDevice({
  name: "syncTokens",
  keeps: keepsNothing,
  reads: (_input: Caller) => reads(),
  apply(unit, _input, rows, derive): SyncResult {
    begin(unit, rows, derive);
    const { token, changedAt } = unit.declarative ?? NOTHING;
    return { kind: "json", enrollmentId: unit.enrollment.id, text: tokensResponse(token, changedAt) };
  },
});

export const syncItems = fromDevice({
  name: "syncItems",
  keeps: keepsNothing,
  reads: (_input: Caller) => reads(),
  apply(unit, _input, rows, derive): SyncResult {
    begin(unit, rows, derive);
    const enrollmentId = unit.enrollment.id;
    const row = unit.declarative;
    if (row === undefined) return { kind: "json", enrollmentId, text: itemsResponse([], NOTHING.token) };
    const { items, token } = row;
    const listed = items.some(({ identifier }) => isUpdate(identifier));
    if (row.syncedToken !== token)
      unit.note("declarations-listed", { declarations: items.map(({ identifier }) => identifier) });
    unit.patchDeclarative({ syncedAt: unit.now, syncedToken: token, tries: 0, ...(listed ? {} : { held: 0 }) });
    tell(unit, { kind: "synced", listed });
    return { kind: "json", enrollmentId, text: itemsResponse(items, token) };
  },
});

export interface FetchInput extends Caller {
  readonly kind: DeclarationKind;
  readonly identifier: string;
}

export const fetchDeclaration = fromDevice({
  name: "fetchDeclaration",
  keeps: () => true,
  reads: ({ kind, identifier }: FetchInput) => ({
    ...reads(),
    declaration: {
      from: "declaration",
      where: { enrollmentId: { of: "enrollment", column: "id" }, kind, identifier },
    },
  }),
  apply(unit, { kind, identifier }, rows, derive): SyncResult {
    begin(unit, rows, derive);
    const enrollmentId = unit.enrollment.id;
    const [found] = rows.declaration;
    const current = unit.declarative?.items.some((item) => item.kind === kind && item.identifier === identifier);
    if (found === undefined || current !== true) {
      unit.note(found === undefined ? "declaration-unknown" : "declaration-gone", { kind, identifier });
      return { kind: found === undefined ? "unknown" : "withdrawn", enrollmentId };
    }
    if (isUpdate(identifier)) {
      if (unit.declarative?.held === 0) unit.patchDeclarative({ held: 1 });
      unit.note("declaration-fetched", { identifier }, unit.keep(new TextEncoder().encode(found.body)));
      // One of a replaced plan that stands beside it says nothing of the job's own.
      if (unit.job !== undefined && enforcementOf(unit.job)?.identifier === identifier) tell(unit, { kind: "taken" });
    }
    return { kind: "json", enrollmentId, text: found.body };
  },
});
