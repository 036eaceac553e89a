/** Names of accounts: as they are shown, and as they are compared. */
import { UptickError } from "../../errors/index.ts";

const LONGEST = 100;
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Two names with the same key are one name: in any case, and in any Unicode form of the same letters. */
export const nameKey = (name: string): string => name.normalize("NFKC").toLowerCase();

/** @throws UptickError `account-name-invalid` */
export function checkName(name: string): string {
  const read = name.normalize("NFC");
  if (read.trim() !== read || read === "" || Array.from(read).length > LONGEST || CONTROLS.test(read))
    throw new UptickError("account-name-invalid", "The name of the account has another form than a name may have.");
  return read;
}
