/**
 * The set-up link: a secret that is good once, for a day. It makes the first admin account, or gives an account of which the password
 * is lost another one. There is one at a time.
 */
import { type AccountRow, type AuditRow, type Json, transaction, type Write } from "../../store/index.ts";
import { RESETS, type Reset } from "../server/settings.ts";
import { sessionWrites } from "./session-record.ts";

/** Setting that holds it. */
export const SETUP = "setup-link";
export const SETUP_LASTS = 24 * 3_600_000;

/** As it is stored. */
export interface SetupLink {
  /** SHA-256 hex of the secret. */
  readonly hash: string;
  readonly expiresAt: number;
  /** Whose password it sets; null: it makes the first account. */
  readonly accountId: string | null;
}

export interface OfferSetupInput {
  readonly hash: string;
  readonly now: number;
}

const linkRow = (link: SetupLink): Write => ({ put: "setting", row: { name: SETUP, value: { ...link } } });

/** Instead of the one before; nothing where there is an account. */
export const offerSetup = transaction({
  name: "offerSetup",
  reads: (_ask: OfferSetupInput) => ({ accounts: { from: "account", where: {}, limit: 1 } }),
  decide({ hash, now }: OfferSetupInput, seen): { writes: Write[]; result: { offered: boolean } } {
    if (seen.accounts.length > 0) return { writes: [], result: { offered: false } };
    return { writes: [linkRow({ hash, expiresAt: now + SETUP_LASTS, accountId: null })], result: { offered: true } };
  },
});

export interface ResetAccountInput {
  readonly nameKey: string;
  readonly hash: string;
  readonly auditId: string;
  readonly now: number;
}

/** By `uptick account reset`: a link for one account, its row in the audit, and a note for the next start. */
export const resetAccount = transaction({
  name: "resetAccount",
  reads: ({ nameKey }: ResetAccountInput) => ({
    account: { from: "account", where: { nameKey } },
    resets: { from: "setting", where: { name: RESETS } },
  }),
  decide(input: ResetAccountInput, seen): { writes: Write[]; result: "unknown" | "external" | AccountRow } {
    const [account] = seen.account;
    if (account === undefined) return { writes: [], result: "unknown" };
    if (account.issuer !== null) return { writes: [], result: "external" };
    const { hash, now } = input;
    const audit: AuditRow = {
      id: input.auditId,
      at: now,
      actor: "system",
      route: "resetAccount",
      objectKind: "account",
      objectId: account.id,
      detail: account.name,
      before: null,
      after: null,
      address: null,
      outcome: "ok",
      requestId: null,
      count: 1,
    };
    const reset: Reset = { name: account.name, at: now, of: "account" };
    const before = (seen.resets[0]?.value ?? []) as readonly Json[];
    return {
      writes: [
        linkRow({ hash, expiresAt: now + SETUP_LASTS, accountId: account.id }),
        { insert: "audit", row: audit },
        { put: "setting", row: { name: RESETS, value: [...before, { ...reset }] } },
      ],
      result: account,
    };
  },
});

export interface SetUpInput {
  /** Hash of the secret that was sent. */
  readonly secretHash: string;
  /** Whom the link is for, as it was read; a new id where it makes the first account. */
  readonly id: string;
  readonly name: string;
  readonly nameKey: string;
  /** As it is stored. */
  readonly password: string;
  readonly sessionHash: string;
  readonly now: number;
}

/** Whether a stored link is the one that was sent, and still good. */
export const isLink = (value: Json | undefined, secretHash: string, now: number): SetupLink | undefined => {
  const link = value as unknown as SetupLink | undefined;
  return link !== undefined && link.hash === secretHash && now < link.expiresAt ? link : undefined;
};

export const setUp = transaction({
  name: "setUp",
  reads: ({ id }: SetUpInput) => ({
    link: { from: "setting", where: { name: SETUP } },
    any: { from: "account", where: {}, limit: 1 },
    account: { from: "account", where: { id } },
  }),
  changes: ({ id, name }) => ({ id, detail: name }),
  decide(input: SetUpInput, seen): { writes: Write[]; result: AccountRow | null } {
    const { id, name, nameKey, password, sessionHash, now } = input;
    const link = isLink(seen.link[0]?.value, input.secretHash, now);
    const [before] = seen.account;
    const isFirst = link?.accountId === null && seen.any.length === 0;
    const isReset =
      before !== undefined && link?.accountId === id && before.nameKey === nameKey && before.issuer === null;
    if (!isFirst && !isReset) return { writes: [], result: null };
    const by = `account:${id}`;
    const first = {
      id,
      name,
      nameKey,
      role: "admin",
      issuer: null,
      subject: null,
      createdAt: now,
      createdBy: by,
    } as const;
    const row: AccountRow = {
      ...(before ?? { ...first, signedInAt: null }),
      password,
      state: "active",
      revision: (before?.revision ?? 0) + 1,
      changedAt: now,
      changedBy: by,
    };
    return {
      writes: [
        { drop: "setting", where: { name: SETUP } },
        { put: "account", row },
        { drop: "session", where: { accountId: id } },
        ...sessionWrites({ hash: sessionHash, accountId: id, now }, []),
      ],
      result: row,
    };
  },
});
