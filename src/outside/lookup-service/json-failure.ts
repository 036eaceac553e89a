/** How a GET fails, by Node's codes. */
import type { JsonCause } from "../../catalog/index.ts";
import type { JsonOutcome } from "../../service/index.ts";

export class JsonFailure extends Error {
  readonly reason: JsonCause;
  readonly detail: string;

  constructor(reason: JsonCause, detail: string) {
    super(detail);
    this.reason = reason;
    this.detail = detail;
  }
}

/** Codes of OpenSSL's verification and of Node's check of the name; EPROTO is a handshake that failed. */
const OF_TLS = /CERT|SSL|TLS|ISSUER|SELF_SIGNED|EPROTO|VERIFY/;
/** llhttp's: the answer is not HTTP. Node's: the connection ended in the middle of it. */
const OF_ANSWER = /^HPE_|PREMATURE_CLOSE|^ABORT/;

export function failureOf(error: unknown): JsonOutcome {
  if (error instanceof JsonFailure) return { kind: "failed", cause: error.reason, detail: error.detail };
  const { code = "UNKNOWN", message } = error as NodeJS.ErrnoException;
  if (code.startsWith("Z_")) return { kind: "failed", cause: "not-json", detail: "the answer is no valid gzip" };
  if (OF_TLS.test(code)) return { kind: "failed", cause: "untrusted", detail: code };
  if (OF_ANSWER.test(code) || message === "aborted") return { kind: "failed", cause: "cut-off", detail: code };
  return { kind: "failed", cause: "unreachable", detail: code };
}
