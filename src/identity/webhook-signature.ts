/** How a webhook knows that a delivery is of this server: HMAC-SHA256 over the moment and the body. */
import { createHmac } from "node:crypto";

/**
 * The value of the header `Uptick-Signature`: `t=SECONDS,v1=HEX`, with one `v1` for each secret. `seconds`: when it is sent (since 1970
 * UTC), so that what somebody has recorded can be refused later.
 */
export function signatureOf(secrets: readonly string[], seconds: number, body: string): string {
  const signed = secrets.map((secret) =>
    createHmac("sha256", secret).update(`${seconds}.${body}`, "utf8").digest("hex"),
  );
  return [`t=${seconds}`, ...signed.map((hex) => `v1=${hex}`)].join(",");
}
