/** Where the server is and which token it is shown. */
import { UptickError } from "../errors/index.ts";
import { readFileNamed } from "./files.ts";
import type { CliIo } from "./io.ts";

export const DEFAULT_URL = "http://127.0.0.1:8080";

export interface Connection {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string;
}

function readUrl(text: string, from: string): string {
  const refuse = (why: string) =>
    new UptickError("request-invalid", `${from} ${why}.`, {
      remedy: `Write the address of the admin API, such as ${DEFAULT_URL}.`,
    });
  if (!URL.canParse(text)) throw refuse("is not a URL");
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw refuse("is not an http or https URL");
  if (url.username !== "" || url.password !== "")
    throw refuse("contains a user name or password; give the token with --token-file or UPTICK_TOKEN");
  if (url.search !== "" || url.hash !== "") throw refuse("has a query or fragment");
  return withoutSlashes(url.href);
}

function withoutSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === "/") end -= 1;
  return text.slice(0, end);
}

/** @throws UptickError `token-missing`, `file-unreadable`, `request-invalid` */
export async function connect(io: CliIo, options: { url?: string; tokenFile?: string }): Promise<Connection> {
  const written = options.url ?? (io.env["UPTICK_URL"] || undefined);
  const url = readUrl(written ?? DEFAULT_URL, options.url === undefined ? "UPTICK_URL" : "--url");
  const fromFile = options.tokenFile === undefined ? undefined : await readFileNamed(io, options.tokenFile);
  const source = options.tokenFile ?? "UPTICK_TOKEN";
  const token = (fromFile === undefined ? io.env["UPTICK_TOKEN"] : new TextDecoder().decode(fromFile))?.trim();
  if (token === undefined || token === "") {
    throw new UptickError("token-missing", options.tokenFile ? `${source} is empty.` : "No admin token is given.");
  }
  // A header can't carry other characters, and the fault would repeat the token.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new UptickError("token-missing", `${source} does not contain exactly one token.`);
  }
  return { url, token };
}
