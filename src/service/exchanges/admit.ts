/**
 * May this certificate speak for this device? The certificate was issued by us (the handler has checked that); here it is
 * tied to the one enrollment it was issued for. Nothing here can unenrol a device: the harshest answer is an empty 403.
 */
import type { CertificateRow, EnrollmentRow, Write } from "../../store/index.ts";

export type Admission =
  | { readonly kind: "known"; readonly enrollment: EnrollmentRow; readonly writes: readonly Write[] }
  /** A certificate of ours whose device we don't know (a restored backup): kept for the admin to adopt. */
  | { readonly kind: "quarantined"; readonly writes: readonly Write[] }
  /** A certificate that belongs to another enrollment, or to none yet. */
  | { readonly kind: "forbidden"; readonly writes: readonly Write[] };

interface Caller {
  readonly fingerprint: string;
  readonly appleId: string;
  readonly now: number;
  readonly firstId: string;
}

const forbidden: Admission = { kind: "forbidden", writes: [] };

/** For every message but Authenticate and TokenUpdate. */
export function admit(
  caller: Caller,
  certificate: CertificateRow | undefined,
  enrollment: EnrollmentRow | undefined,
): Admission {
  if (enrollment === undefined) {
    // A certificate that is bound elsewhere, or was issued for an enrolment that has not begun, can't name a new device here.
    return certificate === undefined ? quarantine(caller) : forbidden;
  }
  if (enrollment.state === "quarantined") {
    return enrollment.certificate === caller.fingerprint ? { kind: "quarantined", writes: [] } : forbidden;
  }
  if (certificate === undefined || certificate.enrollmentId !== enrollment.id) return forbidden;
  if (enrollment.certificate === caller.fingerprint) return { kind: "known", enrollment, writes: [] };
  if (certificate.purpose !== "renew") return forbidden;
  const set = { certificate: caller.fingerprint };
  const write: Write = { patch: "enrollment", where: { id: enrollment.id }, set };
  return { kind: "known", enrollment: { ...enrollment, ...set }, writes: [write] };
}

/** A row for a device we have a certificate of but no memory: it gets nothing to do until an admin adopts it. */
export function quarantine(caller: Caller): Admission {
  const id = caller.firstId;
  const row: EnrollmentRow = {
    ...blankEnrollment(id, caller.appleId, caller.now),
    state: "quarantined",
    certificate: caller.fingerprint,
  };
  const data = { fingerprint: caller.fingerprint };
  return {
    kind: "quarantined",
    writes: [
      { insert: "enrollment", row },
      { insert: "timeline", row: { enrollmentId: id, at: caller.now, kind: "quarantined", data, raw: null } },
    ],
  };
}

export function blankEnrollment(id: string, appleId: string, now: number): EnrollmentRow {
  return {
    id,
    appleId,
    kind: "device",
    state: "authenticated",
    certificate: null,
    serial: null,
    deviceName: null,
    productName: null,
    modelName: null,
    platform: null,
    osVersion: null,
    buildVersion: null,
    supplementalBuild: null,
    supplementalExtra: null,
    timeZone: null,
    supervised: null,
    topic: null,
    pushable: 0,
    awaitingConfiguration: 0,
    accessRights: null,
    bootstrapTokenAt: null,
    facts: {},
    createdAt: now,
    enrolledAt: null,
    lastSeenAt: now,
    dueAt: null,
    leaseUntil: 0,
    factsAskedAt: null,
    unheard: 0,
  };
}
