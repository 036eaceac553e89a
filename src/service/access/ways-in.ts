/** Whether an admin can still get in: nobody may take away the last way by mistake. */
import type { AccountRow, AdminTokenRow } from "../../store/index.ts";

export interface WaysIn {
  readonly tokens: readonly AdminTokenRow[];
  readonly accounts: readonly AccountRow[];
}

/** An account of an identity provider does not count: the provider may be away, or map it to another role at the next sign-in. */
function adminCanEnter({ tokens, accounts }: WaysIn, now: number): boolean {
  return (
    tokens.some(({ role, expiresAt }) => role === "admin" && (expiresAt === null || expiresAt > now)) ||
    accounts.some(({ role, state, password }) => role === "admin" && state === "active" && password !== null)
  );
}

/** A change takes away the last way. Where there is none before it, it takes away nothing. */
export const endsLastWayIn = (before: WaysIn, after: WaysIn, now: number): boolean =>
  adminCanEnter(before, now) && !adminCanEnter(after, now);
