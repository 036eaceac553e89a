/** Where the next page of a list begins, as text that only this server reads. */
import { UptickError } from "../errors/index.ts";
import { hashSecret } from "../identity/index.ts";

/** Hex digits that tell a cursor from any other text: a damaged one must not begin a page somewhere else. */
const CHECK = 12;

const checkOf = (list: string, key: string): string => hashSecret(`${list}\n${key}`).slice(0, CHECK);

/** `list`: which list it is of, so that a cursor of another is refused. undefined: there is no next page. */
export function cursorOf(list: string, key: string | undefined): string | null {
  if (key === undefined) return null;
  return Buffer.from(`${checkOf(list, key)}${key}`, "utf8").toString("base64url");
}

/** @throws UptickError `request-invalid` for what `cursorOf` did not make for this list */
export function keyIn(list: string, cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, "base64url").toString("utf8");
  const key = text.slice(CHECK);
  if (cursorOf(list, key) === cursor) return key;
  throw new UptickError("request-invalid", "The request's query does not fit: after: is not a cursor of this list.", {
    remedy: "Give `next` of the page before as `after`, unchanged; leave `after` out for the first page.",
  });
}
