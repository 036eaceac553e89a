/** Tokens by which admins and their programs are known. */
import type { NewToken, Page, Role, TokenRequest, TokenView } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { hashSecret } from "../../identity/index.ts";
import type { Actor } from "../actor.ts";
import { addToken, dropToken } from "./settings.ts";
import { isoTime } from "../iso-time.ts";
import { pageOf } from "../page-of.ts";
import type { AdminTokenRow } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import { makeToken } from "../identity/server-identity.ts";

/** Whom a token is of, and what it may do. */
export interface KnownToken {
  readonly name: string;
  readonly role: Role;
  /** ms UTC; null: it never expires. */
  readonly expiresAt: number | null;
}

export interface AdminTokens {
  /** Undefined when the token is not known, or not any more. */
  authenticate(token: string): Promise<KnownToken | undefined>;
  /** Throws `token-exists`, and `request-invalid` for an end that has passed. */
  createToken(actor: Actor, request: TokenRequest): Promise<NewToken>;
  /** By name. */
  tokens(after: string | undefined, limit: number): Promise<Page<TokenView>>;
  /** Throws `token-unknown`. */
  token(name: string): Promise<TokenView>;
  /** Throws `token-unknown`; the last way in for an admin can't be revoked (`token-last`). */
  revokeToken(actor: Actor, name: string): Promise<void>;
}

const instant = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** `shared`: other processes may revoke tokens, so each is looked up every time. */
export function createAdminTokens(
  ports: Pick<Ports, "devices" | "random" | "now">,
  { shared }: { readonly shared: boolean },
): AdminTokens {
  const { devices } = ports;
  /** Tokens that were found, by hash. What was not found is not kept: strangers can't fill it. */
  const known = new Map<string, KnownToken>();
  let revocations = 0;

  /** What is known may end now. What is being looked up meanwhile is not kept. */
  function forget(): void {
    revocations += 1;
    known.clear();
  }

  async function find(token: string): Promise<KnownToken | undefined> {
    const hash = hashSecret(token);
    const found = known.get(hash);
    if (found !== undefined) return found;
    const before = revocations;
    const [row] = await devices.read({ from: "adminToken", where: { hash } });
    if (row === undefined) return undefined;
    const { name, role, expiresAt } = row;
    if (!shared && before === revocations) known.set(hash, { name, role, expiresAt });
    return { name, role, expiresAt };
  }

  return {
    async authenticate(token) {
      const found = await find(token);
      return found !== undefined && (found.expiresAt === null || ports.now() < found.expiresAt) ? found : undefined;
    },
    async createToken(actor, { name, role, expiresAt }) {
      const ends = expiresAt === undefined ? null : Date.parse(expiresAt);
      if (ends !== null && ends <= ports.now())
        throw new UptickError("request-invalid", "The request's body does not fit: expiresAt: is not in the future.");
      const token = makeToken(ports);
      const row = { hash: hashSecret(token), name, createdAt: ports.now(), role, expiresAt: ends };
      const { added } = await actor.run(addToken, { ...row, createdBy: actor.name });
      if (!added) throw new UptickError("token-exists", `A token called "${name}" exists already.`);
      return { name, role, expiresAt: instant(ends), token };
    },
    async tokens(after, limit) {
      const rows = await devices.read({ from: "adminToken", where: {} });
      const page = pageOf("tokens", rows, ({ name }) => name, after, limit);
      return { rows: page.rows.map(tokenView), next: page.next };
    },
    async token(name) {
      const [row] = await devices.read({ from: "adminToken", where: { name } });
      if (row === undefined) throw unknown(name);
      return tokenView(row);
    },
    async revokeToken(actor, name) {
      forget();
      // Again after it: what was found before the commit must not be known after the reply.
      const result = await actor.run(dropToken, { name, now: ports.now() }).finally(forget);
      if (result === "unknown") throw unknown(name);
      if (result === "last") throw new UptickError("token-last", `"${name}" is the only way in for an admin.`);
    },
  };
}

const unknown = (name: string): UptickError => new UptickError("token-unknown", `There is no token called "${name}".`);

const tokenView = ({ name, role, createdAt, createdBy, expiresAt }: AdminTokenRow): TokenView => ({
  name,
  role,
  createdAt: isoTime(createdAt),
  createdBy,
  expiresAt: instant(expiresAt),
});
