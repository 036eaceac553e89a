/** Challenges and certificates: burning a challenge and issuing the certificate are one transaction. */
import {
  type CertificateRow,
  type ChallengeRow,
  type EnrollmentLinkRow,
  transaction,
  type Seen,
  type Write,
} from "../../store/index.ts";
import { isoTime } from "../iso-time.ts";
import { deathOf, type LinkDeath } from "./link.ts";

export const addChallenge = transaction({
  name: "addChallenge",
  reads: () => ({}),
  changes: ({ hash }) => ({ id: hash }),
  decide: (input: ChallengeRow) => ({
    writes: [{ insert: "challenge" as const, row: input }],
    change: { before: null, after: { note: input.note, uses: input.usesLeft, expiresAt: isoTime(input.expiresAt) } },
    result: null,
  }),
});

/** A request for a certificate, before one is signed. */
export interface ChallengeInput {
  readonly challengeHash: string;
  readonly transactionId: string;
  /** SHA-256 hex of the public key (SPKI). */
  readonly keyHash: string;
  readonly now: number;
}

export interface IssueInput {
  readonly challengeHash: string;
  /** The certificate signed for this request; purpose and rights are filled from the challenge. */
  readonly certificate: Omit<
    CertificateRow,
    "purpose" | "renews" | "accessRights" | "enrollmentId" | "device" | "renewedBy" | "pendingFor" | "supersededAt"
  >;
  readonly now: number;
}

export type IssueResult =
  | { readonly kind: "issued"; readonly der: Uint8Array }
  | {
      readonly kind: "refused";
      readonly why: "unknown-challenge" | "used-up" | "expired" | LinkDeath;
      /** What the admin noted with the enrollment the challenge is of; empty where there is none. */
      readonly note: string;
    };

type Refused = Extract<IssueResult, { kind: "refused" }>;

const issueLookups = (challengeHash: string, transactionId: string, keyHash: string) =>
  ({
    before: { from: "certificate", where: { transactionId, keyHash } },
    challenge: { from: "challenge", where: { hash: challengeHash } },
    link: { from: "enrollmentLink", where: { id: { of: "challenge", column: "link" } } },
  }) as const;

/** It may have a certificate. */
interface Open {
  readonly kind: "open";
  readonly challenge: ChallengeRow;
  readonly link: EnrollmentLinkRow | undefined;
}

/** The certificate that this very request got before, or why it gets none. */
function answerTo(
  { challengeHash, now }: { readonly challengeHash: string; readonly now: number },
  seen: Seen<ReturnType<typeof issueLookups>>,
): IssueResult | Open {
  const before = seen.before[0];
  const challenge = seen.challenge[0];
  const refused = (why: Refused["why"]): Refused => ({ kind: "refused", why, note: challenge?.note ?? "" });
  if (before !== undefined && before.challengeHash === challengeHash) return { kind: "issued", der: before.der };
  if (challenge === undefined) return refused("unknown-challenge");
  const link = seen.link[0];
  const death = link === undefined ? undefined : deathOf(link, now);
  if (death !== undefined) return refused(death);
  if (challenge.usesLeft <= 0) return refused("used-up");
  return challenge.expiresAt <= now ? refused("expired") : { kind: "open", challenge, link };
}

/** What `issue` would say, before a certificate is signed for it: whoever has no challenge must not cost that. */
export const checkChallenge = transaction({
  name: "checkChallenge",
  reads: (input: ChallengeInput) => issueLookups(input.challengeHash, input.transactionId, input.keyHash),
  decide(input: ChallengeInput, seen): { writes: Write[]; result: IssueResult | { readonly kind: "open" } } {
    const answer = answerTo(input, seen);
    return { writes: [], result: answer.kind === "open" ? { kind: "open" } : answer };
  },
});

/**
 * The same transaction and key get the same certificate again, without using the challenge a second time, and even after the
 * link it came from has died: a device whose answer was lost has its identity already.
 */
export const issue = transaction({
  name: "issue",
  reads: ({ challengeHash, certificate }: IssueInput) =>
    issueLookups(challengeHash, certificate.transactionId, certificate.keyHash),
  decide(input: IssueInput, seen): { writes: Write[]; result: IssueResult } {
    const answer = answerTo(input, seen);
    if (answer.kind !== "open") return { writes: [], result: answer };
    const { challenge, link } = answer;
    const row: CertificateRow = {
      ...input.certificate,
      enrollmentId: null,
      purpose: challenge.purpose,
      renews: challenge.enrollmentId,
      accessRights: challenge.accessRights,
      device: challenge.device,
      renewedBy: null,
      pendingFor: null,
      supersededAt: null,
    };
    const writes: Write[] = [
      { insert: "certificate", row },
      { patch: "challenge", where: { hash: challenge.hash }, set: { usesLeft: challenge.usesLeft - 1 } },
    ];
    if (link !== undefined)
      writes.push({ patch: "enrollmentLink", where: { id: link.id }, set: { used: link.used + 1 } });
    return { writes, result: { kind: "issued", der: row.der } };
  },
});

export interface NameCertificatesInput {
  readonly names: readonly { readonly fingerprint: string; readonly identityHash: string }[];
}

export const nameCertificates = transaction({
  name: "nameCertificates",
  reads: () => ({}),
  decide: ({ names }: NameCertificatesInput) => ({
    writes: names.map(({ fingerprint, identityHash }): Write => {
      return { patch: "certificate", where: { fingerprint }, set: { identityHash } };
    }),
    result: null,
  }),
});
