/** Accounts as an admin makes and changes them. */
import {
  type AccessRole,
  type AccountRow,
  type Decision,
  type Pictured,
  transaction,
  type Write,
} from "../../store/index.ts";
import { endsLastWayIn } from "./ways-in.ts";

/** What the audit keeps of an account. */
const pictured = ({ name, role, state }: AccountRow): Pictured => ({ name, role, state });

export const addAccount = transaction({
  name: "addAccount",
  reads: ({ nameKey }: AccountRow) => ({ same: { from: "account", where: { nameKey } } }),
  changes: ({ id, name, role }) => ({ id, detail: `${name}, ${role}` }),
  decide(row: AccountRow, seen): Decision<{ added: boolean }> {
    if (seen.same.length > 0) return { writes: [], result: { added: false } };
    const change = { before: null, after: pictured(row) };
    return { writes: [{ insert: "account", row }], change, result: { added: true } };
  },
});

export interface EditAccountInput {
  readonly id: string;
  readonly revision: number;
  readonly name?: { readonly name: string; readonly nameKey: string };
  readonly role?: AccessRole;
  readonly state?: AccountRow["state"];
  readonly by: string;
  readonly now: number;
}

export type EditAccountResult =
  | { readonly kind: "changed" | "stale"; readonly account: AccountRow }
  | { readonly kind: "unknown" | "exists" | "last" | "external" };

const asOneWord = ({ name, role, state }: EditAccountInput): string =>
  [name?.name, role, state].filter((word) => word !== undefined).join(", ");

export const editAccount = transaction({
  name: "editAccount",
  reads: ({ id, name }: EditAccountInput) => ({
    account: { from: "account", where: { id } },
    same: { from: "account", where: { nameKey: name?.nameKey ?? "" } },
    tokens: { from: "adminToken", where: {} },
    accounts: { from: "account", where: {} },
  }),
  changes: (input) => ({ id: input.id, detail: asOneWord(input) }),
  decide(input: EditAccountInput, seen): Decision<EditAccountResult> {
    const none = (result: EditAccountResult): Decision<EditAccountResult> => ({ writes: [], result });
    const [before] = seen.account;
    if (before === undefined) return none({ kind: "unknown" });
    if (before.revision !== input.revision) return none({ kind: "stale", account: before });
    const { role = before.role, state = before.state, name = before } = input;
    const access = { role, state };
    if (before.issuer !== null && role !== before.role) return none({ kind: "external" });
    if (seen.same.some(({ id }) => id !== before.id)) return none({ kind: "exists" });
    const endsSessions = role !== before.role || state !== before.state;
    if (!endsSessions && name.name === before.name) return none({ kind: "changed", account: before });
    const after: AccountRow = {
      ...before,
      ...access,
      name: name.name,
      nameKey: name.nameKey,
      revision: before.revision + 1,
      changedAt: input.now,
      changedBy: input.by,
    };
    const accounts = seen.accounts.map((row) => (row.id === after.id ? after : row));
    if (endsLastWayIn(seen, { ...seen, accounts }, input.now)) return none({ kind: "last" });
    const writes: Write[] = [
      { put: "account", row: after },
      ...(endsSessions ? [{ drop: "session", where: { accountId: after.id } } as const] : []),
    ];
    const change = { before: pictured(before), after: pictured(after) };
    return { writes, change, result: { kind: "changed", account: after } };
  },
});

export interface DropAccountInput {
  readonly id: string;
  readonly now: number;
}

export const dropAccount = transaction({
  name: "dropAccount",
  reads: (_ask: DropAccountInput) => ({
    tokens: { from: "adminToken", where: {} },
    accounts: { from: "account", where: {} },
  }),
  changes: ({ id }) => ({ id }),
  decide({ id, now }: DropAccountInput, seen): Decision<"dropped" | "unknown" | "last"> {
    const dropped = seen.accounts.find((row) => row.id === id);
    const accounts = seen.accounts.filter((row) => row.id !== id);
    if (dropped === undefined) return { writes: [], result: "unknown" };
    if (endsLastWayIn(seen, { ...seen, accounts }, now)) return { writes: [], result: "last" };
    return {
      writes: [
        { drop: "account", where: { id } },
        { drop: "session", where: { accountId: id } },
      ],
      change: { before: pictured(dropped), after: null },
      result: "dropped",
    };
  },
});

export interface NewPasswordInput {
  readonly id: string;
  /** As it is stored. */
  readonly password: string;
  /** The stored one that was matched; null: nobody was asked for it. */
  readonly was: string | null;
  /** Hash of the session that stays; null: all end. */
  readonly keep: string | null;
  readonly by: string;
  readonly now: number;
}

export const newPassword = transaction({
  name: "newPassword",
  reads: ({ id, keep }: NewPasswordInput) => ({
    account: { from: "account", where: { id } },
    kept: { from: "session", where: { hash: keep ?? "" } },
  }),
  changes: ({ id }) => ({ id }),
  decide(
    { id, password, was, by, now }: NewPasswordInput,
    seen,
  ): { writes: Write[]; result: AccountRow | "unknown" | "external" | "outdated" } {
    const [before] = seen.account;
    if (before === undefined) return { writes: [], result: "unknown" };
    if (before.issuer !== null) return { writes: [], result: "external" };
    if (was !== null && was !== before.password) return { writes: [], result: "outdated" };
    const row: AccountRow = { ...before, password, revision: before.revision + 1, changedAt: now, changedBy: by };
    const writes: Write[] = [
      { put: "account", row },
      { drop: "session", where: { accountId: id } },
      ...seen.kept.map((session): Write => ({ insert: "session", row: session })),
    ];
    return { writes, result: row };
  },
});

export const endSessions = transaction({
  name: "endSessions",
  reads: ({ id }: { readonly id: string }) => ({ sessions: { from: "session", where: { accountId: id } } }),
  changes: ({ id }) => ({ id }),
  decide({ id }: { readonly id: string }, seen): { writes: Write[]; result: null } {
    return { writes: seen.sessions.length === 0 ? [] : [{ drop: "session", where: { accountId: id } }], result: null };
  },
});
