/** The passphrase of a file, never from the arguments: every user of the machine can read those. */
import { UptickError } from "../errors/index.ts";
import { readFileNamed } from "./files.ts";
import type { CliIo } from "./io.ts";

/** @throws UptickError `request-invalid` where none is given and nobody can be asked; `file-unreadable` */
export async function passphraseFor(io: CliIo, file: string | undefined): Promise<string> {
  // Its last line break is the editor's; spaces may be part of it.
  if (file !== undefined) return new TextDecoder().decode(await readFileNamed(io, file)).replace(/\r?\n$/, "");
  const said = io.env["UPTICK_P12_PASSPHRASE"] ?? (await io.askSecret?.("Passphrase of the PKCS#12 file: "));
  if (said !== undefined) return said;
  throw new UptickError("request-invalid", "The PKCS#12 file needs its passphrase.", {
    remedy: "Give --passphrase-file FILE, or set UPTICK_P12_PASSPHRASE.",
  });
}
