/** Identities where nothing proves them: bytes that say whose they are, in place of certificates. */
import { fingerprint } from "../identity/index.ts";
import type { Presented } from "../service/index.ts";

const LIFE = 730 * 24 * 3_600_000;

interface Named {
  readonly udid: string;
  /** ms UTC. */
  readonly issuedAt: number;
}

/** What the server keeps of the identity of a device. */
export function certificateOf(udid: string, issuedAt: number) {
  const der = new Uint8Array(Buffer.from(JSON.stringify({ udid, issuedAt } satisfies Named)));
  const { fingerprint: print, identityHash, notBefore, notAfter } = presented(der);
  return { der, fingerprint: print, identityHash, notBefore, notAfter };
}

/** An identity as a device shows it. */
export function presented(der: Uint8Array): Presented {
  const { issuedAt } = JSON.parse(Buffer.from(der).toString()) as Named;
  const print = fingerprint(der);
  return {
    fingerprint: print,
    identityHash: print,
    external: false,
    udids: [],
    der,
    notBefore: issuedAt,
    notAfter: issuedAt + LIFE,
    ended: false,
  };
}
