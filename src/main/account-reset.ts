/**
 * `uptick account reset NAME`: a link that sets the password of an account, for whoever may write to the server's data. It is the way back in
 * where no admin can sign in and no token is at hand.
 */
import { UptickError } from "../errors/index.ts";
import { offerAccountReset } from "../service/index.ts";
import { withOwnStore } from "./own-store.ts";
import type { ServeIo } from "./serve.ts";
import { setupLink } from "./setup-link.ts";

/** The link alone goes to stdout. Throws `account-unknown`, `account-external`, `database-missing`, `data-directory-in-use`. */
export async function accountReset(io: ServeIo): Promise<number> {
  const [name, ...argv] = io.argv;
  if (name === undefined || name.startsWith("-"))
    throw new UptickError("usage-invalid", "The account's name is missing: uptick account reset NAME.");
  return withOwnStore({ ...io, argv }, async ({ config, log, ports }) => {
    const reset = await offerAccountReset(ports, name);
    log.warn("account-reset", { name: reset.name, at: new Date(ports.now()).toISOString() });
    const { host, port } = config.webListen;
    io.stdout.write(`${setupLink(config.webUrl ?? `http://${host}:${port}`, reset.secret)}\n`);
    io.stderr.write(
      `The link sets a new password for "${reset.name}" and enables the account. It is good once, within 24 hours, while the server runs.\n` +
        "Without a browser, send what stands behind # to the server: POST /api/v1/setup, as docs/access.md shows.\n",
    );
    return 0;
  });
}
