/** Tokens by which admins and their programs are known. */
import type { NewToken, TokenView } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { hashSecret } from "../../identity/index.ts";
import type { Actor } from "../actor.ts";
import { addToken, dropToken } from "./settings.ts";
import type { Ports } from "../ports.ts";
import { makeToken } from "../identity/server-identity.ts";

export interface AdminTokens {
  /** The name of the token, or undefined when it is not known. */
  authenticate(token: string): Promise<string | undefined>;
  /** Throws `token-exists`. */
  createToken(actor: Actor, name: string): Promise<NewToken>;
  tokens(): Promise<readonly TokenView[]>;
  /** Throws `token-unknown`; the last token can't be revoked (`token-last`). */
  revokeToken(actor: Actor, name: string): Promise<void>;
}

export function createAdminTokens(ports: Pick<Ports, "devices" | "random" | "now">): AdminTokens {
  const { devices } = ports;
  return {
    async authenticate(token) {
      const [row] = await devices.read({ from: "adminToken", where: { hash: hashSecret(token) } });
      return row?.name;
    },
    async createToken(actor, name) {
      const token = makeToken(ports);
      const { added } = await actor.run(addToken, { hash: hashSecret(token), name, createdAt: ports.now() });
      if (!added) throw new UptickError("token-exists", `A token called "${name}" exists already.`);
      return { name, token };
    },
    async tokens() {
      const rows = await devices.read({ from: "adminToken", where: {} });
      return rows.map(({ name, createdAt }) => ({ name, createdAt }));
    },
    async revokeToken(actor, name) {
      const result = await actor.run(dropToken, { name });
      if (result === "unknown") throw new UptickError("token-unknown", `There is no token called "${name}".`);
      if (result === "last") throw new UptickError("token-last", `"${name}" is the only token.`);
    },
  };
}
