/**
 * A certificate that a trusted CA issued, shown for an enrollment that is known, but not found in our table: the database was
 * restored from a backup that is older than the certificate, or another CA has issued a second one. It waits for an admin.
 * Until then whoever shows it gets an empty 200 (503 when it asks for declarations), and the enrollment stays as it is: nobody is
 * locked out, by nobody.
 */
import type { CertificateRow, EnrollmentRow, SecretRow, Write } from "../../store/index.ts";
import { type Caller, certificateOf } from "./caller.ts";

/** So many wait for one enrollment; the oldest makes room for the next. */
export const MOST_PENDING = 5;

/** Where the secrets lie that a device sent with a certificate that waits. */
export const pendingOwner = (fingerprint: string): string => `pending:${fingerprint}`;

/** `waiting`: what waits for this enrollment already. */
export function keepPending(
  caller: Caller,
  { id }: EnrollmentRow,
  waiting: readonly Pick<CertificateRow, "fingerprint" | "issuedAt">[],
): Write[] {
  const { fingerprint, external } = caller.shown;
  const purpose = external ? ("external" as const) : ("enrol" as const);
  const row = certificateOf(caller, { purpose, enrollmentId: null, renews: null, pendingFor: id });
  const oldest = waiting.toSorted((a, b) => a.issuedAt - b.issuedAt);
  const dropped = oldest.slice(0, Math.max(0, waiting.length + 1 - MOST_PENDING));
  const writes: Write[] = [...dropPending(dropped), { insert: "certificate", row }];
  // Whoever has many certificates and shows them in turn must not fill the timeline.
  if (dropped.length === 0) {
    const note = {
      enrollmentId: id,
      at: caller.now,
      kind: "certificate-pending" as const,
      data: { fingerprint },
      raw: null,
    };
    writes.push({ insert: "timeline", row: note });
  }
  return writes;
}

/** They wait no longer. One that is shown again waits again. */
export function dropPending(rows: readonly Pick<CertificateRow, "fingerprint">[]): Write[] {
  return rows.flatMap(({ fingerprint }): Write[] => [
    { drop: "certificate", where: { fingerprint } },
    { drop: "secret", where: { owner: pendingOwner(fingerprint) } },
  ]);
}

/** What a device sends while it waits, kept: it may not send it again for weeks, its bootstrap token never. */
export function keepSecrets(owner: string, secrets: readonly Omit<SecretRow, "owner" | "at">[], at: number): Write[] {
  return secrets.map(({ name, sealed }): Write => ({ put: "secret", row: { owner, name, sealed, at } }));
}
