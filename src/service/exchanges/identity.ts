/** Challenges and certificates: burning a challenge and issuing the certificate are one transaction. */
import { type CertificateRow, type ChallengeRow, exchange, type Write } from "../../store/index.ts";
import { deathOf, type LinkDeath } from "./link.ts";

export const addChallenge = exchange({
  name: "addChallenge",
  lane: (ask: ChallengeRow) => ask.hash,
  reads: () => ({}),
  decide: (ask: ChallengeRow) => ({ writes: [{ insert: "challenge" as const, row: ask }], said: null }),
});

export interface IssueAsk {
  readonly challengeHash: string;
  /** The certificate signed for this request; purpose and rights are filled from the challenge. */
  readonly certificate: Omit<
    CertificateRow,
    "purpose" | "renews" | "accessRights" | "enrollmentId" | "device" | "renewedBy" | "pendingFor" | "supersededAt"
  >;
  readonly now: number;
}

export type IssueSaid =
  | { readonly kind: "issued"; readonly der: Uint8Array }
  | {
      readonly kind: "refused";
      readonly why: "unknown-challenge" | "used-up" | "expired" | LinkDeath;
      /** What the admin noted with the enrolment the challenge is of; empty where there is none. */
      readonly note: string;
    };

/**
 * The same transaction and key get the same certificate again, without using the challenge a second time, and even after the
 * link it came from has died: a device whose answer was lost has its identity already.
 */
export const issue = exchange({
  name: "issue",
  lane: (ask: IssueAsk) => ask.challengeHash,
  reads: (ask: IssueAsk) => ({
    before: {
      from: "certificate",
      where: { transactionId: ask.certificate.transactionId, keyHash: ask.certificate.keyHash },
    },
    challenge: { from: "challenge", where: { hash: ask.challengeHash } },
    link: { from: "enrollmentLink", where: { id: { of: "challenge", column: "link" } } },
  }),
  decide(ask: IssueAsk, seen): { writes: Write[]; said: IssueSaid } {
    const before = seen.before[0];
    const challenge = seen.challenge[0];
    const refused = (why: Extract<IssueSaid, { kind: "refused" }>["why"]) => ({
      writes: [],
      said: { kind: "refused" as const, why, note: challenge?.note ?? "" },
    });
    if (before !== undefined && before.challengeHash === ask.challengeHash)
      return { writes: [], said: { kind: "issued", der: before.der } };
    if (challenge === undefined) return refused("unknown-challenge");
    const link = seen.link[0];
    const death = link === undefined ? undefined : deathOf(link, ask.now);
    if (death !== undefined) return refused(death);
    if (challenge.usesLeft <= 0) return refused("used-up");
    if (challenge.expiresAt <= ask.now) return refused("expired");
    const row: CertificateRow = {
      ...ask.certificate,
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
    return { writes, said: { kind: "issued", der: row.der } };
  },
});

export interface NameCertificatesAsk {
  readonly names: readonly { readonly fingerprint: string; readonly identityHash: string }[];
}

export const nameCertificates = exchange({
  name: "nameCertificates",
  lane: () => "server",
  reads: () => ({}),
  decide: ({ names }: NameCertificatesAsk) => ({
    writes: names.map(({ fingerprint, identityHash }): Write => {
      return { patch: "certificate", where: { fingerprint }, set: { identityHash } };
    }),
    said: null,
  }),
});
