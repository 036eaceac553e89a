/** Signing in, sessions while they last, and signing out. */
import type { OwnPasswordRequest, SetUpRequest, SignInRequest } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { hashSecret, hashText, makeChallenge } from "../../identity/index.ts";
import type { AccountRow } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import type { Ports } from "../ports.ts";
import { askedBy, type Caller, createStrangers } from "../server/audit.ts";
import { newPassword } from "./account-record.ts";
import { checkName, nameKey } from "./names.ts";
import type { Passwords } from "./passwords.ts";
import type { KnownSession, Principal } from "./principal.ts";
import { closeSession, IDLE, isGood, LONGEST, openSession, USED_EVERY, useSession } from "./session-record.ts";
import { isLink, SETUP, setUp } from "./setup-record.ts";
import { createSignInThrottle } from "./sign-in-throttle.ts";

/** Where a request comes from that nobody has signed yet. */
export type From = Pick<Caller, "route" | "address" | "requestId">;

/** A session that has begun. */
export interface OpenedSession {
  /** What the cookie holds; the server keeps its hash. */
  readonly secret: string;
  readonly principal: Principal;
}

export interface Sessions {
  /** Whose cookie it is; undefined: it is not known, or has ended. */
  session(secret: string): Promise<Principal | undefined>;
  /** Throws `sign-in-refused`, in the same words and the same time whatever is wrong, and `sign-in-paused`. */
  signIn(from: From, request: SignInRequest): Promise<OpenedSession>;
  signOut(actor: Actor, session: KnownSession): Promise<void>;
  /** With the secret of a set-up link. Throws `setup-invalid`, `account-name-invalid`, `password-invalid`, `sign-in-paused`. */
  setUp(from: From, request: SetUpRequest): Promise<OpenedSession>;
  /** Other sessions of the account end. Throws `password-wrong`, `password-invalid`, `sign-in-paused`, `account-external`. */
  changePassword(actor: Actor, from: From, session: KnownSession, request: OwnPasswordRequest): Promise<void>;
}

/** 256 bits, as a token's. */
export const makeSecret = ({ random }: Pick<Ports, "random">): string => makeChallenge(random(32));

/** As guesses are counted: of one length, whatever strangers send. */
const guessedKey = (name: string): string => hashText(nameKey(name));

const csrfOf = (secret: string): string => hashSecret(`csrf ${secret}`);

/** A session that has begun at `now`. */
export function openedSession(secret: string, account: AccountRow, now: number): OpenedSession {
  return { secret, principal: principalOf(secret, account, now, now) };
}

function principalOf(secret: string, account: AccountRow, createdAt: number, usedAt: number): Principal {
  return {
    actor: `account:${account.id}`,
    role: account.role,
    expiresAt: createdAt + LONGEST,
    session: {
      hash: hashSecret(secret),
      accountId: account.id,
      accountName: account.name,
      csrfToken: csrfOf(secret),
      idleExpiresAt: Math.min(usedAt + IDLE, createdAt + LONGEST),
    },
  };
}

const refused = (): UptickError =>
  new UptickError("sign-in-refused", "The name or the password is wrong, or the account can't sign in.");

export function createSessions(ports: Ports, passwords: Passwords): Sessions {
  const { devices } = ports;
  const throttle = createSignInThrottle();
  const strangers = createStrangers(ports);

  const note = ({ route, address, requestId }: From, account = ""): void =>
    strangers({ route, address, requestId, objectKind: "account", account, outcome: "sign-in-refused" });

  /** Counts a guess, and tells who makes too many to wait. */
  function guess({ address }: From, key: string): void {
    const wait = throttle.begin(address, key, ports.realNow());
    if (wait === 0) return;
    const retryAfter = Math.ceil(wait / 1000);
    throw new UptickError("sign-in-paused", `Too many attempts: the next one is possible in ${retryAfter} s.`, {
      retryAfter,
    });
  }

  const asAccount = (from: From, id: string): Actor =>
    askedBy(ports, { ...from, actor: `account:${id}`, objectKind: "account", objectId: id }).actor;

  return {
    async session(secret) {
      const hash = hashSecret(secret);
      const [row] = await devices.read({ from: "session", where: { hash } });
      const now = ports.now();
      if (row === undefined || !isGood(row, now)) return undefined;
      const [account] = await devices.read({ from: "account", where: { id: row.accountId } });
      if (account?.state !== "active") return undefined;
      if (now - row.usedAt < USED_EVERY) return principalOf(secret, account, row.createdAt, row.usedAt);
      // A reader is not kept out by a disk that takes no writes.
      await devices
        .run(useSession, { hash, now })
        .catch((error: unknown) => ports.log.warn("session-use-not-noted", { error }));
      return principalOf(secret, account, row.createdAt, now);
    },

    async signIn(from, { name, password }) {
      const [account] = await devices.read({ from: "account", where: { nameKey: nameKey(name) } });
      const key = guessedKey(name);
      try {
        guess(from, key);
        const stored = account?.state === "active" ? account.password : null;
        const right = await passwords.matches(password, stored);
        if (!right || account === undefined || stored === null) throw refused();
        const secret = makeSecret(ports);
        const now = ports.now();
        const input = { hash: hashSecret(secret), accountId: account.id, password: stored, now };
        const opened = await asAccount(from, account.id).run(openSession, input);
        if (opened === null) throw refused();
        throttle.succeeded(from.address, key);
        return openedSession(secret, opened, now);
      } catch (error) {
        if (error instanceof UptickError && (error.status === 401 || error.status === 429)) note(from, account?.id);
        throw error;
      }
    },

    async signOut(actor, { hash, accountId }) {
      await actor.run(closeSession, { hash, accountId });
    },

    async setUp(from, request) {
      const secretHash = hashSecret(request.secret);
      const wrong = (): UptickError => {
        note(from);
        return new UptickError("setup-invalid", "This set-up link is wrong, was used, or has ended.");
      };
      guess(from, "");
      const [setting] = await devices.read({ from: "setting", where: { name: SETUP } });
      // Before the password is hashed: a stranger must not make the server work.
      const link = isLink(setting?.value, secretHash, ports.now());
      if (link === undefined) throw wrong();
      throttle.succeeded(from.address, "");
      const name = checkName(request.name);
      const password = await passwords.hash(request.password);
      const secret = makeSecret(ports);
      const now = ports.now();
      const id = link.accountId ?? ports.newId();
      const input = { secretHash, id, name, nameKey: nameKey(name), password, sessionHash: hashSecret(secret), now };
      const account = await asAccount(from, id).run(setUp, input);
      if (account === null) throw wrong();
      return openedSession(secret, account, now);
    },

    async changePassword(actor, from, { hash, accountId: id, accountName }, { password, currentPassword }) {
      const [account] = await devices.read({ from: "account", where: { id } });
      if (account === undefined || account.password === null)
        throw new UptickError("account-external", `${accountName} has no password here.`);
      const key = guessedKey(account.name);
      // Whoever has stolen a session must not guess faster than a stranger.
      guess(from, key);
      if (!(await passwords.matches(currentPassword, account.password)))
        throw new UptickError("password-wrong", "The current password is wrong.");
      throttle.succeeded(from.address, key);
      const stored = await passwords.hash(password);
      const input = { id, password: stored, was: account.password, keep: hash, by: actor.name, now: ports.now() };
      const result = await actor.run(newPassword, input);
      if (typeof result === "string") throw new UptickError("password-wrong", "The password was changed meanwhile.");
    },
  };
}
