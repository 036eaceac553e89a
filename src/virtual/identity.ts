/**
 * Identities where nothing proves them: a certificate that is the same for all, and behind it, where no reader of certificates
 * looks, whose it is.
 */
import { fingerprint } from "../identity/index.ts";
import type { Presented } from "../service/index.ts";

const BEGINS = "{".charCodeAt(0);
const LIFE = 730 * 24 * 3_600_000;

interface Named {
  readonly udid: string;
  /** ms UTC. */
  readonly issuedAt: number;
}

/** What the server keeps of the identity of a device. */
export function certificateOf(template: Uint8Array, udid: string, issuedAt: number) {
  const der = new Uint8Array(
    Buffer.concat([template, Buffer.from(JSON.stringify({ udid, issuedAt } satisfies Named))]),
  );
  const { fingerprint: print, identityHash, notBefore, notAfter } = presented(der);
  return { der, fingerprint: print, identityHash, notBefore, notAfter };
}

/** An identity as a device shows it. */
export function presented(der: Uint8Array): Presented {
  const { issuedAt } = JSON.parse(Buffer.from(der.subarray(der.lastIndexOf(BEGINS))).toString()) as Named;
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
