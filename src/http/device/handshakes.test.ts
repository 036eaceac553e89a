import { describe, expect, it } from "vitest";
import { handshakeReason } from "./handshakes.ts";

describe("why a handshake failed", () => {
  it.each([
    ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "tls-untrusted"],
    ["ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN", "tls-untrusted"],
    ["ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE", "tls-untrusted"],
    ["ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED", "tls-untrusted"],
    ["ERR_SSL_NO_SHARED_CIPHER", "tls-incompatible"],
    ["ERR_SSL_UNSUPPORTED_PROTOCOL", "tls-incompatible"],
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "tls-incompatible"],
    ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "tls-incompatible"],
    ["ERR_SSL_HTTP_REQUEST", "tls-plain-http"],
    ["ERR_SSL_BAD_SIGNATURE", "tls-client-certificate"],
    ["ERR_SSL_CERTIFICATE_VERIFY_FAILED", "tls-client-certificate"],
    ["ECONNRESET", "tls-unfinished"],
    ["ERR_TLS_HANDSHAKE_TIMEOUT", "tls-unfinished"],
    ["ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "tls-failed"],
    ["", "tls-failed"],
  ])("is known by %j", (code, reason) => expect(handshakeReason(code)).toBe(reason));
});
