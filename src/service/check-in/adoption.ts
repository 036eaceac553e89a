/** An admin adopts: a device in quarantine with the certificate it showed, or a certificate that waits for a known device. */
import type { CertificateRow, EnrollmentRow, SecretRow } from "../../store/index.ts";
import { renewalOf } from "../enrollment/admit.ts";
import { dropPending, pendingOwner } from "../enrollment/pending.ts";
import { forEnrollment } from "../enrollment/transaction.ts";
import { BOOTSTRAP_TOKEN } from "./bootstrap-token.ts";
import { startAnew } from "./former-life.ts";

export interface AdoptInput {
  readonly enrollmentId: string;
  /** Which certificate: see `adoptable`. */
  readonly fingerprint: string;
  /** Rights that its profile gave, as far as they are known: those of this server's profiles. */
  readonly accessRights: number;
  readonly firstId: string;
  readonly now: number;
}

/**
 * From now on this certificate speaks for the enrollment, as after a new enrollment: what was meant for the certificate that
 * it replaces is withdrawn, and that one is refused. It can be taken back by its fingerprint.
 */
export const adopt = forEnrollment({
  name: "adopt",
  changes: ({ enrollmentId, fingerprint }) => ({ id: enrollmentId, detail: fingerprint }),
  reads: (input: AdoptInput) => ({
    enrollment: { from: "enrollment", where: { id: input.enrollmentId } },
    certificate: { from: "certificate", where: { fingerprint: input.fingerprint } },
    certificates: { from: "certificate", where: { enrollmentId: input.enrollmentId } },
    renewing: { from: "certificate", where: { renews: input.enrollmentId } },
    pending: { from: "certificate", where: { pendingFor: input.enrollmentId } },
    challenges: { from: "challenge", where: { enrollmentId: input.enrollmentId } },
    secrets: { from: "secret", where: { owner: input.enrollmentId } },
    brought: { from: "secret", where: { owner: pendingOwner(input.fingerprint) } },
  }),
  none: { adopted: false },
  apply(unit, input, rows) {
    const { enrollment } = unit;
    const [certificate] = rows.certificate;
    if (certificate === undefined || !adoptable(certificate, enrollment)) return { adopted: false };
    const { fingerprint } = certificate;
    const inQuarantine = standsBy(enrollment) && enrollment.certificate === fingerprint;
    if (enrollment.state === "removed" && inQuarantine && !isReachable(rows.secrets)) return { adopted: false };
    const own = certificate.purpose !== "external";
    const kept = secretsAfter(certificate, inQuarantine, own, rows);
    if (inQuarantine) unit.also(...dropPending(rows.pending));
    else startAnew(unit, fingerprint, rows);
    for (const row of kept) unit.also({ put: "secret", row: { ...row, owner: enrollment.id } });
    for (const { owner, name } of rows.brought) unit.also({ drop: "secret", where: { owner, name } });
    const set = { enrollmentId: enrollment.id, renews: null, pendingFor: null, supersededAt: null, renewedBy: null };
    unit.also({ patch: "certificate", where: { fingerprint }, set }, renewalOf(enrollment.id, certificate.notAfter));
    unit.change = {
      before: { state: enrollment.state, certificate: enrollment.certificate },
      after: { state: "enrolled", certificate: fingerprint },
    };
    unit.patch({
      state: "enrolled",
      enrolledAt: input.now,
      dueAt: input.now,
      // What it said in the life before may be months old: it is asked as soon as nothing else is unanswered.
      factsAskedAt: null,
      removedAt: null,
      pushable: kept.some(({ name }) => name === "PushToken") ? 1 : 0,
      bootstrapTokenAt: kept.find(({ name }) => name === BOOTSTRAP_TOKEN)?.at ?? null,
      accessRights: own ? input.accessRights : null,
    });
    unit.note("adopted", { fingerprint });
    return { adopted: true };
  },
});

/** What an admin may adopt for this enrollment: what waits, what is in quarantine or removed, and what an adoption has superseded. */
export function adoptable(certificate: CertificateRow, { id, state, certificate: current }: EnrollmentRow): boolean {
  if (certificate.pendingFor === id) return true;
  if (certificate.enrollmentId !== id) return false;
  if (certificate.supersededAt !== null) return true;
  return standsBy({ state }) && certificate.fingerprint === current;
}

/** In quarantine, or removed by mistake: its certificate and its secrets are those that it had. */
const standsBy = ({ state }: Pick<EnrollmentRow, "state">): boolean => state === "quarantined" || state === "removed";

/** A removal is taken back as long as the device can be reached; one that can't waits for its next message. */
export const isReachable = (secrets: readonly SecretRow[]): boolean => secrets.some(({ name }) => name === "PushToken");

/**
 * The secrets that the enrollment has afterwards. With a certificate of our own CA that is the device which escrowed its
 * bootstrap token before the backup was made: a Mac does not escrow it a second time.
 */
function secretsAfter(
  certificate: CertificateRow,
  inQuarantine: boolean,
  own: boolean,
  seen: { readonly secrets: readonly SecretRow[]; readonly brought: readonly SecretRow[] },
): readonly SecretRow[] {
  if (inQuarantine) return seen.secrets;
  const before =
    own && certificate.pendingFor !== null ? seen.secrets.filter(({ name }) => name === BOOTSTRAP_TOKEN) : [];
  const brought = new Set(seen.brought.map(({ name }) => name));
  return [...before.filter(({ name }) => !brought.has(name)), ...seen.brought];
}
