/**
 * `ETag` and `If-None-Match` (console A3) of a reply that is one value. The tag is a hash of what the reply says, so it changes whenever
 * any of that does: a state, and a sentence that names a time or an age. It is weak: it says nothing of the bytes, which a compression
 * in between may change. A request with the tag that it has is answered 304 without a body.
 */
import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { headerValues } from "../head/index.ts";

/** Of the text of a reply. */
export const tagOf = (text: string): string =>
  `W/"${createHash("sha256").update(text).digest("base64url").slice(0, 27)}"`;

/** Whether the request names the tag among those that it has (RFC 9110, 13.1.2): compared weakly; `*` is any. */
export function hasTag(request: FastifyRequest, tag: string): boolean {
  const named = headerValues(request.raw.rawHeaders, "if-none-match").join(",");
  if (named.trim() === "*") return true;
  return (named.match(/(?:W\/)?"[^"]*"/g) ?? []).some((one) => one.replace(/^W\//, "") === tag.replace(/^W\//, ""));
}
