/** A device that an admin removed speaks again: it waits in quarantine, and the admin decides. */
import type { EnrollmentRow, Write } from "../../store/index.ts";
import { type Admission, type Caller, forbid, type KnownCertificate } from "./caller.ts";

/**
 * `certificate` is bound to the enrollment or was issued to renew it. The one that spoke for it, before or after a renewal, waits
 * with it. One of a new enrollment profile becomes the device's with its TokenUpdate, and is refused until then.
 */
export function returned(
  { now }: Caller,
  certificate: KnownCertificate,
  enrollment: EnrollmentRow,
): Exclude<Admission, { kind: "known" }> {
  const { id } = enrollment;
  const { fingerprint } = certificate;
  if (enrollsAgain(certificate, enrollment)) return forbid("superseded", certificate);
  const set = { state: "quarantined", certificate: fingerprint, removedAt: null, lastSeenAt: now } as const;
  const note = {
    enrollmentId: id,
    at: now,
    kind: "quarantined" as const,
    data: { fingerprint, removed: true },
    raw: null,
  };
  const writes: Write[] = [
    { patch: "enrollment", where: { id }, set },
    { insert: "timeline", row: note },
  ];
  if (certificate.enrollmentId === null)
    writes.push({ patch: "certificate", where: { fingerprint }, set: { enrollmentId: id } });
  return { kind: "quarantined", writes };
}

/** A certificate of a new enrollment, shown for a device that waits or was removed: its TokenUpdate begins a new life. */
export const enrollsAgain = (certificate: KnownCertificate, known: EnrollmentRow): boolean =>
  certificate.purpose !== "renew" && certificate.renewedBy === null && certificate.fingerprint !== known.certificate;
