/** A device meets these: on its connection, or with a message that it sends. They stand in `uptick refusals` and on timelines. */
import type { ErrorEntry } from "./entry.ts";

export const DEVICE_ERRORS = {
  "plist-invalid": {
    status: 400,
    when: "A property list is not well formed or uses something Apple's format does not have.",
    remedy: "Send an XML property list as Apple documents it; the message names the line.",
  },
  "plist-too-large": {
    status: 413,
    when: "A property list is larger than 1 MiB (a device's report: 8 MiB), nests deeper than 64 levels or has too many nodes.",
    remedy: "Send a smaller property list.",
  },
  "message-invalid": {
    status: 400,
    when: "A check-in message or a command's answer lacks a key that Apple's schema requires, or a key has another type.",
    remedy: "See the device's timeline for the bytes; if a real device sent them, report it.",
  },
  "certificate-missing": {
    status: 403,
    when: "A device sent a message without a client certificate, a certificate header from a trusted proxy or a signature.",
    remedy:
      "Behind a proxy, have it ask for client certificates and pass them on (client-cert-header), and name its address in trusted-proxies; a device that has removed its profile has to enroll again.",
  },
  "certificate-header-invalid": {
    status: 403,
    when: "A trusted proxy sent a certificate header that does not hold exactly one readable certificate.",
    remedy:
      "Correct the proxy's configuration as docs/operations.md shows it; the header is named by client-cert-header.",
  },
  "signature-invalid": {
    status: 403,
    when: "The Mdm-Signature header is not a signature over the body of the message.",
    remedy: "Check that the proxy in between passes the header and the body on unchanged.",
  },
  "certificate-foreign": {
    status: 403,
    when: "A device showed a certificate that is not an identity of this server's CA or of a CA in identity-ca.",
    remedy:
      "If the device belongs here, enroll it again; if your organization's CA issued the certificate, name that CA in identity-ca.",
  },
  "certificate-ended": {
    status: 403,
    when: "A device showed an identity that has ended, and either expired-identities=refuse is set or a newer identity has replaced it.",
    remedy: "Set expired-identities to accept so that the identity can be renewed, or enroll the device again.",
  },
  "certificate-not-valid-yet": {
    status: 403,
    when: "A device showed an identity whose first day of validity is still to come by the server's clock.",
    remedy: "Set the clock of the server; the certificate is judged again with each message.",
  },
  "certificate-names-another": {
    status: 403,
    when: "A device showed a certificate that is not known here and whose names hold the UDID of another device.",
    remedy: "Enroll the device with its own profile, or have the organization's CA issue a certificate for its UDID.",
  },
  "certificate-of-another-device": {
    status: 403,
    when: "A device showed the identity of another enrolled device: a copy made by Migration Assistant or from a backup, or a stolen key.",
    remedy:
      "Enroll the device that shows it with its own profile. If no such device is yours, enroll the owner again: that ends the identity.",
  },
  "certificate-not-bound": {
    status: 403,
    when: "A device showed an identity with which it has not enrolled: it never sent Authenticate with it, its profile is for another device, or the identity was replaced when the device enrolled again.",
    remedy: "Enroll the device again with a fresh profile.",
  },
  "certificate-superseded": {
    status: 403,
    when: "A device showed an identity that was replaced by a newer one.",
    remedy:
      "If this is the device's right identity, as after a restore, accept it again: uptick adopt REF --certificate FINGERPRINT. Else enroll the device again.",
  },
  "tls-untrusted": {
    status: 403,
    when: "A client ended a TLS handshake because it does not trust the server's certificate.",
    remedy:
      "Set tls-cert and tls-key to a publicly trusted certificate for the name in public-url, with its chain. With the server's own CA, the user of an iPhone or iPad has to switch trust on in Settings > General > About > Certificate Trust Settings.",
  },
  "tls-incompatible": {
    status: 403,
    when: "A client and the server have no TLS version or cipher in common.",
    remedy:
      "Apple devices speak TLS 1.2 and 1.3; check what the client at this address is, and any TLS inspection in between.",
  },
  "tls-client-certificate": {
    status: 403,
    when: "A client's certificate could not be verified in a TLS handshake.",
    remedy: "If it is your own device, enroll it again.",
  },
  "tls-unfinished": {
    status: 403,
    when: "A connection ended, or took too long, before the TLS handshake was finished. Health checks of a load balancer look like this.",
    remedy: "If devices can't connect, check firewalls and TLS inspection between them and the server.",
  },
  "tls-plain-http": {
    status: 403,
    when: "A client sent plain HTTP to a port that speaks TLS.",
    remedy: "Use https in public-url and in the proxy's address of this server.",
  },
  "tls-failed": {
    status: 403,
    when: "A TLS handshake failed for another reason.",
    remedy: "The detail names the reason that the TLS library gives.",
  },
} as const satisfies Record<string, ErrorEntry>;
