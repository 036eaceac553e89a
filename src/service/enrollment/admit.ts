/**
 * May this certificate speak for this device? It was issued by our CA or one that the admin trusts (the handler has
 * checked that); here it is tied to the one enrollment it was issued for. Nothing here can unenroll a device: the harshest
 * answer is an empty 403.
 */
import type { EnrollmentRow, Write } from "../../store/index.ts";
import {
  type Admission,
  type Caller,
  certificateOf,
  forbid,
  type Forbidden,
  KNOWN_CERTIFICATE,
  type KnownCertificate,
  type Presented,
} from "./caller.ts";
import { keepPending } from "./pending.ts";
import { returned } from "./returned.ts";

/** The result of a message that was not admitted. */
export type NotAdmitted =
  | { readonly kind: "quarantined" }
  | { readonly kind: "pending"; readonly enrollmentId: string }
  | Forbidden;

export function notAdmitted(admission: Exclude<Admission, { kind: "known" }>): {
  readonly writes: Write[];
  readonly result: NotAdmitted;
} {
  const { writes, ...result } = admission;
  return { writes: [...writes], result };
}

/** A certificate that is known and not bound to the enrollment whose UDID the message has. */
export function forbidOther(certificate: KnownCertificate): Forbidden & { readonly writes: readonly [] } {
  const bound = certificate.enrollmentId !== null || certificate.pendingFor !== null || certificate.purpose === "renew";
  return forbid(bound ? "other-device" : "not-bound-to-it", certificate);
}

const inQuarantine = { kind: "quarantined", writes: [] } as const satisfies Admission;

const pending = ({ id }: EnrollmentRow, writes: readonly Write[] = []) => ({
  kind: "pending" as const,
  enrollmentId: id,
  writes,
});

/** What every message of a device looks up to know who speaks; see `admit`. */
export const admissionLookups = ({ shown, appleId }: Pick<Caller, "appleId"> & { readonly shown: ShownNames }) => {
  const unlessKnown = { of: "certificate", column: "fingerprint", is: shown.fingerprint } as const;
  return {
    certificate: { from: "certificate", where: { fingerprint: shown.fingerprint }, columns: KNOWN_CERTIFICATE },
    // The same certificate in another spelling.
    respelt: {
      from: "certificate",
      where: { identityHash: shown.identityHash },
      unless: unlessKnown,
      columns: KNOWN_CERTIFICATE,
    },
    enrollment: { from: "enrollment", where: { appleId } },
    waiting: {
      from: "certificate",
      where: { pendingFor: { of: "enrollment", column: "id" } },
      unless: unlessKnown,
      columns: KNOWN_CERTIFICATE,
    },
  } as const;
};

type ShownNames = Pick<Presented, "fingerprint" | "identityHash">;

/** What `admissionLookups` have found. */
export interface Identified {
  readonly certificate: readonly KnownCertificate[];
  readonly respelt: readonly KnownCertificate[];
  readonly enrollment: readonly EnrollmentRow[];
  readonly waiting: readonly KnownCertificate[];
}

/** The certificate as we know it, whatever its spelling: it goes by the fingerprint in this row. */
export const certificateIn = (seen: Identified): KnownCertificate | undefined => seen.certificate[0] ?? seen.respelt[0];

/** For every message but Authenticate and TokenUpdate, which enroll. `idle`: a session begins with it. */
export function admit(caller: Caller, seen: Identified, idle = false): Admission {
  const certificate = certificateIn(seen);
  const enrollment = seen.enrollment[0];
  if (certificate === undefined) return admitUnknown(caller, enrollment, seen.waiting);
  if (enrollment === undefined) return forbidOther(certificate);
  if (certificate.pendingFor === enrollment.id) return pending(enrollment);
  const { fingerprint } = certificate;
  const renewal = certificate.purpose === "renew";
  const unbound = certificate.enrollmentId === null && renewal && certificate.renews === enrollment.id;
  if (certificate.enrollmentId !== enrollment.id && !unbound) return forbidOther(certificate);
  if (certificate.supersededAt !== null) return forbid("superseded", certificate);
  if (enrollment.state === "removed") return returned(caller, certificate, enrollment);
  if (enrollment.state === "quarantined")
    return enrollment.certificate === fingerprint ? inQuarantine : forbid("superseded", certificate);
  if (enrollment.certificate === fingerprint) return { kind: "known", enrollment, writes: [] };
  if (certificate.renewedBy !== null) return former(caller, certificate, enrollment, idle);
  if (!renewal) return forbid("superseded", certificate);
  const writes = takesOver(certificate, enrollment);
  return { kind: "known", enrollment: { ...enrollment, certificate: fingerprint }, writes };
}

