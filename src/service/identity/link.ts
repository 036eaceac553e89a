/**
 * Enrollment links. A download makes a challenge for one use and counts as nothing; a use is a certificate that is issued
 * (identity.ts), so that a preview or a change of mind takes no device's place.
 */
import {
  type ChallengeRow,
  type Decision,
  type EnrollmentLinkRow,
  transaction,
  type Write,
} from "../../store/index.ts";
import { isoTime } from "../iso-time.ts";

export type LinkDeath = "link-revoked" | "link-used-up" | "link-expired";

/** Why a link issues nothing any more; undefined while it does. `now` is real time. */
export function deathOf(link: EnrollmentLinkRow, now: number): LinkDeath | undefined {
  if (link.revokedAt !== null) return "link-revoked";
  if (link.used >= link.uses) return "link-used-up";
  if (link.expiresAt <= now) return "link-expired";
  return undefined;
}

/** Downloads for one link and minute. A class of pupils comes at once; what comes faster is no person. */
export const DOWNLOADS_A_MINUTE = 30;
/** How long a downloaded profile can be installed; Apple's devices throw one away after minutes. */
const CHALLENGE_LIFE = 3_600_000;
/** How long an ended challenge is kept, so that a refusal can say that it has ended. */
const CHALLENGE_KEPT = 24 * 3_600_000;
/** Ended challenges that one download clears away: more than it makes, so that they don't gather. */
const CLEARED = 4;

export const addLink = transaction({
  name: "addLink",
  reads: () => ({}),
  changes: ({ id }) => ({ id }),
  decide: (input: EnrollmentLinkRow) => ({
    writes: [{ insert: "enrollmentLink" as const, row: input }],
    change: { before: null, after: { note: input.note, uses: input.uses, expiresAt: isoTime(input.expiresAt) } },
    result: null,
  }),
});

export interface RevokeLinkInput {
  readonly id: string;
  readonly now: number;
}

/** Gives the link as it is then; undefined where there is none. Once revoked it stays so, since the first time. */
export const revokeLink = transaction({
  name: "revokeLink",
  changes: ({ id }) => ({ id }),
  reads: (input: RevokeLinkInput) => ({ link: { from: "enrollmentLink", where: { id: input.id } } }),
  decide(input: RevokeLinkInput, seen): Decision<EnrollmentLinkRow | undefined> {
    const link = seen.link[0];
    if (link === undefined || link.revokedAt !== null) return { writes: [], result: link };
    const revoked = { revokedAt: input.now };
    return {
      writes: [{ patch: "enrollmentLink", where: { id: link.id }, set: revoked }],
      change: { before: { revoked: false }, after: { revoked: true } },
      result: { ...link, ...revoked },
    };
  },
});

export interface FollowLinkInput {
  /** SHA-256 hex of the token in the link. */
  readonly hash: string;
  /** SHA-256 hex of the challenge for the profile that is delivered. */
  readonly challengeHash: string;
  readonly accessRights: number;
  readonly now: number;
}

export type FollowLinkResult =
  | { readonly kind: "followed" }
  | { readonly kind: "dead"; readonly why: LinkDeath | "link-unknown" }
  /** Too many downloads in this minute. */
  | { readonly kind: "wait"; readonly ms: number };

export const followLink = transaction({
  name: "followLink",
  reads: (input: FollowLinkInput) => ({
    link: { from: "enrollmentLink", where: { hash: input.hash } },
    // The oldest.
    made: { from: "challenge", where: { link: { of: "link", column: "id" } }, limit: CLEARED },
  }),
  decide(input: FollowLinkInput, seen): { writes: Write[]; result: FollowLinkResult } {
    const link = seen.link[0];
    if (link === undefined) return { writes: [], result: { kind: "dead", why: "link-unknown" } };
    const why = deathOf(link, input.now);
    if (why !== undefined) return { writes: [], result: { kind: "dead", why } };
    const minute = Math.floor(input.now / 60_000);
    const inMinute = link.minute === minute ? link.inMinute : 0;
    if (inMinute >= DOWNLOADS_A_MINUTE)
      return { writes: [], result: { kind: "wait", ms: (minute + 1) * 60_000 - input.now } };
    const row: ChallengeRow = {
      hash: input.challengeHash,
      purpose: "enrol",
      enrollmentId: null,
      usesLeft: 1,
      expiresAt: Math.min(input.now + CHALLENGE_LIFE, link.expiresAt),
      createdAt: input.now,
      note: link.note,
      accessRights: input.accessRights,
      device: null,
      link: link.id,
      createdBy: link.createdBy,
    };
    const ended = seen.made.filter(({ expiresAt }) => expiresAt < input.now - CHALLENGE_KEPT);
    const set = { downloads: link.downloads + 1, minute, inMinute: inMinute + 1 };
    const writes: Write[] = [
      { insert: "challenge", row },
      { patch: "enrollmentLink", where: { id: link.id }, set },
      ...ended.map(({ hash }): Write => ({ drop: "challenge", where: { hash } })),
    ];
    return { writes, result: { kind: "followed" } };
  },
});
