/** PEM blocks in a text. A file may come from anyone: the time that it takes grows with its size and no faster. */

export const CERTIFICATE = "CERTIFICATE";
const LABELS = [
  CERTIFICATE,
  "PRIVATE KEY",
  "RSA PRIVATE KEY",
  "EC PRIVATE KEY",
  "DSA PRIVATE KEY",
  "ENCRYPTED PRIVATE KEY",
] as const;

export interface PemBlock {
  readonly label: (typeof LABELS)[number];
  /** With its first and last line. */
  readonly text: string;
}

const BEGIN = "-----BEGIN ";

/** Certificates and private keys, in their order; other text between them is passed over. */
export function pemBlocks(pem: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  /** Labels for which no end is left to be found. */
  const endless = new Set<string>();
  let from = pem.indexOf(BEGIN);
  while (from !== -1) {
    const at = from + BEGIN.length;
    const label = LABELS.find((known) => pem.startsWith(`${known}-----`, at));
    let next = at;
    if (label !== undefined && !endless.has(label)) {
      const last = `-----END ${label}-----`;
      const end = pem.indexOf(last, at);
      if (end === -1) endless.add(label);
      else {
        next = end + last.length;
        blocks.push({ label, text: pem.slice(from, next) });
      }
    }
    from = pem.indexOf(BEGIN, next);
  }
  return blocks;
}

/** True where the text begins a private key, whole or not. */
export function beginsPrivateKey(pem: string): boolean {
  return LABELS.some((label) => label !== CERTIFICATE && pem.includes(`${BEGIN}${label}-----`));
}
