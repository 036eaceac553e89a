/** A new password, never from the arguments: every user of the machine can read those. */
import { UptickError } from "../errors/index.ts";
import { readFileNamed } from "./files.ts";
import type { CliIo } from "./io.ts";

/** @throws UptickError `request-invalid` where none is given, or the two that were typed differ; `file-unreadable` */
export async function newPassword(io: CliIo, file: string | undefined): Promise<string> {
  // Its last line break is the editor's; spaces may be part of it.
  if (file !== undefined) return new TextDecoder().decode(await readFileNamed(io, file)).replace(/\r?\n$/, "");
  const password = await io.askSecret?.("New password (at least 12 characters): ");
  if (password === undefined)
    throw new UptickError("request-invalid", "The account needs a password.", {
      remedy: "Give --password-file FILE, or - for stdin.",
    });
  if ((await io.askSecret?.("Again: ")) === password) return password;
  throw new UptickError("request-invalid", "The two passwords differ.", { remedy: "Run the command again." });
}
