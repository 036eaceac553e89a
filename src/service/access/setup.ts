/** Who offers set-up links: the start of a server without accounts, and `uptick account reset`. */
import { UptickError } from "../../errors/index.ts";
import { hashSecret } from "../../identity/index.ts";
import type { Ports } from "../ports.ts";
import { nameKey } from "./names.ts";
import { makeSecret } from "./sessions.ts";
import { offerSetup, resetAccount } from "./setup-record.ts";

/**
 * A secret for the first account, which replaces the one before; undefined where there is an account. `show` comes before the commit, as
 * with the first token: what was stored has been seen.
 */
export async function giveSetupLink(
  ports: Pick<Ports, "devices" | "random" | "now">,
  show: (secret: string) => void,
): Promise<void> {
  if ((await ports.devices.read({ from: "account", where: {}, limit: 1 })).length > 0) return;
  const secret = makeSecret(ports);
  show(secret);
  await ports.devices.run(offerSetup, { hash: hashSecret(secret), now: ports.now() });
}

/** A secret that sets the password of one account. Throws `account-unknown`, `account-external`. */
export async function offerAccountReset(
  ports: Pick<Ports, "devices" | "random" | "newId" | "now">,
  name: string,
): Promise<{ readonly name: string; readonly secret: string }> {
  const secret = makeSecret(ports);
  const input = { nameKey: nameKey(name), hash: hashSecret(secret), auditId: ports.newId(), now: ports.now() };
  const result = await ports.devices.run(resetAccount, input);
  if (result === "unknown") throw new UptickError("account-unknown", `There is no account "${name.slice(0, 100)}".`);
  if (result === "external")
    throw new UptickError(
      "account-external",
      `"${name.slice(0, 100)}" signs in by a provider and has no password here.`,
    );
  return { name: result.name, secret };
}
