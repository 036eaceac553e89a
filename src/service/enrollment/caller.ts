/** Who speaks, as a message shows it, and what may come of that. */
import type { CertificateRow, EnrollmentRow, Write } from "../../store/index.ts";

/** A certificate as a device showed it. */
export interface Presented {
  /** SHA-256 of the certificate, hex. */
  readonly fingerprint: string;
  /** Of the organization's CA, not of this server's. */
  readonly external: boolean;
  /** What the CA signed: issuer, serial number and key. Every spelling of one certificate has the same. */
  readonly identityHash: string;
  /** UDIDs that the certificate names, upper case. */
  readonly udids: readonly string[];
  readonly der: Uint8Array;
  /** ms UTC, real time. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** It had ended when it was shown (real time). */
  readonly ended: boolean;
}

/** What is asked about a certificate that is known: all but its bytes, the widest column on the path of every message. */
export const KNOWN_CERTIFICATE = [
  "fingerprint",
  "enrollmentId",
  "purpose",
  "renews",
  "notAfter",
  "issuedAt",
  "accessRights",
  "device",
  "renewedBy",
  "pendingFor",
  "supersededAt",
] as const satisfies readonly (keyof CertificateRow)[];

export type KnownCertificate = Pick<CertificateRow, (typeof KNOWN_CERTIFICATE)[number]>;

/** A certificate without its bytes: dear to hand over with every message, and only one that is not known is kept. */
export type ShownAtFirst = Omit<Presented, "der"> & Partial<Pick<Presented, "der">>;

/** Instead of bytes that the input has not brought. */
const NOT_BROUGHT = new Uint8Array();

export const presented = (shown: ShownAtFirst): Presented => ({ ...shown, der: shown.der ?? NOT_BROUGHT });

/** The certificate must be kept and was not in the input: nothing may be written, and the message is done again with it. */
export const isWanting = ({ shown }: Pick<Caller, "shown">, writes: readonly Write[]): boolean =>
  shown.der === NOT_BROUGHT && writes.length > 0;

export interface Caller {
  readonly shown: Presented;
  readonly appleId: string;
  readonly now: number;
  readonly firstId: string;
}

export type Admission =
  | { readonly kind: "known"; readonly enrollment: EnrollmentRow; readonly writes: readonly Write[] }
  /** A certificate whose device we don't know (a restored backup): kept for the admin to adopt. */
  | { readonly kind: "quarantined"; readonly writes: readonly Write[] }
  /** A certificate that we don't know, shown for a device that we do: it waits for the admin, the device stays as it is. */
  | { readonly kind: "pending"; readonly enrollmentId: string; readonly writes: readonly Write[] }
  | (Forbidden & { readonly writes: readonly [] });

/**
 * Why a certificate may not speak: `other-device`: it is bound to another enrollment, or was issued to renew another;
 * `not-bound-to-it`: it has not enrolled this device; `superseded`: another certificate speaks for the enrollment since;
 * `ended`: renewed, and past its end; `names-another`: it is not known here, and its names hold the UDID of another device.
 */
export type ForbiddenReason = "other-device" | "not-bound-to-it" | "superseded" | "ended" | "names-another";

/** Answered with an empty 403. */
export interface Forbidden {
  readonly kind: "forbidden";
  readonly reason: ForbiddenReason;
  /** The enrollment that the certificate belongs to; null: to none that is known. */
  readonly owner: string | null;
}

/** A refusal that names the owner of the certificate; undefined: the certificate is not known. */
export function forbid(
  reason: ForbiddenReason,
  certificate: Pick<CertificateRow, "enrollmentId" | "pendingFor" | "renews"> | undefined,
): Forbidden & { readonly writes: readonly [] } {
  const owner = certificate?.enrollmentId ?? certificate?.pendingFor ?? certificate?.renews ?? null;
  return { kind: "forbidden", reason, owner, writes: [] };
}

/** A row for a certificate that we did not issue, or have forgotten that we did. */
export function certificateOf(
  { shown, now }: Caller,
  more: Pick<CertificateRow, "purpose" | "enrollmentId" | "renews" | "pendingFor">,
): CertificateRow {
  const { fingerprint, identityHash, der, notBefore, notAfter } = shown;
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
    identityHash,
    supersededAt: null,
    ...more,
  };
}
