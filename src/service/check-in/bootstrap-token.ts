/** A Mac escrows its bootstrap token, takes it back, or asks for it. */
import { authorisationOf } from "../enrollment/device-facts.ts";
import { certificateIn, type NotAdmitted } from "../enrollment/admit.ts";
import { tell } from "../enrollment/job.ts";
import { fromDevice } from "../enrollment/transaction.ts";
import { type CheckinInput, type CheckinResult, keepWaiting } from "./message.ts";

export const BOOTSTRAP_TOKEN = "BootstrapToken";

export interface SetBootstrapTokenInput extends CheckinInput {
  /** null: the device takes its token back. */
  readonly sealed: Uint8Array | null;
}

export const setBootstrapToken = fromDevice({
  name: "setBootstrapToken",
  keeps: () => true,
  reads: (_input: SetBootstrapTokenInput) => ({}),
  refused({ writes, result }, input, rows) {
    const { fingerprint } = certificateIn(rows) ?? input.shown;
    const secrets = input.sealed === null ? [] : [{ name: BOOTSTRAP_TOKEN, sealed: input.sealed }];
    return { writes: [...writes, ...keepWaiting(input, result, rows.enrollment[0], fingerprint, secrets)], result };
  },
  apply(unit, { sealed, kept, now }): CheckinResult {
    const where = { owner: unit.enrollment.id, name: BOOTSTRAP_TOKEN };
    if (sealed === null) unit.also({ drop: "secret", where });
    else unit.also({ put: "secret", row: { ...where, sealed, at: now } });
    unit.patch({ bootstrapTokenAt: sealed === null ? null : now });
    unit.note(sealed === null ? "bootstrap-token-removed" : "bootstrap-token-escrowed", {}, unit.keep(kept));
    tell(unit, { kind: "authorised", bootstrapToken: authorisationOf(unit.enrollment) });
    if (sealed !== null) tell(unit, { kind: "escrowed" });
    return { kind: "accepted", enrollmentId: unit.enrollment.id };
  },
});

export type GetBootstrapTokenResult =
  | { readonly kind: "accepted"; readonly enrollmentId: string; readonly sealed: Uint8Array | null }
  | NotAdmitted;

export const getBootstrapToken = fromDevice({
  name: "getBootstrapToken",
  keeps: () => true,
  reads: (_input: CheckinInput) => ({
    token: { from: "secret", where: { owner: { of: "enrollment", column: "id" }, name: BOOTSTRAP_TOKEN } },
  }),
  apply(unit, { kept }, rows): GetBootstrapTokenResult {
    const sealed = rows.token[0]?.sealed ?? null;
    unit.note("bootstrap-token-fetched", { stored: sealed !== null }, unit.keep(kept));
    return { kind: "accepted", enrollmentId: unit.enrollment.id, sealed };
  },
});
