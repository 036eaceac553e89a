/** TokenUpdate: a device has enrolled, or tells again how it can be reached. */
import type { CertificateRow, EnrollmentRow } from "../../store/index.ts";
import { admit, certificateIn, type Identified, renewalOf } from "../enrollment/admit.ts";
import { type Admission, KNOWN_CERTIFICATE } from "../enrollment/caller.ts";
import { everyoneLookup, organizationLookup, organizationOf } from "../enrollment/rows.ts";
import { fromDevice } from "../enrollment/transaction.ts";
import { askWhatMustBeKnown } from "../enrollment/wake-up.ts";
import { startAnew } from "./former-life.ts";
import { type CheckinInput, type CheckinResult, keepWaiting, type SealedSecret } from "./message.ts";

export interface TokenUpdateInput extends CheckinInput {
  readonly topic: string;
  readonly awaitingConfiguration: boolean | null;
  /** Sealed already: PushToken, PushMagic, and UnlockToken where the device sent one. */
  readonly secrets: readonly SealedSecret[];
}

const columns = KNOWN_CERTIFICATE;

export const tokenUpdate = fromDevice({
  name: "tokenUpdate",
  keeps: () => true,
  reads: (_input: TokenUpdateInput) => ({
    certificates: { from: "certificate", where: { enrollmentId: { of: "enrollment", column: "id" } }, columns },
    renewing: { from: "certificate", where: { renews: { of: "enrollment", column: "id" } }, columns },
    pending: { from: "certificate", where: { pendingFor: { of: "enrollment", column: "id" } }, columns },
    challenges: { from: "challenge", where: { enrollmentId: { of: "enrollment", column: "id" } } },
    secrets: { from: "secret", where: { owner: { of: "enrollment", column: "id" } } },
    configured: { from: "setting", where: { name: "push" } },
    organization: organizationLookup,
    everyone: everyoneLookup,
  }),
  admits(input, rows): Admission {
    const enrollment = beginsAnew(rows);
    return enrollment === undefined ? admit(input, rows) : { kind: "known", enrollment, writes: [] };
  },
  refused({ writes, result }, input, rows) {
    const [enrollment] = rows.enrollment;
    const fingerprint = certificateIn(rows)?.fingerprint ?? input.shown.fingerprint;
    const kept = keepWaiting(input, result, enrollment, fingerprint, input.secrets);
    const topic =
      result.kind === "quarantined" && enrollment !== undefined
        ? [{ patch: "enrollment", where: { id: enrollment.id }, set: { topic: input.topic } } as const]
        : [];
    return { writes: [...writes, ...kept, ...topic], result };
  },
  apply(unit, input, rows): CheckinResult {
    const certificate = certificateIn(rows);
    const { topic, awaitingConfiguration } = input;
    if (beginsAnew(rows) !== undefined || unit.enrollment.state === "checked-out")
      startAnew(unit, certificate?.fingerprint ?? input.shown.fingerprint, rows);
    const { id: owner, state, topic: before, pushTrouble } = unit.enrollment;
    const first = state !== "enrolled";
    for (const { name, sealed } of input.secrets)
      unit.also({ put: "secret", row: { owner, name, sealed, at: input.now } });
    unit.patch({
      state: "enrolled",
      topic,
      pushable: 1,
      ...(pushTrouble === null ? {} : { pushTrouble: null }),
      ...(first ? { enrolledAt: input.now, accessRights: rightsOf(certificate) } : {}),
      // Its absence must not take back what was said before.
      ...(awaitingConfiguration === null ? {} : { awaitingConfiguration: awaitingConfiguration ? 1 : 0 }),
    });
    unit.note("token-update", { topic, awaitingConfiguration, first }, unit.keep(input.kept));
    if (first && certificate !== undefined) unit.also(renewalOf(owner, certificate.notAfter));
    const ours = (rows.configured[0]?.value as { topic?: string } | undefined)?.topic;
    if (ours !== undefined && ours !== topic && (first || before !== topic))
      unit.note("topic-differs", { topic, ours });
    if (first) {
      askWhatMustBeKnown(unit);
      unit.provisions = { organization: organizationOf(rows), everyone: rows.everyone };
    }
    unit.occasions.add("token");
    unit.push();
    return { kind: "accepted", enrollmentId: owner };
  },
});

/** The enrollment for which the certificate of a new enrollment speaks from now on; undefined: it has spoken before. */
function beginsAnew(rows: Identified): EnrollmentRow | undefined {
  const certificate = certificateIn(rows);
  const [enrollment] = rows.enrollment;
  const anew =
    certificate !== undefined &&
    enrollment !== undefined &&
    certificate.purpose !== "renew" &&
    certificate.renewedBy === null &&
    certificate.supersededAt === null &&
    certificate.enrollmentId === enrollment.id &&
    enrollment.certificate !== certificate.fingerprint;
  return anew ? enrollment : undefined;
}

/** Access rights of the profile that a certificate came with; null where they are not known. */
export const rightsOf = (certificate: Pick<CertificateRow, "accessRights"> | undefined): number | null =>
  certificate === undefined || certificate.accessRights === 0 ? null : certificate.accessRights;
