/** What all check-in messages share. */
import type { EnrollmentRow, SecretRow, Write } from "../../store/index.ts";
import type { NotAdmitted } from "../enrollment/admit.ts";
import type { Caller } from "../enrollment/caller.ts";
import { keepSecrets, pendingOwner } from "../enrollment/pending.ts";

export interface CheckinInput extends Caller {
  /** The bytes as received, secrets cut out. */
  readonly kept: Uint8Array;
}

/** Sealed already. */
export type SealedSecret = Pick<SecretRow, "name" | "sealed">;

/** What the handler needs to know: 200, or an empty 403. */
export type CheckinResult = { readonly kind: "accepted"; readonly enrollmentId: string } | NotAdmitted;

/** What a device sends that waits for the admin, kept where its adoption finds it. */
export function keepWaiting(
  { now }: Caller,
  result: NotAdmitted,
  known: EnrollmentRow | undefined,
  fingerprint: string,
  secrets: readonly SealedSecret[],
): Write[] {
  if (result.kind === "pending") return keepSecrets(pendingOwner(fingerprint), secrets, now);
  return result.kind === "quarantined" && known !== undefined ? keepSecrets(known.id, secrets, now) : [];
}
