/** Fills `identityHash` of certificates that an earlier version has stored: it is found by reading them. */
import { identityHash } from "../../identity/index.ts";
import { nameCertificates } from "./issue.ts";
import type { Ports } from "../ports.ts";

const AT_ONCE = 500;

export async function fillIdentityHashes({ devices }: Pick<Ports, "devices">): Promise<void> {
  for (;;) {
    const rows = await devices.read({ from: "certificate", where: { identityHash: null }, limit: AT_ONCE });
    if (rows.length === 0) return;
    const names = rows.map(({ fingerprint, der }) => ({ fingerprint, identityHash: hashOf(der, fingerprint) }));
    await devices.run(nameCertificates, { names });
  }
}

/** Rows of a device that an early version put in quarantine have no certificate: their fingerprint names them alone. */
function hashOf(der: Uint8Array, fingerprint: string): string {
  try {
    return identityHash(der);
  } catch {
    return fingerprint;
  }
}
