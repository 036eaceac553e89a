/** Accounts as admins see and change them. */
import type { AccountEdit, AccountRequest, AccountView, Page, PasswordRequest } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { AccountRow } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import { cursorOf, keyIn } from "../cursor.ts";
import type { Ports } from "../ports.ts";
import { addAccount, dropAccount, editAccount, endSessions, newPassword } from "./account-record.ts";
import { checkName, nameKey } from "./names.ts";
import type { Passwords } from "./passwords.ts";

/** `ref`: an account's id or name. All but the lists throw `account-unknown`. */
export interface Accounts {
  accounts(after: string | undefined, limit: number): Promise<Page<AccountView>>;
  account(ref: string): Promise<AccountView>;
  /** Throws `account-exists`, `account-name-invalid`, `password-invalid`, `sign-in-paused`. */
  createAccount(actor: Actor, request: AccountRequest): Promise<AccountView>;
  /** Throws `revision-stale` with the present account, `account-exists`, `account-name-invalid`, `account-last`, `account-external`. */
  editAccount(actor: Actor, ref: string, edit: AccountEdit): Promise<AccountView>;
  /** Throws `account-last`. */
  removeAccount(actor: Actor, ref: string): Promise<void>;
  /** All sessions of the account end. Throws `password-wrong`, `password-invalid`, `account-external`, `sign-in-paused`. */
  setPassword(actor: Actor, ref: string, request: PasswordRequest): Promise<AccountView>;
  endSessions(actor: Actor, ref: string): Promise<AccountView>;
}

/** The list that a cursor of it is of. */
const LIST = "accounts";

const instant = (at: number): string => new Date(at).toISOString();

export function accountView(row: AccountRow): AccountView {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    state: row.state,
    signIn: row.issuer === null ? "password" : "oidc",
    issuer: row.issuer,
    revision: row.revision,
    createdAt: instant(row.createdAt),
    createdBy: row.createdBy,
    changedAt: instant(row.changedAt),
    changedBy: row.changedBy,
    signedInAt: row.signedInAt === null ? null : instant(row.signedInAt),
  };
}

const unknown = (ref: string): UptickError =>
  new UptickError("account-unknown", `There is no account "${ref.slice(0, 100)}".`);
const exists = (name: string): UptickError =>
  new UptickError("account-exists", `An account called "${name}" exists already.`);
const last = ({ name }: AccountRow): UptickError =>
  new UptickError("account-last", `"${name}" is the only way in for an admin.`);
const external = ({ name, issuer }: AccountRow): UptickError =>
  new UptickError("account-external", `"${name}" signs in by ${issuer}.`);

export function createAccounts(ports: Ports, passwords: Passwords): Accounts {
  const { devices } = ports;

  async function find(ref: string): Promise<AccountRow> {
    const [byId] = await devices.read({ from: "account", where: { id: ref } });
    const [row] =
      byId === undefined ? await devices.read({ from: "account", where: { nameKey: nameKey(ref) } }) : [byId];
    if (row === undefined) throw unknown(ref);
    return row;
  }

  return {
    async accounts(after, limit) {
      const key = keyIn(LIST, after);
      // In the order of their names.
      const all = await devices.read({ from: "account", where: {} });
      const rows = key === undefined ? all : all.filter((row) => row.nameKey > key);
      const shown = rows.slice(0, limit);
      return {
        rows: shown.map(accountView),
        next: cursorOf(LIST, rows.length > limit ? shown.at(-1)?.nameKey : undefined),
      };
    },
    account: async (ref) => accountView(await find(ref)),
    async createAccount(actor, request) {
      const name = checkName(request.name);
      const password = await passwords.hash(request.password);
      const now = ports.now();
      const by = actor.name;
      const row: AccountRow = {
        id: ports.newId(),
        name,
        nameKey: nameKey(name),
        role: request.role,
        state: "active",
        password,
        issuer: null,
        subject: null,
        revision: 1,
        createdAt: now,
        createdBy: by,
        changedAt: now,
        changedBy: by,
        signedInAt: null,
      };
      const { added } = await actor.run(addAccount, row);
      if (!added) throw exists(name);
      return accountView(row);
    },
    async editAccount(actor, ref, { name: wanted, ...edit }) {
      const account = await find(ref);
      const name = wanted === undefined ? undefined : checkName(wanted);
      const named = name === undefined ? {} : { name: { name, nameKey: nameKey(name) } };
      const input = { ...edit, ...named, id: account.id, by: actor.name, now: ports.now() };
      const result = await actor.run(editAccount, input);
      switch (result.kind) {
        case "unknown":
          throw unknown(ref);
        case "exists":
          throw exists(name ?? "");
        case "last":
          throw last(account);
        case "external":
          throw external(account);
        case "stale":
          throw new UptickError("revision-stale", `The account has the revision ${result.account.revision}.`, {
            members: { present: accountView(result.account) },
          });
        default:
          return accountView(result.account);
      }
    },
    async removeAccount(actor, ref) {
      const account = await find(ref);
      const result = await actor.run(dropAccount, { id: account.id, now: ports.now() });
      if (result === "unknown") throw unknown(ref);
      if (result === "last") throw last(account);
    },
    async setPassword(actor, ref, { password, currentPassword }) {
      const account = await find(ref);
      if (account.issuer !== null) throw external(account);
      const isOwn = actor.name === `account:${account.id}`;
      // Else who has found an open browser could make it theirs.
      if (isOwn && !(await passwords.matches(currentPassword ?? "", account.password)))
        throw new UptickError(
          "password-wrong",
          "This is the account of the session, and its current password is wrong.",
        );
      const stored = await passwords.hash(password);
      const was = isOwn ? account.password : null;
      const input = { id: account.id, password: stored, was, keep: null, by: actor.name, now: ports.now() };
      const result = await actor.run(newPassword, input);
      if (result === "unknown") throw unknown(ref);
      if (result === "external") throw external(account);
      if (result === "outdated") throw new UptickError("password-wrong", "The password was changed meanwhile.");
      return accountView(result);
    },
    async endSessions(actor, ref) {
      const account = await find(ref);
      await actor.run(endSessions, { id: account.id });
      return accountView(account);
    },
  };
}
