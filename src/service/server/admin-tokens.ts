/** Tokens by which admins and their programs are known. */
import type { NewToken, Page, TokenView } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { hashSecret } from "../../identity/index.ts";
import type { Actor } from "../actor.ts";
import { addToken, dropToken } from "./settings.ts";
import { isoTime } from "../iso-time.ts";
import { pageOf } from "../page-of.ts";
import type { AdminTokenRow } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import { makeToken } from "../identity/server-identity.ts";

export interface AdminTokens {
  /** The name of the token, or undefined when it is not known. */
  authenticate(token: string): Promise<string | undefined>;
  /** Throws `token-exists`. */
  createToken(actor: Actor, name: string): Promise<NewToken>;
  /** By name. */
  tokens(after: string | undefined, limit: number): Promise<Page<TokenView>>;
  /** Throws `token-unknown`. */
  token(name: string): Promise<TokenView>;
  /** Throws `token-unknown`; the last token can't be revoked (`token-last`). */
  revokeToken(actor: Actor, name: string): Promise<void>;
}

/** `shared`: other processes may revoke tokens, so each is looked up every time. */
export function createAdminTokens(
  ports: Pick<Ports, "devices" | "random" | "now">,
  { shared }: { readonly shared: boolean },
): AdminTokens {
  const { devices } = ports;
  /** Names of tokens that were found, by hash. What was not found is not kept: strangers can't fill it. */
  const known = new Map<string, string>();
  let revocations = 0;

  /** What is known may end now. What is being looked up meanwhile is not kept. */
  function forget(): void {
    revocations += 1;
    known.clear();
  }

  return {
    async authenticate(token) {
      const hash = hashSecret(token);
      const name = known.get(hash);
      if (name !== undefined) return name;
      const before = revocations;
      const [row] = await devices.read({ from: "adminToken", where: { hash } });
      if (row !== undefined && !shared && before === revocations) known.set(hash, row.name);
      return row?.name;
    },
    async createToken(actor, name) {
      const token = makeToken(ports);
      const { added } = await actor.run(addToken, { hash: hashSecret(token), name, createdAt: ports.now() });
      if (!added) throw new UptickError("token-exists", `A token called "${name}" exists already.`);
      return { name, token };
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
      const result = await actor.run(dropToken, { name }).finally(forget);
      if (result === "unknown") throw unknown(name);
      if (result === "last") throw new UptickError("token-last", `"${name}" is the only token.`);
    },
  };
}

const unknown = (name: string): UptickError => new UptickError("token-unknown", `There is no token called "${name}".`);

const tokenView = ({ name, createdAt }: AdminTokenRow): TokenView => ({ name, createdAt: isoTime(createdAt) });
