/** What an admin is told where devices see a TLS certificate of the server's own CA. */

export const OWN_TLS: readonly string[] = [
  "TLS: devices see a certificate of this server's own CA. Enrollment profiles carry that CA.",
  "  A Mac trusts the CA with the profile. An iPhone or iPad may not, if the profile is installed by hand; its user then",
  "  must switch trust on in Settings > General > About > Certificate Trust Settings.",
  "  To avoid this, set tls-cert and tls-key to a publicly trusted certificate, or put a proxy with one in front.",
];
