/** Why no certificate was proved, where `certificateOf` (who.ts) has found none. */
import { type Head, headerValues } from "../head/index.ts";
import { isNone, type Trust } from "./who.ts";

export type Unproven = "certificate-missing" | "certificate-header-invalid" | "signature-invalid";

export function whyUnproven({ socket, rawHeaders }: Head, trust: Trust): Unproven {
  const forwarded = headerValues(rawHeaders, trust.header);
  if (!isNone(forwarded) && trust.proxy(socket?.remoteAddress ?? "")) return "certificate-header-invalid";
  return headerValues(rawHeaders, "mdm-signature").length === 0 ? "certificate-missing" : "signature-invalid";
}
