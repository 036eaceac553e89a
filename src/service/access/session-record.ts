/** Sessions: their rows, and for how long one is good. */
import { type AccountRow, type SessionRow, transaction, type Write } from "../../store/index.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** It ends when it was not used for so long. */
export const IDLE = 12 * HOUR;
/** It ends in any case. */
export const LONGEST = 7 * 24 * HOUR;
/** Its last use is written so often at most. */
export const USED_EVERY = 5 * MINUTE;
/** Clocks of processes that share a database differ by less. */
const CLOCKS_APART = 5 * MINUTE;
/** Browsers of one account; the session that began first ends. */
const MOST_SESSIONS = 50;

/** A session from the future began under a wrong clock, and could outlast its end by as much. */
export const isGood = ({ createdAt, usedAt }: SessionRow, now: number): boolean =>
  now < createdAt + LONGEST && now < usedAt + IDLE && now >= createdAt - CLOCKS_APART;

/** A session of an account beside those that it has; `before`: rows of the account. */
export function sessionWrites(
  { hash, accountId, now }: { readonly hash: string; readonly accountId: string; readonly now: number },
  before: readonly SessionRow[],
): Write[] {
  const good = before.filter((row) => isGood(row, now));
  const stay = new Set(good.slice(Math.max(0, good.length - MOST_SESSIONS + 1)));
  return [
    ...before.flatMap((row): Write[] => (stay.has(row) ? [] : [{ drop: "session", where: { hash: row.hash } }])),
    { insert: "session", row: { hash, accountId, createdAt: now, usedAt: now } },
    { patch: "account", where: { id: accountId }, set: { signedInAt: now } },
  ];
}

export interface OpenSessionInput {
  readonly hash: string;
  readonly accountId: string;
  /** The stored password that was matched: another one by now lets nobody in. */
  readonly password: string;
  readonly now: number;
}

export const openSession = transaction({
  name: "openSession",
  reads: ({ accountId }: OpenSessionInput) => ({
    account: { from: "account", where: { id: accountId } },
    sessions: { from: "session", where: { accountId } },
  }),
  changes: ({ accountId }) => ({ id: accountId }),
  decide(input: OpenSessionInput, seen): { writes: Write[]; result: AccountRow | null } {
    const account = seen.account[0];
    if (account === undefined || account.state !== "active" || account.password !== input.password)
      return { writes: [], result: null };
    return { writes: sessionWrites(input, seen.sessions), result: account };
  },
});

export const useSession = transaction({
  name: "useSession",
  reads: () => ({}),
  decide: ({ hash, now }: { readonly hash: string; readonly now: number }) => ({
    writes: [{ patch: "session", where: { hash }, set: { usedAt: now } }] satisfies Write[],
    result: null,
  }),
});

export interface CloseSessionInput {
  readonly hash: string;
  readonly accountId: string;
}

export const closeSession = transaction({
  name: "closeSession",
  reads: () => ({}),
  changes: ({ accountId }) => ({ id: accountId }),
  decide: ({ hash }: CloseSessionInput) => ({
    writes: [{ drop: "session", where: { hash } }] satisfies Write[],
    result: null,
  }),
});
