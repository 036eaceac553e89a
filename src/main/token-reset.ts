/**
 * `uptick token reset`: a new admin token for whoever may write to the server's data, where no token is at hand. Servers on PostgreSQL may
 * run: they look tokens up with every request.
 */
import { addResetToken } from "../service/index.ts";
import { withOwnStore } from "./own-store.ts";
import type { ServeIo } from "./serve.ts";

/** The token alone goes to stdout. Throws `database-missing`, `data-directory-in-use`. */
export function tokenReset(io: ServeIo): Promise<number> {
  return withOwnStore(io, async ({ log, ports }) => {
    // Stored, then printed: what is printed works, and a token that nobody has seen lets nobody in.
    const { name, token } = await addResetToken(ports);
    log.warn("admin-token-reset", { name, at: new Date(ports.now()).toISOString() });
    io.stdout.write(`${token}\n`);
    io.stderr.write(
      `This is the admin token "${name}", shown only this once. All other tokens still work: see them with uptick token list,\n` +
        "end those that should not with uptick token revoke NAME.\n",
    );
    return 0;
  });
}
