/** A device meets these: on its connection, or with a message that it sends. They stand in `uptick refusals` and on timelines. */
import type { ErrorEntry } from "./entry.ts";

export const DEVICE_ERRORS = {
  "plist-invalid": {
    status: 400,
    when: "A property list is malformed, or has something that Apple's format does not allow.",
    remedy: "Correct the line that the message names. If a real device sent the property list, report it.",
  },
  "plist-too-large": {
    status: 413,
    when: "A property list is larger than 1 MiB (a device's report: 8 MiB), nests deeper than 64 levels or has too many nodes.",
    remedy: "Send a smaller property list. If a real device sent it, report it.",
  },
  "message-invalid": {
    status: 400,
    when: "A check-in message or a command's answer lacks a key that Apple's schema requires, or a key has another type.",
    remedy: "Look at the message with uptick device REF --raw. If a real device sent it, report it.",
  },
  "certificate-missing": {
    status: 403,
    when: "A device sent a message without a client certificate, without a certificate header from a trusted proxy, and without a signature.",
    remedy:
      "Behind a proxy, configure it to request client certificates and to pass them on (client-cert-header), and set trusted-proxies to its address. If the device has removed its profile, enroll it again.",
  },
  "certificate-header-invalid": {
    status: 403,
    when: "A trusted proxy sent a certificate header that does not contain exactly one readable certificate.",
    remedy:
      "Correct the proxy's configuration as docs/operations.md shows. The setting client-cert-header names the header.",
  },
  "signature-invalid": {
    status: 403,
    when: "The Mdm-Signature header is not a signature over the body of the message.",
    remedy: "Check that the proxy passes the header and the body unchanged.",
  },
  "certificate-foreign": {
    status: 403,
    when: "A device presented a certificate that is not an identity of this server's CA or of a CA in identity-ca.",
    remedy:
      "If the device is yours, enroll it again. If your organization's CA issued the certificate, add that CA to identity-ca.",
  },
  "certificate-ended": {
    status: 403,
    when: "A device presented an expired identity, and either expired-identities=refuse is set or a newer identity has replaced it.",
    remedy: "Set expired-identities to accept, so that the server can renew the identity, or enroll the device again.",
  },
  "certificate-not-valid-yet": {
    status: 403,
    when: "A device presented an identity that is not valid yet by the server's clock.",
    remedy: "Correct the server's clock. The server checks the certificate again with each message.",
  },
  "certificate-names-another": {
    status: 403,
    when: "A device presented an unknown certificate whose subject or alternative names contain the UDID of another device.",
    remedy: "Enroll the device with its own profile, or have the organization's CA issue a certificate for its UDID.",
  },
  "certificate-of-another-device": {
    status: 403,
    when: "A device presented the identity of another enrolled device: a copy made by Migration Assistant or from a backup, or a stolen key.",
    remedy:
      "Enroll the device that presents it with its own profile. If that device is not yours, enroll the identity's owner again: the server then refuses the old identity.",
  },
  "certificate-not-bound": {
    status: 403,
    when: "A device presented an identity with which it did not enroll: it never sent Authenticate with it, its profile is for another device, or the device has enrolled again since.",
    remedy: "Enroll the device again with a fresh profile.",
  },
  "certificate-superseded": {
    status: 403,
    when: "A device presented an identity that was replaced by a newer one.",
    remedy:
      "If this identity is the right one, for example after a restore, accept it: uptick adopt REF --certificate FINGERPRINT. Otherwise enroll the device again.",
  },
  "tls-untrusted": {
    status: 403,
    when: "A client ended a TLS handshake because it does not trust the server's certificate.",
    remedy:
      "Set tls-cert and tls-key to a publicly trusted certificate for the name in public-url, with its chain. With the server's own CA, the user of an iPhone or iPad must switch trust on in Settings > General > About > Certificate Trust Settings.",
  },
  "tls-incompatible": {
    status: 403,
    when: "A client and the server have no TLS version or cipher in common.",
    remedy:
      "Apple devices use TLS 1.2 and 1.3. Check which client has this address, and whether something between it and the server inspects TLS.",
  },
  "tls-client-certificate": {
    status: 403,
    when: "A client's certificate could not be verified in a TLS handshake.",
    remedy: "If the device is yours, enroll it again.",
  },
  "tls-unfinished": {
    status: 403,
    when: "A connection ended or timed out before the TLS handshake was complete. Health checks of a load balancer look like this.",
    remedy: "If devices can't connect, check firewalls and TLS inspection between them and the server.",
  },
  "tls-plain-http": {
    status: 403,
    when: "A client sent plain HTTP to a port that speaks TLS.",
    remedy: "Use https in public-url, and in the proxy's configuration for this server.",
  },
  "tls-failed": {
    status: 403,
    when: "A TLS handshake failed for another reason.",
    remedy: "Read the detail: it has the reason that the TLS library gives.",
  },
} as const satisfies Record<string, ErrorEntry>;
