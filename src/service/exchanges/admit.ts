/**
 * May this certificate speak for this device? It was issued by our CA or one that the admin trusts (the handler has
 * checked that); here it is tied to the one enrollment it was issued for. Nothing here can unenrol a device: the harshest
 * answer is an empty 403.
 */
import type { CertificateRow, EnrollmentRow, Write } from "../../store/index.ts";

/** A certificate as a device showed it. */
export interface Presented {
  /** SHA-256 of the certificate, hex. */
  readonly fingerprint: string;
  /** Of a CA of the organisation's, not of ours. */
  readonly external: boolean;
  readonly der: Uint8Array;
  /** ms UTC, real time. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** It had ended when it was shown (real time). */
  readonly ended: boolean;
}

export type Admission =
  | { readonly kind: "known"; readonly enrollment: EnrollmentRow; readonly writes: readonly Write[] }
  /** A certificate of ours whose device we don't know (a restored backup): kept for the admin to adopt. */
  | { readonly kind: "quarantined"; readonly writes: readonly Write[] }
  | (Forbidden & { readonly writes: readonly [] });

/**
 * Why a certificate may not speak: `other-device`: it is bound to another enrollment, or was issued to renew another;
 * `not-bound-to-it`: it has not enrolled this device; `superseded`: a newer certificate speaks for the enrollment;
 * `ended`: superseded, and past its end.
 */
export type ForbiddenReason = "other-device" | "not-bound-to-it" | "superseded" | "ended";

/** Answered with an empty 403. */
export interface Forbidden {
  readonly kind: "forbidden";
  readonly reason: ForbiddenReason;
  /** The enrollment that the certificate belongs to; null: to none that is known. */
  readonly owner: string | null;
}

/** The result of a message that was not admitted. */
export type NotAdmitted = { readonly kind: "quarantined" } | Forbidden;

/** What the log says of it. */
export function refusalFields(said: NotAdmitted): Readonly<Record<string, string | null>> {
  return said.kind === "forbidden" ? { as: said.kind, reason: said.reason, owner: said.owner } : { as: said.kind };
}

export function notAdmitted(admission: Exclude<Admission, { kind: "known" }>): {
  readonly writes: Write[];
  readonly said: NotAdmitted;
} {
  const { writes, ...said } = admission;
  return { writes: [...writes], said };
}

export interface Caller {
  readonly shown: Presented;
  readonly appleId: string;
  readonly now: number;
  readonly firstId: string;
}

/** A refusal that names the owner of the certificate; undefined: the certificate is not known. */
export function forbid(
  reason: ForbiddenReason,
  certificate: CertificateRow | undefined,
): Forbidden & { readonly writes: readonly [] } {
  const owner = certificate?.enrollmentId ?? certificate?.renews ?? null;
  return { kind: "forbidden", reason, owner, writes: [] };
}

/** A certificate that is known and not bound to the enrollment whose UDID the message has. */
function forbidOther(certificate: CertificateRow): Admission {
  const bound = certificate.enrollmentId !== null || certificate.purpose === "renew";
  return forbid(bound ? "other-device" : "not-bound-to-it", certificate);
}

const waiting = { kind: "quarantined", writes: [] } as const satisfies Admission;

/** For every message but Authenticate and TokenUpdate. `idle`: a session begins with it. */
export function admit(
  caller: Caller,
  certificate: CertificateRow | undefined,
  enrollment: EnrollmentRow | undefined,
  idle = false,
): Admission {
  const { fingerprint, external } = caller.shown;
  if (enrollment === undefined) {
    // A certificate that is bound elsewhere, or was issued for an enrolment that has not begun, can't name a new device here.
    if (certificate !== undefined) return forbidOther(certificate);
    return external ? forbid("not-bound-to-it", undefined) : quarantine(caller);
  }
  if (enrollment.state === "quarantined") {
    if (enrollment.certificate !== fingerprint)
      return certificate === undefined ? forbid("not-bound-to-it", undefined) : forbidOther(certificate);
    // Put in quarantine by an earlier version, which did not keep the certificate.
    return certificate === undefined ? { ...waiting, writes: [kept(caller, enrollment.id)] } : waiting;
  }
  if (certificate === undefined) return forbid("not-bound-to-it", undefined);
  if (asksFor(certificate, enrollment)) return waiting;
  const renewal = certificate.purpose === "renew";
  const unbound = certificate.enrollmentId === null && renewal && certificate.renews === enrollment.id;
  if (certificate.enrollmentId !== enrollment.id && !unbound) return forbidOther(certificate);
  const { certificate: current } = enrollment;
  if (current === fingerprint) return { kind: "known", enrollment, writes: [] };
  if (certificate.renewedBy !== null) return former(caller, certificate, enrollment, idle);
  if (!renewal) return forbid("superseded", certificate);
  const writes = takesOver(certificate, enrollment);
  return { kind: "known", enrollment: { ...enrollment, certificate: fingerprint }, writes };
}

/**
 * An identity that was renewed. A device whose renewal failed at the last step keeps the old one: to refuse it would
 * strand the device. Until it ends it is let in, and a whole session with it says that the device has gone back to it.
 */
function former(caller: Caller, certificate: CertificateRow, enrollment: EnrollmentRow, idle: boolean): Admission {
  if (caller.shown.ended) return forbid("ended", certificate);
  if (!idle) return { kind: "known", enrollment, writes: [] };
  const { fingerprint } = certificate;
  const note = {
    enrollmentId: enrollment.id,
    at: caller.now,
    kind: "identity-returned",
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

/** A certificate of an organisation's CA that came for a device we know: it waits for the admin's word. */
export function asksFor(certificate: CertificateRow, enrollment: EnrollmentRow): boolean {
  return (
    certificate.purpose === "external" && certificate.enrollmentId === null && certificate.renews === enrollment.id
  );
}

/** From now on this certificate speaks for the enrollment; what it replaces is remembered as renewed. */
export function takesOver(certificate: CertificateRow, { id, certificate: before }: EnrollmentRow): Write[] {
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

/** An identity that begins to speak: when its renewal is to be thought of. */
export function renewalOf(enrollmentId: string, endsAt: number): Write {
  return {
    put: "renewal",
    row: { enrollmentId, endsAt, dueAt: endsAt - RENEWAL_LEAD, attempts: 0, leaseUntil: 0 },
  };
}

/** A row for a certificate that we did not issue, or have forgotten that we did. */
export function certificateOf(
  { shown, now }: Caller,
  more: Pick<CertificateRow, "purpose" | "enrollmentId" | "renews">,
): CertificateRow {
  const { fingerprint, der, notBefore, notAfter } = shown;
  return {
    fingerprint,
    der,
    notBefore,
    notAfter,
    challengeHash: "",
    transactionId: `shown:${fingerprint}`,
    keyHash: fingerprint,
    issuedAt: now,
    accessRights: 0,
    device: null,
    renewedBy: null,
    ...more,
  };
}

const kept = (caller: Caller, enrollmentId: string): Write => ({
  insert: "certificate",
  row: certificateOf(caller, { purpose: "enrol", enrollmentId, renews: null }),
});

/** A row for a device we have a certificate of but no memory: it gets nothing to do until an admin adopts it. */
export function quarantine(caller: Caller): Admission {
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
    pushesAccepted: 0,
    pushTrouble: null,
    enforces: null,
    adminZone: null,
  };
}