/** A certificate that is not in our table: its device is put in quarantine, or it waits where the device is known. */
export function admitUnknown(
  caller: Caller,
  enrollment: EnrollmentRow | undefined,
  waiting: readonly KnownCertificate[],
): Exclude<Admission, { kind: "known" }> {
  const { udids, fingerprint } = caller.shown;
  if (udids.length > 0 && !udids.includes(caller.appleId.toUpperCase())) return forbid("names-another", undefined);
  if (enrollment === undefined) return quarantine(caller);
  // Put in quarantine by an earlier version, which did not keep the certificate.
  if (enrollment.state === "quarantined" && enrollment.certificate === fingerprint)
    return { ...inQuarantine, writes: [kept(caller, enrollment.id)] };
  return pending(enrollment, keepPending(caller, enrollment, waiting));
}

/**
 * An identity that was renewed. A device whose renewal failed at the last step keeps the old one: to refuse it would
 * strand the device. Until it ends it is let in, and a whole session with it says that the device has gone back to it.
 */
function former(caller: Caller, certificate: KnownCertificate, enrollment: EnrollmentRow, idle: boolean): Admission {
  if (caller.shown.ended) return forbid("ended", certificate);
  if (!idle) return { kind: "known", enrollment, writes: [] };
  const { fingerprint } = certificate;
  const note = {
    enrollmentId: enrollment.id,
    at: caller.now,
    kind: "identity-returned" as const,
    data: { fingerprint },
    raw: null,
  };
  return {
    kind: "known",
    enrollment: { ...enrollment, certificate: fingerprint },
    writes: [
      { patch: "enrollment", where: { id: enrollment.id }, set: { certificate: fingerprint } },
      { patch: "certificate", where: { fingerprint }, set: { renewedBy: null } },
      renewalOf(enrollment.id, certificate.notAfter),
      { insert: "timeline", row: note },
    ],
  };
}

/** From now on this certificate speaks for the enrollment; the one it replaces is remembered as renewed. */
export function takesOver(certificate: KnownCertificate, { id, certificate: before }: EnrollmentRow): Write[] {
  const { fingerprint, notAfter } = certificate;
  return [
    { patch: "enrollment", where: { id }, set: { certificate: fingerprint } },
    { patch: "certificate", where: { fingerprint }, set: { enrollmentId: id, renewedBy: null } },
    ...(before === null || before === fingerprint
      ? []
      : [{ patch: "certificate", where: { fingerprint: before }, set: { renewedBy: fingerprint } } as const]),
    renewalOf(id, notAfter),
  ];
}

/** An identity is looked after from 60 days before its end. */
export const RENEWAL_LEAD = 60 * 24 * 3_600_000;

/** An identity that begins to speak: when its renewal is considered. */
export function renewalOf(enrollmentId: string, endsAt: number): Write {
  return {
    put: "renewal",
    row: { enrollmentId, endsAt, dueAt: endsAt - RENEWAL_LEAD, attempts: 0, leaseUntil: 0, error: null, errorAt: null },
  };
}

const kept = (caller: Caller, enrollmentId: string): Write => ({
  insert: "certificate",
  row: certificateOf(caller, {
    purpose: caller.shown.external ? "external" : "enrol",
    enrollmentId,
    renews: null,
    pendingFor: null,
  }),
});

/** A row for a device we have a certificate of but no memory: it gets nothing to do until an admin adopts it. */
function quarantine(caller: Caller): Exclude<Admission, { kind: "known" }> {
  const id = caller.firstId;
  const { fingerprint } = caller.shown;
  const row: EnrollmentRow = {
    ...blankEnrollment(id, caller.appleId, caller.now),
    state: "quarantined",
    certificate: fingerprint,
  };
  const data = { fingerprint };
  return {
    kind: "quarantined",
    writes: [
      { insert: "enrollment", row },
      kept(caller, id),
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
    claimedSerial: null,
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
    reportedVersion: null,
    softwareUpdateDeviceId: null,
    bootstrapTokenRequired: null,
    bootstrapTokenAllowed: null,
    createdAt: now,
    enrolledAt: null,
    lastSeenAt: now,
    dueAt: null,
    leaseUntil: 0,
    factsAskedAt: null,
    unheard: 0,
    pushesAccepted: 0,
    pushTrouble: null,
    enforces: null,
    adminZone: null,
    adminZoneBy: null,
    removedAt: null,
    compliance: "unknown",
    complianceReason: "not-classified",
    flags: "",
    governedBy: null,
    target: null,
    offer: null,
    deadlineAt: null,
    deadlineLocal: null,
    ring: null,
    aim: null,
    joinedAt: null,
    joinedPlan: null,
    joinedAs: null,
    classDueAt: null,
    classLeaseUntil: 0,
    excludedUntil: null,
    excludedEndsAt: null,
    excludedReason: null,
    excludedBy: null,
    excludedAt: null,
    excludedDueAt: null,
    excludedLeaseUntil: 0,
  };
}
