/** Who asks, whatever they have shown. */
import type { Role, SessionView } from "../../contract/index.ts";

/** A session as it is known while a request of it is answered. */
export interface KnownSession {
  /** As it is stored: SHA-256 hex of the cookie's secret. */
  readonly hash: string;
  readonly accountId: string;
  readonly accountName: string;
  /** What a page of this server proves itself with: it follows from the secret, which no page can read. */
  readonly csrfToken: string;
  /** ms UTC */
  readonly idleExpiresAt: number;
}

export interface Principal {
  /** `token:NAME` or `account:ID` (api A9). */
  readonly actor: string;
  readonly role: Role;
  /** ms UTC; null: never. */
  readonly expiresAt: number | null;
  /** null: it is a token. */
  readonly session: KnownSession | null;
}

export function sessionView({ actor, role, expiresAt, session }: Principal): SessionView {
  const instant = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
  return {
    actor,
    account: session === null ? null : { id: session.accountId, name: session.accountName },
    role,
    csrfToken: session?.csrfToken ?? null,
    expiresAt: instant(expiresAt),
    idleExpiresAt: instant(session?.idleExpiresAt ?? null),
  };
}
