/** What the device side has refused, in words: who did what. The remedies are those of the errors. */

/** Why a device's message is not believed to come from it. */
export type IdentityRefusal =
  | "certificate-missing"
  | "certificate-header-invalid"
  | "signature-invalid"
  | "certificate-foreign"
  | "certificate-not-valid-yet"
  | "certificate-ended"
  | "certificate-of-another-device"
  | "certificate-names-another"
  | "certificate-not-bound"
  | "certificate-superseded";

const IDENTITY: Readonly<Record<IdentityRefusal, string>> = {
  "certificate-missing": "sent a message without a certificate or a signature",
  "certificate-header-invalid": "sent a message through a proxy whose certificate header can't be read",
  "signature-invalid": "sent a message whose signature does not verify",
  "certificate-foreign": "showed a certificate that is not accepted here",
  "certificate-not-valid-yet": "showed an identity that is not valid yet",
  "certificate-ended": "showed an identity that has ended",
  "certificate-of-another-device": "showed the identity of another device",
  "certificate-names-another": "showed an unknown certificate that names the UDID of another device",
  "certificate-not-bound": "showed an identity with which it has not enrolled",
  "certificate-superseded": "showed an identity that a newer one has replaced",
};

/** `udid`: what the sender calls itself. `because`: why a certificate is not accepted here. */
export function refusedDeviceWords(reason: string, udid: string | null, because?: string): string {
  const who = udid === null ? "A device that sent no UDID" : `A device that calls itself ${udid}`;
  const did = isIdentityRefusal(reason) ? IDENTITY[reason] : "was refused";
  const why = reason === "certificate-foreign" && because !== undefined ? `: ${because}` : "";
  return `${who} ${did}${why}.`;
}

const isIdentityRefusal = (reason: string): reason is IdentityRefusal => Object.hasOwn(IDENTITY, reason);

/** Why a SCEP request gets no certificate. */
export type ScepRefusal =
  | "challenge-missing"
  | "challenge-unknown"
  | "challenge-used-up"
  | "challenge-expired"
  | "link-revoked"
  | "link-used-up"
  | "link-expired";

const SCEP: Readonly<Record<ScepRefusal, string>> = {
  "challenge-missing": "without a challenge",
  "challenge-unknown": "with a challenge that is not known here",
  "challenge-used-up": "with a challenge that has already been used by its maximum number of devices",
  "challenge-expired": "with a challenge that has expired",
  "link-revoked": "by an enrollment link that has been revoked",
  "link-used-up": "by an enrollment link that has already been used by its maximum number of devices",
  "link-expired": "by an enrollment link that has expired",
};

/** `note`: that of the challenge; "" where it has none. */
export const refusedScepWords = (reason: ScepRefusal, note: string): string =>
  `A SCEP request came ${SCEP[reason]}${note === "" ? "" : `; its note is "${note}"`}.`;

/** Why a TLS handshake failed. */
export type HandshakeRefusal =
  | "tls-untrusted"
  | "tls-incompatible"
  | "tls-client-certificate"
  | "tls-unfinished"
  | "tls-plain-http"
  | "tls-failed";

const TLS: Readonly<Record<HandshakeRefusal, string>> = {
  "tls-untrusted": "The client does not trust the server's TLS certificate",
  "tls-incompatible": "The client and the server have no TLS version or cipher in common",
  "tls-client-certificate": "The client's certificate could not be verified",
  "tls-unfinished": "The connection ended before the TLS handshake was finished",
  "tls-plain-http": "The client sent plain HTTP to a port that speaks TLS",
  "tls-failed": "The TLS handshake failed",
};

/** `detail`: the TLS alert or the error, where it says more. */
export const failedHandshakeWords = (reason: HandshakeRefusal, detail?: string): string =>
  `${TLS[reason]}${detail === undefined ? "" : ` (${detail})`}.`;

/** Every code that has words. */
export const REFUSAL_CODES: readonly string[] = [IDENTITY, SCEP, TLS].flatMap((words) => Object.keys(words));
