/** The account of a person whom an identity provider vouches for: made at the first sign-in, its role as mapped at each. */
import { type AccessRole, type AccountRow, transaction, type Write } from "../../store/index.ts";
import { nameKey } from "./names.ts";
import { sessionWrites } from "./session-record.ts";

export interface ProviderSignInInput {
  /** Of the account as it was read; a new id where there was none. */
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  /** As it is shown, where the account is new; a number is added where another account has it. */
  readonly name: string;
  readonly role: AccessRole;
  readonly sessionHash: string;
  readonly now: number;
}

export type ProviderSignInResult =
  | { readonly kind: "opened"; readonly account: AccountRow }
  /** "other": the account was made or removed since it was read. */
  | { readonly kind: "disabled" | "other" };

/** "Anna", "Anna 2", … */
function freeName(name: string, all: readonly AccountRow[]): string {
  const taken = new Set(all.map((row) => row.nameKey));
  let free = name;
  for (let n = 2; taken.has(nameKey(free)); n += 1) free = `${name} ${n}`;
  return free;
}

export const signInByProvider = transaction({
  name: "signInByProvider",
  reads: ({ id, issuer, subject }: ProviderSignInInput) => ({
    known: { from: "account", where: { subject, issuer } },
    all: { from: "account", where: {} },
    sessions: { from: "session", where: { accountId: id } },
  }),
  changes: ({ id, role }) => ({ id, detail: role }),
  decide(input: ProviderSignInInput, seen): { writes: Write[]; result: ProviderSignInResult } {
    const { id, issuer, subject, role, sessionHash, now } = input;
    const none = (kind: "disabled" | "other") => ({ writes: [], result: { kind } });
    const [before] = seen.known;
    if (before !== undefined ? before.id !== id : seen.all.some((row) => row.id === id)) return none("other");
    if (before?.state === "disabled") return none("disabled");
    const by = `account:${id}`;
    const session = { hash: sessionHash, accountId: id, now };
    if (before === undefined) {
      const name = freeName(input.name, seen.all);
      const account: AccountRow = {
        ...{ id, name, nameKey: nameKey(name), role, state: "active", password: null, issuer, subject, revision: 1 },
        ...{ createdAt: now, createdBy: by, changedAt: now, changedBy: by, signedInAt: null },
      };
      return {
        writes: [{ insert: "account", row: account }, ...sessionWrites(session, [])],
        result: { kind: "opened", account },
      };
    }
    if (before.role === role)
      return { writes: sessionWrites(session, seen.sessions), result: { kind: "opened", account: before } };
    const account: AccountRow = {
      ...before,
      role,
      revision: before.revision + 1,
      changedAt: now,
      changedBy: "system",
    };
    return {
      writes: [
        { put: "account", row: account },
        { drop: "session", where: { accountId: id } },
        ...sessionWrites(session, []),
      ],
      result: { kind: "opened", account },
    };
  },
});
