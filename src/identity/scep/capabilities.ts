/** What this SCEP server can do (RFC 8894, 3.5.2). */
const CAPABILITIES = ["AES", "DES3", "POSTPKIOperation", "Renewal", "SCEPStandard", "SHA-1", "SHA-256"] as const;

/** The answer to GetCACaps: one capability a line. Without AES and SHA-256 in it clients fall back to older ones. */
export function getCACaps(): string {
  return `${CAPABILITIES.join("\n")}\n`;
}
